"""The one scan kernel: which accounts are short of margin, and what the short ones need.

slack = cash + min over moves of (offset[m] + Σ_k quantity[k]·weight[m, column[k]])

`weight` holds price, way and margin rate together (see `weights.py`), so the test is one gather
and one multiply per position. Sums run slot by slot, so a smaller weight can only give a smaller
slack, bit for bit: the near list rests on it. Where all accounts are alike in what they hold, or
in their weight, that array has one row, and `test` has the weights by slot instead of by column
(`by_slot`). Unsigned indices spare the compiler its checks for negative ones, and places in whole
arrays, where a slice of each would do, spare it half its time. A kernel is longer than a function
should be.
"""

from __future__ import annotations

import numpy as np

from undertow.core.accounts import NO_CALL
from undertow.core.compiled import compiled, compiled_within
from undertow.core.shapes import (
    ColumnPerPosition,
    ColumnPerSlot,
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

TOGETHER = 2_048
"""Accounts scanned before the short ones among them are copied: they fit a core's own cache."""


def by_slot(weight: PerMoveColumn, column: ColumnPerPosition) -> PerMoveColumn:
    """A test's weights by slot where accounts are alike in what they hold, else by column."""
    return np.ascontiguousarray(weight[:, column[0]]) if len(column) == 1 else weight


@compiled
def short_of(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    column: ColumnPerPosition,
    cash: PerAccount,
    test: PerMoveColumn,
    offset: PerMove,
    start: int,
    stop: int,
    found: Rows,
    at: int,
) -> int:
    """Write the rows of [start, stop) with slack < 0 to `found` from `at` on; returns how many.

    Every row is written and only the short ones are counted: which they are cannot be foreseen,
    and a branch that is not foreseen costs more than a test. With one move accounts are summed
    four at a time.
    """
    alike, slots, count, single = len(column) == 1, quantity.shape[1], at, start
    if len(offset) == 1:
        single = stop - (stop - start) % 4
        count = _short_by_fours(
            quantity, column, cash, test, offset[0], start, single, found, at
        )  # fmt: skip
    for place in range(single, stop):
        row, slack = np.uint64(place), np.inf
        for move in range(len(offset)):
            here = cash[row] + offset[move]
            if alike:
                for slot in range(slots):
                    here += quantity[row, slot] * test[move, slot]
            else:
                for slot in range(slots):
                    here += quantity[row, slot] * test[move, column[row, slot]]
            slack = min(slack, here)
        found[np.uint64(count)] = place
        count += int(slack < 0.0)
    return count - at


@compiled_within
def _short_by_fours(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    column: ColumnPerPosition,
    cash: PerAccount,
    test: PerMoveColumn,
    offset: float,
    start: int,
    stop: int,
    found: Rows,
    count: int,
) -> int:
    """The same for whole fours, side by side, each sum in the order of its slots."""
    alike, slots = len(column) == 1, quantity.shape[1]
    for place in range(start, stop, 4):
        i, j = np.uint64(place), np.uint64(place + 1)
        k, m = np.uint64(place + 2), np.uint64(place + 3)
        a, b, c, d = cash[i] + offset, cash[j] + offset, cash[k] + offset, cash[m] + offset
        if alike:
            for slot in range(slots):
                weight = test[0, slot]
                a += quantity[i, slot] * weight
                b += quantity[j, slot] * weight
                c += quantity[k, slot] * weight
                d += quantity[m, slot] * weight
        else:
            for slot in range(slots):
                a += quantity[i, slot] * test[0, column[i, slot]]
                b += quantity[j, slot] * test[0, column[j, slot]]
                c += quantity[k, slot] * test[0, column[k, slot]]
                d += quantity[m, slot] * test[0, column[m, slot]]
        for ahead, slack in enumerate((a, b, c, d)):
            found[np.uint64(count)] = place + ahead
            count += int(slack < 0.0)
    return count


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
    start: int,
    stop: int,
    out_quantity: PerSlot,
    out_column: ColumnPerSlot,
    out_need: PerRow,
    out_move: MovePerRow,
    out_population: PerRow,
) -> int:
    """Copy the accounts rows[start:stop] with each one's need (0 if none) and the binding move.

    They go to the places from `start` on. least: accounts that need no more than this money, or
    this share of |cash| + Σ|q·w| of that move, are left out, in `rows` too (nobody is if the
    money is negative); returns how many are copied
    """
    step, each = np.uint64(len(column) > 1), np.uint64(len(population) > 1)
    slots, count = quantity.shape[1], start
    for place in range(start, stop):
        who = rows[np.uint64(place)]
        row, kinds, to = np.uint64(who), np.uint64(who) * step, np.uint64(count)
        money, least_slack, scale, binds = cash[row], np.inf, 0.0, 0
        for move in range(len(offset)):
            slack, size = money + offset[move], abs(money)
            for slot in range(slots):
                part = quantity[row, slot] * weight[np.uint64(move), column[kinds, slot]]
                slack += part
                size += abs(part)
            if move == 0 or slack < least_slack:
                least_slack, scale, binds = slack, size, move
        for slot in range(slots):
            out_quantity[to, slot] = quantity[row, slot]
        for slot in range(slots):
            out_column[to, slot] = column[kinds, slot]
        need = max(0.0, -least_slack)
        rows[to], out_need[to], out_move[to] = who, need, binds
        out_population[to] = population[row * each]
        count += int(least[0] < 0.0 or need > max(least[0], least[1] * scale))
    return count - start


