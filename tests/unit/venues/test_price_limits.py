"""Limits that widen: the rule step by step, and against what Shanghai did.

Facts: settlements, closes and limit prices of the Shanghai exchange's main contracts on
2022-03-04 … 2022-03-25 and 2026-01-30 … 2026-02-04 (Sina daily bars); widening by 3 and 5
percentage points, suspension after three days: exchange rules as in reference margin.md 1.6.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from undertow.core.errors import BadNumber
from undertow.core.family import Family
from undertow.model.venues.base import Brake, Phase, Venue
from undertow.model.venues.price_limits import PriceLimits

HOURS = (("21:00", "02:30"), ("09:00", "10:15"), ("10:30", "11:30"), ("13:30", "15:00"))
DAILY = Path(__file__).parents[4] / "shared" / "data" / "market" / "shfe_futures_daily.csv.gz"


def shanghai(*limits: float, **given: object) -> PriceLimits:
    return PriceLimits(
        zone="Asia/Shanghai",
        sessions=HOURS,
        weekdays=("Mon", "Tue", "Wed", "Thu", "Fri"),
        settlement="15:00",
        limits=limits,
        widening=(0.03, 0.05),
        **given,
    )


def close_of(day: str) -> datetime:
    """15:00 in Shanghai."""
    return datetime.fromisoformat(day).replace(hour=7, tzinfo=UTC)


def opened(venue: PriceLimits, *settlement: float, day: str = "2026-01-30") -> Brake:
    return venue.opened(np.array(settlement), close_of(day))


def after_day(
    venue: PriceLimits, brake: Brake, settle: float, close: float, day: str = "2026-02-02"
) -> Brake:
    """One day of two bars whose mean is the settlement and whose last is the close."""
    first, last = np.array([2 * settle - close]), np.array([close])
    during = venue.after(brake, first, Phase.OPEN, close_of(day))
    return venue.after(during, last, Phase.CLOSING, close_of(day))


def locked_low(venue: PriceLimits, brake: Brake, days: int = 1) -> Brake:
    for _ in range(days):
        brake = venue.after(brake, brake.low, Phase.CLOSING, close_of("2026-02-02"))
    return brake


def share_below(brake: Brake) -> np.ndarray:
    return 1 - brake.low / brake.settlement


@pytest.mark.parametrize(
    ("metal", "limit", "tick", "settlement", "limit_price"),
    [
        ("copper", 0.09, 10, 108_340, 98_580),
        ("nickel", 0.11, 10, 145_680, 129_650),
        ("tin", 0.11, 10, 441_180, 392_650),
        ("silver", 0.17, 1, 29_919, 24_832),
    ],
)
def test_limit_prices_of_2_february_2026_are_met_to_the_yuan(
    metal, limit, tick, settlement, limit_price
):
    brake = opened(shanghai(limit, ticks=(tick,)), settlement)

    assert brake.low == limit_price


def test_silver_may_fall_20_percent_the_day_after_17_and_did():
    venue = shanghai(0.17, ticks=(1,))
    locked = after_day(venue, opened(venue, 29_919), settle=25_750, close=24_832)

    assert locked.locked == -1
    assert locked.low == 20_600


def test_nickel_in_march_2022_runs_through_12_15_and_17_percent_and_is_suspended():
    venue = shanghai(0.12, ticks=(10,))
    brake = opened(venue, 188_350, day="2022-03-04")
    limits = [float(brake.high[0])]
    for day, settle, close in (("07", 198_970, 210_950), ("08", 228_810, 228_810)):
        brake = after_day(venue, brake, settle, close, day=f"2022-03-{day}")
        limits.append(float(brake.high[0]))
    suspended = after_day(venue, brake, 267_700, 267_700, day="2022-03-09")

    assert limits == [210_950, 228_810, 267_700]
    assert (suspended.low, suspended.high) == (267_700, 267_700)


def test_nickel_on_24_march_2022_widens_from_17_to_20_percent():
    venue = shanghai(0.17, ticks=(10,))
    opening = opened(venue, 210_040, day="2022-03-23")
    locked = after_day(venue, opening, 234_380, 245_740, day="2022-03-24")

    assert (opening.high, locked.high) == (245_740, 281_250)


def test_the_third_locked_day_suspends_the_fourth_and_then_the_base_returns():
    venue = shanghai(0.10)
    widths = []
    brake = opened(venue, 100.0)
    for _ in range(2):
        brake = locked_low(venue, brake)
        widths.append(float(share_below(brake)[0]))
    suspended = locked_low(venue, brake)
    freed = venue.after(suspended, suspended.low, Phase.CLOSING, close_of("2026-02-05"))

    assert widths == pytest.approx([0.13, 0.15])
    assert suspended.low == suspended.high == brake.low
    assert suspended.run == 3
    assert share_below(freed) == pytest.approx(0.10)
    assert freed.run == 0


def test_a_day_locked_the_other_way_starts_a_new_run():
    venue = shanghai(0.10)
    down = locked_low(venue, opened(venue, 100.0), days=2)
    up = venue.after(down, down.high, Phase.CLOSING, close_of("2026-02-04"))

    assert (down.run, up.run) == (2, 1)
    assert (down.locked, up.locked) == (-1, 1)
    assert share_below(up) == pytest.approx(0.13)


def test_a_free_day_brings_the_base_limit_back():
    venue = shanghai(0.10)
    locked = locked_low(venue, opened(venue, 100.0))
    free = venue.after(locked, locked.settlement, Phase.CLOSING, close_of("2026-02-03"))

    assert share_below(free) == pytest.approx(0.10)


def test_touching_the_limit_during_the_day_locks_nothing():
    venue = shanghai(0.10)
    brake = opened(venue, 100.0)
    touched = venue.after(brake, brake.low, Phase.OPEN, close_of("2026-02-02"))
    closed = venue.after(touched, np.array([95.0]), Phase.CLOSING, close_of("2026-02-02"))

    assert closed.locked == 0


@pytest.mark.parametrize(("held", "locked"), [(1, 0), (2, -1), (3, -1)])
def test_a_day_is_locked_only_if_its_last_bars_all_end_at_the_limit(held, locked):
    venue = shanghai(0.10, lock_bars=2)
    brake = opened(venue, 100.0)
    path = [np.array([97.0])] * (4 - held) + [brake.low] * held
    for price in path[:-1]:
        brake = venue.after(brake, price, Phase.OPEN, close_of("2026-02-02"))
    closed = venue.after(brake, path[-1], Phase.CLOSING, close_of("2026-02-02"))

    assert closed.locked == locked


def test_the_settlement_is_the_average_of_the_day_so_a_limit_restates_the_day_before():
    venue = shanghai(0.10)
    brake = opened(venue, 100.0)
    for price in (100.0, 98.0, 92.0):
        brake = venue.after(brake, np.array([price]), Phase.OPEN, close_of("2026-02-02"))
    closed = venue.after(brake, np.array([92.0]), Phase.CLOSING, close_of("2026-02-02"))

    assert closed.settlement == pytest.approx(95.5)
    assert closed.low / 92.0 - 1 == pytest.approx(-0.0658, abs=1e-4)


def test_a_night_session_counts_for_the_next_day():
    venue = shanghai(0.10)
    closed = venue.after(
        opened(venue, 100.0), np.array([100.0]), Phase.CLOSING, close_of("2026-02-02")
    )
    night = venue.after(closed, np.array([94.0]), Phase.OPEN, close_of("2026-02-02"))
    next_day = venue.after(night, np.array([96.0]), Phase.CLOSING, close_of("2026-02-03"))

    assert night.settlement == 100.0
    assert next_day.settlement == 95.0


def test_notices_move_the_base_limit_from_the_settlement_of_their_date():
    venue = shanghai(
        0.15,
        0.08,
        changes=(
            (date(2026, 2, 3), 0, 0.17),
            (date(2026, 1, 30), 0, 0.16),
            (date(2026, 3, 9), 0, 0.20),
        ),
    )
    widths = {}
    brake = opened(venue, 100.0, 100.0, day="2026-01-29")
    for day in ("2026-01-29", "2026-01-30", "2026-02-02", "2026-02-03", "2026-03-09"):
        brake = venue.after(brake, brake.settlement, Phase.CLOSING, close_of(day))
        widths[day] = share_below(brake).round(12).tolist()

    assert [silver for silver, _ in widths.values()] == [0.15, 0.16, 0.16, 0.17, 0.20]
    assert {copper for _, copper in widths.values()} == {0.08}


@pytest.mark.parametrize(("hour", "limit"), [(6, 0.15), (7, 0.16), (13, 0.16)])
def test_the_opening_limit_is_the_one_in_force_at_that_hour(hour, limit):
    venue = shanghai(0.15, changes=((date(2026, 1, 30), 0, 0.16),))
    moment = datetime(2026, 1, 30, hour, tzinfo=UTC)

    assert share_below(venue.opened(np.array([100.0]), moment)) == pytest.approx(limit)


def test_a_widening_stands_on_the_base_of_its_day():
    venue = shanghai(0.15, changes=((date(2026, 2, 2), 0, 0.16),))

    assert share_below(locked_low(venue, opened(venue, 100.0))) == pytest.approx(0.19)


def test_without_a_widening_one_locked_day_suspends():
    venue = replace(shanghai(0.10), widening=())
    suspended = locked_low(venue, opened(venue, 100.0))

    assert suspended.low == suspended.high == 90.0


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"limits": [9.0]}, "write 9 % as 0.09"),
        ({"changes": [[date(2026, 2, 3), 1, 0.17]]}, "count from 0"),
        ({"changes": [[date(2026, 2, 3), 0, 17.0]]}, "no share"),
        ({"ticks": [1.0, 5.0]}, "2 ticks for 1 limits"),
    ],
)
def test_wrong_limits_are_refused_with_a_remedy(parameters, words):
    plain = {
        "zone": "Asia/Shanghai",
        "sessions": [list(pair) for pair in HOURS],
        "weekdays": ["Mon"],
        "settlement": "15:00",
        "limits": [0.17],
        "widening": [0.03, 0.05],
    }
    family = Family("venue", "undertow.model.venues", Venue)

    with pytest.raises(BadNumber, match=words):
        family.make("price_limits", {**plain, **parameters}, "venue 'SHFE'")


def test_one_limit_is_needed_for_each_listed_instrument():
    with pytest.raises(BadNumber, match="2 limits for 3 listed"):
        opened(shanghai(0.17, 0.09), 1.0, 2.0, 3.0)


def days(symbol: str, begin: str, end: str) -> list[dict[str, str]]:
    if not DAILY.exists():
        pytest.skip("shared/data/market/shfe_futures_daily.csv.gz is not here")
    with gzip.open(DAILY, "rt") as file:
        rows = [row for row in csv.DictReader(file) if row["symbol"] == symbol]
    return [row for row in rows if begin <= row["date"] <= end]


def brakes(venue: PriceLimits, rows: list[dict[str, str]]) -> list[tuple[dict[str, str], Brake]]:
    """Each day after the first, with the brake that ruled it."""
    brake = opened(venue, float(rows[0]["settle"]), day=rows[0]["date"])
    ruled = []
    for row in rows[1:]:
        ruled.append((row, brake))
        brake = after_day(venue, brake, float(row["settle"]), float(row["close"]), row["date"])
    return ruled


@pytest.mark.parametrize(
    ("symbol", "limit", "tick"),
    [
        ("SHFE.CU", 0.09, 10),
        ("SHFE.NI", 0.11, 10),
        ("SHFE.SN", 0.11, 10),
        ("SHFE.AG", 0.17, 1),
    ],
)
def test_no_day_of_the_crash_leaves_the_limits_the_rule_gives(symbol, limit, tick):
    ruled = brakes(shanghai(limit, ticks=(tick,)), days(symbol, "2026-01-30", "2026-02-04"))

    assert [row["date"] for row, _ in ruled] == ["2026-02-02", "2026-02-03", "2026-02-04"]
    for row, brake in ruled:
        assert brake.low <= float(row["low"]) <= float(row["high"]) <= brake.high
    assert float(ruled[0][0]["close"]) == ruled[0][1].low
    assert ruled[1][1].locked == -1


@pytest.mark.parametrize(("symbol", "limit"), [("SHFE.SN", 0.11), ("SHFE.AG", 0.17)])
def test_tin_and_silver_fell_further_than_an_unwidened_limit_allows(symbol, limit):
    friday, monday, tuesday = days(symbol, "2026-01-30", "2026-02-03")

    assert float(tuesday["low"]) < (1 - limit) * float(monday["settle"])
    assert float(monday["low"]) >= (1 - limit) * float(friday["settle"]) - 10


def test_nickel_was_not_dealt_on_the_day_the_rule_suspends():
    rows = days("SHFE.NI", "2022-03-04", "2022-03-11")
    last = brakes(shanghai(0.12, ticks=(10,)), rows)[-1][1]
    gaps = [(before["date"], after["date"]) for before, after in pairwise(rows)]

    assert last.low == last.high
    assert ("2022-03-09", "2022-03-11") in gaps
