"""February 2026: who holds what, to the last unit of the sourced totals."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest

from feb_2026 import SEGMENTS, SEVEN
from undertow.core.columns import Way
from undertow.episodes import Episode, compile_episode, load
from undertow.model.population import requirement
from undertow.model.scenario import Scenario

NINE = (*SEVEN, "AVGO", "AMD")
SIZE = {"SI": 5000, "GC": 100, "HG": 25_000}
SEGMENT_NAMES = (*SEGMENTS, "unlevered_holders")


@pytest.fixture(scope="module")
def episode() -> Episode:
    return load("feb-2026")


@pytest.fixture(scope="module")
def scenario(episode: Episode) -> Scenario:
    return compile_episode(episode, accounts=20_000)


def held(scenario: Scenario, segment: str) -> dict[tuple[str, Way], float]:
    """Units that a segment holds, real accounts taken together, by instrument and way."""
    names, columns = scenario.market.instruments.names, scenario.columns
    group = next(g for g in scenario.accounts if g.segment == segment)
    units = np.bincount(
        group.column.ravel() // 2,
        weights=(group.weight[:, None] * group.quantity).ravel(),
        minlength=len(columns.instrument),
    )
    total: dict[tuple[str, Way], float] = {}
    for pair in np.unique(group.column // 2):
        key = names[columns.instrument[pair]], Way(columns.way[pair])
        total[key] = total.get(key, 0.0) + float(units[pair])
    return total


def stated(episode: Episode, scenario: Scenario, segment: str) -> dict[tuple[str, Way], float]:
    """The same as the file says, shorts below zero."""
    worth = dict(zip(episode.symbols, scenario.market.value, strict=True))
    total: dict[tuple[str, Way], float] = {}
    for one in episode.plan.segments[segment].holds:
        parts = {str(one.instrument): 1.0}
        if one.basket is not None:
            weights = episode.plan.baskets[one.basket]
            parts = {s: weight / sum(weights.values()) for s, weight in weights.items()}
        for symbol, part in parts.items():
            units = one.total_units or (one.total_usd or 0.0) / worth[symbol]
            key = symbol, Way[one.way.upper()]
            total[key] = total.get(key, 0.0) + part * units * (1 if one.side == "long" else -1)
    return total


@pytest.mark.parametrize("segment", SEGMENT_NAMES)
def test_every_segment_holds_what_the_file_says_to_the_last_unit(
    episode: Episode, scenario: Scenario, segment: str
) -> None:
    assert held(scenario, segment) == pytest.approx(stated(episode, scenario, segment), rel=1e-9)


@pytest.mark.parametrize("symbol", ["SI", "GC"])
def test_the_long_segments_and_funds_together_are_the_reported_longs(
    episode: Episode, scenario: Scenario, symbol: str
) -> None:
    longs = ("comex_retail", "comex_professional", "metal_tech_funds")
    sold_by = {name: trader.parameters for name, trader in episode.plan.traders.items()}
    others = sum(
        sold_by[t][k][symbol] for t, k in (("trend", "positions"), ("risk_funds", "holdings"))
    )  # type: ignore[index]
    own = sum(held(scenario, name)[symbol, Way.PLEDGED] for name in longs)
    classes = ("noncommercial", "nonreportable")
    reported = SIZE[symbol] * sum(episode.facts.value(f"comex_{c}.{symbol}_long") for c in classes)

    assert own + others == pytest.approx(reported, rel=1e-9)


@pytest.mark.parametrize("symbol", SIZE)
def test_the_short_segments_together_are_the_reported_shorts(
    episode: Episode, scenario: Scenario, symbol: str
) -> None:
    own = sum(
        held(scenario, name)[symbol, Way.PLEDGED]
        for name in ("comex_hedgers", "comex_short_sellers")
    )
    classes = ("noncommercial", "nonreportable", "commercial")
    reported = sum(episode.facts.value(f"comex_{c}.{symbol}_short") for c in classes)

    assert own == pytest.approx(-SIZE[symbol] * reported, rel=1e-9)


def test_the_tiers_of_perpetuals_share_the_open_interest(
    episode: Episode, scenario: Scenario
) -> None:
    tiers = [held(scenario, f"perp_{tier}") for tier in ("low", "mid", "high")]

    for coin in ("BTC", "ETH"):
        total = sum(tier[coin, Way.PLEDGED] for tier in tiers)
        assert total == pytest.approx(episode.facts.value(f"perpetuals.{coin}_long"), rel=1e-9)


def test_funds_hold_their_pledged_technology_elsewhere(
    episode: Episode, scenario: Scenario
) -> None:
    price = dict(zip(episode.symbols, scenario.market.value, strict=True))
    own = held(scenario, "metal_tech_funds")
    inside = scenario.columns.way == Way.ELSEWHERE

    total = sum(own[s, Way.ELSEWHERE] * price[s] for s in NINE)
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
        assert equity.mean() > 1.2 * needed.mean() or group.segment == "unlevered_holders"


def test_owners_without_a_loan_can_never_be_called(scenario: Scenario) -> None:
    group = next(g for g in scenario.accounts if g.segment == "unlevered_holders")

    assert (scenario.columns.way[group.column // 2] == Way.FREE).all()
    assert not group.cash.any()


def test_gains_exist_to_be_taken(scenario: Scenario) -> None:
    columns, price = scenario.columns, scenario.market.price
    metal = np.isin(columns.instrument, [0, 1])
    gain = price[columns.instrument[metal]] / columns.entry[metal] - 1.0

    assert gain.max() > 1.0
    assert (gain >= 0.0).all()


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


def test_two_hundred_thousand_accounts_build_quickly_and_small(episode: Episode) -> None:
    start = perf_counter()
    whole = compile_episode(episode)
    took = perf_counter() - start

    assert len(whole.accounts) == 200_000
    assert whole.accounts.nbytes <= 200 * len(whole.accounts)
    assert took < 1.0
