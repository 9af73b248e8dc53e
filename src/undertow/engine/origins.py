"""Kernel that books each sale over the origins of the seller's losses.

weight of origin o = loss⁺(o)/Σ loss⁺, counted since the account was last made whole. It is a loop
over accounts, slots and causes and is alone in its file.
"""

from __future__ import annotations

import numpy as np

from undertow.core.compiled import compiled, compiled_within
from undertow.core.shapes import (
    ColumnPerSlot,
    Floats,
    IndexPerAccount,
    MovePerRow,
    PerColumn,
    PerRow,
    PerSlot,
    Rows,
)


@compiled
def book_origins(  # noqa: C901, PLR0912, PLR0913, PLR0917 - a kernel takes its arrays one by one
    held: PerSlot,
    sales: PerSlot,
    column: ColumnPerSlot,
    move: MovePerRow,
    weight: PerRow,
    rows: Rows,
    line: Rows,
    touched: IndexPerAccount,
    losses: Floats,
    clocks: Floats,
    now: int,
    clock: Rows,
    first: Rows,
    used: Rows,
    place: Rows,
    paid: PerColumn,
    instrument: Rows,
    matrix: Floats,
) -> None:
    """Add the money of each sale to `matrix` [instrument, source]; the last source is the opening.

    held, sales: signed units before, and units closed;  paid: base currency per unit, per column
    line: where each account's losses are kept in `losses`; −1 if its call is made and over now
    clocks: losses per unit held, [tick, entry];  clock, first: `row` and `first` of a `Face`
    used: sources that have moved;  place: which of them each of the desk's entries is, or −1
    A row that sells nothing and stays in call is not touched: its losses can wait.
    """
    lost = np.empty(len(used))
    for index in range(held.shape[0]):
        row, kept = rows[index], line[index]
        if not np.any(sales[index]):
            touched[row] = now if kept < 0 else touched[row]
            continue
        for source in range(len(used)):
            lost[source] = losses[kept, used[source]] if kept >= 0 else 0.0
        binds, last = clock[move[index]], touched[row]
        for slot in range(held.shape[1]):
            mine = binds[column[index, slot]]
            if mine >= 0:
                units, start, stop = abs(held[index, slot]), first[mine], first[mine + 1]
                for entry in range(start, stop):
                    source = place[entry - first[0]]
                    if source >= 0:
                        lost[source] += units * (clocks[now, entry] - clocks[last, entry])
        touched[row] = now
        if kept >= 0:
            for source in range(len(used)):
                losses[kept, used[source]] = lost[source]
        total = _made_shares(lost)
        for slot in range(held.shape[1]):
            kind = column[index, slot]
            money = weight[index] * sales[index, slot] * paid[kind]
            if money > 0.0 and total > 0.0:
                for source in range(len(used)):
                    matrix[instrument[kind], source] += money * lost[source]
            elif money > 0.0:
                matrix[instrument[kind], -1] += money


@compiled_within
def _made_shares(lost: Floats) -> float:
    """Turn losses into shares of their sum, gains into 0; returns the sum."""
    total = 0.0
    for source in range(len(lost)):
        lost[source] = max(lost[source], 0.0)
        total += lost[source]
    if total > 0.0:
        for source in range(len(lost)):
            lost[source] /= total
    return total
