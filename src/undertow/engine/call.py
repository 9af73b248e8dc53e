"""Call and order: who is called, what is paid from free cash, and what each seller asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from undertow.core.columns import Columns
from undertow.core.market import Market
from undertow.core.shapes import Flags, PerColumn, PerPosition, PerRow, Rows
from undertow.engine.board import Board
from undertow.engine.copied import copied, part
from undertow.engine.copies import hold_any
from undertow.engine.desk import Batch, Desk
from undertow.engine.pace import Pace
from undertow.engine.pending import Fresh
from undertow.engine.pool import BATCH, Pool, chunks
from undertow.engine.prices import unit_slope
from undertow.engine.settle import closed_units, without_kept
from undertow.engine.weights import releases
from undertow.model.liquidation.base import Called, Terms
from undertow.model.scenario import Rules

FEW = BATCH
"""Open calls that one thread has asked before a second one pays."""

ROUNDING = 1e-9
"""A bar that a grace reaches into by less than this share is not part of it."""


NOTHING: PerPosition = np.empty((0, 0))
"""What sellers keep who would sell all."""


def tested(desk: Desk, pace: Pace) -> bool:
    """Whether this desk's margin is tested in this bar; always in a round."""
    tests = desk.segment.regime.tests
    return pace.elapsed == 0.0 or tests is None or bool(tests[pace.bar])


def call(desk: Desk, market: Market, pace: Pace, pool: Pool) -> Rows:
    """Places of accounts newly called in this bar, ascending; their calls are open from now on.

    Accounts are copied while the scan has them at hand: their orders need nothing else.
    """
    if not tested(desk, pace) or desk.has_passed:
        return desk.calls.take_up([], pace.bar)
    return desk.calls.take_up([Fresh(*desk.newly_short(market, pool))], pace.bar)


@dataclass(frozen=True, slots=True)
class Lot:
    """Open calls that are asked together; `called` if the accounts are copied already."""

    calls: slice | Rows
    called: Called | None = None


@dataclass(frozen=True, slots=True)
class Seller:
    """Owner or broker of a desk's called accounts; `share` of the need is raised in this bar."""

    desk: Desk
    terms: Terms
    owner: bool
    share: float

    def batch(self, lot: Lot) -> Batch:
        """Pay what free cash can pay and ask the policy for the rest."""
        desk = self.desk
        places = desk.open[lot.calls]
        called = lot.called or copied(desk.live, desk.target, places)[1]
        need = _paid_in(desk, places, called.need) if len(desk.live.free_cash) else called.need
        if self.share != 1.0 or need is not called.need:
            called = Called(
                called.quantity, called.column, self.share * need, called.move, called.weight
            )
        offered = _willing(desk, places, called) if self.owner else called
        sales, closing = np.zeros_like(called.quantity), np.zeros(desk.columns.count)
        policy = desk.segment.owner if self.owner else desk.segment.broker
        policy.sales(offered, self.terms, sales)
        closed_units(sales, called.column, called.weight, closing)
        return Batch(lot.calls, places, called, offered, need, self.owner, sales, closing)


@dataclass(frozen=True, slots=True)
class Question:
    """What one seller is asked about a lot of calls."""

    seller: Seller
    lot: Lot

    def answer(self) -> Batch:
        """What the seller wants to sell now."""
        return self.seller.batch(self.lot)


def order(desks: Sequence[Desk], terms: Terms, pace: Pace, pool: Pool) -> list[list[Batch]]:
    """What the owners and brokers of each desk's open calls want to sell now.

    terms: of the board of these desks. No answer touches what another one reads, so lots of all
    desks are asked side by side, unless they are too few for that.
    """
    questions = [_questions(desk, terms, pace) if len(desk.calls) else [] for desk in desks]
    together = sum(len(desk.calls) for desk in desks) > FEW
    answers = iter((pool if together else Pool()).map(Question.answer, chain(*questions)))
    return [list(islice(answers, len(part))) for part in questions]


def _questions(desk: Desk, terms: Terms, pace: Pace) -> list[Question]:
    questions: list[Question] = []
    ages, grace = _ages(desk, pace), _grace_bars(desk, pace)
    known = desk.calls.carried + (len(desk.calls.fresh) > 0)
    for owner, first_age in ((True, 0.0), (False, grace)):
        mine = (ages < grace) == owner
        sellable = terms.sellable[desk.bound] * desk.reach[owner]
        if mine[:known].any() and not sellable.all():
            # While all it would sell is closed a call waits, once this seller has seen it.
            mine &= (ages == first_age) | _able(desk, sellable, owner=owner)
        if mine[:known].any():
            own = terms_for(desk, terms, sellable)
            seller = Seller(desk, own, owner, _share_now(desk, pace, owner=owner))
            questions += [Question(seller, lot) for lot in _lots(desk, mine)]
    return questions


