"""Settle: pay for what was sold, to the last cent, and close the calls that are met."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from undertow.core.market import Market
from undertow.core.shapes import Floats, PerColumn, PerInstrument, PerRow, Rows
from undertow.engine.call import could, reachable, wanted
from undertow.engine.clear import Cleared
from undertow.engine.desk import DUST, Batch, Desk
from undertow.engine.origins import book_origins
from undertow.engine.pool import Pool
from undertow.engine.settle import FAILED, OPEN, STUCK, book_sales
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


def settle(state: State, desk: Desk, batches: list[Batch], cleared: Cleared, pool: Pool) -> Settled:
    """Book one desk's sales: accounts, absorber, lender, venue, ledger, bankruptcies."""
    market, absorber = state.market, state.absorber
    pay = payment(desk, market, cleared, state.rules.fee)
    closed = wanted(batches, desk.columns.count) * pay.filled
    desk.held -= closed
    own = desk.columns.instruments
    count = len(market.instruments)
    units = per_instrument(own, closed * desk.columns.sign, count)
    absorber.units += units
    absorber.cash -= float(closed @ pay.gross)
    absorber.lender += float(closed @ pay.lender)
    absorber.venue += float(closed @ pay.fee)
    stands = _book_all(desk, batches, pay, pool)
    seller = state.segments.index(desk.segment.name)
    state.booked[seller] += _book_ledger(desk, batches, stands, np.abs(pay.gross), pool)
    stuck = sum(_unrescuable(desk, market, batch, stands[batch.calls]) for batch in batches)
    weight, debt = _write_off(state, desk, desk.open[stands == FAILED])
    desk.keep_calls((stands == OPEN) | (stands == STUCK))
    money = per_instrument(own, closed * np.abs(pay.gross), count)
    return Settled(units, money, stuck, weight, debt)


def _book_all(desk: Desk, batches: list[Batch], pay: Payment, pool: Pool) -> NDArray[np.int8]:
    """Book all sales; returns how each open call of the desk stands."""
    net = np.ascontiguousarray(pay.received - desk.columns.sign * desk.target.weight)
    live, can = desk.live, {owner: reachable(desk, owner=owner) for owner in (True, False)}
    tolerance = (desk.segment.regime.minimum_transfer, DUST)

    def book(batch: Batch) -> NDArray[np.int8]:
        called, stands = batch.called, np.empty(len(batch.places), np.int8)
        book_sales(
            live.quantity, live.cash, batch.places, called.quantity, batch.sales, called.column,
            called.move, batch.need, pay.filled, pay.received, net,
            desk.target.weight, desk.target.offset, can[batch.owner], tolerance, stands,
        )  # fmt: skip
        return stands

    stands = np.full(len(desk.open), OPEN, np.int8)
    for batch, part in zip(batches, pool.map(book, batches), strict=True):
        stands[batch.calls] = part
    return stands


def _book_ledger(
    desk: Desk, batches: list[Batch], stands: NDArray[np.int8], paid: PerColumn, pool: Pool
) -> Floats | float:
    """Money of every sale by origin and instrument; open calls remember their losses."""
    clocks, face, calls, memory = desk.clocks, desk.face, desk.calls, desk.memory
    if clocks is None or face is None:
        return 0.0
    homeless = ((stands == OPEN) | (stands == STUCK)) & (calls.line < 0)
    calls.line[homeless] = memory.claim(int(np.count_nonzero(homeless)))
    going, count = desk.going(clocks, face), state_count
    own = desk.columns.instruments

    def book(batch: Batch) -> Floats:
        called, matrix = batch.called, np.zeros((count, len(going.used) + 1))
        book_origins(
            called.quantity, batch.sales, called.column, called.move, called.weight,
            desk.live.at_home(batch.places), calls.line[batch.calls], memory.touched,
            memory.losses, clocks.sums, clocks.now, face.row, face.first, face.entry, going.used,
            going.place, paid, own, matrix,
        )  # fmt: skip
        return matrix

    for matrix in pool.map(book, batches):
        total[face.sources[going.used]] += matrix[:, :-1].T
        total[-1] += matrix[:, -1]


def _unrescuable(desk: Desk, market: Market, batch: Batch, stands: NDArray[np.int8]) -> float:
    """Weight of accounts in need that hold something to sell, and nothing worth selling."""
    stuck = stands == STUCK
    if not stuck.any():
        return 0.0
    return float(batch.called.weight[stuck & could(desk, market, batch)].sum())


def _write_off(state: State, desk: Desk, places: Rows) -> tuple[float, float]:
    """Move what is owed after all is sold from cash to debt: the fund pays, then the broker."""
    if len(places) == 0:
        return 0.0, 0.0
    live, name = desk.live, desk.segment.name
    owed: PerRow = -live.cash[places]
    desk.near.group.owed[live.at_home(places)] += owed
    live.cash[places] = 0.0
    debt = float(live.weight_at(places) @ owed)
    absorber = state.absorber
    fund = state.rules.insurance.get(name, 0.0) + absorber.insurance.get(name, 0.0)
    paid = min(fund, debt)
    absorber.insurance[name] = absorber.insurance.get(name, 0.0) - paid
    absorber.broker[name] = absorber.broker.get(name, 0.0) - (debt - paid)
    return float(live.weight_at(places).sum()), debt


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
