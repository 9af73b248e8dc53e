"""Sell what raises the need at the least cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from undertow.core.compiled import compiled
from undertow.core.shapes import Floats, PerSlot
from undertow.model.liquidation._greedy import Sale, sale_of
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
        _sell_cheapest(sale_of(called, terms), _blank(out.shape[1]), out)


SAME = 1e-12
"""Prices closer than this share of each other are one: what ties on paper ties here."""


class Row(NamedTuple):
    """One account, slot by slot: scratch memory of the kernel.

    most: units worth selling;  enters, ends: μ at which a slot is first sold, and sold up
    low, high: two sales next to each other, between which the need lies;  price: every μ at
    which some slot enters or ends, sorted
    """

    release: Floats
    spread: Floats
    slope: Floats
    most: Floats
    enters: Floats
    ends: Floats
    low: Floats
    high: Floats
    price: Floats


def _blank(slots: int) -> Row:
    release, spread, slope, most, enters, ends, low, high = np.empty((8, slots))
    return Row(release, spread, slope, most, enters, ends, low, high, np.empty(2 * slots))


@compiled
def _sell_cheapest(sale: Sale, row: Row, out: PerSlot) -> None:
    for place in range(out.shape[0]):
        need = sale.need[place]
        if need > 0.0 and out.shape[1] > 0:
            _read(sale, place, row)
            _bracket(row, need)
            _blend(row, need, out, place)
        else:
            out[place] = 0.0


@compiled
def _read(sale: Sale, place: int, row: Row) -> None:
    for slot in range(len(row.most)):
        column = sale.column[place, slot]
        release = sale.release[sale.move[place], column]
        spread = sale.spread[column]
        slope = sale.slope[column]
        most = 0.0
        if release > spread:
            units = sale.sellable[column] * abs(sale.quantity[place, slot])
            most = min(units, (release - spread) / slope)
        row.release[slot] = release
        row.spread[slot] = spread
        row.slope[slot] = slope
        row.most[slot] = most
        first = spread / release if most > 0.0 else 0.0
        last = (spread + slope * most) / release if most > 0.0 else 0.0
        row.enters[slot] = first if slope > 0.0 else _tied(row, slot, first)
        row.ends[slot] = last if slope > 0.0 else row.enters[slot]
        _insert(row.price, 2 * slot, row.enters[slot])
        _insert(row.price, 2 * slot + 1, row.ends[slot])


@compiled
def _tied(row: Row, slot: int, price: float) -> float:
    """A price, or that of an earlier slot without slope it differs from in the last digits only."""
    for other in range(slot):
        if row.slope[other] == 0.0 and abs(price - row.enters[other]) <= SAME * price:
            return row.enters[other]
    return price


@compiled
def _insert(price: Floats, count: int, new: float) -> None:
    """Put a price among the first `count`, which are sorted (`sort` takes seconds to compile)."""
    place = count
    while place > 0 and price[place - 1] > new:
        price[place] = price[place - 1]
        place -= 1
    price[place] = new


@compiled
def _bracket(row: Row, need: float) -> None:
    """Find two sales next to each other, one that raises at most the need and one that is more.

    Sale 2j is struck just below the j-th price, sale 2j + 1 at it; between two of them every
    slot moves in a straight line. If all of it is not enough, both are all of it.
    """
    below = 0
    above = 2 * len(row.price) - 1
    if _struck(row, above, row.high) <= need:
        _struck(row, above, row.low)
        return
    while above - below > 1:
        middle = (below + above) // 2
        if _struck(row, middle, row.low) <= need:
            below = middle
        else:
            above = middle
    _struck(row, below, row.low)
    _struck(row, above, row.high)


@compiled
def _struck(row: Row, place: int, units: Floats) -> float:
    """Write the sale at one place of the ladder of prices; returns what it raises."""
    price = row.price[place // 2]
    reached = place % 2 == 1
    raised = 0.0
    for slot in range(len(units)):
        most = row.most[slot]
        if price > row.ends[slot] or (reached and price == row.ends[slot]):
            units[slot] = most
        elif price <= row.enters[slot]:
            units[slot] = 0.0
        else:
            asked = (price * row.release[slot] - row.spread[slot]) / row.slope[slot]
            units[slot] = min(most, max(0.0, asked))
        if units[slot] > 0.0:
            net = row.release[slot] - row.spread[slot]
            raised += units[slot] * (net - 0.5 * row.slope[slot] * units[slot])
    return raised


@compiled
def _blend(row: Row, need: float, out: PerSlot, place: int) -> None:
    """Go from the low sale towards the high one until the need is raised."""
    left = need
    gain = 0.0
    bend = 0.0
    for slot in range(len(row.low)):
        if row.high[slot] > 0.0:
            low = row.low[slot]
            change = row.high[slot] - low
            net = row.release[slot] - row.spread[slot]
            left -= low * (net - 0.5 * row.slope[slot] * low)
            gain += change * (net - row.slope[slot] * low)
            bend += change * change * row.slope[slot]
    share = 0.0
    if gain > 0.0 and left > 0.0:
        share = 2.0 * left / (gain + np.sqrt(max(0.0, gain * gain - 2.0 * bend * left)))
    for slot in range(len(row.low)):
        units = row.low[slot] + share * (row.high[slot] - row.low[slot])
        out[place, slot] = min(units, row.high[slot])
