"""The near list: why calm costs nothing.

All accounts are scanned once at the worst corner of a box around today's weights (longs at the
low end, shorts at the high end). Those that fail are copied into a compact list. While the
weights stay inside the box only the list is scanned: rounding is monotone, so every test that is
skipped is proved bit for bit. After Verlet, Phys. Rev. 159 (1967) 98.

Accounts with an open call are always listed: a sale below the mark can bring one that had passed
the worst corner under it. Nobody else changes between two builds (see `refresh`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from undertow.core.accounts import NO_CALL, Group
from undertow.core.shapes import (
    ColumnPerPosition,
    PerAccount,
    PerColumn,
    PerMoveColumn,
    PerPosition,
    Rows,
)
from undertow.engine.copies import refresh_rows
from undertow.engine.pool import CHUNK, Pool, chunks
from undertow.engine.scan import short_of
from undertow.engine.weights import Weights

CROWDED = 0.25
"""A chunk with a larger share of near accounts is scanned plainly."""
SHORTEST, LONGEST = 1.5, 4096.0
"""Bounds of the horizon: how many typical moves a box is wide."""


@dataclass(slots=True)
class NearList:
    """Accounts of one group that a margin call could reach soon.

    horizon: width of the box in typical moves; adapted so that scanning the list costs about as
    much as building it. `plain=True` scans everything always: the answer is the same.
    """

    group: Group
    plain: bool = False
    horizon: float = 8.0
    scanned: int = 0
    bound: PerMoveColumn | None = None
    typical: PerMoveColumn | None = None
    last: PerMoveColumn | None = None
    offset: np.ndarray | None = None
    rows: Rows = field(default_factory=lambda: np.empty(0, np.int64))
    quantity: PerPosition = field(default_factory=lambda: np.empty((0, 0)))
    column: ColumnPerPosition = field(default_factory=lambda: np.empty((0, 0), np.uint16))
    cash: PerAccount = field(default_factory=lambda: np.empty(0))
    crowded: list[tuple[int, int]] = field(default_factory=list)
    work: float = 0.0

    def short(self, test: Weights, sign: PerColumn, pool: Pool) -> Rows:
        """Rows with slack < 0, ascending: the same rows as a plain scan of all accounts."""
        if self.plain or len(self.group) < CHUNK // 8:
            return self._scan_all(test, pool)
        self._watch(test.weight)
        if not self._inside(test, sign) or self._stale(test.weight):
            self._build(test, sign, pool)
        return self._scan_list(test, pool)

    def refresh(self, rows: Rows) -> None:
        """Copy the present state of these accounts (ascending) into the list."""
        if len(self.rows) and len(rows):
            home = self.group
            refresh_rows(
                home.quantity, home.cash, np.ascontiguousarray(rows), self.rows,
                self.quantity, self.cash,
            )  # fmt: skip

    def _scan_all(self, test: Weights, pool: Pool) -> Rows:
        self.scanned += len(self.group)
        return _scan(self.group, test, chunks(len(self.group)), pool)

    def _watch(self, weight: PerMoveColumn) -> None:
        if self.last is None:
            self.typical = 1e-3 * np.abs(weight)
        elif self.typical is not None:
            moved = np.abs(weight - self.last)
            self.typical = np.maximum(moved, 0.9 * self.typical + 0.1 * moved)
        self.last = weight

    def _inside(self, test: Weights, sign: PerColumn) -> bool:
        if self.bound is None or self.offset is None:
            return False
        if not np.array_equal(self.offset, test.offset):
            return False
        return bool(np.all(sign * (test.weight - self.bound) >= 0.0))

    def _stale(self, weight: PerMoveColumn) -> bool:
        """The list has cost more than a build, and a new box would be half as wide."""
        if self.work < 1.5 or self.bound is None or self.typical is None:
            return False
        wide = np.abs(weight - self.bound).sum()
        return bool(self.horizon * self.typical.sum() < 0.5 * wide)

    def _build(self, test: Weights, sign: PerColumn, pool: Pool) -> None:
        if self.bound is not None:
            factor = 0.8 if self.work > 1.5 else 1.25
            self.horizon = min(max(self.horizon * factor, SHORTEST), LONGEST)
        typical = np.zeros_like(test.weight) if self.typical is None else self.typical
        self.bound = test.weight - sign * self.horizon * typical
        self.offset = test.offset
        worst = Weights(self.bound, test.offset, test.rate, test.money)
        whole = chunks(len(self.group))
        near = pool.map(lambda chunk: _near_of(self.group, worst, chunk), whole)
        self.crowded = [c for c, n in zip(whole, near, strict=True) if _is_crowded(c, n)]
        listed = [n for c, n in zip(whole, near, strict=True) if not _is_crowded(c, n)]
        self.rows = np.concatenate([np.empty(0, np.int64), *listed])
        self.quantity = self.group.quantity[self.rows]
        self.column = self.group.column[self.rows]
        self.cash = self.group.cash[self.rows]
        self.scanned += len(self.group)
        self.work = 0.0

    def _scan_list(self, test: Weights, pool: Pool) -> Rows:
        near = len(self.rows)
        plain = sum(stop - start for start, stop in self.crowded)
        self.scanned += near + plain
        self.work += (near + plain) / len(self.group)
        found = np.empty(near, np.int64)
        count = short_of(
            self.quantity, self.column, self.cash, test.weight, test.offset, 0, near, found
        )
        short = self.rows[found[:count]]
        if not self.crowded:
            return short
        return np.sort(np.concatenate([short, _scan(self.group, test, self.crowded, pool)]))


def _scan(group: Group, test: Weights, bounds: list[tuple[int, int]], pool: Pool) -> Rows:
    return np.concatenate(
        [np.empty(0, np.int64), *pool.map(lambda chunk: _scan_chunk(group, test, chunk), bounds)]
    )


def _scan_chunk(group: Group, test: Weights, chunk: tuple[int, int]) -> Rows:
    start, stop = chunk
    found = np.empty(stop - start, np.int64)
    count = short_of(
        group.quantity, group.column, group.cash, test.weight, test.offset, start, stop, found
    )
    return found[:count]


def _near_of(group: Group, worst: Weights, chunk: tuple[int, int]) -> Rows:
    """Accounts of a chunk short at the worst corner, or in call: only these may change alone."""
    in_call = chunk[0] + np.flatnonzero(group.opened[chunk[0] : chunk[1]] != NO_CALL)
    short = _scan_chunk(group, worst, chunk)
    return np.union1d(short, in_call) if len(in_call) else short


def _is_crowded(chunk: tuple[int, int], near: Rows) -> bool:
    return len(near) > CROWDED * (chunk[1] - chunk[0])
