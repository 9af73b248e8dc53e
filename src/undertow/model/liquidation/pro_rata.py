"""Sell the same share of everything."""

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
)
from undertow.model.liquidation.base import Called, LiquidationPolicy, Terms


@dataclass(frozen=True, slots=True)
class ProRata(LiquidationPolicy):
    """Sells one share of every slot that releases more than it costs.

    x_k = f·u_k,  u = sellable·|quantity|;   f = min(1, need / Σ(release − spread)·u) at slope 0
    With slopes f is the smaller root of  Σ(release − spread)·u·f − slope·u²·f²/2 = need,  and a
    slot stops at x = (release − spread)/slope, where one more unit raises nothing.

    Two slots of one column do not feel each other's slope. Proportional sales are what funds do
    in uncertain times: Jiang, Li, Wang, J. Financial Quantitative Analysis 56 (2021) 1622.
    """

    def sales(self, called: Called, terms: Terms, out: PerSlot) -> None:
        """Write the common share of every slot."""
        held = (called.quantity, called.column, called.need, called.move)
        offer = (terms.release, terms.spread, terms.slope, terms.sellable)
        _sell_pro_rata(*held, *offer, np.empty((2, out.shape[1])), out)


NET, SLOPE = range(2)
"""Rows of the kernel's scratch memory, one entry for each slot of an account."""


@compiled
def _sell_pro_rata(  # noqa: PLR0913, PLR0917 - a kernel takes its arrays one by one
    quantity: PerSlot,
    column: ColumnPerSlot,
    need: PerRow,
    move: MovePerRow,
    release: PerMoveColumn,
    spread: PerColumn,
    slope: PerColumn,
    sellable: PerColumn,
    slot_of: Floats,
    out: PerSlot,
) -> None:
    slots = out.shape[1]
    for place in range(out.shape[0]):
        row, binds = np.uint64(place), np.uint64(move[place])
        raised, bend, share = 0.0, 0.0, 0.0
        for number in range(slots):
            slot, kind = np.uint64(number), np.uint64(column[row, np.uint64(number)])
            net = release[binds, kind] - spread[kind]
            units = sellable[kind] * abs(quantity[row, slot])
            units = out[row, slot] = units if net > 0.0 else 0.0
            raised += net * units
            bend += slope[kind] * units
        if need[row] > 0.0 and raised > 0.0:
            share = min(1.0, need[row] / raised)
        if bend == 0.0:
            for number in range(slots):
                out[row, np.uint64(number)] *= share
            continue
        for one in range(slots):
            kind = column[row, one]
            slot_of[NET, one] = release[binds, kind] - spread[kind]
            slot_of[SLOPE, one] = slope[kind]
        share = _bent_share(slot_of, out[row], need[row])
        for one in range(slots):
            if out[row, one] > 0.0:
                most = slot_of[NET, one] / slot_of[SLOPE, one]
                out[row, one] = min(share * out[row, one], most)


@compiled_within
def _bent_share(slot_of: Floats, units: PerSlot, need: float) -> float:
    """The share that raises the need where slopes matter, from one stopping slot to the next.

    gain, bend: first and second derivative of the raise beyond the share;  stop: where the next
    slot stops
    """
    share, left = 0.0, need
    while share < 1.0 and left > 0.0:
        gain, bend, stop = 0.0, 0.0, 1.0
        for slot in range(len(units)):
            net, slope = slot_of[NET, slot], slot_of[SLOPE, slot] * units[slot]
            if units[slot] > 0.0 and net / slope > share:
                gain += (net - share * slope) * units[slot]
                bend += slope * units[slot]
                stop = min(stop, net / slope)
        root = gain * gain - 2.0 * bend * left
        step = 2.0 * left / (gain + np.sqrt(root)) if root >= 0.0 else np.inf
        if share + step <= stop:
            return share + step
        step = stop - share
        left -= step * (gain - 0.5 * bend * step)
        share = stop
    return share
