"""Kernels that sum what a batch sells and book what it was paid.

Money and units that leave an account here arrive at the absorber, the lender or the venue in
`books.py`. They are loops over accounts, so they are longer than functions should be.
"""

from __future__ import annotations

from undertow.core.compiled import compiled
from undertow.core.shapes import (
    ColumnPerSlot,
    FlagPerColumn,
    MovePerRow,
    PerAccount,
    PerColumn,
    PerMoveColumn,
    PerPosition,
    PerRow,
    PerSlot,
    Rows,
)


@compiled
def closed_units(sales: PerSlot, column: ColumnPerSlot, weight: PerRow, total: PerColumn) -> None:
    """Add the units a batch wants to close to `total`, per column, weighted."""
    for row in range(sales.shape[0]):
        for slot in range(sales.shape[1]):
            if sales[row, slot] > 0.0:
                total[column[row, slot]] += weight[row] * sales[row, slot]


@compiled
def book_sales(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    cash: PerAccount,
    rows: Rows,
    held: PerSlot,
    sales: PerSlot,
    column: ColumnPerSlot,
    move: MovePerRow,
    filled: PerColumn,
    received: PerColumn,
    release: PerMoveColumn,
    reachable: FlagPerColumn,
    raised: PerRow,
    left: PerRow,
) -> None:
    """Close `sales`·`filled` units of each slot of the accounts `rows`.

    held: signed units before;  sales: in: wanted, out: closed
    received: cash that reaches the account per unit closed (negative when a short buys back)
    release: slack gained per unit closed, after cost
    raised, left (outputs): slack gained, and units still held in `reachable` columns, per row
    """
    for place in range(len(rows)):
        gained = 0.0
        paid = 0.0
        remaining = 0.0
        for slot in range(sales.shape[1]):
            kind = column[place, slot]
            own = held[place, slot]
            size = abs(own)
            wanted = sales[place, slot]
            if wanted > 0.0:
                units = min(wanted * filled[kind], size)
                sales[place, slot] = units
                size -= units
                quantity[rows[place], slot] = size if own > 0.0 else -size
                paid += units * received[kind]
                gained += units * release[move[place], kind]
            if reachable[kind]:
                remaining += size
        cash[rows[place]] += paid
        raised[place] = gained
        left[place] = remaining
