"""Settle: pay for what was sold, to the last cent, and close the calls that are met."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from undertow.core.market import Market
from undertow.core.shapes import Floats, PerColumn, PerInstrument, PerMoveColumn, PerRow, Rows
from undertow.engine.board import Board
from undertow.engine.call import FEW, could, wanted
from undertow.engine.clear import Cleared
from undertow.engine.desk import DUST, Batch, Desk
from undertow.engine.ledger import Clocks, Face
from undertow.engine.origins import book_origins
from undertow.engine.pending import NOBODY
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


Stands: TypeAlias = NDArray[np.int8]
"""How each call stands after settlement."""

Sales: TypeAlias = tuple[Desk, list[Batch]]
"""A desk, and the batches of its calls that were asked in this bar, at least one."""


def settle(state: State, asked: Sequence[Sales], pay: Payment, pool: Pool) -> list[Settled]:
    """Book the sales of some desks: accounts, absorber, lender, venue, ledger, bankruptcies.

    No batch touches the accounts of another, so those of all desks are booked side by side.
    """
    together = sum(len(desk.calls) for desk, _ in asked) > FEW
    side_by_side = pool if together else Pool()
    stands = _book_all(asked, pay, side_by_side)
    _book_ledger(state, asked, stands, np.abs(pay.gross), side_by_side)
    return [
        _settled(state, desk, batches, pay, stand)
        for (desk, batches), stand in zip(asked, stands, strict=True)
    ]


def _settled(
    state: State, desk: Desk, batches: list[Batch], pay: Payment, stands: Stands
) -> Settled:
    """What one desk's sales bring to everyone else, and which of its calls go on."""
    market, absorber, own = state.market, state.absorber, desk.columns.instruments
    here, count = desk.bound, len(market.instruments)
    closed, gross = wanted(batches, desk.columns.count) * pay.filled[here], pay.gross[here]
    desk.board.held[here] -= closed
    units = per_instrument(own, closed * desk.columns.sign, count)
    absorber.units += units
    absorber.cash -= float(closed @ gross)
    absorber.lender += float(closed @ pay.lender[here])
    absorber.venue += float(closed @ pay.fee[here])
    stuck = sum(_unrescuable(desk, market, batch, stands[batch.calls]) for batch in batches)
    weight, debt = _write_off(state, desk, desk.open[stands == FAILED])
    desk.keep_calls((stands == OPEN) | (stands == STUCK))
    return Settled(units, per_instrument(own, closed * np.abs(gross), count), stuck, weight, debt)


def _book_all(asked: Sequence[Sales], pay: Payment, pool: Pool) -> list[Stands]:
    """Book all sales; returns how each open call of each desk stands."""
    stands = [np.full(len(desk.open), OPEN, np.int8) for desk, _ in asked]
    todo = [
        (book, batch, stand)
        for (desk, batches), stand in zip(asked, stands, strict=True)
        for book in (_booking(desk, pay),)
        for batch in batches
    ]
    parts = pool.map(lambda one: one[0](one[1]), todo)
    for (_, batch, stand), part in zip(todo, parts, strict=True):
        stand[batch.calls] = part
    return stands


def _booking(desk: Desk, pay: Payment) -> Callable[[Batch], Stands]:
    """A function that books one batch of a desk and returns how its calls stand."""
    net = desk.board.part(pay.net, desk.number, target=True)
    filled, received = pay.filled[desk.bound], pay.received[desk.bound]
    live, test = desk.live, desk.target
    tolerance = (desk.segment.regime.minimum_transfer, DUST)

    def book(batch: Batch) -> Stands:
        called, stands = batch.called, np.empty(len(batch.places), np.int8)
        book_sales(
            live.quantity, live.cash, batch.places, called.quantity, batch.sales, called.column,
            called.move, batch.need, filled, received, net,
            test.weight, test.offset, desk.reach[batch.owner], tolerance, stands,
        )  # fmt: skip
        return stands

    return book


def _book_ledger(
    state: State, asked: Sequence[Sales], stands: list[Stands], paid: PerColumn, pool: Pool
) -> None:
    """Money of every sale by origin and instrument; open calls remember their losses.

    paid: money per unit closed, per column of the board
    """
    todo: list[tuple[Callable[[Batch], Floats], Batch]] = []
    for (desk, batches), stand in zip(asked, stands, strict=True):
        if desk.clocks is None or desk.face is None:
            return
        homeless = ((stand == OPEN) | (stand == STUCK)) & (desk.calls.line < 0)
        if homeless.any():
            desk.calls.line[homeless] = desk.memory.claim(int(np.count_nonzero(homeless)))
        book = _by_origin(desk, desk.clocks, desk.face, (paid[desk.bound], len(state.limits.low)))
        todo += [(book, batch) for batch in batches]
    money = iter(pool.map(lambda one: one[0](one[1]), todo))
    for desk, batches in asked:
        booked = sum(islice(money, len(batches)), np.zeros(1))
        matrix = state.booked[state.segments.index(desk.segment.name)]
        matrix[_sources(desk)] += booked[:, :-1].T
        matrix[-1] += booked[:, -1]


def _sources(desk: Desk) -> Rows:
    """Origins that have cost this desk anything, in the order of what `_by_origin` returns."""
    if desk.clocks is None or desk.face is None:
        return NOBODY
    return desk.face.sources[desk.clocks.going(desk.face).used]


def _by_origin(
    desk: Desk, clocks: Clocks, face: Face, of: tuple[PerColumn, int]
) -> Callable[[Batch], Floats]:
    """A function that gives a batch's money by instrument and source; the opening is last.

    of: money per unit closed of each of the desk's columns, and the number of instruments
    """
    calls, memory, going, live = desk.calls, desk.memory, clocks.going(face), desk.live
    (paid, count), own = of, desk.columns.instruments

    def book(batch: Batch) -> Floats:
        called, money = batch.called, np.zeros((count, len(going.used) + 1))
        book_origins(
            called.quantity, batch.sales, called.column, called.move, called.weight,
            live.at_home(batch.places), calls.line[batch.calls], memory.touched,
            memory.losses, clocks.sums, clocks.now, face.row, face.first,
            going.used, going.place, paid, own, money,
        )  # fmt: skip
        return money

    return book


def _unrescuable(desk: Desk, market: Market, batch: Batch, stands: Stands) -> float:
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
