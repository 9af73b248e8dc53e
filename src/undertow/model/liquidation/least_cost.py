"""Sell what raises the need at the least cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.compiled import compiled, compiled_within
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
        room = (np.empty((9, slots)), np.empty(slots, np.int64), np.empty(2 * slots))
        _sell_cheapest(*held, *offer, *room, out)


SAME = 1e-12
"""Prices closer than this share of each other are one: what ties on paper ties here."""

RELEASE, SPREAD, SLOPE, MOST, ENTERS, ENDS, LOW, HIGH, MIDDLE = range(9)
"""Rows of the kernel's scratch memory, one entry for each slot of an account worth selling.

most: units worth selling;  enters, ends: μ at which a slot is first sold, and sold up
low, high, middle: two sales between which the need lies, and one between those
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
            low, high = _bracket(row, price[: 2 * count], need[place])
            share = _blend(row[:, :count], low, high, need[place])
            for number in range(count):
                least, most = row[low, number], row[high, number]
                out[place, slots[number]] = min(least + share * (most - least), most)


@compiled_within
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


@compiled_within
def _insert(price: Floats, count: int, new: float) -> None:
    """Put a price among the first `count`, which are sorted (`sort` takes seconds to compile)."""
    place = count
    while place > 0 and price[place - 1] > new:
        price[place] = price[place - 1]
        place -= 1
    price[place] = new


@compiled_within
def _bracket(row: Floats, price: Floats, need: float) -> tuple[int, int]:
    """Find two sales next to each other, one that raises at most the need and one that is more.

    Sale 2j is struck just below the j-th price, sale 2j + 1 at it; between two of them every
    slot moves in a straight line. If all of it is not enough, both are all of it. Returns the rows
    of scratch memory they are in; the search begins between nothing and everything.
    """
    below, above, place = 0, 2 * len(price), 2 * len(price) - 1
    low, high, middle = LOW, HIGH, MIDDLE
    for slot in range(len(price) // 2):
        row[low, slot] = 0.0
    while above - below > 1:
        if _struck(row, price, place, middle) <= need:
            below, low, middle = place, middle, low
        else:
            above, high, middle = place, middle, high
        place = (below + above) // 2
    return low, low if above == 2 * len(price) else high


@compiled_within
def _struck(row: Floats, price: Floats, place: int, into: int) -> float:
    """Write the sale at one place of the ladder of prices into a row; returns what it raises."""
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
        row[into, slot] = units
        if units > 0.0:
            net = row[RELEASE, slot] - row[SPREAD, slot]
            raised += units * (net - 0.5 * row[SLOPE, slot] * units)
    return raised


@compiled_within
def _blend(row: Floats, low: int, high: int, need: float) -> float:
    """How far to go from the low sale towards the high one to raise the need."""
    left = need
    gain = 0.0
    bend = 0.0
    for slot in range(row.shape[1]):
        if row[high, slot] > 0.0:
            least = row[low, slot]
            change = row[high, slot] - least
            net = row[RELEASE, slot] - row[SPREAD, slot]
            left -= least * (net - 0.5 * row[SLOPE, slot] * least)
            gain += change * (net - row[SLOPE, slot] * least)
            bend += change * change * row[SLOPE, slot]
    if gain > 0.0 and left > 0.0:
        return 2.0 * left / (gain + np.sqrt(max(0.0, gain * gain - 2.0 * bend * left)))
    return 0.0
