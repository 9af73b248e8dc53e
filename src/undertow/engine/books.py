"""Settle: pay for what was sold, to the last cent, and close the calls that are met."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from undertow.core.market import Market
from undertow.core.shapes import Floats, PerColumn, PerInstrument, PerMoveColumn, PerRow, Rows
from undertow.engine.board import Board
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
    """What closing a unit of each column brings, for all columns of a board.

    filled: share of what is wanted;  received: cash of the account;  lender: the lender's part
    net: slack gained, [move, column]
    """

    filled: PerColumn
    received: PerColumn
    lender: PerColumn
    fee: PerColumn
    gross: PerColumn
    net: PerMoveColumn


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


def payment(board: Board, market: Market, cleared: Cleared, fee: float) -> Payment:
    """Terms of settlement of all columns after clearing."""
    columns = board.all
    own, sign = columns.instruments, columns.sign
    each = (cleared.paid[own] - sign * cleared.half_spread[own]) * market.fx[own]
    share = columns.per_column(columns.released)
    gross, fees = sign * each, fee * market.value[own]
    received = gross * share - fees
    return Payment(
        filled=np.where(sign > 0.0, cleared.filled_forced[own], cleared.filled_bought[own]),
        received=received,
        lender=gross * (1.0 - share),
        fee=fees,
        gross=gross,
        net=received - sign * board.target.weight,
    )


def settle(state: State, desk: Desk, batches: list[Batch], pay: Payment, pool: Pool) -> Settled:
    """Book one desk's sales: accounts, absorber, lender, venue, ledger, bankruptcies."""
    market, absorber, own = state.market, state.absorber, desk.columns.instruments
    here, count = desk.bound, len(market.instruments)
    closed, gross = wanted(batches, desk.columns.count) * pay.filled[here], pay.gross[here]
    desk.board.held[here] -= closed
    units = per_instrument(own, closed * desk.columns.sign, count)
    absorber.units += units
    absorber.cash -= float(closed @ gross)
    absorber.lender += float(closed @ pay.lender[here])
    absorber.venue += float(closed @ pay.fee[here])
    booked = state.booked[state.segments.index(desk.segment.name)]
    stands, size = _book_all(desk, batches, pay, pool), np.abs(gross)
    _book_ledger(desk, batches, stands, (size, booked), pool)
    stuck = sum(_unrescuable(desk, market, batch, stands[batch.calls]) for batch in batches)
    weight, debt = _write_off(state, desk, desk.open[stands == FAILED])
    desk.keep_calls((stands == OPEN) | (stands == STUCK))
    return Settled(units, per_instrument(own, closed * size, count), stuck, weight, debt)


def _book_all(desk: Desk, batches: list[Batch], pay: Payment, pool: Pool) -> NDArray[np.int8]:
    """Book all sales; returns how each open call of the desk stands."""
    net = desk.board.part(pay.net, desk.number, target=True)
    filled, received = pay.filled[desk.bound], pay.received[desk.bound]
    live, test = desk.live, desk.target
    can = {batch.owner: reachable(desk, owner=batch.owner) for batch in batches}
    tolerance = (desk.segment.regime.minimum_transfer, DUST)

    def book(batch: Batch) -> NDArray[np.int8]:
        called, stands = batch.called, np.empty(len(batch.places), np.int8)
        book_sales(
            live.quantity, live.cash, batch.places, called.quantity, batch.sales, called.column,
            called.move, batch.need, filled, received, net,
            test.weight, test.offset, can[batch.owner], tolerance, stands,
        )  # fmt: skip
        return stands

    stands = np.full(len(desk.open), OPEN, np.int8)
    for batch, part in zip(batches, pool.map(book, batches), strict=True):
        stands[batch.calls] = part
    return stands


def _book_ledger(
    desk: Desk,
    batches: list[Batch],
    stands: NDArray[np.int8],
    into: tuple[PerColumn, Floats],
    pool: Pool,
) -> None:
    """Money of every sale by origin and instrument; open calls remember their losses.

    into: money paid per unit closed, per column, and the matrix [origin, instrument]
    """
    clocks, face, calls, memory = desk.clocks, desk.face, desk.calls, desk.memory
    if clocks is None or face is None:
        return
    homeless = ((stands == OPEN) | (stands == STUCK)) & (calls.line < 0)
    if homeless.any():
        calls.line[homeless] = memory.claim(int(np.count_nonzero(homeless)))
    (paid, matrix), going = into, clocks.going(face)

    def book(batch: Batch) -> Floats:
        called, money = batch.called, np.zeros((matrix.shape[1], len(going.used) + 1))
        book_origins(
            called.quantity, batch.sales, called.column, called.move, called.weight,
            desk.live.at_home(batch.places), calls.line[batch.calls], memory.touched,
            memory.losses, clocks.sums, clocks.now, face.row, face.first,
            going.used, going.place, paid, desk.columns.instruments, money,
        )  # fmt: skip
        return money

    booked = sum(pool.map(book, batches), np.zeros((matrix.shape[1], len(going.used) + 1)))
    matrix[face.sources[going.used]] += booked[:, :-1].T
    matrix[-1] += booked[:, -1]


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


def settle_traders(state: State, orders: Floats, cleared: Cleared) -> Floats:
    """Fill the traders' orders; returns the units each one sold (net), [trader, instrument]."""
    market, absorber = state.market, state.absorber
    sold = np.zeros_like(orders)
    for number in np.flatnonzero(orders.any(axis=1)).tolist():
        order = orders[number]
        units = order * np.where(order > 0.0, cleared.filled_bought, cleared.filled_sold)
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
