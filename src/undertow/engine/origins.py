"""Kernel that books each sale over the origins of the seller's losses.

weight of origin o = loss⁺(o)/Σ loss⁺, counted since the account was last made whole. It is a loop
over accounts, slots and causes and is alone in its file.
"""

from __future__ import annotations

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
def add_losses(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    held: PerSlot,
    sales: PerSlot,
    column: ColumnPerSlot,
    move: MovePerRow,
    rows: Rows,
    touched: IndexPerAccount,
    clocks: Floats,
    origin: Rows,
    now: int,
    place: IndexPerAccount,
    losses: Floats,
) -> None:
    """Add what each row lost since it was last touched to its line of `losses`.

    A row that sells nothing is not touched: its holdings stay, so its losses can wait.
    """
    for index in range(len(rows)):
        if sales[index].sum() == 0.0:
            continue
        row = rows[index]
        last = touched[row]
        line = place[row]
        binds = move[index]
        for slot in range(held.shape[1]):
            units = abs(held[index, slot])
            if units > 0.0:
                kind = column[index, slot]
                for entry in range(origin.shape[1]):
                    source = origin[kind, entry]
                    if source >= 0:
                        lost = clocks[now, binds, kind, entry] - clocks[last, binds, kind, entry]
                        losses[line, source] += units * lost
        touched[row] = now


@compiled
def book_origins(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    sales: PerSlot,
    column: ColumnPerSlot,
    rows: Rows,
    weight: PerRow,
    paid: PerColumn,
    instrument: Rows,
    place: IndexPerAccount,
    losses: Floats,
    sources: Rows,
    matrix: Floats,
) -> None:
    """Add the money of each sale to `matrix` [origin, instrument]; the last origin is the opening.

    paid: base currency per unit closed, per column;  sources: origins that occur
    """
    opening = matrix.shape[0] - 1
    for index in range(len(rows)):
        if sales[index].sum() == 0.0:
            continue
        line = place[rows[index]]
        total = 0.0
        for source in sources:
            if losses[line, source] > 0.0:
                total += losses[line, source]
        for slot in range(sales.shape[1]):
            if sales[index, slot] > 0.0:
                kind = column[index, slot]
                money = weight[index] * sales[index, slot] * paid[kind]
                if total > 0.0:
                    for source in sources:
                        if losses[line, source] > 0.0:
                            share = losses[line, source] / total
                            matrix[source, instrument[kind]] += money * share
                else:
                    matrix[opening, instrument[kind]] += money
