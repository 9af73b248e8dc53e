"""A desk: the accounts of one group, their broker's tests and their open calls."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from undertow.core.accounts import NO_CALL, Group
from undertow.core.columns import Columns
from undertow.core.market import Market
from undertow.core.shapes import (
    Flags,
    Floats,
    IndexPerAccount,
    PerColumn,
    PerPosition,
    PerRow,
    Rows,
)
from undertow.engine.ledger import Clocks
from undertow.engine.near import NearList
from undertow.engine.pool import Pool
from undertow.engine.weights import Weights, weights
from undertow.model.liquidation.base import Called
from undertow.model.scenario import Regime, Segment

ROUNDING = 1e-9
"""A call is met when what is still needed is below this share of what was."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Called accounts of one desk that sell through one seller in one bar.

    need: slack still missing after free cash;  called: its need is the part to be raised now
    could: whether a row holds something that its seller may sell now
    """

    rows: Rows
    called: Called
    need: PerRow
    owner: bool
    sales: Floats
    could: Flags


@dataclass(slots=True)
class Desk:
    """Working state of one group; its arrays are the run's own.

    segment: rules in force (a hike replaces them);  open: rows with an open call, ascending
    held: weighted units per column, kept up to date by sales
    kept: units the owner will not sell, None where the owner is ready to sell all
    tested_rules, tested_value: what the tests were compiled for
    touched, place, losses: the ledger's memory of called accounts (empty when it is off)
    """

    group: Group
    segment: Segment
    columns: Columns
    near: NearList
    trigger: Weights
    target: Weights
    held: PerColumn
    kept: PerPosition | None = None
    tested_rules: Regime | None = None
    tested_value: Floats = field(default_factory=lambda: np.empty(0))
    clocks: Clocks | None = None
    open: Rows = field(default_factory=lambda: np.empty(0, np.int64))
    touched: IndexPerAccount = field(default_factory=lambda: np.empty(0, np.int32))
    place: IndexPerAccount = field(default_factory=lambda: np.empty(0, np.int32))
    losses: Floats = field(default_factory=lambda: np.empty((0, 0)))
    free_lines: list[int] = field(default_factory=list)

    def retest(self, market: Market) -> None:
        """Compile the margin tests for today's market and rules, if either has changed."""
        regime = self.segment.regime
        value = market.value[self.columns.instrument]
        if regime is self.tested_rules and np.array_equal(value, self.tested_value):
            return
        self.tested_rules, self.tested_value = regime, value
        self.trigger = weights(regime, market, self.columns, target=False)
        self.target = weights(regime, market, self.columns, target=True)

    def short(self, market: Market, pool: Pool) -> Rows:
        """Accounts below the trigger without an open call, ascending."""
        if len(self.group) == 0:
            return np.empty(0, np.int64)
        rows = self.near.short(self.trigger, self.columns.sign, pool)
        rows = rows[self.group.opened[rows] == NO_CALL]
        return self._really_short(rows, market)

    def _really_short(self, rows: Rows, market: Market) -> Rows:
        """Where the margin table is only a ceiling, keep those short by the exact rule."""
        if len(rows) == 0:
            return rows
        held, kind = self.group.quantity[rows], self.group.column[rows]
        exact = self.segment.regime.rule.exact(held, kind, market, self.columns)
        if exact is None:
            return rows
        value = market.value[self.columns.instruments]
        pledged = np.where(self.columns.way[kind // 2] == 0, value[kind], 0.0)
        equity = self.group.cash[rows] + (held * pledged).sum(axis=1)
        short = equity < exact
        if self.segment.regime.cash_test:
            settled = (held * self.trigger.weight[-1][kind]).sum(axis=1)
            short |= self.group.cash[rows] + settled + self.trigger.offset[-1] < 0.0
        kept: Rows = rows[short]
        return kept

    def open_calls(self, rows: Rows, bar: int) -> None:
        """Note that these accounts are called from now on."""
        self.group.opened[rows] = bar
        self.open = np.union1d(self.open, rows)
        self._claim_lines(rows)

    def close_calls(self, rows: Rows) -> None:
        """Note that these accounts are whole again, or gone."""
        if len(rows) == 0:
            return
        self.group.opened[rows] = NO_CALL
        self.open = np.setdiff1d(self.open, rows, assume_unique=True)
        if self.clocks is not None:
            lines = self.place[rows]
            self.losses[lines] = 0.0
            self.touched[rows] = self.clocks.now
            self.place[rows] = -1
            self.free_lines.extend(lines.tolist())

    def _claim_lines(self, rows: Rows) -> None:
        if self.clocks is None or len(rows) == 0:
            return
        missing = len(rows) - len(self.free_lines)
        if missing > 0:
            old = len(self.losses)
            room = max(missing, old, 1024)
            self.losses = np.vstack([self.losses, np.zeros((room, self.losses.shape[1]))])
            self.free_lines.extend(range(old + room - 1, old - 1, -1))
        lines = self.free_lines[-len(rows) :]
        del self.free_lines[-len(rows) :]
        self.place[rows] = lines


def open_desk(group: Group, segment: Segment, columns: Columns, market: Market) -> Desk:
    """A desk over a group at the opening market, with nothing called yet."""
    regime = segment.regime
    group, columns = _own_columns(group, columns)
    held = np.zeros(columns.count)
    np.add.at(held, group.column.astype(np.int64), np.abs(group.quantity) * group.weight[:, None])
    return Desk(
        group=group,
        segment=segment,
        columns=columns,
        near=NearList(group),
        trigger=weights(regime, market, columns, target=False),
        target=weights(regime, market, columns, target=True),
        held=held,
        kept=_kept(group, regime.willing, columns),
    )


def _kept(group: Group, willing: float, columns: Columns) -> PerPosition | None:
    if willing >= 1.0:
        return None
    outside = ~columns.pledged[group.column]
    return np.where(outside, (1.0 - willing) * np.abs(group.quantity), 0.0)


def keep_ledger(desk: Desk, lookthrough: Floats, bars: int) -> None:
    """Switch the ledger of a desk on."""
    desk.clocks = Clocks(desk.columns, lookthrough)
    desk.clocks.start(desk.trigger, bars)
    desk.touched = np.zeros(len(desk.group), np.int32)
    desk.place = np.full(len(desk.group), -1, np.int32)
    desk.losses = np.zeros((0, 4 * len(lookthrough)))


def _own_columns(group: Group, columns: Columns) -> tuple[Group, Columns]:
    """The group with only the kinds of position it holds, so that its tests are short."""
    used, place = np.unique(group.column // 2, return_inverse=True)
    own = Columns(
        instrument=columns.instrument[used],
        way=columns.way[used],
        entry=columns.entry[used],
        released=columns.released[used],
    )
    column = (2 * place.reshape(group.column.shape) + group.column % 2).astype(np.uint16)
    return replace(group, column=column), own
