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
from undertow.engine.copies import put_rows, take_rows
from undertow.engine.pool import Pool, blocks


@dataclass(slots=True)
class Live:
    """Accounts by place; the arrays are those of `Group`.

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


def live_at_home(home: Group) -> Live:
    """All accounts, in the group's own arrays."""
    arrays = (home.quantity, home.column, home.cash, home.free_cash, home.weight, home.opened)
    return Live(*arrays, bounds=blocks(len(home)))


def listed(home: Group, near: list[Rows], pool: Pool) -> Live:
    """Copies of the accounts `near`, given block by block in ascending order."""
    stops, rows = np.cumsum([len(part) for part in near]).tolist(), np.concatenate(near)
    count, slots = stops[-1], home.slots
    live = Live(
        np.empty((count, slots)), np.empty((count, slots), np.uint16), np.empty(count),
        np.empty(count), np.empty(count), np.empty(count, np.int32),
        bounds=list(zip([0, *stops[:-1]], stops, strict=True)), rows=rows,
    )  # fmt: skip

    def take(bound: tuple[int, int]) -> None:
        take_rows(
            home.quantity, home.column, home.cash, home.free_cash, home.weight, home.opened,
            rows, *bound, live.quantity, live.column, live.cash, live.free_cash,
            live.weight, live.opened,
        )  # fmt: skip

    pool.map(take, live.bounds)
    return live


def write_home(live: Live, home: Group, pool: Pool) -> None:
    """Bring what changed back to where all accounts are; the copies stay as they are."""
    rows = live.rows
    if rows is None or not live.moved:
        return
    live.moved = False

    def put(bound: tuple[int, int]) -> None:
        put_rows(
            live.quantity, live.cash, live.free_cash, live.opened, rows, *bound,
            home.quantity, home.cash, home.free_cash, home.opened,
        )  # fmt: skip

    pool.map(put, live.bounds)
