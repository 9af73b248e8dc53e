"""Sell what raises the need at the least cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.compiled import compiled
from undertow.core.shapes import (
    ColumnPerSlot,
    Floats,
    MovePerRow,
    PerColumn,
    PerMoveColumn,
    PerRow,
    PerSlot,
    Rows,
)
from undertow.model.liquidation.base import Called, LiquidationPolicy, Terms


@dataclass(frozen=True, slots=True)
class LeastCost(LiquidationPolicy):
    """Sells so that the next unit of slack costs the same wherever it is raised.

    min Σ spread·x + slope·x²/2   with  Σ (release − spread)·x − slope·x²/2 ≥ need,  0 ≤ x ≤ cap
    x_k = clip((μ·release − spread)/slope, 0, cap),   cap = min(u, (release − spread)/slope)

    u = sellable·|quantity|; μ is cost per slack released at the margin: 0 for what costs nothing,
    1 where one more unit raises nothing. The raise is piecewise quadratic in μ, so the sale is
    exact: the pieces are sorted and the one that holds the need is solved. Slots without slope
    and with equal spread/release share their part of the need in proportion to u.

    Two slots of one column do not feel each other's slope. The conditions are those of Karush,
    Kuhn and Tucker for a convex problem: Boyd, Vandenberghe, Convex Optimization (2004) 5.5.3.
    """

    def sales(self, called: Called, terms: Terms, out: PerSlot) -> None:
        """Write the cheapest sale of every row."""
        slots = out.shape[1]
        held = (called.quantity, called.column, called.need, called.move)
        offer = (terms.release, terms.spread, terms.slope, terms.sellable)
        room = (np.empty((8, slots)), np.empty(slots, np.int64), np.empty(2 * slots))
        _sell_cheapest(*held, *offer, *room, out)


SAME = 1e-12
"""Prices closer than this share of each other are one: what ties on paper ties here."""

RELEASE, SPREAD, SLOPE, MOST, ENTERS, ENDS, LOW, HIGH = range(8)
"""Rows of the kernel's scratch memory, one entry for each slot of an account worth selling.

most: units worth selling;  enters, ends: μ at which a slot is first sold, and sold up
low, high: two sales next to each other, between which the need lies
`price`: every μ at which some slot enters or ends, sorted
"""


@compiled
def _sell_cheapest(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerSlot,
    column: ColumnPerSlot,
    need: PerRow,
    move: MovePerRow,
    release: PerMoveColumn,
    spread: PerColumn,
    slope: PerColumn,
    sellable: PerColumn,
    row: Floats,
    slots: Rows,
    price: Floats,
    out: PerSlot,
) -> None:
    for place in range(out.shape[0]):
        count = 0
        for slot in range(out.shape[1]):
            out[place, slot] = 0.0
            kind = column[place, slot]
            net = release[move[place], kind] - spread[kind]
            units = sellable[kind] * abs(quantity[place, slot])
            if need[place] > 0.0 and net > 0.0 and units > 0.0:
                row[RELEASE, count] = release[move[place], kind]
                row[SPREAD, count] = spread[kind]
                row[SLOPE, count] = slope[kind]
                row[MOST, count] = min(units, net / slope[kind])
                slots[count] = slot
                count += 1
        if count > 0:
            _price(row, price[: 2 * count])
            _bracket(row, price[: 2 * count], need[place])
            _blend(row, price[: 2 * count], need[place])
            for number in range(count):
                out[place, slots[number]] = row[LOW, number]


@compiled
def _price(row: Floats, price: Floats) -> None:
    """Find the prices at which slots enter and end, and sort them."""
    for slot in range(len(price) // 2):
        release, spread, slope = row[RELEASE, slot], row[SPREAD, slot], row[SLOPE, slot]
        first = spread / release
        last = (spread + slope * row[MOST, slot]) / release
        if slope == 0.0:
            for other in range(slot):
                near = abs(first - row[ENTERS, other]) <= SAME * first
                if near and row[SLOPE, other] == 0.0:
                    first = row[ENTERS, other]
                    break
            last = first
        row[ENTERS, slot], row[ENDS, slot] = first, last
        _insert(price, 2 * slot, first)
        _insert(price, 2 * slot + 1, last)


@compiled
def _insert(price: Floats, count: int, new: float) -> None:
    """Put a price among the first `count`, which are sorted (`sort` takes seconds to compile)."""
    place = count
    while place > 0 and price[place - 1] > new:
        price[place] = price[place - 1]
        place -= 1
    price[place] = new


@compiled
def _bracket(row: Floats, price: Floats, need: float) -> None:
    """Find two sales next to each other, one that raises at most the need and one that is more.

    Sale 2j is struck just below the j-th price, sale 2j + 1 at it; between two of them every
    slot moves in a straight line. If all of it is not enough, both are all of it.
    """
    last = 2 * len(price) - 1
    below, above = 0, last
    if _struck(row, price, last, row[HIGH]) <= need:
        below = last
    while above - below > 1:
        middle = (below + above) // 2
        if _struck(row, price, middle, row[LOW]) <= need:
            below = middle
        else:
            above = middle
    _struck(row, price, below, row[LOW])
    _struck(row, price, above, row[HIGH])


@compiled
def _struck(row: Floats, price: Floats, place: int, into: Floats) -> float:
    """Write the sale at one place of the ladder of prices; returns what it raises."""
    here = price[place // 2]
    reached = place % 2 == 1
    raised = 0.0
    for slot in range(len(price) // 2):
        units = row[MOST, slot]
        if here < row[ENDS, slot] or (here == row[ENDS, slot] and not reached):
            if here <= row[ENTERS, slot]:
                units = 0.0
            else:
                asked = (here * row[RELEASE, slot] - row[SPREAD, slot]) / row[SLOPE, slot]
                units = min(units, max(0.0, asked))
        into[slot] = units
        if units > 0.0:
            net = row[RELEASE, slot] - row[SPREAD, slot]
            raised += units * (net - 0.5 * row[SLOPE, slot] * units)
    return raised


@compiled
def _blend(row: Floats, price: Floats, need: float) -> None:
    """Go from the low sale towards the high one until the need is raised; it is then the low."""
    left, count = need, len(price) // 2
    gain = 0.0
    bend = 0.0
    for slot in range(count):
        if row[HIGH, slot] > 0.0:
            low = row[LOW, slot]
            change = row[HIGH, slot] - low
            net = row[RELEASE, slot] - row[SPREAD, slot]
            left -= low * (net - 0.5 * row[SLOPE, slot] * low)
            gain += change * (net - row[SLOPE, slot] * low)
            bend += change * change * row[SLOPE, slot]
    share = 0.0
    if gain > 0.0 and left > 0.0:
        share = 2.0 * left / (gain + np.sqrt(max(0.0, gain * gain - 2.0 * bend * left)))
    for slot in range(count):
        units = row[LOW, slot] + share * (row[HIGH, slot] - row[LOW, slot])
        row[LOW, slot] = min(units, row[HIGH, slot])
