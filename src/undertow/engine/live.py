"""Where the accounts that may change stand: at home in their group, or copied side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.accounts import Group
from undertow.core.shapes import (
    ColumnPerPosition,
    IndexPerAccount,
    PerAccount,
    PerPosition,
    Rows,
)
from undertow.engine.copies import put_rows, same_column, take_rows
from undertow.engine.pool import Pool, blocks

LINE = 64
"""Bytes a processor fetches and writes at a time."""


@dataclass(slots=True)
class Live:
    """Accounts by place; the arrays are those of `Group`.

    column, weight: one row where all accounts are alike;  free_cash: empty where nobody has any
    bounds: places of each block of home rows;  rows: home row of each place, ascending; None
    where places are home rows
    moved: whether any account has changed since it was copied
    """

    quantity: PerPosition
    column: ColumnPerPosition
    cash: PerAccount
    free_cash: PerAccount
    weight: PerAccount
    opened: IndexPerAccount
    bounds: list[tuple[int, int]]
    rows: Rows | None = None
    moved: bool = False

    def __len__(self) -> int:
        return len(self.cash)

    def at_home(self, places: Rows) -> Rows:
        """Home rows of the accounts at these places."""
        return places if self.rows is None else self.rows[places]

    def places(self, rows: Rows) -> Rows:
        """Places of these home rows, all of them listed."""
        return rows if self.rows is None else np.searchsorted(self.rows, rows)

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


@dataclass(slots=True)
class Room:
    """Arrays for one list after the other: fresh memory costs as much as filling it."""

    quantity: PerPosition
    column: ColumnPerPosition
    cash: PerAccount

    def grown(self, count: int) -> Room:
        """Room for at least so many accounts."""
        if len(self.cash) >= count:
            return self
        most, slots = count + count // 4, self.quantity.shape[1]
        return Room(_on_lines(most, slots), np.empty((most, slots), np.uint16), np.empty(most))


def _on_lines(accounts: int, slots: int) -> PerPosition:
    """Fresh memory that begins with a cache line: accounts of eight slots then touch one, not two.

    A called account is written where it stands, far from the next one.
    """
    spare = LINE // 8
    memory = np.empty(accounts * slots + spare)
    first = -memory.ctypes.data % LINE // 8
    return memory[first : first + accounts * slots].reshape(accounts, slots)


def no_room(home: Group) -> Room:
    """Room for nobody."""
    return Room(home.quantity[:0], home.column[:0], home.cash[:0])


def listed(home: Live, near: list[Rows], room: Room, pool: Pool) -> Live:
    """Copies, in `room`, of the accounts `near`, given block by block in ascending order."""
    rows = np.concatenate(near)
    stops, count = np.cumsum([len(part) for part in near]).tolist(), len(rows)
    live = Live(
        quantity=room.quantity[:count],
        column=home.column if len(home.column) == 1 else room.column[:count],
        cash=room.cash[:count],
        free_cash=home.free_cash[rows] if len(home.free_cash) else home.free_cash,
        weight=home.weight if len(home.weight) == 1 else home.weight[rows],
        opened=home.opened[rows],
        bounds=list(zip([0, *stops[:-1]], stops, strict=True)),
        rows=rows,
    )

    def take(bound: tuple[int, int]) -> None:
        take_rows(
            home.quantity, home.column, home.cash, rows, *bound,
            live.quantity, live.column, live.cash,
        )  # fmt: skip

    pool.map(take, live.bounds)
    return live


def write_home(live: Live, home: Live, pool: Pool) -> None:
    """Bring what changed back to where all accounts are; the copies stay as they are."""
    rows = live.rows
    if rows is None or not live.moved:
        return
    live.moved = False
    home.opened[rows] = live.opened
    if len(live.free_cash):
        home.free_cash[rows] = live.free_cash

    def put(bound: tuple[int, int]) -> None:
        put_rows(live.quantity, live.cash, rows, *bound, home.quantity, home.cash)

    pool.map(put, live.bounds)
