"""The facts of February 2026: every row is whole, and the rows give back the reported changes."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from feb_2026 import (
    COLUMNS,
    END,
    FACTS,
    FOLDER,
    HELD,
    INSTRUMENTS,
    PATHS,
    ROWS,
    SEGMENTS,
    SHANGHAI,
    START,
    STATUS,
    change,
    in_force,
    instant,
    on,
    rows_of,
)


def test_the_columns_are_the_agreed_ones() -> None:
    with FACTS.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))

    assert header == COLUMNS


def test_every_row_has_a_unit_a_source_and_a_known_status() -> None:
    wrong = [f.id for f in ROWS if not f.unit or not f.source or f.status not in STATUS]

    assert wrong == []
    assert not any(f.source.startswith("#") for f in ROWS)


def test_the_files_are_small_and_every_source_is_used_and_told_once() -> None:
    sources = rows_of(FOLDER / "sources.csv")
    used = {row["source"] for row in rows_of(FACTS)}

    assert FACTS.stat().st_size < 350_000
    assert all(f"#{row['key']}" in used for row in sources)
    assert len({row["source"] for row in sources}) == len(sources)


def test_every_id_is_a_subject_and_a_metric() -> None:
    wrong = [name for name in PATHS if not re.fullmatch(r"[A-Za-z0-9_]+\.[A-Za-z0-9_]+", name)]

    assert wrong == []


def test_every_number_is_finite() -> None:
    numbers = [n for f in ROWS for n in (f.value, f.low, f.high) if n is not None]

    assert all(math.isfinite(n) for n in numbers)


def test_an_assumed_row_has_a_range_around_its_value_and_says_why() -> None:
    assumed = [f for f in ROWS if f.status == "assumed"]
    wrong = [
        f.id
        for f in assumed
        if f.low is None or f.high is None or not f.low <= f.value <= f.high or f.low == f.high
    ]

    assert wrong == []
    assert all(f.note for f in assumed)


def test_a_range_is_never_half_given() -> None:
    ranged = [f for f in ROWS if f.low is not None or f.high is not None]
    wrong = [f.id for f in ranged if f.low is None or f.high is None or f.low >= f.high]

    assert wrong == []


def test_no_two_rows_share_id_and_time() -> None:
    twice = [key for key, n in Counter((f.id, f.time) for f in ROWS).items() if n > 1]

    assert twice == []


def test_the_rows_of_a_path_stand_together_and_in_order_of_time() -> None:
    order = [f.id for f in ROWS]
    runs = sum(a != b for a, b in pairwise(order)) + 1
    late = [n for n, p in PATHS.items() if any(b.time <= a.time for a, b in pairwise(p))]

    assert runs == len(PATHS)
    assert late == []


def test_a_path_keeps_its_unit() -> None:
    mixed = [name for name, path in PATHS.items() if len({f.unit for f in path}) > 1]

    assert mixed == []


def test_no_source_is_a_path_of_a_machine() -> None:
    local = [f.id for f in ROWS if "/work" in f.source + f.note or ".." in f.source]

    assert local == []


@pytest.mark.parametrize("symbol", INSTRUMENTS)
def test_every_instrument_has_what_a_market_needs(symbol: str) -> None:
    needs = [f"{symbol}.{m}" for m in ("price", "volume_day", "sigma_day", "spread")]

    assert [n for n in needs if n not in PATHS] == []
    assert all(f.value > 0 for n in needs for f in PATHS[n])


@pytest.mark.parametrize("symbol", INSTRUMENTS)
def test_a_price_is_known_at_the_start_and_from_the_day_before(symbol: str) -> None:
    times = [f.time for f in PATHS[f"{symbol}.price"]]

    assert START - timedelta(days=1) < max(t for t in times if t <= START)
    assert times[-1] <= END


@pytest.mark.parametrize("symbol", HELD)
def test_positions_can_be_entered_months_before(symbol: str) -> None:
    early = [f.time for f in PATHS[f"{symbol}.price"] if f.time < START - timedelta(days=10)]

    assert len(early) == 4
    assert early[0] < datetime(2025, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize("symbol", ["SI", "GC", "ES", "BTC", "ETH"])
def test_an_hourly_path_has_no_hole_but_the_pauses_of_its_venue(symbol: str) -> None:
    times = [f.time for f in PATHS[f"{symbol}.price"] if f.time >= START]
    gaps = Counter(b - a for a, b in pairwise(times))
    weekend = timedelta(days=2, hours=1)
    allowed = {timedelta(hours=1)} | (set() if symbol in ("BTC", "ETH") else {weekend})

    assert set(gaps) == allowed
    assert len(times) > 250


def test_volatility_is_frozen_before_the_window() -> None:
    late = [f.id for f in ROWS if f.id.endswith(".sigma_day") and f.time >= START]

    assert late == []


def test_impact_is_one_number_for_all_instruments() -> None:
    tuned = [n for n in PATHS if n.split(".")[1] in {"resilience_days", "permanent_share"}]

    assert sorted(tuned) == ["impact.permanent_share", "impact.resilience_days"]
    assert PATHS["impact.coefficient"][0].high == 1.5


@pytest.mark.parametrize(
    ("name", "day", "since", "per_cent"),
    [
        ("SI.settle", "2026-01-30", "2026-01-29", -31.35),
        ("SI.settle", "2026-02-02", "2026-01-30", -1.93),
        ("SI.settle", "2026-02-03", "2026-02-02", 8.16),
        ("SI.settle", "2026-02-05", "2026-02-04", -9.07),
        ("GC.settle", "2026-01-30", "2026-01-29", -11.37),
        ("GC.settle", "2026-02-03", "2026-02-02", 6.08),
        ("SLV.price", "2026-01-30", "2026-01-29", -28.54),
        ("SLV.price", "2026-02-05", "2026-02-04", -15.77),
        ("AGQ.price", "2026-01-30", "2026-01-29", -59.91),
        ("NVDA.price", "2026-01-30", "2026-01-29", -0.72),
        ("NVDA.price", "2026-02-04", "2026-02-03", -3.41),
        ("NVDA.price", "2026-02-06", "2026-02-05", 7.87),
        ("TLT.price", "2026-01-30", "2026-01-29", -0.56),
        ("TLT.price", "2026-02-05", "2026-02-04", 1.09),
        ("KS11.price", "2026-01-30", "2026-01-29", 0.06),
        ("KS11.price", "2026-02-02", "2026-01-30", -5.26),
        ("KS11.price", "2026-02-03", "2026-02-02", 6.84),
        ("KS11.price", "2026-02-05", "2026-02-04", -3.86),
        ("AMD.price", "2026-01-30", "2026-01-29", -6.13),
        ("AMD.price", "2026-02-03", "2026-02-02", -1.69),
        ("AMD.price", "2026-02-04", "2026-02-03", -17.31),
        ("IGV.price", "2026-02-03", "2026-02-02", -4.61),
        ("HG.price", "2026-01-30", "2026-01-29", -4.51),
        ("GLD.price", "2026-01-30", "2026-01-29", -10.27),
        ("SPX.price", "2026-02-03", "2026-02-02", -0.84),
        ("SPX.price", "2026-02-05", "2026-02-04", -1.23),
        ("N225.price", "2026-02-02", "2026-01-30", -1.25),
        ("N225.price", "2026-02-03", "2026-02-02", 3.92),
        ("HSI.price", "2026-02-02", "2026-01-30", -2.23),
    ],
)
def test_reported_daily_changes_come_out(name: str, day: str, since: str, per_cent: float) -> None:
    assert change(name, day, since=since) == pytest.approx(per_cent, abs=0.011)


@pytest.mark.parametrize(
    ("symbol", "day", "since", "per_cent"),
    [
        ("AG", "2026-01-30", "2026-01-29", -6.03),
        ("AG", "2026-02-02", "2026-01-30", -17.00),
        ("AG", "2026-02-03", "2026-02-02", -16.71),
        ("AG", "2026-02-04", "2026-02-03", 11.22),
        ("AG", "2026-02-06", "2026-02-05", -14.92),
        ("CU", "2026-01-30", "2026-01-29", -2.82),
        ("CU", "2026-02-02", "2026-01-30", -9.01),
        ("CU", "2026-02-03", "2026-02-02", 2.60),
        ("NI", "2026-02-02", "2026-01-30", -11.00),
        ("AL", "2026-02-02", "2026-01-30", -9.00),
    ],
)
def test_shanghai_closes_against_the_previous_settlement(
    symbol: str, day: str, since: str, per_cent: float
) -> None:
    got = change(f"{symbol}.price", day, since=since, base=f"{symbol}.settle")

    assert got == pytest.approx(per_cent, abs=0.011)


@pytest.mark.parametrize(
    ("stamp", "per_cent"),
    [("2026-01-31", -0.51), ("2026-02-01", -6.55), ("2026-02-06", -14.13), ("2026-02-07", 12.52)],
)
def test_bitcoin_days_close_at_the_next_midnight(stamp: str, per_cent: float) -> None:
    before = (datetime.fromisoformat(stamp) - timedelta(days=1)).date().isoformat()

    assert change("BTC.close", stamp, since=before) == pytest.approx(per_cent, abs=0.011)


def test_hourly_bitcoin_agrees_with_its_daily_closes() -> None:
    hourly = {f.time: f.value for f in PATHS["BTC.price"]}
    apart = [abs(hourly[f.time] / f.value - 1) for f in PATHS["BTC.close"]]

    assert max(apart) < 0.006


@pytest.mark.parametrize("symbol", ["SI", "GC"])
def test_hourly_spot_agrees_with_the_settlements_in_spirit(symbol: str) -> None:
    spot, settle = PATHS[f"{symbol}.price"], PATHS[f"{symbol}.settle"]
    apart = [
        abs(min(spot, key=lambda s: abs(s.time - f.time)).value / f.value - 1)
        for f in settle
        if f.time >= START
    ]

    assert max(apart) < 0.10
    assert sorted(apart)[len(apart) // 2] < 0.03


def test_the_low_of_the_day_lies_under_the_hourly_closes() -> None:
    for name in ("SI", "GC", "BTC"):
        low = PATHS[f"{name}.low"][0]
        day = [f.value for f in PATHS[f"{name}.price"] if abs(f.time - low.time).days < 1]

        assert low.value < min(day)


@pytest.mark.parametrize("symbol", SHANGHAI)
def test_no_shanghai_close_lies_outside_the_limit_in_force(symbol: str) -> None:
    settle = PATHS[f"{symbol}.settle"]
    price = [f for f in PATHS[f"{symbol}.price"] if f.time > settle[0].time]
    moves = [
        abs(p.value / s.value - 1) / in_force(f"{symbol}.limit", p.time)
        for s, p in zip(settle[:-1], price, strict=True)
    ]

    assert max(moves) <= 1.002


@pytest.mark.parametrize("symbol", [*SHANGHAI, "AL"])
def test_shanghai_margin_is_the_limit_and_two_points(symbol: str) -> None:
    pairs = zip(PATHS[f"{symbol}.margin_rate"], PATHS[f"{symbol}.limit"], strict=True)

    assert all(m.value == pytest.approx(lim.value + 0.02) for m, lim in pairs)


@pytest.mark.parametrize(("symbol", "rates"), [("SI", [9, 11, 15, 18]), ("GC", [5, 6, 8, 9])])
def test_new_york_margins_step_up_and_are_announced_before(symbol: str, rates: list[int]) -> None:
    effect, notice = PATHS[f"{symbol}.margin_rate"], PATHS[f"{symbol}.margin_notice"]

    assert [round(100 * f.value) for f in effect] == rates
    assert [f.value for f in effect] == [f.value for f in notice]
    assert all(n.time < e.time for n, e in zip(notice, effect, strict=True))


def test_the_february_hikes_are_announced_after_the_fall_of_30_january() -> None:
    settled = datetime(2026, 1, 30, 18, 30, tzinfo=UTC)
    february = [f for s in ("SI", "GC") for f in PATHS[f"{s}.margin_notice"][2:]]

    assert all(f.time > settled for f in february)


def test_a_margin_row_names_its_notice() -> None:
    rows = [f for s in ("SI", "GC", "HG", *SHANGHAI, "AL") for f in PATHS[f"{s}.margin_rate"]]
    noticed = [re.search(r"notice (202\d-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z)", f.note) for f in rows]

    assert all(
        m is not None and instant(m[1]) <= f.time + timedelta(hours=1)
        for m, f in zip(noticed, rows, strict=True)
    )


def longs(symbol: str) -> float:
    """Speculators' longs in contracts on 27 January."""
    return sum(
        PATHS[f"comex_{c}.{symbol}_long"][0].value for c in ("noncommercial", "nonreportable")
    )


