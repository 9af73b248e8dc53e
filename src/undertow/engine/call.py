"""Call and order: who is called, what is paid from free cash, and what each seller asks for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from undertow.core.market import Market
from undertow.core.shapes import FlagPerColumn, Flags, PerColumn, PerRow, Rows
from undertow.engine.copies import gather
from undertow.engine.desk import ROUNDING, Batch, Desk
from undertow.engine.pace import Pace
from undertow.engine.pool import Pool, chunks
from undertow.engine.prices import unit_slope
from undertow.engine.settle import closed_units
from undertow.engine.weights import releases
from undertow.model.liquidation.base import Called, Terms
from undertow.model.scenario import Rules


def tested(desk: Desk, pace: Pace) -> bool:
    """Whether this desk's margin is tested in this bar; always in a round."""
    tests = desk.segment.regime.tests
    return pace.elapsed == 0.0 or tests is None or bool(tests[pace.bar])


def call(desk: Desk, market: Market, pace: Pace, pool: Pool) -> Rows:
    """Accounts newly called in this bar, ascending; they are noted as open."""
    if not tested(desk, pace):
        return np.empty(0, np.int64)
    rows = desk.short(market, pool)
    if desk.segment.regime.minimum_transfer > 0.0 and len(rows):
        _, need = _copied(desk, rows)
        rows = rows[need >= desk.segment.regime.minimum_transfer]
    desk.open_calls(rows, pace.bar)
    return rows


def order(desk: Desk, market: Market, rules: Rules, pace: Pace) -> list[Batch]:
    """What the owners and brokers of all open calls want to sell now."""
    if len(desk.open) == 0:
        return []
    batches = []
    for owner, waiting in _sellers(desk, pace):
        terms = terms_for(desk, market, rules, owner=owner)
        closed = not terms.sellable.any()
        rows = waiting[_fresh(desk, waiting, pace, owner=owner)] if closed else waiting
        for start, stop in chunks(len(rows)):
            batches.append(_batch(desk, rows[start:stop], terms, pace, owner=owner))
    return batches


def _sellers(desk: Desk, pace: Pace) -> list[tuple[bool, Rows]]:
    """Owner within the grace, broker after it."""
    regime = desk.segment.regime
    age = (pace.bar - desk.group.opened[desk.open]) * pace.elapsed
    late = age >= regime.grace_days
    parts = [(True, desk.open[~late]), (False, desk.open[late])]
    return [(owner, rows) for owner, rows in parts if len(rows)]


def _fresh(desk: Desk, rows: Rows, pace: Pace, *, owner: bool) -> Flags:
    """Calls that this seller sees for the first time; the others wait while all is closed."""
    age = (pace.bar - desk.group.opened[rows] - 1) * pace.elapsed
    fresh: Flags = age < (0.0 if owner else desk.segment.regime.grace_days)
    return fresh


def _copied(desk: Desk, rows: Rows) -> tuple[Called, PerRow]:
    group = desk.group
    held = np.empty((len(rows), group.slots))
    column = np.empty((len(rows), group.slots), np.uint16)
    slack = np.empty(len(rows))
    move = np.zeros(len(rows), np.int64)
    gather(
        group.quantity, group.column, group.cash, desk.target.weight, desk.target.offset,
        rows, held, column, slack, move,
    )  # fmt: skip
    need = np.maximum(0.0, -slack)
    return Called(held, column, need, move, group.weight[rows]), need


def _batch(desk: Desk, rows: Rows, terms: Terms, pace: Pace, *, owner: bool) -> Batch:
    regime, group = desk.segment.regime, desk.group
    called, need = _copied(desk, rows)
    paid = np.minimum(group.free_cash[rows], need)
    group.free_cash[rows] -= paid
    group.cash[rows] += paid
    need = need - paid
    lag = regime.owner_lag if owner else regime.broker_lag
    rate = -np.expm1(-pace.elapsed / lag) if lag > 0.0 and pace.elapsed > 0.0 else 1.0
    asked = Called(called.quantity, called.column, rate * need, called.move, called.weight)
    sales = np.zeros_like(called.quantity)
    policy = desk.segment.owner if owner else desk.segment.broker
    offered = _willing(desk, rows, asked) if owner else asked
    policy.sales(offered, terms, sales)
    could: Flags = np.any(np.abs(offered.quantity) * terms.sellable[called.column], axis=1)
    return Batch(rows, asked, need, owner, sales, could)


def _willing(desk: Desk, rows: Rows, called: Called) -> Called:
    """The same accounts without what their owners will not sell whatever happens."""
    if desk.kept is None:
        return called
    size = np.maximum(np.abs(called.quantity) - desk.kept[rows], 0.0)
    return replace(called, quantity=np.copysign(size, called.quantity))


def reachable(desk: Desk, *, owner: bool) -> FlagPerColumn:
    """Columns this seller may close: all for the owner, pledged ones for the broker."""
    everything = owner or desk.segment.regime.recourse
    return desk.columns.pledged | everything


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


def wanted(batches: list[Batch], columns: int, pool: Pool) -> PerColumn:
    """Weighted units all batches want to close, per column, summed in the order of batches."""

    def units(batch: Batch) -> PerColumn:
        total = np.zeros(columns)
        closed_units(batch.sales, batch.called.column, batch.called.weight, total)
        return total

    total = np.zeros(columns)
    for part in pool.map(units, batches):
        total += part
    return total


def met(desk: Desk, batch: Batch, raised: PerRow) -> Flags:
    """Whether each call of a batch is met by what was raised, at the bar's opening mark."""
    smallest = np.maximum(desk.segment.regime.minimum_transfer, ROUNDING * batch.need)
    done: Flags = batch.need - raised <= smallest
    return done
