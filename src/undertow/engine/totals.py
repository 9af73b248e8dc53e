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
    wrong = 0.0
    for start, stop in chunks(len(group)):
        part, size = np.zeros(columns), np.zeros(columns)
        here = slice(start, stop)
        worst = _add_units(group.quantity[here], group.column[here], group.weight[here], part, size)
        net, gross, wrong = net + part, gross + size, max(wrong, worst)
    cash = group.weight * (group.cash + group.free_cash)
    return Totals(net, gross, float(cash.sum()), float(np.abs(cash).sum()), wrong)


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
def _add_units(
    quantity: PerPosition,
    column: ColumnPerPosition,
    weight: PerAccount,
    net: PerColumn,
    gross: PerColumn,
) -> float:
    """Add weighted units to `net` and `gross`; returns the largest holding on the wrong side."""
    wrong = 0.0
    for row in range(quantity.shape[0]):
        for slot in range(quantity.shape[1]):
            kind = column[row, slot]
            units = quantity[row, slot]
            size = abs(units)
            net[kind] += weight[row] * units
            gross[kind] += weight[row] * size
            if (units < 0.0) != (kind % 2 == 1):
                wrong = max(wrong, size)
    return wrong
