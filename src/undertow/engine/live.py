"""Where the accounts that may change stand: at home in their group, or copied side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.accounts import NO_CALL, Group
from undertow.core.shapes import (
    ColumnPerPosition,
    IndexPerAccount,
    PerAccount,
    PerPosition,
    Rows,
)
from undertow.engine.copies import bring_down, put_rows, same_column
from undertow.engine.pool import Pool, blocks
from undertow.engine.scan import by_slot, near_and_copied
from undertow.engine.weights import Weights

LINE = 64
"""Bytes a processor fetches and writes at a time."""


@dataclass(slots=True)
class Live:
    """Accounts by place; the arrays are those of `Group`.

    column, weight: one row where all accounts are alike;  free_cash: empty where nobody has any
    bounds: places of each block of home rows
    source, rows: what these are copies of, and each one's place there, ascending; None at home
    moved: whether any account has changed since it was copied
    """

    quantity: PerPosition
    column: ColumnPerPosition
    cash: PerAccount
    free_cash: PerAccount
    weight: PerAccount
    opened: IndexPerAccount
    bounds: list[tuple[int, int]]
    source: Live | None = None
    rows: Rows | None = None
    moved: bool = False

    def __len__(self) -> int:
        return len(self.cash)

    def at_home(self, places: Rows) -> Rows:
        """Home rows of the accounts at these places."""
        if self.source is None or self.rows is None:
            return places
        return self.source.at_home(self.rows[places])

    def places(self, rows: Rows) -> Rows:
        """Places of these home rows, all of them listed."""
        if self.source is None or self.rows is None:
            return rows
        return np.searchsorted(self.rows, self.source.places(rows))

    def column_at(self, places: Rows) -> ColumnPerPosition:
        """Kinds of position of the accounts at these places."""
        alike = len(self.column) == 1
        return np.repeat(self.column, len(places), axis=0) if alike else self.column[places]

    def weight_at(self, places: Rows) -> PerAccount:
        """Weights of the accounts at these places."""
        alike = len(self.weight) == 1
        return np.repeat(self.weight, len(places)) if alike else self.weight[places]


def live_at_home(home: Group) -> Live:
    """All accounts, in the group's own arrays."""
    return Live(
        quantity=home.quantity,
        column=home.column[:1] if same_column(home.column) else home.column,
        cash=home.cash,
        free_cash=home.free_cash if home.free_cash.any() else np.empty(0),
        weight=home.weight[:1] if (home.weight == home.weight[0]).all() else home.weight,
        opened=home.opened,
        bounds=blocks(len(home)),
    )


@dataclass(frozen=True, slots=True)
class Room:
    """Arrays for one list after the other: fresh memory costs as much as filling it.

    They are as long as all accounts; what no list has reached takes no memory yet.
    """

    quantity: PerPosition
    column: ColumnPerPosition
    cash: PerAccount
    rows: Rows


def room_for(source: Live) -> Room:
    """Room for all accounts; none for kinds of position where all are alike."""
    count, slots = source.quantity.shape
    kinds = 0 if len(source.column) == 1 else count
    return Room(
        _on_lines(count, slots),
        np.empty((kinds, slots), np.uint16),
        np.empty(count),
        np.empty(count, np.int64),
    )


def _on_lines(accounts: int, slots: int) -> PerPosition:
    """Fresh memory that begins with a cache line: accounts of eight slots then touch one, not two.

    A called account is written where it stands, far from the next one.
    """
    spare = LINE // 8
    memory = np.empty(accounts * slots + spare)
    first = -memory.ctypes.data % LINE // 8
    return memory[first : first + accounts * slots].reshape(accounts, slots)


def listed(source: Live, corner: Weights, room: Room, pool: Pool, *, noted: bool) -> Live:
    """Copies, in `room`, of the accounts that fail the test or have an open call.

    noted: whether anyone has an open call. Each block is copied while it is tested; several
    threads copy it to where it begins in the source, and the blocks are moved together after that.
    """
    opened = source.opened if noted else source.opened[:0]
    test = by_slot(corner.weight, source.column)

    def copy(bound: tuple[int, int], at: int) -> int:
        return near_and_copied(
            source.quantity, source.column, source.cash, opened, test, corner.offset,
            *bound, room.rows[at:], room.quantity[at:], room.column[at:], room.cash[at:],
        )  # fmt: skip

    counts = pool.map(lambda b: copy(b, b[0]), source.bounds) if pool.threads > 1 else None
    bounds, stop = [], 0
    for number, bound in enumerate(source.bounds):
        count = copy(bound, stop) if counts is None else counts[number]
        if counts is not None and bound[0] > stop:
            bring_down(room.quantity, room.column, room.cash, room.rows, bound[0], count, stop)
        bounds.append((stop, stop + count))
        stop += count
    rows = room.rows[:stop]
    return Live(
        source=source,
        quantity=room.quantity[:stop],
        column=source.column if len(source.column) == 1 else room.column[:stop],
        cash=room.cash[:stop],
        free_cash=source.free_cash[rows] if len(source.free_cash) else source.free_cash,
        weight=source.weight if len(source.weight) == 1 else source.weight[rows],
        opened=source.opened[rows] if noted else np.full(stop, NO_CALL, np.int32),
        bounds=bounds,
        rows=rows,
    )


def write_back(live: Live, pool: Pool) -> None:
    """Bring what changed back to where it was copied from; the copies stay as they are."""
    source, rows = live.source, live.rows
    if source is None or rows is None or not live.moved:
        return
    live.moved, source.moved = False, True
    source.opened[rows] = live.opened
    if len(live.free_cash):
        source.free_cash[rows] = live.free_cash

    def put(bound: tuple[int, int]) -> None:
        put_rows(live.quantity, live.cash, rows, *bound, source.quantity, source.cash)

    pool.map(put, live.bounds)


def write_home(live: Live, pool: Pool) -> None:
    """Bring what changed back home, copy by copy."""
    write_back(live, pool)
    if live.source is not None:
        write_home(live.source, pool)
