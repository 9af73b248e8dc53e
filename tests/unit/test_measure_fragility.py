"""Fragility of valuations: closed forms, what is missing, and that it never looks ahead."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal import Terminal
from undertow.core.errors import BadFile, UnknownName
from undertow.data.fundamentals import BOUNDS, read_fundamentals
from undertow.indicators import Series
from undertow.jobs.measure_daily import DailyRequest, measure_daily
from undertow.studies.fragility import SIGNS, duration, fragility, loss, warnings

SEEDS = st.integers(0, 10_000)
MONTHS = np.arange("2010-01", "2020-01", dtype="datetime64[M]").astype("datetime64[D]")
LAST = date(2019, 12, 31)


def series(values: object, days: np.ndarray = MONTHS) -> Series:
    return Series(days, np.broadcast_to(np.asarray(values, dtype=np.float64), len(days)).copy())


def everything(seed: int) -> dict[str, Series]:
    rng = np.random.default_rng(seed)

    def between(low: float, high: float) -> Series:
        return series(rng.uniform(low, high, len(MONTHS)))

    return {
        "cape": between(10.0, 40.0),
        "real_yield_pct": between(-1.0, 3.0),
        "earnings_yield_pct": between(3.0, 8.0),
        "bond_yield_pct": between(1.0, 5.0),
        "discount_rate_pct": between(6.0, 9.0),
        "growth_rate_pct": between(2.0, 5.0),
        "top10_weight": between(0.1, 0.4),
        "herfindahl": between(0.005, 0.03),
        "absorption": between(0.5, 0.9),
        "margin_debt_usd": between(5e11, 1e12),
        "market_cap_usd": between(3e13, 6e13),
        "ps_above_10": between(0.0, 0.3),
    }


def value(name: str, **inputs: object) -> float:
    found = fragility({key: series(one) for key, one in inputs.items()}, LAST)
    return next(part.value for part in found.parts if part.name == name)


def test_the_parts_are_what_a_hand_computes() -> None:
    assert value("excess_cape_yield", cape=25.0, real_yield_pct=1.5) == pytest.approx(2.5)
    assert value("earnings_yield_gap", earnings_yield_pct=4.0, bond_yield_pct=4.5) == pytest.approx(
        -0.5
    )
    assert value("equity_duration", discount_rate_pct=7.0, growth_rate_pct=4.5) == pytest.approx(
        40.0
    )
    assert value("margin_debt", margin_debt_usd=1e12, market_cap_usd=5e13) == pytest.approx(0.02)
    assert value("ps_above_10", ps_above_10=0.25) == 0.25


@given(rate=st.floats(0.02, 0.2), spread=st.floats(0.002, 0.015))
@settings(max_examples=30)
def test_a_percent_more_costs_what_the_price_of_a_perpetuity_says(
    rate: float, spread: float
) -> None:
    growth = rate - spread
    before, after = 1.0 / (rate - growth), 1.0 / (rate + 0.01 - growth)

    assert loss(before) == pytest.approx(1.0 - after / before)
    assert loss(before) < 0.01 * before


def test_growth_at_or_above_the_rate_has_no_duration() -> None:
    found = duration(np.array([5.0, 5.0, 5.0]), np.array([4.0, 5.0, 6.0]))

    np.testing.assert_allclose(found, [100.0, np.nan, np.nan])


def test_a_rise_to_a_record_is_the_most_fragile_and_a_fall_the_least() -> None:
    rising = {"top10_weight": series(np.linspace(0.1, 0.4, len(MONTHS)))}
    falling = {"top10_weight": series(np.linspace(0.4, 0.1, len(MONTHS)))}
    high, low = fragility(rising, LAST), fragility(falling, LAST)

    assert high.level == 1.0
    assert low.level == pytest.approx(1.0 / len(MONTHS))
    assert low.percentile == 0.0


def test_cheap_earnings_are_fragile_when_their_yield_is_low() -> None:
    dear = {
        "cape": series(np.linspace(10.0, 40.0, len(MONTHS))),
        "real_yield_pct": series(1.0),
    }

    assert fragility(dear, LAST).level == 1.0


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_the_level_is_the_weighted_mean_of_the_ranks(seed: int) -> None:
    found = fragility(everything(seed), LAST)

    assert len(found.parts) == len(SIGNS)
    assert found.missing == ()
    assert sum(part.weight for part in found.parts) == pytest.approx(1.0)
    assert found.level == pytest.approx(sum(part.weight * part.rank for part in found.parts))
    assert 0.0 < found.level <= 1.0
    assert 0.0 <= found.percentile <= 1.0


@given(seed=SEEDS, dropped=st.sets(st.sampled_from(sorted(BOUNDS)), max_size=10))
@settings(max_examples=25, deadline=None)
def test_what_is_missing_is_said_and_the_rest_weighs_more(seed: int, dropped: set[str]) -> None:
    whole = everything(seed)
    found = fragility({name: one for name, one in whole.items() if name not in dropped}, LAST)
    lacking = {sign.name for sign in SIGNS if dropped & set(sign.inputs)}

    assert set(found.missing) == lacking
    assert any("without" in str(said) for said in warnings(found)) == bool(lacking)
    if found.parts:
        assert sum(part.weight for part in found.parts) == pytest.approx(1.0)
        groups = {sign.group for sign in SIGNS if sign.name not in lacking}
        assert max(part.weight for part in found.parts) <= 1.0 / len(groups) + 1e-12


@given(seed=SEEDS, name=st.sampled_from(["top10_weight", "herfindahl", "ps_above_10"]))
@settings(max_examples=20, deadline=None)
def test_a_higher_last_reading_is_never_less_fragile(seed: int, name: str) -> None:
    ours = everything(seed)
    raised = ours[name].value.copy()
    raised[-1] += 0.1
    theirs = {**ours, name: Series(MONTHS, raised)}

    assert fragility(theirs, LAST).level >= fragility(ours, LAST).level


@given(seed=SEEDS, factor=st.floats(0.01, 100.0))
@settings(max_examples=15, deadline=None)
def test_the_currency_does_not_matter(seed: int, factor: float) -> None:
    ours = everything(seed)
    money = {
        name: Series(MONTHS, factor * ours[name].value)
        for name in ("margin_debt_usd", "market_cap_usd")
    }

    assert fragility({**ours, **money}, LAST).level == pytest.approx(fragility(ours, LAST).level)


@given(seed=SEEDS, at=st.integers(30, len(MONTHS) - 2))
@settings(max_examples=15, deadline=None)
def test_garbling_or_cutting_the_future_changes_nothing(seed: int, at: int) -> None:
    ours = everything(seed)
    day = MONTHS[at].item()
    garbled, cut = {}, {}
    for name, one in ours.items():
        wild = one.value.copy()
        wild[at + 1 :] *= 7.0
        garbled[name] = Series(MONTHS, wild)
        cut[name] = Series(MONTHS[: at + 1], one.value[: at + 1])

    assert fragility(garbled, day) == fragility(cut, day) == fragility(ours, day)


def test_few_or_old_readings_are_missing() -> None:
    few = fragility({"top10_weight": series(0.3, MONTHS[:19])}, MONTHS[18].item())
    old = fragility({"top10_weight": series(0.3)}, date(2021, 6, 1))

    assert few.parts == old.parts == ()
    assert np.isnan(few.level)
    assert "top10_weight" in few.missing
    assert "top10_weight" in old.missing


def test_two_inputs_meet_on_the_newest_of_each() -> None:
    later = MONTHS + 10
    found = fragility(
        {
            "margin_debt_usd": series(np.arange(1.0, len(MONTHS) + 1.0)),
            "market_cap_usd": series(100.0, later),
        },
        LAST,
    )

    assert found.parts[0].value == pytest.approx(len(MONTHS) / 100.0)
    assert found.parts[0].readings == 2 * len(MONTHS) - 1


def table(folder: Path, rows: list[str]) -> Path:
    file = folder / "fundamentals.csv"
    file.write_text("\n".join(["date,series,value", *rows]) + "\n")
    return file


def test_rows_in_any_order_are_read_by_date(tmp_path: Path) -> None:
    file = table(tmp_path, ["2020-02-01,cape,31", "2020-01-01,cape,30"])
    days, values = read_fundamentals(file)["cape"]

    assert values.tolist() == [30.0, 31.0]
    assert str(days[0]) == "2020-01-01"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("2020-01-01,cape,0", "line 2 has '0' as cape"),
        ("2020-01-01,cape,nan", "write a number"),
        ("2020-01-01,top10_weight,35", "from 0 to 1"),
        ("soon,cape,30", "'soon' as date"),
        ("2020-01-01,cape", "cut short"),
        ("2020-01-01,cape,30\n2020-01-01,cape,31", "line 3 has cape of 2020-01-01 again"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        read_fundamentals(table(tmp_path, [row]))


def test_a_misspelt_series_is_not_dropped(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'cape'"):
        read_fundamentals(table(tmp_path, ["2020-01-01,cap,30"]))


def test_a_table_without_rows_or_columns_is_refused(tmp_path: Path) -> None:
    bare = tmp_path / "bare.csv"
    bare.write_text("day,what\n")

    with pytest.raises(BadFile, match="holds nothing"):
        read_fundamentals(table(tmp_path, []))
    with pytest.raises(BadFile, match="date, series, value"):
        read_fundamentals(bare)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    days = [f"{MONTHS[-1] - k},A,{100 + k % 7}" for k in range(60)]
    prices = tmp_path / "prices.csv"
    prices.write_text("\n".join(["date,symbol,close", *sorted(days)]) + "\n")
    rows = [f"{day},top10_weight,{0.1 + 0.001 * k}" for k, day in enumerate(MONTHS)]
    return prices, table(tmp_path, rows)


def test_daily_answers_fragility_beside_the_indicators(files: tuple[Path, Path]) -> None:
    prices, more = files
    found = measure_daily(DailyRequest((prices,), fundamentals=more)).json()
    without = measure_daily(DailyRequest((prices,))).json()

    assert found["fragility"]["level"] == 1.0
    assert [part["name"] for part in found["fragility"]["parts"]] == ["top10_weight"]
    assert found["symbols"] == without["symbols"]
    assert without["fragility"] is None
    assert "Valuation fragility is 1, from 1 of 8 parts" in found["outcome"]
    assert any("excess_cape_yield (cape, real_yield_pct)" in w for w in found["warnings"])


@pytest.mark.parametrize(
    ("lang", "says"), [("en", "Fragility of valuations"), ("zh", "估值脆弱度")]
)
def test_fragility_is_told_at_the_terminal(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    files: tuple[Path, Path],
    lang: str,
    says: str,
) -> None:
    terminal = Terminal(monkeypatch, capsys, tmp_path)
    asked = ("measure", "daily", str(files[0]), "--fundamentals", str(files[1]))
    code, out, _ = terminal(*asked, "--lang", lang)
    as_json = json.loads(terminal(*asked, "--json")[1])

    assert code == 0
    assert says in out
    assert as_json["inputs"]["fundamentals"] == files[1].name
