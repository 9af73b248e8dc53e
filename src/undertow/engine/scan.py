"""The one scan kernel: which accounts are short of margin.

slack = cash + min over moves of (offset[m] + Σ_k quantity[k]·weight[m, column[k]])

`weight` holds price, way and margin rate together (see `weights.py`), so the test is one gather
and one multiply per position. Sums run slot by slot, so a smaller weight can only give a smaller
slack, bit for bit: the near list rests on it. A kernel is longer than a function should be.
"""

from __future__ import annotations

from undertow.core.compiled import compiled
from undertow.core.shapes import (
    ColumnPerPosition,
    PerAccount,
    PerMove,
    PerMoveColumn,
    PerPosition,
    Rows,
)


@compiled
def short_of(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    column: ColumnPerPosition,
    cash: PerAccount,
    weight: PerMoveColumn,
    offset: PerMove,
    start: int,
    stop: int,
    found: Rows,
) -> int:
    """Write the rows of [start, stop) with slack < 0 into `found`; returns how many."""
    moves = weight.shape[0]
    slots = quantity.shape[1]
    count = 0
    for row in range(start, stop):
        slack = cash[row] + offset[0]
        for slot in range(slots):
            slack += quantity[row, slot] * weight[0, column[row, slot]]
        for move in range(1, moves):
            other = cash[row] + offset[move]
            for slot in range(slots):
                other += quantity[row, slot] * weight[move, column[row, slot]]
            slack = min(slack, other)
        if slack < 0.0:
            found[count] = row
            count += 1
    return count
