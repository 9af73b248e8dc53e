"""The one scan kernel: which accounts are short of margin.

slack = cash + min over moves of (offset[m] + Σ_k quantity[k]·weight[m, column[k]])

`weight` holds price, way and margin rate together (see `weights.py`), so the test is one gather
and one multiply per position. Sums run slot by slot, so a smaller weight can only give a smaller
slack, bit for bit: the near list rests on it. The slices let the compiler drop its checks for
negative indices, a quarter of the time. A kernel is longer than a function should be.
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
    held = quantity[start:stop]
    kind = column[start:stop]
    money = cash[start:stop]
    first = weight[0]
    count = 0
    for row in range(held.shape[0]):
        slack = money[row] + offset[0]
        for slot in range(held.shape[1]):
            slack += held[row, slot] * first[kind[row, slot]]
        for move in range(1, weight.shape[0]):
            if slack < 0.0:
                break
            other = money[row] + offset[move]
            for slot in range(held.shape[1]):
                other += held[row, slot] * weight[move, kind[row, slot]]
            slack = min(slack, other)
        if slack < 0.0:
            found[count] = start + row
            count += 1
    return count
