"""The rival: the step once more, slow, in plain Python, account by account, written from DESIGN 1.

It loops over dicts and floats, asks every public rule (margin table, policy, impact law, makers,
venue, trader) through its contract, one account at a time, and shares no code with the engine.
Whatever both do must agree to rounding (`tests/laws/test_rival.py`).
"""

from __future__ import annotations

import math
from datetime import timedelta

from rival.calls import answers_now, call, order
from rival.clear import clear
from rival.mark import mark, news
from rival.settle import record, set_limits, settle
from rival.traders import settle_traders, trader_orders
from rival.world import Bar, World, begin
from undertow.core.clock import Clock
from undertow.model.scenario import Scenario
from undertow.model.venues.base import Phase


def play(scenario: Scenario) -> World:
    """All bars of the clock."""
    world = begin(scenario)
    for bar in _bars(scenario):
        step(world, bar)
    return world


def play_rounds(scenario: Scenario, shock: list[float], most: int) -> World:
    """Rounds within one date until nothing is sold."""
    world = begin(scenario)
    count = len(shock)
    world.market["fundamental"] = [
        f * s for f, s in zip(world.market["fundamental"], shock, strict=True)
    ]
    for number in range(most):
        if not step(world, Bar(number, [0.0] * count, [True] * count, [False] * count, 0.0)):
            break
    return world


def _bars(scenario: Scenario) -> list[Bar]:
    clock, rules, count = scenario.clock, scenario.rules, len(scenario.market.instruments)
    phases = [[Phase.OPEN] * count for _ in range(clock.bars)]
    bars_a_day = [timedelta(days=1) / clock.step] * count
    for listing in rules.listings:
        of_bar = [int(p) for p in listing.venue.phases(clock)]
        for instrument in listing.instruments:
            bars_a_day[instrument] = _usual_day(listing.venue, clock)
            for bar, phase in enumerate(of_bar):
                phases[bar][instrument] = phase
    bars = []
    for number, row in enumerate(phases):
        trades = [p != Phase.CLOSED for p in row]
        length = [
            (1.0 if t else rules.overnight) / day for t, day in zip(trades, bars_a_day, strict=True)
        ]
        closing = [p == Phase.CLOSING for p in row]
        bars.append(Bar(number, length, trades, closing, clock.step / timedelta(days=1)))
    return bars


def _usual_day(venue, clock: Clock) -> float:
    """Open bars a day, over whole weeks that begin half a week before the window."""
    step, hours = clock.step, timedelta(hours=84)
    weeks = 1
    while weeks * timedelta(days=7) < clock.bars * step:
        weeks += 1
    lead = math.floor(hours / step)
    length = math.floor((weeks + 1) * timedelta(days=7) / step)
    phases = list(venue.phases(Clock(clock.start - lead * step, step, length)))
    closings = sum(p == Phase.CLOSING for p in phases)
    if closings == 0:
        return timedelta(days=1) / step
    return sum(p != Phase.CLOSED for p in phases) / closings


def step(world: World, bar: Bar) -> bool:
    """One bar or round; says whether anything was sold."""
    news(world, bar)
    mark(world, bar)
    row = {"called": {}, "open": {}, "stuck": {}, "bankrupt": {}, "debt": {}}
    call(world, bar, row)
    orders = [(a, *order(world, bar, a)) for a in world.accounts if answers_now(world, bar, a)]
    asked = trader_orders(world, bar, orders)
    cleared = clear(world, bar, orders, asked)
    settle(world, bar, orders, cleared, row)
    settle_traders(world, asked, cleared, row)
    record(world, row)
    world.market["pressure"], world.market["lasting"] = cleared["pressure"], cleared["lasting"]
    if bar.elapsed > 0.0:
        set_limits(world, bar)
    moved = any(any(s > 0.0 for s in sales) for _, _, _, sales, _ in orders)
    return moved and any(f > 0.0 for f in cleared["sell"] + cleared["buy"])
