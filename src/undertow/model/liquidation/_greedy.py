"""Selling slots one after the other, the best first, until the need is met.

Closing x units of a slot raises  release·x − spread·x − slope·x²/2  in slack. No slot is sold
beyond sellable·|quantity|, nor beyond x = (release − spread)/slope, where one more unit raises
nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from undertow.core.compiled import compiled, compiled_within
from undertow.core.shapes import (
    ColumnPerSlot,
    Flags,
    MovePerRow,
    PerColumn,
    PerMoveColumn,
    PerRow,
    PerSlot,
)
from undertow.model.liquidation.base import Called, Terms


class Sale(NamedTuple):
    """What kernels read of a batch and its terms (see `Called` and `Terms`)."""

    quantity: PerSlot
    column: ColumnPerSlot
    need: PerRow
    move: MovePerRow
    release: PerMoveColumn
    spread: PerColumn
    slope: PerColumn
    sellable: PerColumn


def sale_of(called: Called, terms: Terms) -> Sale:
    """The arrays of a batch and its terms in the form kernels take."""
    return Sale(
        called.quantity,
        called.column,
        called.need,
        called.move,
        terms.release,
        terms.spread,
        terms.slope,
        terms.sellable,
    )


def sell_best_first(
    called: Called, terms: Terms, score: PerColumn | PerMoveColumn, out: PerSlot
) -> None:
    """Sell the columns of highest score first, until the need is met; ties go by slot order."""
    ranks = np.ascontiguousarray(np.broadcast_to(_without_noise(score), terms.release.shape))
    _sell_in_order(sale_of(called, terms), ranks, out)


def _without_noise(score: PerColumn | PerMoveColumn) -> PerColumn | PerMoveColumn:
    """Scores to twelve digits: what ties on paper ties here, whatever money is counted in."""
    digits, power = np.frexp(score)
    return np.ldexp(np.round(digits, 12), power)


@compiled
def _sell_in_order(sale: Sale, score: PerMoveColumn, out: PerSlot) -> None:
    rows, slots = out.shape
    asked = np.empty(slots, np.bool_)
    for row in range(rows):
        out[row, :] = 0.0
        asked[:] = False
        left = sale.need[row]
        for _ in range(slots):
            if not left > 0.0:
                break
            slot = _best(score[sale.move[row]], sale.column[row], asked)
            asked[slot] = True
            left -= _sell(sale, row, slot, left, out)


@compiled_within
def _best(score: PerColumn, column: ColumnPerSlot, asked: Flags) -> int:
    """Slot of highest score among those not asked yet, the first of equals."""
    best = -1
    for slot in range(len(column)):
        if not asked[slot] and (best < 0 or score[column[slot]] > score[column[best]]):
            best = slot
    return best


@compiled_within
def _sell(sale: Sale, row: int, slot: int, left: float, out: PerSlot) -> float:
    """Sell a slot until `left` is raised or nothing worth selling remains; returns the raise."""
    column = sale.column[row, slot]
    slope = sale.slope[column]
    net = sale.release[sale.move[row], column] - sale.spread[column]
    most = 0.0
    if net > 0.0:
        most = min(sale.sellable[column] * abs(sale.quantity[row, slot]), net / slope)
    if most == 0.0:
        return 0.0
    raised = most * (net - 0.5 * slope * most)
    if raised <= left:
        out[row, slot] = most
        return raised
    # The smaller root of  net·x − slope·x²/2 = left,  in the form that is exact at slope 0.
    root = 2.0 * left / (net + np.sqrt(max(0.0, net * net - 2.0 * slope * left)))
    out[row, slot] = min(root, most)
    return left
