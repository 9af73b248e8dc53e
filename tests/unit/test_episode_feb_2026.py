"""February 2026, compiled: real hours, sourced totals, and nothing of what the targets did."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from time import perf_counter

import numpy as np
import pytest
from numpy.typing import NDArray

from undertow.core.columns import Way
from undertow.core.shapes import Floats
from undertow.episodes import Episode, compile_episode, load
from undertow.model.population import requirement
from undertow.model.scenario import Scenario
from undertow.model.venues.base import Phase

SEVEN = ("AAPL", "MSFT", "GOOGL", "AMZN", "NVDA", "META", "TSLA")
TARGETS = ("CU", "NQ", *SEVEN, "BTC", "TLT", "KS11")


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


def held(scenario: Scenario, segment: str, symbol: str, way: Way) -> float:
    """Units of one instrument that a segment holds in one way."""
    columns = scenario.columns
    wanted = (columns.instrument == scenario.market.instruments.index(symbol)) & (
        columns.way == way
    )
    group = next(g for g in scenario.accounts if g.segment == segment)
    return float(group.weight @ (group.quantity * wanted[group.column // 2]).sum(axis=1))


def actual(scenario: Scenario, symbol: str) -> Floats:
    return scenario.news.actual[:, scenario.market.instruments.index(symbol)]


def test_the_roles_are_those_of_the_story(episode: Episode) -> None:
    roles = {symbol: one.role for symbol, one in episode.plan.instruments.items()}

    assert [s for s, role in roles.items() if role == "given"] == ["SI", "GC"]
    assert [s for s, role in roles.items() if role == "linked"] == ["SLV", "AGQ", "AG"]
    assert tuple(s for s, role in roles.items() if role == "free") == TARGETS


def test_the_window_is_nine_days_of_quarter_hours(scenario: Scenario) -> None:
    assert scenario.clock.bars == 9 * 96
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
        ("shfe_silver", "2026-01-29T13:00", Phase.OPEN),
        ("shfe_silver", "2026-01-29T18:15", Phase.OPEN),
        ("shfe_copper", "2026-01-29T17:00", Phase.CLOSED),
        ("shfe_silver", "2026-01-30T02:15", Phase.CLOSED),
        ("shfe_silver", "2026-01-30T06:45", Phase.CLOSING),
        ("shfe_silver", "2026-01-31T02:00", Phase.CLOSED),
        ("krx", "2026-02-02T00:00", Phase.OPEN),
        ("krx", "2026-02-02T06:15", Phase.CLOSING),
        ("krx", "2026-02-02T06:30", Phase.CLOSED),
        ("crypto", "2026-01-31T12:00", Phase.OPEN),
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
    assert silver[-1] == pytest.approx(77.95, rel=1e-9)
    assert (silver[friday:sunday] == silver[friday]).all()


def test_targets_have_no_path(scenario: Scenario) -> None:
    for symbol in TARGETS:
        assert np.isnan(actual(scenario, symbol)).all()


def test_no_news_moves_anything_where_origins_are_given(scenario: Scenario) -> None:
    assert (scenario.news.shock == 0.0).all()


def test_with_free_origins_only_the_metals_have_news(episode: Episode) -> None:
    shock = compile_episode(episode, accounts=1000, origin="free").news.shock
    moved = [episode.symbols[at] for at in np.flatnonzero(shock.any(axis=0))]

    assert moved == ["SI", "GC"]
    assert np.flatnonzero(shock[:, 0]).tolist() == [96 + 48]


def test_hikes_come_after_their_notice_and_the_fall_of_30_january(scenario: Scenario) -> None:
    fall = scenario.clock.bar_at(datetime(2026, 1, 30, 18, 30, tzinfo=UTC), "the fall")
    silver = [hike for hike in scenario.news.hikes if hike.instrument == "SI"]

    assert [hike.rate for hike in silver] == [0.15, 0.18]
    assert all(fall < hike.notice < hike.effect for hike in silver)


@pytest.mark.parametrize(
    ("segment", "symbol", "fact"),
    [
        ("comex_retail", "SI", "comex_retail.SI_long"),
        ("comex_professional", "GC", "comex_professional.GC_long"),
        ("metal_tech_funds", "SI", "metal_tech_funds.SI_long"),
        ("shanghai_futures", "AG", "shanghai_futures.AG_long"),
        ("shanghai_futures", "CU", "shanghai_futures.CU_long"),
        ("korean_retail", "KS11", "korean_retail.KS11_long"),
        ("perpetual_traders", "BTC", "perpetual_traders.BTC_long"),
    ],
)
def test_segments_hold_their_sourced_totals(
    episode: Episode, scenario: Scenario, segment: str, symbol: str, fact: str
) -> None:
    total = episode.facts.value(fact)

    assert held(scenario, segment, symbol, Way.PLEDGED) == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize("segment", ["comex_retail", "us_margin_stock", "perpetual_traders"])
def test_the_seven_are_held_at_the_stated_value(
    episode: Episode, scenario: Scenario, segment: str
) -> None:
    price = dict(zip(episode.symbols, scenario.market.value, strict=True))
    total = sum(held(scenario, segment, s, Way.FREE) * price[s] for s in SEVEN)

    assert total == pytest.approx(episode.facts.value(f"{segment}.free_tech_usd"), rel=1e-9)


def test_funds_hold_their_pledged_technology_elsewhere(
    episode: Episode, scenario: Scenario
) -> None:
    price = dict(zip(episode.symbols, scenario.market.value, strict=True))
    total = sum(held(scenario, "metal_tech_funds", s, Way.ELSEWHERE) * price[s] for s in SEVEN)
    inside = scenario.columns.way == Way.ELSEWHERE

    assert total == pytest.approx(episode.facts.value("metal_tech_funds.tech_usd"), rel=1e-9)
    assert set(scenario.columns.released[inside]) == {0.6}


def test_accounts_stand_for_the_stated_numbers(episode: Episode, scenario: Scenario) -> None:
    for group in scenario.accounts:
        stated = episode.facts.value(f"{group.segment}.accounts")

        assert group.weight.sum() == pytest.approx(stated, rel=1e-9)


def test_nobody_starts_with_a_call(scenario: Scenario) -> None:
    market, columns = scenario.market, scenario.columns
    worth = market.value[columns.instruments] * columns.held(Way.PLEDGED)
    for group in scenario.accounts:
        rule = scenario.rules.segment(group.segment).regime.rule
        needed = requirement(group.quantity, group.column, market, columns, rule)
        equity = group.cash + (group.quantity * worth[group.column]).sum(axis=1)

        assert (equity >= needed).all()
        assert equity.mean() > 1.2 * needed.mean()


def test_the_opening_margins_are_those_in_force(scenario: Scenario) -> None:
    rule = scenario.rules.segment("comex_retail").regime.rule
    table = rule.table(scenario.market, scenario.columns, target=False)
    silver = 2 * int(np.flatnonzero(scenario.columns.instrument == 0)[0])

    assert table.rate[0, silver] == 0.11


def test_gains_exist_to_be_taken(scenario: Scenario) -> None:
    columns, price = scenario.columns, scenario.market.price
    metal = np.isin(columns.instrument, [0, 1])
    gain = price[columns.instrument[metal]] / columns.entry[metal] - 1.0

    assert gain.max() > 1.0
    assert (gain >= 0.0).all()


def test_the_index_future_is_its_stocks_and_a_rest(episode: Episode, scenario: Scenario) -> None:
    calm = scenario.market.instruments
    row = calm.lookthrough[calm.index("NQ")]
    weights = [row[calm.index(symbol)] for symbol in SEVEN]

    assert row.sum() == pytest.approx(1.0)
    assert weights == [episode.facts.value(f"NQ.weight_{symbol}") for symbol in SEVEN]


def test_no_forbidden_fit_is_in_the_file(episode: Episode, scenario: Scenario) -> None:
    assert scenario.rules.impact.coefficient <= 1.5  # type: ignore[attr-defined]
    assert len(set(scenario.market.instruments.resilience)) == 1
    assert all(s.free_cash_usd > 0 and s.excess.mean > 0 for s in episode.plan.segments.values())


def test_every_number_of_a_segment_has_a_source(episode: Episode) -> None:
    raw = episode.raw["segments"]
    assert isinstance(raw, dict)
    bare = [
        (name, key)
        for name, segment in raw.items()
        for key, value in {**segment, **segment["regime"]}.items()
        if isinstance(value, int | float) and key != "share"
    ]

    assert bare == []


def test_the_targets_later_prices_are_no_input(episode: Episode) -> None:
    late = [f for f in episode.used if f.moment and f.moment > episode.plan.start]
    subjects = {fact.id.split(".")[0] for fact in late}

    assert subjects <= {"SI", "GC", "AG"}
    assert not any(fact.id.endswith(".price") for fact in late)


def test_assumptions_are_known_and_have_ranges(episode: Episode) -> None:
    assumed = {fact.id: fact.range for fact in episode.assumed}

    assert "impact.coefficient" in assumed
    assert len(assumed) > 50
    assert all(low < high for low, high in assumed.values())


def test_what_really_happened_stands_beside(episode: Episode, scenario: Scenario) -> None:
    change = dict(zip(episode.symbols, episode.actual() / scenario.market.price - 1.0, strict=True))

    assert change["SI"] == pytest.approx(-0.338, abs=0.005)
    assert change["BTC"] == pytest.approx(-0.21, abs=0.01)
    assert change["TLT"] == pytest.approx(0.003, abs=0.001)


def test_two_hundred_thousand_accounts_build_quickly_and_small(episode: Episode) -> None:
    start = perf_counter()
    whole = compile_episode(episode)
    took = perf_counter() - start

    assert len(whole.accounts) == 200_000
    assert whole.accounts.nbytes <= 200 * len(whole.accounts)
    assert took < 1.0


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
