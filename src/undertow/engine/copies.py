"""Kernels that copy called accounts out of a group and changed ones back into the near list."""

from __future__ import annotations

from undertow.core.compiled import compiled
from undertow.core.shapes import (
    ColumnPerPosition,
    ColumnPerSlot,
    MovePerRow,
    PerAccount,
    PerMove,
    PerMoveColumn,
    PerPosition,
    PerRow,
    PerSlot,
    Rows,
)


@compiled
def refresh_rows(
    quantity: PerPosition,
    cash: PerAccount,
    rows: Rows,
    near_rows: Rows,
    near_quantity: PerPosition,
    near_cash: PerAccount,
) -> None:
    """Copy `rows` (ascending) of a group to where they stand in a list of `near_rows`."""
    place = 0
    for row in rows:
        while place < len(near_rows) and near_rows[place] < row:
            place += 1
        if place < len(near_rows) and near_rows[place] == row:
            near_quantity[place, :] = quantity[row, :]
            near_cash[place] = cash[row]


@compiled
def gather(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    column: ColumnPerPosition,
    cash: PerAccount,
    weight: PerMoveColumn,
    offset: PerMove,
    rows: Rows,
    out_quantity: PerSlot,
    out_column: ColumnPerSlot,
    out_slack: PerRow,
    out_move: MovePerRow,
) -> None:
    """Copy the accounts `rows` and compute each one's slack and the move that binds."""
    for place in range(len(rows)):
        row = rows[place]
        for slot in range(quantity.shape[1]):
            out_quantity[place, slot] = quantity[row, slot]
            out_column[place, slot] = column[row, slot]
        for move in range(weight.shape[0]):
            slack = cash[row] + offset[move]
            for slot in range(quantity.shape[1]):
                slack += quantity[row, slot] * weight[move, column[row, slot]]
            if move == 0 or slack < out_slack[place]:
                out_slack[place] = slack
                out_move[place] = move
