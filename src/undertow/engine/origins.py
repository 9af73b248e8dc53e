"""Kernel that books each sale over the origins of the seller's losses.

weight of origin o = loss⁺(o)/Σ loss⁺, counted since the account was last made whole. It is a loop
over accounts, slots and causes and is alone in its file.
"""

from __future__ import annotations

import numpy as np

from undertow.core.compiled import compiled
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
def book_origins(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
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
    entries: Rows,
    used: Rows,
    place: Rows,
    paid: PerColumn,
    instrument: Rows,
    matrix: Floats,
) -> None:
    """Add the money of each sale to `matrix` [instrument, source]; the last source is the opening.

    held, sales: signed units before, and units closed;  paid: base currency per unit, per column
    line: where each account's losses are kept in `losses`; −1 if its call is made and over now
    clocks: losses per unit held, [tick, move, column, entry];  entries: those that moved
    used: sources of these;  place: which of them each entry is, [column, entry], −1 for none
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
        ticks = (touched[row], now, move[index])
        _add_losses(held, column, index, clocks, ticks, entries, place, lost)
        touched[row] = now
        if kept >= 0:
            for source in range(len(used)):
                losses[kept, used[source]] = lost[source]
        total = _made_shares(lost)
        for slot in range(held.shape[1]):
            kind = column[index, slot]
            money = weight[index] * sales[index, slot] * paid[kind]
            for source in range(len(used)):
                matrix[instrument[kind], source] += money * lost[source]
            matrix[instrument[kind], -1] += money if total == 0.0 else 0.0


@compiled
def _add_losses(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    held: PerSlot,
    column: ColumnPerSlot,
    index: int,
    clocks: Floats,
    ticks: tuple[int, int, int],
    entries: Rows,
    place: Rows,
    lost: Floats,
) -> None:
    """Add what one account lost between two ticks under the move that binds, per source."""
    last, now, move = ticks
    for slot in range(held.shape[1]):
        units = abs(held[index, slot])
        kind = column[index, slot]
        for number in range(len(entries)):
            source = place[kind, number]
            if source >= 0:
                entry = entries[number]
                change = clocks[now, move, kind, entry] - clocks[last, move, kind, entry]
                lost[source] += units * change


@compiled
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
