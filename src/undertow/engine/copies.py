"""Kernels that copy accounts: home to the near list and back, and called ones into a batch."""

from __future__ import annotations

from undertow.core.compiled import compiled
from undertow.core.shapes import (
    ColumnPerPosition,
    ColumnPerSlot,
    Floats,
    IndexPerAccount,
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
def take_rows(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    column: ColumnPerPosition,
    cash: PerAccount,
    free_cash: PerAccount,
    weight: PerAccount,
    opened: IndexPerAccount,
    rows: Rows,
    start: int,
    stop: int,
    to_quantity: PerPosition,
    to_column: ColumnPerPosition,
    to_cash: PerAccount,
    to_free_cash: PerAccount,
    to_weight: PerAccount,
    to_opened: IndexPerAccount,
) -> None:
    """Copy the accounts `rows` [start, stop) to these places."""
    for place in range(start, stop):
        row = rows[place]
        for slot in range(quantity.shape[1]):
            to_quantity[place, slot] = quantity[row, slot]
            to_column[place, slot] = column[row, slot]
        to_cash[place] = cash[row]
        to_free_cash[place] = free_cash[row]
        to_weight[place] = weight[row]
        to_opened[place] = opened[row]


@compiled
def put_rows(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    cash: PerAccount,
    free_cash: PerAccount,
    opened: IndexPerAccount,
    rows: Rows,
    start: int,
    stop: int,
    to_quantity: PerPosition,
    to_cash: PerAccount,
    to_free_cash: PerAccount,
    to_opened: IndexPerAccount,
) -> None:
    """Copy what changes of the accounts at places [start, stop) back to `rows`."""
    for place in range(start, stop):
        row = rows[place]
        for slot in range(quantity.shape[1]):
            to_quantity[row, slot] = quantity[place, slot]
        to_cash[row] = cash[place]
        to_free_cash[row] = free_cash[place]
        to_opened[row] = opened[place]


@compiled
def gather(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    column: ColumnPerPosition,
    cash: PerAccount,
    population: PerAccount,
    weight: PerMoveColumn,
    offset: PerMove,
    rows: Rows,
    out_quantity: PerSlot,
    out_column: ColumnPerSlot,
    out_need: PerRow,
    out_move: MovePerRow,
    out_population: PerRow,
    out_scale: PerRow,
) -> None:
    """Copy the accounts `rows` with each one's need (0 if none) and the move that binds.

    out_scale: |cash| + Σ|q·w| of that move
    """
    first = weight[0]
    for place in range(out_quantity.shape[0]):
        row = rows[place]
        held, kind, money = quantity[row], column[row], cash[row]
        slack, scale, binds = money + offset[0], abs(money), 0
        for slot in range(held.shape[0]):
            out_quantity[place, slot] = held[slot]
            out_column[place, slot] = kind[slot]
            part = held[slot] * first[kind[slot]]
            slack += part
            scale += abs(part)
        for move in range(1, weight.shape[0]):
            other, size = money + offset[move], abs(money)
            for slot in range(held.shape[0]):
                part = held[slot] * weight[move, kind[slot]]
                other += part
                size += abs(part)
            if other < slack:
                slack, scale, binds = other, size, move
        out_need[place] = max(0.0, -slack)
        out_move[place] = binds
        out_population[place] = population[row]
        out_scale[place] = scale


@compiled
def reach_of(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    column: ColumnPerPosition,
    cash: PerAccount,
    weight: PerMoveColumn,
    offset: PerMove,
    width: PerMoveColumn,
    stride: int,
    out: Floats,
) -> None:
    """How many widths the weights may worsen before a call, of every `stride`-th account."""
    for place in range(len(out)):
        row = place * stride
        reach = 0.0
        for move in range(weight.shape[0]):
            slack = cash[row] + offset[move]
            loss = 0.0
            for slot in range(quantity.shape[1]):
                kind = column[row, slot]
                slack += quantity[row, slot] * weight[move, kind]
                loss += abs(quantity[row, slot]) * width[move, kind]
            here = slack / loss if slack > 0.0 else 0.0
            if move == 0 or here < reach:
                reach = here
        out[place] = reach
