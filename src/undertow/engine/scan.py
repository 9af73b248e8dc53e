"""The one scan kernel: which accounts are short of margin, and what the short ones need.

slack = cash + min over moves of (offset[m] + Σ_k quantity[k]·weight[m, column[k]])

`weight` holds price, way and margin rate together (see `weights.py`), so the test is one gather
and one multiply per position. Sums run slot by slot, so a smaller weight can only give a smaller
slack, bit for bit: the near list rests on it. Where all accounts are alike in what they hold, or
in their weight, that array has one row. The slices let the compiler drop its checks for
negative indices, a quarter of the time. A kernel is longer than a function should be.
"""

from __future__ import annotations

import numpy as np

from undertow.core.accounts import NO_CALL
from undertow.core.compiled import compiled
from undertow.core.shapes import (
    ColumnPerPosition,
    ColumnPerSlot,
    IndexPerAccount,
    MovePerRow,
    PerAccount,
    PerMove,
    PerMoveColumn,
    PerMoveSlot,
    PerPosition,
    PerRow,
    PerSlot,
    Rows,
)

TOGETHER = 2_048
"""Accounts scanned before the short ones among them are copied: they fit a core's own cache."""


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
    """Write the rows of [start, stop) with slack < 0 into `found`; returns how many.

    Every row is written and only those that are short are counted: a branch that cannot be
    foreseen would cost more.
    """
    held, money = quantity[start:stop], cash[start:stop]
    if len(column) == 1:
        return _short_of_alike(held, money, _by_slot(weight, column[0]), offset, start, found)
    kind, first = column[start:stop], weight[0]
    count = 0
    for row in range(held.shape[0]):
        slack = money[row] + offset[0]
        for slot in range(held.shape[1]):
            slack += held[row, slot] * first[kind[row, slot]]
        if weight.shape[0] > 1:
            for move in range(1, weight.shape[0]):
                other = money[row] + offset[move]
                for slot in range(held.shape[1]):
                    other += held[row, slot] * weight[move, kind[row, slot]]
                slack = min(slack, other)
        found[np.uint64(count)] = start + row
        count += int(slack < 0.0)
    return count


@compiled
def _short_of_alike(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    held: PerPosition, money: PerAccount, weight: PerMoveSlot, offset: PerMove, start: int,
    found: Rows,
) -> int:  # fmt: skip
    """The same sums where a weight belongs to the slot: no column is looked up."""
    first = weight[0]
    count = 0
    for row in range(held.shape[0]):
        slack = money[row] + offset[0]
        for slot in range(held.shape[1]):
            slack += held[row, slot] * first[slot]
        if weight.shape[0] > 1:
            for move in range(1, weight.shape[0]):
                other = money[row] + offset[move]
                for slot in range(held.shape[1]):
                    other += held[row, slot] * weight[move, slot]
                slack = min(slack, other)
        found[np.uint64(count)] = start + row
        count += int(slack < 0.0)
    return count


@compiled
def _by_slot(weight: PerMoveColumn, column: ColumnPerPosition) -> PerMoveSlot:
    """Weights in the order of the slots of accounts that are all alike."""
    own = np.empty((weight.shape[0], column.shape[0]))
    for move in range(own.shape[0]):
        for slot in range(own.shape[1]):
            own[move, slot] = weight[move, column[slot]]
    return own


@compiled
def gather(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    column: ColumnPerPosition,
    cash: PerAccount,
    population: PerAccount,
    weight: PerMoveColumn,
    offset: PerMove,
    least: tuple[float, float],
    rows: Rows,
    out_quantity: PerSlot,
    out_column: ColumnPerSlot,
    out_need: PerRow,
    out_move: MovePerRow,
    out_population: PerRow,
) -> int:
    """Copy the accounts `rows` with each one's need (0 if none) and the move that binds.

    least: accounts that need no more than this money, or this share of |cash| + Σ|q·w| of that
    move, are left out, in `rows` too (nobody is if the money is negative); returns how many are
    copied
    """
    step, each = np.uint64(len(column) > 1), np.uint64(len(population) > 1)
    count = 0
    for place in range(len(rows)):
        row, to = np.uint64(rows[place]), np.uint64(count)
        held, kind, money = quantity[row], column[row * step], cash[row]
        least_slack, scale, binds = np.inf, 0.0, 0
        for move in range(weight.shape[0]):
            slack, size = money + offset[move], abs(money)
            for slot in range(len(held)):
                part = held[slot] * weight[move, kind[slot]]
                slack += part
                size += abs(part)
            if move == 0 or slack < least_slack:
                least_slack, scale, binds = slack, size, move
        for slot in range(len(held)):
            out_quantity[to, slot] = held[slot]
        for slot in range(len(held)):
            out_column[to, slot] = kind[slot]
        need = max(0.0, -least_slack)
        rows[to], out_need[to], out_move[to] = rows[place], need, binds
        out_population[to] = population[row * each]
        count += int(least[0] < 0.0 or need > max(least[0], least[1] * scale))
    return count