def test_long_speculators_lost_about_33_billion_dollars_on_30_january() -> None:
    lost = sum(
        unit * longs(s) * (on(f"{s}.settle", "2026-01-29") - on(f"{s}.settle", "2026-01-30"))
        for s, unit in {"SI": 5000, "GC": 100}.items()
    )

    assert lost == pytest.approx(33e9, rel=0.01)


@pytest.mark.parametrize("symbol", ["SI", "GC", "HG"])
def test_in_every_future_the_longs_that_are_reported_meet_the_shorts(symbol: str) -> None:
    classes = ("noncommercial", "nonreportable", "commercial")
    long, short = (
        sum(PATHS[f"comex_{c}.{symbol}_{side}"][0].value for c in classes)
        for side in ("long", "short")
    )

    assert long == short


@pytest.mark.parametrize("segment", SEGMENTS)
def test_every_segment_has_accounts_and_says_what_its_owners_do(segment: str) -> None:
    needs = [f"{segment}.{m}" for m in ("accounts", "willing", "free_cash_usd", "broker_lag_hours")]

    assert [n for n in needs if n not in PATHS] == []
    assert 0 < PATHS[f"{segment}.willing"][0].value <= 1


def test_nothing_dated_after_the_start_is_an_assumption_about_the_opening() -> None:
    opening = [f for f in ROWS if f.id.split(".")[0] in SEGMENTS and f.status == "assumed"]

    assert opening
    assert all(f.time <= START for f in opening)


def test_foreign_sales_in_korea_are_the_reported_ones() -> None:
    assert on("KS11.foreign_net", "2026-02-02") == pytest.approx(-2.52e12, rel=0.002)
    assert on("KS11.foreign_net", "2026-02-05") == pytest.approx(-5.01e12, rel=0.002)


def test_liquidations_carry_both_dollars_and_accounts() -> None:
    usd, accounts = PATHS["crypto.liquidated_24h"], PATHS["crypto.accounts_24h"]
    size = [u.value / a.value for u, a in zip(usd, accounts, strict=True)]

    assert [u.time for u in usd] == [a.time for a in accounts]
    assert all(4_000 < s < 7_000 for s in size)
