"""Channels: what a scenario's outcome can be made without, one part of it at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from undertow.core.accounts import NO_CALL, Accounts
from undertow.core.errors import unknown
from undertow.core.shapes import Flags
from undertow.model.makers import MAKERS
from undertow.model.scenario import Scenario, Segment


def without(scenario: Scenario, channel: str) -> Scenario:
    """The same scenario with one of `CHANNELS` off, because what makes it is taken out.

    Off in any order and combination: no channel brings back what another has taken out.
    Limits: a round within one date tests margins whatever the schedule, so `calls` is for bars.
    """
    if channel not in CHANNELS:
        raise unknown("channel", channel, CHANNELS)
    return CHANNELS[channel](scenario)


def _without_news(scenario: Scenario) -> Scenario:
    """Nothing comes from outside but margin changes: no path is given, nothing is announced."""
    news, none = scenario.news, np.zeros_like(scenario.news.shock)
    nowhere = np.full_like(news.actual, np.nan)
    nobody = np.zeros_like(news.given)
    calm = replace(news, shock=none, given=nobody, actual=nowhere, fx=None, spacing=None)
    return replace(scenario, news=calm)


def _without_calls(scenario: Scenario) -> Scenario:
    """No margin is ever tested, and no call is open at the start."""
    never = np.zeros(scenario.clock.bars, dtype=np.bool_)
    segments = tuple(_tested(segment, never) for segment in scenario.rules.segments)
    groups = (replace(g, opened=np.full_like(g.opened, NO_CALL)) for g in scenario.accounts)
    quiet = replace(scenario, accounts=Accounts(tuple(groups)))
    return replace(quiet, rules=replace(scenario.rules, segments=segments))


def _tested(segment: Segment, tests: Flags) -> Segment:
    return replace(segment, regime=replace(segment.regime, tests=tests))


def _without_hikes(scenario: Scenario) -> Scenario:
    return replace(scenario, news=replace(scenario.news, hikes=()))


def _without_makers(scenario: Scenario) -> Scenario:
    """Makers who never leave: all quotes stand, as deep as today's makers would have them."""
    market, rules = scenario.market, scenario.rules
    full = np.ones_like(market.available)
    depth = rules.makers.depth(market, full)
    calm = replace(
        market,
        instruments=replace(market.instruments, depth=depth),
        available=full,
        depth=depth.copy(),
    )
    constant = replace(rules, makers=MAKERS.make("constant", {}))
    return replace(scenario, market=calm, rules=constant)


def _without_traders(scenario: Scenario) -> Scenario:
    return replace(scenario, rules=replace(scenario.rules, traders=()))


CHANNELS: dict[str, Callable[[Scenario], Scenario]] = {
    "news": _without_news,
    "calls": _without_calls,
    "hikes": _without_hikes,
    "makers": _without_makers,
    "traders": _without_traders,
}
"""The groups of causes by name; each entry takes its group out."""
