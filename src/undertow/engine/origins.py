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
    origin: Rows,
    now: int,
    sources: Rows,
    paid: PerColumn,
    instrument: Rows,
    matrix: Floats,
) -> None:
    """Add the money of each sale to `matrix` [origin, instrument]; the last origin is the opening.

    held, sales: signed units before, and units closed;  paid: base currency per unit, per column
    line: where each account's losses are kept in `losses`; −1 if they are not needed again
    clocks: losses per unit held, [tick, move, column, entry], and which of the `sources` each
    entry is: `origin` [column, entry];  sources: rows of the matrix
    A row that sells nothing is not touched: its holdings stay, so its losses can wait.
    """
    lost, share = np.empty(losses.shape[1]), np.empty(losses.shape[1])
    source = np.empty(len(sources), np.int64)
    for index in range(held.shape[0]):
        if sales[index].sum() == 0.0:
            continue
        row, kept = rows[index], line[index]
        lost[:] = 0.0
        if kept >= 0:
            lost[:] = losses[kept]
        before, after = clocks[touched[row], move[index]], clocks[now, move[index]]
        _add_losses(held[index], column[index], before, after, origin, lost)
        touched[row] = now
        if kept >= 0:
            losses[kept] = lost
        count = _shares(lost, sources, source, share)
        for slot in range(held.shape[1]):
            kind = column[index, slot]
            money = weight[index] * sales[index, slot] * paid[kind]
            if money > 0.0:
                _book(money, source[:count], share, matrix[:, instrument[kind]])


@compiled
def _book(money: float, source: Rows, share: Floats, booked: Floats) -> None:
    """Add one sale's money to the origins it is booked to, the last one if there are none."""
    for place in range(len(source)):
        booked[source[place]] += money * share[place]
    if len(source) == 0:
        booked[-1] += money


@compiled
def _add_losses(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    held: PerSlot,
    column: ColumnPerSlot,
    before: Floats,
    after: Floats,
    origin: Rows,
    lost: Floats,
) -> None:
    """Add what one account lost between two ticks, per origin."""
    for slot in range(len(held)):
        units = abs(held[slot])
        kind = column[slot]
        if units == 0.0 or origin[kind, 0] < 0:
            continue
        for entry in range(origin.shape[1]):
            if origin[kind, entry] >= 0:
                lost[origin[kind, entry]] += units * (after[kind, entry] - before[kind, entry])


@compiled
def _shares(lost: Floats, sources: Rows, source: Rows, share: Floats) -> int:
    """Write the origins that cost something, and their shares; returns how many."""
    total = 0.0
    count = 0
    for place in range(len(sources)):
        if lost[place] > 0.0:
            total += lost[place]
            share[count] = lost[place]
            source[count] = sources[place]
            count += 1
    for place in range(count):
        share[place] /= total
    return count
