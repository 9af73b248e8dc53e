"""Pivots of the simplex method, compiled: a book of options asks for thousands of programs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from undertow.core.compiled import compiled, compiled_within

Array = NDArray[np.float64]
Places = NDArray[np.int64]
SMALL = 1e-9
TIE = 1e-12
PIVOTS = 2000


@compiled
def descend(table: Array, basis: Places, cost: Array, allowed: int) -> float:
    """Pivot in place until no allowed column lowers the cost; the cost there.

    −inf if the cost has no bottom, NaN after `PIVOTS` pivots. table [m, n + 1]: rows and totals;
    basis [m]: the column of each row;  cost [n];  allowed: columns that may enter
    """
    for step in range(PIVOTS):
        # Bland's rule cannot cycle; the steepest column is quicker, so it goes first.
        column = _entering(table, basis, cost, allowed, step > PIVOTS // 4)
        if column < 0:
            total = 0.0
            for i in range(basis.size):
                total += cost[basis[i]] * table[i, -1]
            return total
        row = _leaving(table, basis, column)
        if row < 0:
            return -np.inf
        _pivot(table, row, column)
        basis[row] = column
    return np.nan


@compiled_within
def _entering(table: Array, basis: Places, cost: Array, allowed: int, first_wins: bool) -> int:
    """A column that lowers the cost: the first, or the one that lowers it most; −1 if none."""
    column, lowest = -1, -SMALL
    for j in range(allowed):
        reduced = cost[j]
        for i in range(basis.size):
            reduced -= cost[basis[i]] * table[i, j]
        if reduced < lowest:
            column, lowest = j, reduced
            if first_wins:
                break
    return column


@compiled_within
def _leaving(table: Array, basis: Places, column: int) -> int:
    """The row that reaches 0 first, of several the one of the lowest column; −1 if none does."""
    row, least = -1, np.inf
    for i in range(basis.size):
        if table[i, column] > SMALL:
            ratio = table[i, -1] / table[i, column]
            is_tied = ratio <= least + TIE and row >= 0 and basis[i] < basis[row]
            if ratio < least - TIE or is_tied:
                row, least = i, min(least, ratio)
    return row


@compiled_within
def _pivot(table: Array, row: int, column: int) -> None:
    table[row] /= table[row, column]
    for i in range(table.shape[0]):
        factor = table[i, column]
        if i != row and factor != 0.0:
            for j in range(table.shape[1]):
                table[i, j] -= factor * table[row, j]
