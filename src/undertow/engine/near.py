"""The near list: why calm costs nothing.

All accounts are scanned once at the worst corner of a box around today's weights (longs at the
low end, shorts at the high end). Those that fail are copied into compact arrays and live there;
while the weights stay inside the box only these are scanned: rounding is monotone, so every test
that is skipped is proved bit for bit. After Verlet, Phys. Rev. 159 (1967) 98. Inside a wide box
lies a narrow one, whose list is made from the wide one's and therefore often.

Accounts with an open call are always listed: a sale below the mark can bring one that had passed
the worst corner under it. Nobody else changes between two builds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from undertow.core.accounts import Group
from undertow.core.shapes import PerColumn, PerMove, PerMoveColumn, Rows
from undertow.engine.copied import empty, joined, part
from undertow.engine.live import Live, Room, listed, live_at_home, room_for, write_back
from undertow.engine.pool import CHUNK, Pool
from undertow.engine.reach import Reach, reach
from undertow.engine.scan import by_slot, short_and_copied, short_of
from undertow.engine.weights import Weights
from undertow.model.liquidation.base import Called

FASTEST = 64.0
"""Most typical moves that a box is thought to be used up by in a bar."""
PAYS = 0.9
"""A new list is made if it is expected to cost less than this share of the old one."""
RETRY = 4
"""Scans of a list before one inside it that did not pay is thought of again."""
FEWEST = CHUNK // 8
"""Accounts of a group from which on a list is thought of."""
LISTS = 2
"""Lists one inside the other."""


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
        if not (sign * (test.weight - self.worst) >= 0.0).all():
            return False
        return self.offset is test.offset or np.array_equal(self.offset, test.offset)

    def room(self, test: Weights, sign: PerColumn, typical: PerMoveColumn) -> float:
        """Typical moves from today's weights to the nearest side."""
        room = np.where(sign != 0.0, sign * (test.weight - self.worst), np.inf)
        return float((room / np.maximum(typical, 1e-300)).min())

    def around(self, corner: PerMoveColumn, sign: PerColumn) -> PerMoveColumn:
        """The corner, moved to this box where it lies outside."""
        inner: PerMoveColumn = np.where(
            sign > 0.0, np.maximum(corner, self.worst), np.minimum(corner, self.worst)
        )
        return inner


@dataclass(slots=True)
class Listed:
    """One list: accounts copied from a longer one, and the box for which it is complete.

    path: typical moves, over all weights, of all bars since the box was made
    tested: accounts tested since the list was last weighed against a new one
    wait: tests to come before a list inside this one is thought of
    """

    live: Live
    box: Box
    path: float = 0.0
    tested: int = 0
    wait: int = 0