@compiled
def short_and_copied(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    column: ColumnPerPosition,
    cash: PerAccount,
    population: PerAccount,
    opened: IndexPerAccount,
    test: PerMoveColumn,
    test_offset: PerMove,
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
    Returns how many are short. `target` is by column.
    """
    count = int(np.int64(0))
    for first in range(start, stop, TOGETHER):
        last = min(first + TOGETHER, stop)
        new = short_of(quantity, column, cash, test, test_offset, first, last, found, count)
        if len(opened):
            new = _without_calls(found, count, new, opened)
        count += gather(
            quantity, column, cash, population, target, target_offset, least, found, count,
            count + new, out_quantity, out_column, out_need, out_move, out_population,
        )  # fmt: skip
    return count


@compiled
def near_and_copied(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    column: ColumnPerPosition,
    cash: PerAccount,
    opened: IndexPerAccount,
    test: PerMoveColumn,
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
    count, slots, kinds = int(np.int64(0)), quantity.shape[1], len(column) > 1
    for first in range(start, stop, TOGETHER):
        last = min(first + TOGETHER, stop)
        new = short_of(quantity, column, cash, test, offset, first, last, rows, count)
        if len(opened):
            new = _with_calls(rows, count, new, opened, first, last)
        for place in range(count, count + new):
            to, row = np.uint64(place), np.uint64(rows[place])
            to_cash[to] = cash[row]
            for slot in range(slots):
                to_quantity[to, slot] = quantity[row, slot]
            if kinds:
                for slot in range(slots):
                    to_column[to, slot] = column[row, slot]
        count += new
    return count


@compiled_within
def _with_calls(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    found: Rows, start: int, count: int, opened: IndexPerAccount, first: int, last: int
) -> int:
    """Add the accounts of [first, last) with an open call to the `count` found, in their order."""
    at, left = start + last - first, start + count
    for row in range(last - 1, first - 1, -1):
        is_short = left > start and found[left - 1] == row
        left -= int(is_short)
        if is_short or opened[row] != NO_CALL:
            at -= 1
            found[at] = row
    missed = at - start
    for place in range(at, start + last - first):
        found[place - missed] = found[place]
    return last - first - missed


@compiled_within
def _without_calls(found: Rows, start: int, count: int, opened: IndexPerAccount) -> int:
    left = start
    for place in range(start, start + count):
        if opened[found[place]] == NO_CALL:
            found[left] = found[place]
            left += 1
    return left - start