@compiled
def short_and_copied(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    column: ColumnPerPosition,
    cash: PerAccount,
    population: PerAccount,
    opened: IndexPerAccount,
    trigger: PerMoveColumn,
    trigger_offset: PerMove,
    target: PerMoveColumn,
    target_offset: PerMove,
    least: tuple[float, float],
    start: int,
    stop: int,
    found: Rows,
    out_quantity: PerSlot,
    out_column: ColumnPerSlot,
    out_need: PerRow,
    out_move: MovePerRow,
    out_population: PerRow,
) -> int:
    """Both in turn, few accounts at a time, so that a copy finds the account in the cache.

    Accounts that know of an open call are left out; an empty `opened` says that nobody does.
    Returns how many are short.
    """
    count = 0
    for first in range(start, stop, TOGETHER):
        last = min(first + TOGETHER, stop)
        here = found[count:]
        new = short_of(quantity, column, cash, trigger, trigger_offset, first, last, here)
        if len(opened):
            new = _without_calls(here, new, opened)
        count += gather(
            quantity, column, cash, population, target, target_offset, least, here[:new],
            out_quantity[count:], out_column[count:], out_need[count:], out_move[count:],
            out_population[count:],
        )  # fmt: skip
    return count


@compiled
def near_and_copied(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    column: ColumnPerPosition,
    cash: PerAccount,
    opened: IndexPerAccount,
    weight: PerMoveColumn,
    offset: PerMove,
    start: int,
    stop: int,
    rows: Rows,
    to_quantity: PerPosition,
    to_column: ColumnPerPosition,
    to_cash: PerAccount,
) -> int:
    """Copy the accounts of [start, stop) with slack < 0 or an open call to the first places.

    An empty `opened` says that nobody has an open call. Kinds are not copied where all are alike.
    Returns how many there are; `rows` says who.
    """
    count = 0
    for first in range(start, stop, TOGETHER):
        last = min(first + TOGETHER, stop)
        here = rows[count:]
        new = short_of(quantity, column, cash, weight, offset, first, last, here)
        if len(opened):
            new = _with_calls(here, new, opened, first, last)
        for place in range(count, count + new):
            to_cash[place] = cash[rows[place]]
        _copy_rows(quantity, here[:new], to_quantity[count:])
        if len(column) > 1:
            _copy_rows(column, here[:new], to_column[count:])
        count += new
    return count


@compiled
def _copy_rows(
    table: PerPosition | ColumnPerPosition, rows: Rows, to: PerPosition | ColumnPerPosition
) -> None:
    for place in range(len(rows)):
        for slot in range(table.shape[1]):
            to[place, slot] = table[rows[place], slot]


@compiled
def _with_calls(found: Rows, count: int, opened: IndexPerAccount, first: int, last: int) -> int:
    """Add the accounts of [first, last) with an open call to those found, in ascending order."""
    at, left = last - first, count
    for row in range(last - 1, first - 1, -1):
        is_short = left > 0 and found[left - 1] == row
        left -= int(is_short)
        if is_short or opened[row] != NO_CALL:
            at -= 1
            found[at] = row
    for place in range(at, last - first):
        found[place - at] = found[place]
    return last - first - at


@compiled
def _without_calls(found: Rows, count: int, opened: IndexPerAccount) -> int:
    left = 0
    for place in range(count):
        if opened[found[place]] == NO_CALL:
            found[left] = found[place]
            left += 1
    return left