@dataclass(slots=True)
class NearList:
    """Accounts of one group that a margin call could reach soon.

    `plain=True` scans everything always: the answer is the same.
    home: all accounts, in the group's arrays;  lists: the wide one first, none while all are
    scanned plainly
    live: where those that may change stand now: at home, or copies of those listed last
    typical: mean of recent moves of each weight;  moves: how many were seen
    recent: the same over all weights, of the last few
    speeds: typical moves of each list's box used per bar, learned
    scanned: accounts tested since the start
    rooms: where each list is kept;  copies: where called accounts are
    """

    group: Group
    plain: bool = False
    home: Live = field(init=False)
    live: Live = field(init=False)
    lists: list[Listed] = field(default_factory=list)
    typical: PerMoveColumn | None = None
    last: PerMoveColumn | None = None
    moves: int = 0
    recent: float = 0.0
    speeds: list[float] = field(default_factory=lambda: [1.0] * LISTS)
    scanned: int = 0
    rooms: list[Room] = field(default_factory=list)
    copies: Called | None = None

    def __post_init__(self) -> None:
        self.home = self.live = live_at_home(self.group)

    def renew(self, test: Weights, sign: PerColumn, open_places: Rows, pool: Pool) -> Rows:
        """Make sure the list is complete at these weights; returns where `open_places` are now."""
        if self.plain or len(self.home) < FEWEST:
            return open_places
        typical = self._watched(test.weight)
        if typical is None:
            return open_places
        before, rows = self.live, self.live.at_home(open_places)
        while self.lists and self._is_over(test, sign, typical):
            self._give_up(pool)
        noted = len(open_places) > 0
        while self._could_be_shorter() and self._shorten((test, typical), sign, pool, noted=noted):
            pass
        return open_places if self.live is before else self.live.places(rows)

    def short(self, test: Weights, block: int) -> Rows:
        """Places of one block with slack < 0, ascending."""
        live, (start, stop) = self.live, self.live.bounds[block]
        found = np.empty(stop - start, np.int64)
        count = short_of(
            live.quantity, live.column, live.cash, by_slot(test.weight, live.column), test.offset,
            start, stop, found, 0,
        )  # fmt: skip
        return found[:count]

    def short_and_copied(
        self, tests: tuple[Weights, Weights], least: tuple[float, float], pool: Pool, *, noted: bool
    ) -> tuple[Rows, Called]:
        """The same of all blocks, without accounts that know of an open call or need too little.

        tests: trigger and target. The copies are good until the next are made.
        """
        live, (test, target) = self.live, tests
        weight = by_slot(test.weight, live.column)
        opened, found = live.opened if noted else live.opened[:0], np.empty(len(live), np.int64)
        # As long as all accounts: what no call has reached takes no memory yet.
        room = self.copies = self.copies or empty(len(self.home), live.quantity.shape[1])

        def copy(bound: tuple[int, int]) -> tuple[Rows, Called]:
            start, stop = bound
            here, called = found[start:stop], part(room, slice(start, stop))
            count = short_and_copied(
                live.quantity, live.column, live.cash, live.weight, opened, weight,
                test.offset, target.weight, target.offset, least, start, stop, here,
                called.quantity, called.column, called.need, called.move, called.weight,
            )  # fmt: skip
            return here[:count], part(called, count)

        if pool.threads == 1:
            return copy((0, len(live)))
        return joined(pool.map(copy, live.bounds))

    def count(self) -> int:
        """Note that all blocks are scanned once more; returns how many there are."""
        self._note_tests(len(self.live))
        for each in self.lists:
            each.path += self.recent
        return len(self.live.bounds)

    def _note_tests(self, tests: int) -> None:
        self.scanned += tests
        for each in self.lists:
            each.tested += tests
            each.wait -= tests

    def _watched(self, weight: PerMoveColumn) -> PerMoveColumn | None:
        """Take note of how far the weights moved, and how far they typically do.

        Returns None at the first look.
        """
        last, self.last = self.last, weight
        if last is None or self.typical is None:
            self.typical = 1e-3 * np.abs(weight)
            self.recent = self.typical.sum()
            return None
        self.moves += 1
        moved = np.abs(weight - last)
        self.typical = 0.9 * self.typical + 0.1 * moved
        self.recent += (moved.sum() - self.recent) * max(0.3, 1.0 / (1 + self.moves))
        return self.typical * (self.recent / max(float(self.typical.sum()), 1e-300))

    def _is_over(self, test: Weights, sign: PerColumn, typical: PerMoveColumn) -> bool:
        """Whether the shortest list is no longer complete, or longer than it need be."""
        depth, ours = len(self.lists) - 1, self.lists[-1]
        if not ours.box.holds(test, sign):
            self._learn(depth, ours.box.width / max(ours.path, ours.box.width / FASTEST))
            return True
        source = len(self.home) if depth == 0 else len(self.lists[-2].live)
        if ours.tested < source:
            return False
        ours.tested = 0
        reached = self._reach(test, typical, ours.box.room(test, sign, typical))
        now = float(len(ours.live))
        if depth + 1 < LISTS:
            now = min(now, reached.best(len(ours.live), depth + 1).cost)
        return reached.best(source, depth).cost < PAYS * now

    def _learn(self, depth: int, speed: float) -> None:
        """A box was left: how many typical moves of its width a bar used up."""
        self.speeds[depth] = 0.5 * (self.speeds[depth] + speed)

    def _reach(self, test: Weights, typical: PerMoveColumn, most: float) -> Reach:
        return reach(self.live, test, typical, self.speeds, most)

    def _give_up(self, pool: Pool) -> None:
        """Go back to the longer list."""
        write_back(self.live, pool)
        self.lists.pop()
        self.live = self.lists[-1].live if self.lists else self.home
        if self.lists:
            self.lists[-1].wait = 0

    def _could_be_shorter(self) -> bool:
        """Whether a list inside the shortest one is worth a thought."""
        if not self.lists:
            return True
        return len(self.lists) < LISTS and self.lists[-1].wait <= 0

    def _shorten(
        self, now: tuple[Weights, PerMoveColumn], sign: PerColumn, pool: Pool, *, noted: bool
    ) -> bool:
        """Scan the shortest list at a worst corner and list those that fail or have an open call.

        now: today's test, and how far weights typically move
        """
        (test, typical), source, depth = now, self.live, len(self.lists)
        outer = self.lists[-1] if self.lists else None
        most = outer.box.room(test, sign, typical) if outer else np.inf
        wish = self._reach(test, typical, most).best(len(source), depth)
        if wish.cost >= PAYS * len(source):
            self._learn(depth, 1.0)
            if outer:
                outer.wait = RETRY * len(source)
            return False
        corner = test.weight - sign * wish.moves * typical
        worst = outer.box.around(corner, sign) if outer else corner
        box = Box(worst, test.offset, wish.moves * float(typical.sum()))
        if depth == len(self.rooms):
            self.rooms.append(room_for(self.home))
        corners = Weights(worst, test.offset, test.rate, test.money)
        self.live = listed(source, corners, self.rooms[depth], pool, noted=noted)
        self._note_tests(len(source))
        self.lists.append(Listed(self.live, box))
        return True
