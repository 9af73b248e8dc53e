"""The step, which reads like a day: news, mark, call, order, clear, settle, record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from undertow.core.shapes import Floats, PerInstrument
from undertow.engine.books import Settled, payment, settle, settle_traders
from undertow.engine.call import call, order, terms_now, wanted
from undertow.engine.clear import Cleared, Flow, clear
from undertow.engine.desk import Batch
from undertow.engine.mark import brake, hear, mark
from undertow.engine.pace import Pace
from undertow.engine.pool import Pool
from undertow.engine.prices import decayed, pressed, priced, unit_slope
from undertow.engine.record import Record
from undertow.engine.state import State
from undertow.model.traders.base import Moment, TraderState


@dataclass(frozen=True, slots=True)
class Orders:
    """All orders of one bar.

    batches: of each desk;  forced, bought: units per instrument that accounts sell and buy back
    traders: units each one buys, [trader, instrument]
    """

    batches: list[list[Batch]]
    forced: PerInstrument
    bought: PerInstrument
    traders: Floats


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
    record.note(state, called, settled, sold, cleared)
    _end(state, cleared, pace, moment)
    money = sum(float(s.money.sum()) for s in settled if s is not None)
    return money + float(np.abs(sold).sum())


def ordered(state: State, pace: Pace, pool: Pool) -> Orders:
    """Ask all open calls and all traders what they want to trade at the opening prices."""
    batches: list[list[Batch]] = [[] for _ in state.desks]
    count = len(state.market.instruments)
    forced = bought = np.zeros(count)
    if any(len(desk.calls) for desk in state.desks):
        board = state.desks[0].board
        terms = terms_now(board, state.market, state.rules)
        batches = order(state.desks, terms, pace, pool)
        closing = np.zeros(board.all.count)
        for desk, todo in zip(state.desks, batches, strict=True):
            if todo:
                closing[desk.bound] = wanted(todo, desk.columns.count)
        long = board.all.sign > 0.0
        forced = board.per_instrument(closing, long, count)
        bought = board.per_instrument(closing, ~long, count)
    alone = Orders(batches, forced, bought, np.zeros((0, count)))
    return Orders(batches, forced, bought, _trader_orders(state, pace, alone))


def _trader_orders(state: State, pace: Pace, others: Orders) -> Floats:
    """Ask every trader at the tangent, then who heeds the slope at the secant over all asked."""
    units = np.zeros((len(state.traders), len(state.market.instruments)))
    if not state.traders:
        return units
    memory = [old.memory for old in state.traders]
    everyone = range(len(state.traders))
    _ask(state, pace, unit_slope(state.rules.impact, state.market), everyone, (units, memory))
    heeds = np.array([trader.heeds_slope for _, trader in state.rules.traders])
    again = np.flatnonzero(heeds & units.any(axis=1)).tolist()
    if again:
        flow = _flow(others, units)
        calm = decayed(state.market, pace.days)
        toward = pressed(calm, flow.forced + flow.sold - flow.bought, pace.days)
        secant = unit_slope(state.rules.impact, state.market, toward.pressure)
        _ask(state, pace, secant, again, (units, memory))
    for number, (old, kept) in enumerate(zip(state.traders, memory, strict=True)):
        if kept is not old.memory:
            state.traders[number] = TraderState(old.quantity, old.cash, kept)
    return units


def _ask(
    state: State,
    pace: Pace,
    slope: PerInstrument,
    numbers: Iterable[int],
    answers: tuple[Floats, list[Floats]],
) -> None:
    """Let some traders write what they want if trading costs this much, and what they remember."""
    moment = Moment(pace.bar, pace.days * pace.open, pace.closing, slope)
    units, memory = answers
    for number in numbers:
        trader, old = state.rules.traders[number][1], state.traders[number]
        units[number], memory[number] = trader.orders(old, state.market, moment)
    units[:, ~pace.open] = 0.0


def cleared_now(state: State, orders: Orders, pace: Pace) -> Cleared:
    """Let all orders of the bar meet."""
    flow = _flow(orders, orders.traders)
    return clear(state.market, flow, state.rules, pace, state.limits)


def _flow(orders: Orders, traders: Floats) -> Flow:
    """Units to be sold by force, sold by traders, and bought, per instrument."""
    sold = np.maximum(-traders, 0.0).sum(axis=0)
    bought = np.vstack([orders.bought, np.maximum(traders, 0.0)]).sum(axis=0)
    return Flow(orders.forced, sold, bought)


def settle_all(
    state: State, orders: Orders, cleared: Cleared, pool: Pool | None = None
) -> list[Settled | None]:
    """Settle every desk; None where nobody was asked: all calls stay open."""
    settled: list[Settled | None] = [None] * len(state.desks)
    asked = [sales for sales in zip(state.desks, orders.batches, strict=True) if sales[1]]
    if asked:
        pay = payment(asked[0][0].board, state.market, cleared, state.rules.fee)
        for (desk, _), done in zip(asked, settle(state, asked, pay, pool or Pool()), strict=True):
            settled[desk.number] = done
    return settled


def _end(state: State, cleared: Cleared, pace: Pace, moment: datetime) -> None:
    """Carry pressure over to the next bar and let the venues set their limits."""
    state.market, state.factor = cleared.market, cleared.factor
    if state.rules.listings and pace.elapsed > 0.0:
        dealt = priced(state.market, state.factor)
        closing = np.where(pace.open, np.where(state.news.pinned, state.market.price, dealt), 0.0)
        brake(state, pace, np.clip(closing, state.limits.low, state.limits.high), moment)