def _able(desk: Desk, sellable: PerColumn, *, owner: bool) -> Flags:
    """Whether each carried call's account has anything that its seller may and would sell.

    The last is for fresh calls, which are asked anyway.
    """
    able = np.zeros(desk.calls.carried + 1, np.bool_)
    if sellable.any():
        live, places = desk.live, desk.open[: desk.calls.carried]
        kept = desk.kept if owner and desk.kept is not None else NOTHING
        rows = desk.live.at_home(places) if len(kept) else places
        hold_any(live.quantity, live.column, places, kept, rows, sellable, able)
    return able


def _ages(desk: Desk, pace: Pace) -> Rows:
    """Bars since each carried call was made, and last the age of all fresh ones."""
    ages = np.zeros(desk.calls.carried + 1, np.int64)
    np.subtract(pace.bar, desk.calls.since[: desk.calls.carried], out=ages[:-1])
    return ages


def _grace_bars(desk: Desk, pace: Pace) -> float:
    """Bars from a call to the first in which the broker sells; a grace outlasts all rounds."""
    grace = desk.segment.regime.grace_days
    if pace.elapsed == 0.0:
        return float(np.inf) if grace > 0.0 else 0.0
    return float(np.ceil(grace / pace.elapsed - ROUNDING))


def _lots(desk: Desk, mine: Flags) -> list[Lot]:
    """The calls of one seller, as many at a time as are asked together."""
    older = np.flatnonzero(mine[:-1])
    lots = [Lot(older[start:stop]) for start, stop in chunks(len(older), BATCH)]
    return lots + _fresh_lots(desk) if mine[-1] else lots


def _fresh_lots(desk: Desk) -> list[Lot]:
    lots, at = [], desk.calls.carried
    for fresh in desk.calls.fresh:
        for start, stop in chunks(len(fresh.places), BATCH):
            called = part(fresh.called, slice(start, stop))
            lots.append(Lot(slice(at + start, at + stop), called))
        at += len(fresh.places)
    return lots


def _share_now(desk: Desk, pace: Pace, *, owner: bool) -> float:
    """Share of the need that is to be raised in this bar."""
    regime = desk.segment.regime
    lag = regime.owner_lag if owner else regime.broker_lag
    return -float(np.expm1(-pace.elapsed / lag)) if lag > 0.0 and pace.elapsed > 0.0 else 1.0


def _paid_in(desk: Desk, places: Rows, need: PerRow) -> PerRow:
    """Pay free cash into the margin accounts; returns what is still missing."""
    live = desk.live
    paid = np.minimum(live.free_cash[places], need)
    live.free_cash[places] -= paid
    live.cash[places] += paid
    return need - paid


def _willing(desk: Desk, places: Rows, called: Called) -> Called:
    """The same accounts without what their owners will not sell whatever happens."""
    if desk.kept is None:
        return called
    offered = np.empty_like(called.quantity)
    without_kept(called.quantity, desk.kept, desk.live.at_home(places), offered)
    return Called(offered, called.column, called.need, called.move, called.weight)


def could(desk: Desk, market: Market, batch: Batch) -> Flags:
    """Whether each row holds something that its seller may sell now."""
    sellable = _tradable(desk.columns, market) * desk.reach[batch.owner]
    offered = batch.offered
    able: Flags = np.any(np.abs(offered.quantity) * sellable[offered.column], axis=1)
    return able


def _tradable(columns: Columns, market: Market) -> PerColumn:
    """Share of each column that its venue lets anyone close now."""
    own = columns.instruments
    return np.where(columns.sign > 0.0, market.sellable[own], market.buyable[own])


def terms_now(board: Board, market: Market, rules: Rules) -> Terms:
    """What closing one unit of each column of a board means now to those who may close all."""
    columns, own = board.all, board.all.instruments
    in_base = market.value
    value, entry = in_base[own], columns.per_column(columns.entry) * market.fx[own]
    slope = rules.foresight * in_base * unit_slope(rules.impact, market)
    half_spread = 0.5 * rules.makers.spread(market) + rules.fee
    return Terms(
        price=value,
        release=releases(board.target, market, columns),
        spread=half_spread[own] * value,
        slope=slope[own],
        sellable=_tradable(columns, market),
        gain=np.where(np.isnan(entry), 0.0, columns.sign * (value - entry)),
        risk=market.sigma[own],
        depth=(market.depth * in_base)[own],
    )


def terms_for(desk: Desk, terms: Terms, sellable: PerColumn) -> Terms:
    """A desk's part of the terms, for a seller who may close these shares of its columns."""
    here = desk.bound
    return Terms(
        price=terms.price[here],
        release=desk.board.part(terms.release, desk.number, target=True),
        spread=terms.spread[here],
        slope=terms.slope[here],
        sellable=sellable,
        gain=terms.gain[here],
        risk=terms.risk[here],
        depth=terms.depth[here],
    )


def wanted(batches: list[Batch], columns: int) -> PerColumn:
    """Weighted units all batches want to close, per column, summed in the order of batches."""
    total = np.zeros(columns)
    for batch in batches:
        total += batch.closing
    return total
