"""Totals over the accounts of a group, in one pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.accounts import Group
from undertow.core.compiled import compiled
from undertow.core.shapes import ColumnPerPosition, Flags, PerAccount, PerColumn, PerPosition, Rows
from undertow.engine.pool import chunks


@dataclass(frozen=True, slots=True)
class Totals:
    """Weighted sums: units per column, net and gross; cash, net and gross.

    reversed_units: largest holding on the wrong side of its column
    """

    net: PerColumn
    gross: PerColumn
    cash: float
    gross_cash: float
    reversed_units: float


def totals(group: Group, columns: int) -> Totals:
    """Sums chunk by chunk, in the order of the accounts."""
    net, gross = np.zeros(columns), np.zeros(columns)
    cash = gross_cash = wrong = 0.0
    people = (group.quantity, group.column, group.weight, group.cash, group.free_cash)
    for bound in chunks(len(group)):
        part, size = np.zeros(columns), np.zeros(columns)
        money, gross_money, worst = _add_up(*people, *bound, part, size)
        net, gross, wrong = net + part, gross + size, max(wrong, worst)
        cash, gross_cash = cash + money, gross_cash + gross_money
    return Totals(net, gross, cash, gross_cash, wrong)


def used_pairs(column: ColumnPerPosition, pairs: int) -> Rows:
    """Pairs that occur in a group's columns, ascending."""
    seen = np.zeros(2 * pairs, np.bool_)
    _mark_used(column, seen)
    used: Rows = np.flatnonzero(seen[0::2] | seen[1::2])
    return used


@compiled
def _mark_used(column: ColumnPerPosition, seen: Flags) -> None:
    for row in range(column.shape[0]):
        for slot in range(column.shape[1]):
            seen[column[row, slot]] = True


@compiled
def _add_up(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerPosition,
    column: ColumnPerPosition,
    weight: PerAccount,
    cash: PerAccount,
    free_cash: PerAccount,
    start: int,
    stop: int,
    net: PerColumn,
    gross: PerColumn,
) -> tuple[float, float, float]:
    """Add the weighted units of [start, stop) to `net` and `gross`.

    Returns their cash, net and gross, and the largest holding on the wrong side.
    """
    money, gross_money, wrong = 0.0, 0.0, 0.0
    for place in range(start, stop):
        row = np.uint64(place)
        own = weight[row] * (cash[row] + free_cash[row])
        money += own
        gross_money += abs(own)
        for number in range(quantity.shape[1]):
            slot = np.uint64(number)
            kind, units = np.uint64(column[row, slot]), quantity[row, slot]
            part = weight[row] * units
            net[kind] += part
            gross[kind] += abs(part)
            if (units < 0.0) != (kind % 2 == 1) and abs(units) > wrong:
                wrong = abs(units)
    return money, gross_money, wrong
