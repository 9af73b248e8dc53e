"""Settle: pay for what was sold, to the last cent, and close the calls that are met."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.market import Market
from undertow.core.shapes import Floats, PerColumn, PerInstrument, PerRow, Rows
from undertow.engine.call import met, reachable
from undertow.engine.clear import Cleared
from undertow.engine.desk import Batch, Desk
from undertow.engine.origins import add_losses, book_origins
from undertow.engine.settle import book_sales
from undertow.engine.state import State
from undertow.model.traders.base import TraderState


@dataclass(frozen=True, slots=True)
class Payment:
    """Per column: share filled, cash received, the lender's part and the fee, per unit closed."""

    filled: PerColumn
    received: PerColumn
    lender: PerColumn
    fee: PerColumn
    gross: PerColumn


@dataclass(frozen=True, slots=True)
class Settled:
    """What one desk did in one bar: units and money per instrument, and accounts that failed."""

    units: PerInstrument
    money: PerInstrument
    unrescuable: float
    bankrupt: float
    bad_debt: float


def per_instrument(own: Rows, per_column: PerColumn, count: int) -> PerInstrument:
    """Sum a value per column over the columns of each instrument."""
    total: PerInstrument = np.bincount(own, per_column, count).astype(np.float64)
    return total


def payment(desk: Desk, market: Market, cleared: Cleared, fee: float) -> Payment:
    """Terms of settlement of a desk's columns after clearing."""
    columns = desk.columns
    own, sign = columns.instruments, columns.sign
    long = sign > 0.0
    each = (cleared.paid[own] - sign * cleared.half_spread[own]) * market.fx[own]
    share = columns.per_column(columns.released)
    fees = fee * market.value[own]
    return Payment(
        filled=np.where(long, cleared.filled_forced[own], cleared.filled_bought[own]),
        received=sign * each * share - fees,
        lender=sign * each * (1.0 - share),
        fee=fees,
        gross=sign * each,
    )


def settle(
    state: State, desk: Desk, batches: list[Batch], asked: PerColumn, cleared: Cleared
) -> Settled:
    """Book one desk's sales: accounts, absorber, lender, venue, ledger, bankruptcies."""
    market, absorber = state.market, state.absorber
    pay = payment(desk, market, cleared, state.rules.fee)
    closed = asked * pay.filled
    desk.held -= closed
    own = desk.columns.instruments
    count = len(market.instruments)
    units = per_instrument(own, closed * desk.columns.sign, count)
    absorber.units += units
    absorber.cash -= float(closed @ pay.gross)
    absorber.lender += float(closed @ pay.lender)
    absorber.venue += float(closed @ pay.fee)
    results = [_settle_batch(state, desk, batch, pay) for batch in batches]
    ended, failed = (np.concatenate([r[k] for r in results]) for k in (0, 1))
    weight, debt = _write_off(state, desk, np.sort(failed))
    desk.close_calls(np.union1d(ended, failed))
    touched = np.sort(np.concatenate([batch.rows for batch in batches]))
    desk.near.refresh(touched)
    money = per_instrument(own, closed * np.abs(pay.gross), count)
    return Settled(units, money, sum(r[2] for r in results), weight, debt)


def _settle_batch(state: State, desk: Desk, batch: Batch, pay: Payment) -> tuple[Rows, Rows, float]:
    """Rows whose call ended, rows that failed, and the weight of those that cannot be rescued."""
    group, called = desk.group, batch.called
    net = pay.received - desk.columns.sign * desk.target.weight
    can = reachable(desk, owner=batch.owner)
    raised, left = np.empty(len(batch.rows)), np.empty(len(batch.rows))
    stuck = batch.could & (called.need > 0.0) & (batch.sales.sum(axis=1) == 0.0)
    book_sales(
        group.quantity, group.cash, batch.rows, called.quantity, batch.sales, called.column,
        called.move, pay.filled, pay.received, np.ascontiguousarray(net), can, raised, left,
    )  # fmt: skip
    if desk.clocks is not None:
        _book_ledger(state, desk, batch, np.abs(pay.gross))
    ended = met(desk, batch, raised) | ((left == 0.0) & (group.cash[batch.rows] >= 0.0))
    failed = (left == 0.0) & (group.cash[batch.rows] < 0.0)
    stuck &= left > 0.0
    return batch.rows[ended & ~failed], batch.rows[failed], float(called.weight[stuck].sum())


def _book_ledger(state: State, desk: Desk, batch: Batch, paid: PerColumn) -> None:
    clocks, called = desk.clocks, batch.called
    if clocks is None:
        return
    add_losses(
        called.quantity, batch.sales, called.column, called.move, batch.rows, desk.touched,
        clocks.sums, clocks.origin, clocks.now, desk.place, desk.losses,
    )  # fmt: skip
    book_origins(
        batch.sales, called.column, batch.rows, called.weight, paid,
        desk.columns.instruments, desk.place, desk.losses, clocks.sources, state.matrix,
    )  # fmt: skip


def _write_off(state: State, desk: Desk, rows: Rows) -> tuple[float, float]:
    """Move what is owed after all is sold from cash to debt: the fund pays, then the broker."""
    if len(rows) == 0:
        return 0.0, 0.0
    group, name = desk.group, desk.segment.name
    owed: PerRow = -group.cash[rows]
    group.owed[rows] += owed
    group.cash[rows] = 0.0
    debt = float(group.weight[rows] @ owed)
    absorber = state.absorber
    fund = state.rules.insurance.get(name, 0.0) + absorber.insurance.get(name, 0.0)
    paid = min(fund, debt)
    absorber.insurance[name] = absorber.insurance.get(name, 0.0) - paid
    absorber.broker[name] = absorber.broker.get(name, 0.0) - (debt - paid)
    return float(group.weight[rows].sum()), debt


def settle_traders(state: State, orders: list[Floats], cleared: Cleared) -> Floats:
    """Fill the traders' orders; returns the units each one sold (net), [trader, instrument]."""
    market, absorber = state.market, state.absorber
    sold = np.zeros((len(orders), len(market.instruments)))
    for number, order in enumerate(orders):
        buys = order > 0.0
        units = order * np.where(buys, cleared.filled_bought, cleared.filled_sold)
        each = (cleared.paid + np.sign(order) * cleared.half_spread) * market.fx
        fee = state.rules.fee * float(np.abs(units) @ market.value)
        cost = float(units @ each)
        old = state.traders[number]
        state.traders[number] = TraderState(old.quantity + units, old.cash - cost - fee, old.memory)
        absorber.units -= units
        absorber.cash += cost
        absorber.venue += fee
        sold[number] = -units
    return sold
