"""The near list: why calm costs nothing.

All accounts are scanned once at the worst corner of a box around today's weights (longs at the
low end, shorts at the high end). Those that fail are copied into compact arrays and live there;
while the weights stay inside the box only these are scanned: rounding is monotone, so every test
that is skipped is proved bit for bit. After Verlet, Phys. Rev. 159 (1967) 98.

Accounts with an open call are always listed: a sale below the mark can bring one that had passed
the worst corner under it. Nobody else changes between two builds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from undertow.core.accounts import Group
from undertow.core.shapes import PerColumn, PerMove, PerMoveColumn, Rows
from undertow.engine.copied import empty, part
from undertow.engine.live import Live, Room, listed, live_at_home, room_for, write_home
from undertow.engine.pool import CHUNK, Pool
from undertow.engine.reach import Horizon, best_horizon, cost_of
from undertow.engine.scan import short_and_copied, short_of
from undertow.engine.weights import Weights
from undertow.model.liquidation.base import Called

ROOM = 1_024
"""Calls a block has room for before it is known how many there are."""


@dataclass(frozen=True, slots=True)
class Box:
    """Weights and offsets for which a list is complete.

    worst: the corner at which all accounts were scanned;  width: its distance, over all weights
    """

    worst: PerMoveColumn
    offset: PerMove
    width: float

    def holds(self, test: Weights, sign: PerColumn) -> bool:
        """Whether today's weights are no worse than the corner."""
        inside = bool((sign * (test.weight - self.worst) >= 0.0).all())
        return inside and np.array_equal(self.offset, test.offset)


@dataclass(slots=True)
class NearList:
    """Accounts of one group that a margin call could reach soon.

    `plain=True` scans everything always: the answer is the same.
    home: all accounts, in the group's arrays
    live: where those that may change stand now: at home, or copies of those listed
    box: where the list is complete; None while all are scanned plainly
    typical: mean of recent moves of each weight;  speed: typical moves used per bar, learned
    bars: tests since the box was made;  unweighed: accounts tested since the list was last
    weighed against a new one;  scanned: accounts tested since the start
    room: where lists are kept;  expected: calls of a block
    """

    group: Group
    plain: bool = False
    home: Live = field(init=False)
    live: Live = field(init=False)
    box: Box | None = None
    typical: PerMoveColumn | None = None
    last: PerMoveColumn | None = None
    speed: float = 1.0
    bars: int = 0
    unweighed: int = 0
    scanned: int = 0
    room: Room | None = None
    expected: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.home = self.live = live_at_home(self.group)
        self.expected = [ROOM] * len(self.home.bounds)

    def renew(self, test: Weights, sign: PerColumn, open_places: Rows, pool: Pool) -> Rows:
        """Make sure the list is complete at these weights; returns where `open_places` are now."""
        if self.plain or len(self.home) < CHUNK // 8 or not self._watched(test.weight):
            return open_places
        inside = self.box is not None and self.box.holds(test, sign)
        if inside and not self._weigh_again(test, sign):
            return open_places
        if self.box is not None and not inside:
            self._learn(self.box.width)
        rows = self.live.at_home(open_places)
        self._build(test, sign, rows, pool)
        return self.live.places(rows)

    def short(self, test: Weights, block: int) -> Rows:
        """Places of one block with slack < 0, ascending."""
        live, (start, stop) = self.live, self.live.bounds[block]
        found = np.empty(stop - start, np.int64)
        count = short_of(
            live.quantity, live.column, live.cash, test.weight, test.offset, start, stop, found
        )
        return found[:count]

    def short_and_copied(
        self, test: Weights, target: Weights, least: tuple[float, float], block: int, *, noted: bool
    ) -> tuple[Rows, Called]:
        """The same, without accounts that know of an open call or need too little, and copies."""
        live, (start, stop) = self.live, self.live.bounds[block]
        found, opened = np.empty(stop - start, np.int64), live.opened if noted else live.opened[:0]
        count, room = self.expected[block], 0
        while count > room:
            room = count + count // 2
            called = empty(room, live.quantity.shape[1])
            count = short_and_copied(
                live.quantity, live.column, live.cash, live.weight, opened, test.weight,
                test.offset, target.weight, target.offset, least, start, stop, found,
                called.quantity, called.column, called.need, called.move, called.weight,
            )  # fmt: skip
        self.expected[block] = max(count, ROOM)
        return found[:count], part(called, count)

    def count(self) -> int:
        """Note that all blocks are scanned once more; returns how many there are."""
        self.bars += 1
        self.scanned += len(self.live)
        self.unweighed += len(self.live)
        return len(self.live.bounds)

    def _watched(self, weight: PerMoveColumn) -> bool:
        """Take note of how far the weights moved; false at the first look."""
        last, self.last = self.last, weight
        if last is None or self.typical is None:
            self.typical = 1e-3 * np.abs(weight)
            return False
        moved = np.abs(weight - last)
        self.typical = 0.9 * self.typical + 0.1 * moved
        return True

    def _learn(self, width: float) -> None:
        """A box was left: how many typical moves (as seen now) it was used up by per bar."""
        if self.typical is not None:
            moves = width / max(float(self.typical.sum()), 1e-300)
            self.speed = 0.5 * (self.speed + moves / max(self.bars, 1))

    def _weigh_again(self, test: Weights, sign: PerColumn) -> bool:
        """Whether, after some work with this list, a narrower one would pay."""
        if self.unweighed < len(self.home) or self.box is None or self.typical is None:
            return False
        self.unweighed = 0
        room = np.where(sign != 0.0, sign * (test.weight - self.box.worst), np.inf)
        most = float((room / np.maximum(self.typical, 1e-300)).min())
        return self._wish(test, most).cost < 0.9 * cost_of(len(self.live) / len(self.home))

    def _wish(self, test: Weights, most: float = np.inf) -> Horizon:
        typical = np.zeros_like(test.weight) if self.typical is None else self.typical
        return best_horizon(self.live, len(self.home), test, typical, (self.speed, most))

    def _build(self, test: Weights, sign: PerColumn, open_rows: Rows, pool: Pool) -> None:
        """Scan all accounts at the worst corner and list those that fail or have an open call."""
        write_home(self.live, self.home, pool)
        self.live = self.home
        self.bars, self.unweighed, self.box = 0, 0, None
        wish = self._wish(test)
        if wish.cost >= 1.0 or self.typical is None:
            self.speed = 0.5 * (self.speed + 1.0)
            return
        worst = test.weight - sign * wish.moves * self.typical
        self.box = Box(worst, test.offset, wish.moves * float(self.typical.sum()))
        corner = Weights(worst, test.offset, test.rate, test.money)
        self.room = self.room or room_for(self.home)
        self.live = listed(self.home, corner, self.room, pool, noted=len(open_rows) > 0)
        self.scanned += len(self.home)
