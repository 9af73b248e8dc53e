"""Call and order: who is called, what is paid from free cash, and what each seller asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from undertow.core.columns import Way
from undertow.core.market import Market
from undertow.core.shapes import FlagPerColumn, Flags, PerColumn, PerRow, Rows
from undertow.engine.copied import copied, part
from undertow.engine.desk import Batch, Desk
from undertow.engine.pace import Pace
from undertow.engine.pending import Fresh
from undertow.engine.pool import BATCH, Pool, chunks
from undertow.engine.prices import unit_slope
from undertow.engine.settle import closed_units
from undertow.engine.weights import releases
from undertow.model.liquidation.base import Called, Terms
from undertow.model.scenario import Rules

ROUNDING = 1e-9
"""A bar that a grace reaches into by less than this share is not part of it."""


def tested(desk: Desk, pace: Pace) -> bool:
    """Whether this desk's margin is tested in this bar; always in a round."""
    tests = desk.segment.regime.tests
    return pace.elapsed == 0.0 or tests is None or bool(tests[pace.bar])


def call(desk: Desk, market: Market, pace: Pace, pool: Pool) -> Rows:
    """Places of accounts newly called in this bar, ascending; their calls are open from now on.

    Accounts are copied while the scan has them at hand: their orders need nothing else.
    """
    if not tested(desk, pace):
        return desk.calls.take_up([], pace.bar)

    def found(block: int) -> Fresh:
        return Fresh(*desk.short_in(block, market))

    return desk.calls.take_up(pool.map(found, desk.scan(pool)), pace.bar)


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
            called = replace(called, need=self.share * need)
        offered = _willing(desk, places, called) if self.owner else called
        sales, closing = np.zeros_like(called.quantity), np.zeros(desk.columns.count)
        policy = desk.segment.owner if self.owner else desk.segment.broker
        policy.sales(offered, self.terms, sales)
        closed_units(sales, called.column, called.weight, closing)
        return Batch(lot.calls, places, called, offered, need, self.owner, sales, closing)


def order(desk: Desk, market: Market, rules: Rules, pace: Pace, pool: Pool) -> list[Batch]:
    """What the owners and brokers of all open calls want to sell now."""
    batches: list[Batch] = []
    for owner in (True, False):
        mine = _of_seller(desk, pace, owner=owner)
        if not mine[: desk.calls.carried + (len(desk.calls.fresh) > 0)].any():
            continue
        terms = terms_for(desk, market, rules, owner=owner)
        seller = Seller(desk, terms, owner, _share_now(desk, pace, owner=owner))
        if not terms.sellable.any():
            mine &= _new_to_seller(desk, pace, owner=owner)
        batches += pool.map(seller.batch, _lots(desk, mine))
    return batches


def _ages(desk: Desk, pace: Pace) -> Rows:
    """Bars since each carried call was made, and last the age of all fresh ones."""
    ages: Rows = pace.bar - np.append(desk.calls.since[: desk.calls.carried], pace.bar)
    return ages


def _of_seller(desk: Desk, pace: Pace, *, owner: bool) -> Flags:
    """Which carried calls, and last whether the fresh ones, are this seller's.

    After the grace it is the broker.
    """
    late: Flags = _ages(desk, pace) >= _grace_bars(desk, pace)
    return late != owner


def _new_to_seller(desk: Desk, pace: Pace, *, owner: bool) -> Flags:
    """Which calls this seller sees for the first time: while all is closed only these are asked."""
    new: Flags = _ages(desk, pace) == (0.0 if owner else _grace_bars(desk, pace))
    return new


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
    kept = desk.kept[desk.live.at_home(places)]
    size = np.maximum(np.abs(called.quantity) - kept, 0.0)
    return replace(called, quantity=np.copysign(size, called.quantity))


def reachable(desk: Desk, *, owner: bool) -> FlagPerColumn:
    """Columns this seller may close: all for the owner, pledged ones for the broker.

    What is pledged elsewhere is out of reach where its money would come after the grace.
    """
    columns, regime = desk.columns, desk.segment.regime
    everything = owner or regime.recourse
    late = regime.transfer_days > regime.grace_days
    return columns.pledged | (everything & ~(late & columns.held(Way.ELSEWHERE)))


def could(desk: Desk, market: Market, batch: Batch) -> Flags:
    """Whether each row holds something that its seller may sell now."""
    sellable = _tradable(desk, market) * reachable(desk, owner=batch.owner)
    offered = batch.offered
    able: Flags = np.any(np.abs(offered.quantity) * sellable[offered.column], axis=1)
    return able


def _tradable(desk: Desk, market: Market) -> PerColumn:
    """Share of each column that its venue lets anyone close now."""
    own = desk.columns.instruments
    return np.where(desk.columns.sign > 0.0, market.sellable[own], market.buyable[own])


def terms_for(desk: Desk, market: Market, rules: Rules, *, owner: bool) -> Terms:
    """What closing one unit of each column means to this seller now."""
    columns = desk.columns
    own = columns.instruments
    value = market.value[own]
    slope = rules.foresight * market.value * unit_slope(rules.impact, market)
    half_spread = 0.5 * rules.makers.spread(market) + rules.fee
    can = _tradable(desk, market)
    entry = columns.per_column(columns.entry) * market.fx[own]
    gain = np.where(np.isnan(entry), 0.0, columns.sign * (value - entry))
    return Terms(
        price=value,
        release=releases(desk.target, market, columns),
        spread=half_spread[own] * value,
        slope=slope[own],
        sellable=can * reachable(desk, owner=owner),
        gain=gain,
        risk=market.sigma[own],
        depth=(market.depth * market.value)[own],
    )


def wanted(batches: list[Batch], columns: int) -> PerColumn:
    """Weighted units all batches want to close, per column, summed in the order of batches."""
    total = np.zeros(columns)
    for batch in batches:
        total += batch.closing
    return total
