"""February 2026, compiled: real hours, sourced totals, and nothing of what the targets did."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from feb_2026 import INSTRUMENTS
from undertow.core.shapes import Floats
from undertow.episodes import Episode, compile_episode, load
from undertow.model.scenario import Scenario
from undertow.model.venues.base import Phase

INDICES = {"SPX": "ES", "NDX": "NQ", "DJI": "YM"}
WRAPPERS = ("SLV", "AGQ", "GLD", "AG", "AU")
SHARED = ("ES", "NQ", "YM", *INDICES, "DXY")
TARGETS = tuple(s for s in INSTRUMENTS if s not in ("SI", "GC", *WRAPPERS))


@pytest.fixture(scope="module")
def episode() -> Episode:
    return load("feb-2026")


@pytest.fixture(scope="module")
def scenario(episode: Episode) -> Scenario:
    return compile_episode(episode, accounts=20_000)


def phases(scenario: Scenario, venue: str) -> NDArray[np.int64]:
    listing = next(x for x in scenario.rules.listings if x.name == venue)
    return np.asarray(listing.venue.phases(scenario.clock))


def phase_at(scenario: Scenario, venue: str, moment: str) -> Phase:
    bar = scenario.clock.bar_at(datetime.fromisoformat(moment).replace(tzinfo=UTC), moment)
    return Phase(phases(scenario, venue)[bar])


def actual(scenario: Scenario, symbol: str) -> Floats:
    return scenario.news.actual[:, scenario.market.instruments.index(symbol)]


def test_the_instruments_are_those_of_the_story_and_earned_but_for_two_metals(
    episode: Episode, scenario: Scenario
) -> None:
    roles = {symbol: one.role for symbol, one in episode.plan.instruments.items()}
    earned = [s for s, yes in zip(episode.symbols, scenario.earned, strict=True) if yes]

    assert set(roles) == set(INSTRUMENTS)
    assert [s for s, role in roles.items() if role == "given"] == ["SI", "GC"]
    assert {s for s, role in roles.items() if role == "linked"} == {*WRAPPERS, *SHARED}
    assert set(earned) == set(TARGETS)


def test_the_window_is_sixteen_days_of_quarter_hours(scenario: Scenario) -> None:
    assert scenario.clock.bars == 16 * 96
    assert scenario.clock.step == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("venue", "moment", "phase"),
    [
        ("comex", "2026-01-29T18:15", Phase.CLOSING),
        ("comex", "2026-01-29T21:45", Phase.OPEN),
        ("comex", "2026-01-29T22:00", Phase.CLOSED),
        ("comex", "2026-01-29T23:00", Phase.OPEN),
        ("comex", "2026-01-31T12:00", Phase.CLOSED),
        ("comex", "2026-02-01T23:00", Phase.OPEN),
        ("nyse", "2026-01-30T14:15", Phase.CLOSED),
        ("nyse", "2026-01-30T14:30", Phase.OPEN),
        ("nyse", "2026-01-30T20:45", Phase.CLOSING),
        ("nyse", "2026-01-30T21:00", Phase.CLOSED),
        ("cme_equity", "2026-01-30T03:00", Phase.OPEN),
        ("cme_equity", "2026-01-30T20:45", Phase.CLOSING),
        ("shfe_precious", "2026-01-29T13:00", Phase.OPEN),
        ("shfe_precious", "2026-01-29T18:15", Phase.OPEN),
        ("shfe_base", "2026-01-29T17:00", Phase.CLOSED),
        ("shfe_precious", "2026-01-30T02:15", Phase.CLOSED),
        ("shfe_precious", "2026-01-30T06:45", Phase.CLOSING),
        ("shfe_precious", "2026-01-31T02:00", Phase.CLOSED),
        ("krx", "2026-02-02T00:00", Phase.OPEN),
        ("krx", "2026-02-02T06:15", Phase.CLOSING),
        ("krx", "2026-02-02T06:30", Phase.CLOSED),
        ("crypto", "2026-01-31T12:00", Phase.OPEN),
        ("tse", "2026-02-02T00:00", Phase.OPEN),
        ("tse", "2026-02-02T03:00", Phase.CLOSED),
        ("tse", "2026-02-02T06:15", Phase.CLOSING),
        ("tse", "2026-02-11T01:00", Phase.CLOSED),
        ("hkex", "2026-02-02T01:30", Phase.OPEN),
        ("hkex", "2026-02-02T04:15", Phase.CLOSED),
        ("hkex", "2026-02-02T07:45", Phase.CLOSING),
        ("fx", "2026-02-03T12:00", Phase.OPEN),
        ("fx", "2026-02-03T21:45", Phase.CLOSING),
        ("fx", "2026-02-03T22:00", Phase.OPEN),
        ("fx", "2026-02-07T12:00", Phase.CLOSED),
        ("shfe_precious", "2026-02-12T13:00", Phase.OPEN),
        ("shfe_precious", "2026-02-13T13:00", Phase.CLOSED),
    ],
)
def test_venues_keep_their_hours(scenario: Scenario, venue: str, moment: str, phase: Phase) -> None:
    assert phase_at(scenario, venue, moment) == phase


def test_silver_follows_its_hourly_path_and_stands_still_at_the_weekend(
    scenario: Scenario,
) -> None:
    silver = actual(scenario, "SI")
    friday, sunday = 3 * 96 - 1, 4 * 96 - 8

    assert silver[3] == pytest.approx(117.96, rel=1e-9)
    assert silver[9 * 96 - 1] == pytest.approx(77.95, rel=1e-9)
    assert (silver[friday:sunday] == silver[friday]).all()


def test_targets_have_no_path(scenario: Scenario) -> None:
    for symbol in TARGETS:
        assert np.isnan(actual(scenario, symbol)).all()


def test_only_the_named_rival_news_moves_anything_where_origins_are_given(
    scenario: Scenario,
) -> None:
    bars, moved = np.nonzero(scenario.news.shock)
    results = scenario.clock.bar_at(datetime(2026, 2, 3, 21, 15, tzinfo=UTC), "the results")

    assert [scenario.market.instruments.names[at] for at in moved] == ["AMD"]
    assert bars.tolist() == [results]
    assert np.expm1(scenario.news.shock[results, moved[0]]) == pytest.approx(-0.1731, abs=1e-4)


def test_the_fear_for_software_is_named_without_a_size_and_with_a_range(episode: Episode) -> None:
    named = next(b for b in episode.plan.news if b.instrument == "IGV")
    low, high = episode.facts.range("IGV.news_log")

    assert named.shock == 0.0
    assert np.expm1(low) == pytest.approx(-0.0461, abs=1e-4)
    assert high == 0.0


def test_with_free_origins_the_metals_have_news_too(episode: Episode) -> None:
    shock = compile_episode(episode, accounts=1000, origin="free").news.shock
    moved = [episode.symbols[at] for at in np.flatnonzero(shock.any(axis=0))]

    assert moved == ["SI", "GC", "AMD"]
    assert np.flatnonzero(shock[:, 0]).tolist() == [96 + 48]


def test_hikes_come_after_their_notice_and_the_fall_of_30_january(scenario: Scenario) -> None:
    fall = scenario.clock.bar_at(datetime(2026, 1, 30, 18, 30, tzinfo=UTC), "the fall")
    silver = [hike for hike in scenario.news.hikes if hike.instrument == "SI"]

    assert [hike.rate for hike in silver] == [0.15, 0.18]
    assert all(fall < hike.notice < hike.effect for hike in silver)


def test_the_opening_margins_are_those_in_force(scenario: Scenario) -> None:
    rule = scenario.rules.segment("comex_retail").regime.rule
    table = rule.table(scenario.market, scenario.columns, target=False)
    silver = 2 * int(np.flatnonzero(scenario.columns.instrument == 0)[0])

    assert table.rate[0, silver] == 0.11


@pytest.mark.parametrize(("index", "future"), INDICES.items())
def test_a_cash_index_is_its_future_and_both_are_stocks_and_a_rest(
    scenario: Scenario, index: str, future: str
) -> None:
    calm = scenario.market.instruments
    row = calm.lookthrough[calm.index(future)]

    assert (calm.lookthrough[calm.index(index)] == row).all()
    assert row.sum() == pytest.approx(1.0)
    assert 0.4 < row[calm.index(future)] < 0.9


def test_software_beneath_the_index_is_partly_microsoft(scenario: Scenario) -> None:
    calm = scenario.market.instruments
    weights = calm.lookthrough[calm.index("ES")]
    value = calm.lookthrough[calm.index("IGV"), calm.index("MSFT")]
    own = 7.43e9 * scenario.market.price[calm.index("MSFT")] / 6.1e13

    assert value == 0.085
    assert weights[calm.index("MSFT")] == pytest.approx(own + 0.085 * 2.5 / 61, rel=1e-9)


def test_copper_in_shanghai_meets_the_depth_of_both_venues(scenario: Scenario) -> None:
    calm = scenario.market.instruments
    at, home = calm.index("CU"), calm.index("HG")
    share = calm.lookthrough[at, home]
    depth = calm.depth * [1.0 if n != "CU" else 2204.62 for n in calm.names]

    impact = share**2 / depth[home] + (1 - share) ** 2 / depth[at]
    assert impact == pytest.approx(1.0 / (depth[home] + depth[at]), rel=1e-6)


def test_no_forbidden_fit_is_in_the_file(episode: Episode, scenario: Scenario) -> None:
    assert scenario.rules.impact.coefficient <= 1.5  # type: ignore[attr-defined]
    assert len(set(scenario.market.instruments.resilience)) == 1
    levered = [s for name, s in episode.plan.segments.items() if name != "unlevered_holders"]
    assert all(s.free_cash_usd > 0 and s.excess.mean > 0 for s in levered)


def test_of_all_that_came_later_only_margins_limits_and_named_news_enter(episode: Episode) -> None:
    late = {f.id for f in episode.used if f.moment and f.moment > episode.plan.start}
    rules = {name for name in late if name.split(".")[1] in {"margin_rate", "limit"}}

    assert late - rules == {"AMD.news_log", "SI.news_log", "GC.news_log"}
    assert {name.split(".")[0] for name in rules} == {
        "SI",
        "GC",
        "HG",
        "AG",
        "AU",
        "CU",
        "NI",
        "AL",
    }


def test_assumptions_are_known_and_have_ranges(episode: Episode) -> None:
    assumed = {fact.id: fact.range for fact in episode.assumed}

    assert "impact.coefficient" in assumed
    assert 150 < len(assumed) < 300
    assert all(low < high for low, high in assumed.values())


def test_what_really_happened_stands_beside(episode: Episode, scenario: Scenario) -> None:
    until = episode.plan.reading.until
    seen = episode.actual(until) / scenario.market.price - 1.0
    change = dict(zip(episode.symbols, seen, strict=True))

    assert change["SI"] == pytest.approx(-0.338, abs=0.005)
    assert change["BTC"] == pytest.approx(-0.21, abs=0.01)
    assert change["TLT"] == pytest.approx(0.003, abs=0.001)
    assert np.isnan(change["USDCNY"])
    assert np.isfinite(episode.actual()).all()


def test_building_an_episode_loads_no_heavy_package() -> None:
    code = (
        "import sys; from undertow.episodes import load, compile_episode;"
        "compile_episode(load('feb-2026'), accounts=100);"
        "print([m for m in ('numba', 'polars', 'pandas', 'exchange_calendars', 'scipy')"
        " if m in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603

    assert said.stdout.strip() == "[]"
