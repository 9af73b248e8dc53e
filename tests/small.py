"""Small systems written by hand: one line each, everything else neutral."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from undertow.core.accounts import Accounts, Group, plain_group
from undertow.core.clock import Clock
from undertow.core.columns import Columns, Way, pledged_columns
from undertow.core.market import calm_market, plain_instruments
from undertow.core.shapes import Floats
from undertow.model.impact import IMPACT
from undertow.model.liquidation import LIQUIDATION
from undertow.model.makers import MAKERS
from undertow.model.margin import MARGIN
from undertow.model.scenario import Hike, News, Regime, Rules, Scenario, Segment, quiet

ENDLESS = 1e300
"""Depth at which no sale moves a price."""


def columns_of(*pairs: tuple[int, Way]) -> Columns:
    """Kinds of position without entry prices; half of what is sold elsewhere arrives."""
    way = np.array([w for _, w in pairs], dtype=np.int64)
    return Columns(
        instrument=np.array([a for a, _ in pairs], dtype=np.int64),
        way=way,
        entry=np.full(len(pairs), np.nan),
        released=np.where(way == Way.ELSEWHERE, 0.5, 1.0),
    )


def holders(
    quantity: Floats, cash: Floats, *, segment: str = "funds", free_cash: float = 0.0
) -> Group:
    """Accounts of weight one; slot k holds pair k."""
    group = plain_group(segment, np.atleast_2d(quantity), np.atleast_1d(cash))
    return replace(group, free_cash=np.full(len(group), free_cash))


def system(
    *groups: Group,
    price: tuple[float, ...] = (100.0,),
    depth: tuple[float, ...] | None = None,
    rate: float = 0.1,
    target: float = 1.2,
    columns: Columns | None = None,
    bars: int = 1,
    step: timedelta = timedelta(hours=1),
    regime: dict | None = None,
    law: str = "exponential",
    fill: str = "path",
    policy: str = "pro_rata",
    rules: dict | None = None,
    **instruments: Floats,
) -> Scenario:
    """A calm market, one margin rate for everything, every segment under the same regime."""
    names = tuple("ABCDEFGH"[: len(price)])
    deep = np.full(len(price), ENDLESS) if depth is None else np.array(depth)
    market = calm_market(plain_instruments(names, depth=deep, **instruments), np.array(price))
    rule = MARGIN.make(
        "percent_of_notional", {"rates": dict.fromkeys(names, rate), "target": target}
    )
    seller = LIQUIDATION.make(policy, {})
    segments = tuple(
        Segment(name, Regime(rule, **(regime or {})), seller, seller)
        for name in dict.fromkeys(g.segment for g in groups)
    )
    how = {"foresight": 0.0, **(rules or {})}
    chosen = Rules(segments, IMPACT.make(law, {"fill": fill}), MAKERS.make("constant", {}), **how)
    clock = Clock(datetime(2026, 2, 2, tzinfo=UTC), step, bars)
    kinds = pledged_columns(len(price)) if columns is None else columns
    news = quiet(bars, len(price))
    return Scenario("small", clock, market, kinds, Accounts(groups), chosen, news)


def shocked(scenario: Scenario, *moves: tuple[int, int, float]) -> Scenario:
    """The same scenario with news: (bar, instrument, factor on the fundamental)."""
    shock = scenario.news.shock.copy()
    for bar, instrument, factor in moves:
        shock[bar, instrument] += np.log(factor)
    return replace(scenario, news=replace(scenario.news, shock=shock))


def hiked(scenario: Scenario, *hikes: tuple[str, float, int]) -> Scenario:
    """The same scenario with hikes for everyone: (instrument, rate, bar of effect and notice)."""
    segments = tuple(s.name for s in scenario.rules.segments)
    more = tuple(Hike(name, rate, bar, bar, segments) for name, rate, bar in hikes)
    return replace(scenario, news=replace(scenario.news, hikes=more))


def with_news(scenario: Scenario, news: News) -> Scenario:
    """The same scenario with other news."""
    return replace(scenario, news=news)
