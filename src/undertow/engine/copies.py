"""Kernels that bring listed accounts together and back home, and look at what they hold.

Where all accounts are alike in what they hold, `column` has one row.
"""

from __future__ import annotations

from undertow.core.compiled import compiled
from undertow.core.shapes import (
    ColumnPerPosition,
    Flags,
    Floats,
    PerAccount,
    PerColumn,
    PerMove,
    PerMoveColumn,
    PerPosition,
    Rows,
)

FEW = 64
"""Accounts looked at before all are."""


@compiled
def bring_down(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    column: ColumnPerPosition,
    cash: PerAccount,
    rows: Rows,
    start: int,
    count: int,
    to: int,
) -> None:
    """Move `count` accounts from the places at `start` to those at `to`, which is not after it."""
    for place in range(count):
        rows[to + place] = rows[start + place]
        cash[to + place] = cash[start + place]
    for place in range(count):
        for slot in range(quantity.shape[1]):
            quantity[to + place, slot] = quantity[start + place, slot]
    for place in range(count if len(column) else 0):
        for slot in range(column.shape[1]):
            column[to + place, slot] = column[start + place, slot]


@compiled
def put_rows(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    cash: PerAccount,
    rows: Rows,
    start: int,
    stop: int,
    to_quantity: PerPosition,
    to_cash: PerAccount,
) -> None:
    """Copy what changes of the accounts at places [start, stop) back to `rows`."""
    for place in range(start, stop):
        row = rows[place]
        for slot in range(quantity.shape[1]):
            to_quantity[row, slot] = quantity[place, slot]
        to_cash[row] = cash[place]


@compiled
def hold_any(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    column: ColumnPerPosition,
    places: Rows,
    kept: PerPosition,
    home: Rows,
    wanted: PerColumn,
    out: Flags,
) -> None:
    """Whether each of the accounts at `places` holds more of a wanted column than it keeps.

    kept: units by home row, empty where nobody keeps anything
    """
    step, keeps = int(len(column) > 1), len(kept) > 0
    for number in range(len(places)):
        row, who, found = places[number], home[number], False
        for slot in range(quantity.shape[1]):
            least = kept[who, slot] if keeps else 0.0
            found = wanted[column[row * step, slot]] > 0.0 and abs(quantity[row, slot]) > least
            if found:
                break
        out[number] = found


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
    step = int(len(column) > 1)
    for place in range(len(out)):
        row = place * stride
        reach = 0.0
        for move in range(weight.shape[0]):
            slack = cash[row] + offset[move]
            loss = 0.0
            for slot in range(quantity.shape[1]):
                kind = column[row * step, slot]
                slack += quantity[row, slot] * weight[move, kind]
                loss += abs(quantity[row, slot]) * width[move, kind]
            here = slack / loss if slack > 0.0 else 0.0
            if move == 0 or here < reach:
                reach = here
        out[place] = reach


def same_column(column: ColumnPerPosition) -> bool:
    """Whether all accounts hold the same kinds in the same order; a look at a few decides most."""
    return all(bool((some == column[0]).all()) for some in (column[:FEW], column))
