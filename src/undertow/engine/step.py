"""The step, which reads like a day: news, mark, call, order, clear, settle, record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from undertow.core.shapes import Floats, PerColumn, PerInstrument
from undertow.engine.books import Settled, payment, settle, settle_traders
from undertow.engine.call import call, order, wanted
from undertow.engine.clear import Cleared, Flow, clear
from undertow.engine.desk import Batch
from undertow.engine.mark import brake, hear, mark
from undertow.engine.pace import Pace
from undertow.engine.pool import Pool
from undertow.engine.prices import dealt_price, decayed, pressed, unit_slope
from undertow.engine.record import Record
from undertow.engine.state import State
from undertow.model.traders.base import Moment


@dataclass(frozen=True, slots=True)
class Orders:
    """All orders of one bar: batches and units per column of each desk, units of each trader."""

    batches: list[list[Batch]]
    closing: list[PerColumn]
    traders: list[Floats]


def step(state: State, pace: Pace, moment: datetime, record: Record, pool: Pool) -> float:
    """Play one bar or round; returns the money that forced sales were worth.

    Every account decides on the same opening prices, so the order of accounts cannot matter.
    """
    hear(state, pace)
    mark(state, pace)
    called = [call(desk, state.market, pace, pool) for desk in state.desks]
    orders = ordered(state, pace, pool)
    cleared = cleared_now(state, orders, pace)
    settled = settle_all(state, orders, cleared, pool)
    sold = settle_traders(state, orders.traders, cleared)
    record.note(state, called, settled, sold, cleared.paid * state.market.fx)
    _end(state, cleared, pace, moment)
    return sum(float(s.money.sum()) for s in settled) + float(np.abs(sold).sum())


def ordered(state: State, pace: Pace, pool: Pool) -> Orders:
    """Ask all open calls and all traders what they want to trade at the opening prices."""
    batches = [order(desk, state.market, state.rules, pace, pool) for desk in state.desks]
    closing = [
        wanted(todo, desk.columns.count) for desk, todo in zip(state.desks, batches, strict=True)
    ]
    return Orders(batches, closing, _trader_orders(state, pace, closing))


def _trader_orders(state: State, pace: Pace, closing: list[PerColumn]) -> list[Floats]:
    """Ask every trader at the tangent, then again at the secant over all that was asked."""
    if not state.rules.traders:
        return []
    tangent = unit_slope(state.rules.impact, state.market)
    first, memories = _asked(state, pace, tangent)
    if not any(units.any() for units in first):
        return _remembered(state, first, memories)
    flow = _flow(state, Orders([], closing, first))
    toward = pressed(
        decayed(state.market, pace.days), flow.forced + flow.sold - flow.bought, pace.days
    )
    secant = unit_slope(state.rules.impact, state.market, toward.pressure)
    return _remembered(state, *_asked(state, pace, secant))


def _remembered(state: State, units: list[Floats], memories: list[Floats]) -> list[Floats]:
    for number, memory in enumerate(memories):
        state.traders[number] = replace(state.traders[number], memory=memory)
    return units


def _asked(state: State, pace: Pace, slope: PerInstrument) -> tuple[list[Floats], list[Floats]]:
    """Units and memory of every trader if trading costs this much."""
    moment = Moment(pace.bar, pace.days * pace.open, pace.closing, slope)
    answers = [
        trader.orders(old, state.market, moment)
        for (_, trader), old in zip(state.rules.traders, state.traders, strict=True)
    ]
    return [np.where(pace.open, units, 0.0) for units, _ in answers], [m for _, m in answers]


def cleared_now(state: State, orders: Orders, pace: Pace) -> Cleared:
    """Let all orders of the bar meet."""
    return clear(state.market, _flow(state, orders), state.rules, pace, state.limits)


def _flow(state: State, orders: Orders) -> Flow:
    """Units to be sold by force, sold by traders, and bought, per instrument."""
    count = len(state.market.instruments)
    forced, sold, bought = np.zeros(count), np.zeros(count), np.zeros(count)
    for desk, closing in zip(state.desks, orders.closing, strict=True):
        if not closing.any():
            continue
        own, long = desk.columns.instruments, desk.columns.sign > 0.0
        forced += np.bincount(own[long], closing[long], count)
        bought += np.bincount(own[~long], closing[~long], count)
    for units in orders.traders:
        sold += np.maximum(-units, 0.0)
        bought += np.maximum(units, 0.0)
    return Flow(forced, sold, bought)


def settle_all(
    state: State, orders: Orders, cleared: Cleared, pool: Pool | None = None
) -> list[Settled]:
    """Settle every desk; where nobody was asked, all calls stay open."""
    count = len(state.market.instruments)
    nothing = Settled(np.zeros(count), np.zeros(count), 0.0, 0.0, 0.0)
    settled, pay = [nothing] * len(state.desks), None
    for desk, batches in zip(state.desks, orders.batches, strict=True):
        if batches:
            pay = pay or payment(desk.board, state.market, cleared, state.rules.fee)
            settled[desk.number] = settle(state, desk, batches, pay, pool or Pool())
        elif len(desk.calls) > 0:
            desk.keep_calls(np.ones(len(desk.calls), np.bool_))
    return settled


def _end(state: State, cleared: Cleared, pace: Pace, moment: datetime) -> None:
    """Carry pressure over to the next bar and let the venues set their limits."""
    after = cleared.market
    state.market = replace(state.market, pressure=after.pressure, lasting=after.lasting)
    if state.rules.listings and pace.elapsed > 0.0:
        dealt = dealt_price(state.rules.impact, state.market)
        closing = np.where(pace.open, np.where(state.news.given, state.market.price, dealt), 0.0)
        brake(state, pace, np.clip(closing, state.limits.low, state.limits.high), moment)
