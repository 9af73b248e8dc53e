"""Kernels that sum what a batch sells and book what it was paid.

Money and units that leave an account here arrive at the absorber, the lender or the venue in
`books.py`. They are loops over accounts, so they are longer than functions should be.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from undertow.core.compiled import compiled, compiled_within
from undertow.core.shapes import (
    ColumnPerSlot,
    FlagPerColumn,
    Floats,
    MovePerRow,
    PerAccount,
    PerColumn,
    PerMove,
    PerMoveColumn,
    PerPosition,
    PerRow,
    PerSlot,
    Rows,
)

OPEN, MET, FAILED, STUCK = 0, 1, 2, 3
"""How a call stands after settlement; stuck is open with nothing worth selling."""

AHEAD = 32
"""Accounts fetched from memory together: far apart, one by one they would be waited for."""


@compiled
def closed_units(sales: PerSlot, column: ColumnPerSlot, weight: PerRow, total: PerColumn) -> None:
    """Add the units a batch wants to close to `total`, per column, weighted."""
    for row in range(sales.shape[0]):
        for slot in range(sales.shape[1]):
            total[column[row, slot]] += weight[row] * sales[row, slot]


@compiled
def without_kept(held: PerSlot, kept: PerPosition, rows: Rows, offered: PerSlot) -> None:
    """Write what the accounts `rows` hold beyond what they keep, on its side, into `offered`."""
    for place in range(held.shape[0]):
        for slot in range(held.shape[1]):
            own = held[place, slot]
            size = max(abs(own) - kept[rows[place], slot], 0.0)
            offered[place, slot] = np.copysign(size, own)


@compiled
def book_sales(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    cash: PerAccount,
    rows: Rows,
    held: PerSlot,
    sales: PerSlot,
    column: ColumnPerSlot,
    move: MovePerRow,
    need: PerRow,
    filled: PerColumn,
    received: PerColumn,
    release: PerMoveColumn,
    weight: PerMoveColumn,
    offset: PerMove,
    reachable: FlagPerColumn,
    tolerance: tuple[float, float],
    stands: NDArray[np.int8],
) -> float:
    """Close `sales`·`filled` units of each slot of the accounts `rows`.

    held: signed units before;  sales: in: wanted, out: closed
    received: cash that reaches the account per unit closed (negative when a short buys back)
    release: slack gained per unit closed, after cost
    weight, offset: the target test; with several rows a call is met when all of them are
    tolerance: a call is met when what is missing is at most this money, or this share of the
    account's scale before the sale: |cash| + Σ|q·weight|
    stands (output): OPEN, MET, FAILED or STUCK; failed accounts owe after all `reachable` is sold
    Returns a number without meaning, so that the compiler keeps what brings accounts near.
    """
    touched = 0.0
    for number in range(sales.shape[0]):
        if number % AHEAD == 0:
            touched += _touched(quantity, cash, rows[number : number + AHEAD])
        place, row, binds = np.uint64(number), np.uint64(rows[number]), np.uint64(move[number])
        money, gained, paid, left, most = cash[row], 0.0, 0.0, 0.0, 0.0
        scale = abs(money)
        for one in range(sales.shape[1]):
            slot, kind = np.uint64(one), np.uint64(column[place, np.uint64(one)])
            own, wanted = held[place, slot], sales[place, slot]
            size, most = abs(own), max(most, wanted)
            scale += abs(own * weight[binds, kind])
            units = sales[place, slot] = min(wanted * filled[kind], size)
            size -= units
            quantity[row, slot] = np.copysign(size, own)
            paid += units * received[kind]
            gained += units * release[binds, kind]
            left += size if reachable[kind] else 0.0
        cash[row] = money = money + paid
        small = max(tolerance[0], tolerance[1] * scale)
        is_met = left == 0.0 or need[place] - gained <= small
        if is_met and left > 0.0 and len(offset) > 1:
            is_met = _least_slack(quantity[row], column[place], money, weight, offset) >= -small
        stands[place] = MET if is_met else OPEN if most > 0.0 else STUCK
        if left == 0.0 and money < 0.0:
            stands[place] = FAILED
    return touched


@compiled_within
def _touched(quantity: PerPosition, cash: PerAccount, rows: Rows) -> float:
    """Read something of each account, so that all are on their way to the cache at once."""
    total = 0.0
    for row in rows:
        total += cash[row]
        for slot in range(min(1, quantity.shape[1])):
            total += quantity[row, slot]
    return total


@compiled_within
def _least_slack(
    held: Floats, column: NDArray[np.uint16], cash: float, weight: PerMoveColumn, offset: PerMove
) -> float:
    """Slack of one account in the row of the test that binds."""
    least = np.inf
    for move in range(len(offset)):
        slack = cash + offset[move]
        for slot in range(len(held)):
            slack += held[slot] * weight[move, column[slot]]
        least = min(least, slack)
    return least
