"""Sell the same share of everything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.compiled import compiled
from undertow.core.shapes import PerSlot
from undertow.model.liquidation._greedy import Sale, sale_of
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
        _sell_pro_rata(sale_of(called, terms), out)


@compiled
def _sell_pro_rata(sale: Sale, out: PerSlot) -> None:
    rows, slots = out.shape
    for row in range(rows):
        move = sale.move[row]
        raised = 0.0
        bend = 0.0
        for slot in range(slots):
            column = sale.column[row, slot]
            net = sale.release[move, column] - sale.spread[column]
            units = sale.sellable[column] * abs(sale.quantity[row, slot]) if net > 0.0 else 0.0
            raised += net * units
            bend += sale.slope[column] * units * units
            out[row, slot] = units
        if bend != 0.0:
            _sell_bent(sale, row, out[row])
            continue
        need = sale.need[row]
        share = min(1.0, need / raised) if need > 0.0 and raised > 0.0 else 0.0
        for slot in range(slots):
            out[row, slot] *= share


@compiled
def _sell_bent(sale: Sale, row: int, units: PerSlot) -> None:
    """Turn what a row could close into what it closes, where slopes matter."""
    share = _bent_share(sale, row, units)
    for slot in range(len(units)):
        column = sale.column[row, slot]
        net = sale.release[sale.move[row], column] - sale.spread[column]
        if units[slot] > 0.0:
            units[slot] = min(share * units[slot], net / sale.slope[column])


@compiled
def _bent_share(sale: Sale, row: int, units: PerSlot) -> float:
    """The share that raises the need, found from one stopping slot to the next."""
    share = 0.0
    left = sale.need[row]
    while share < 1.0 and left > 0.0:
        gain, bend, stop = _beyond(sale, row, units, share)
        root = gain * gain - 2.0 * bend * left
        step = 2.0 * left / (gain + np.sqrt(root)) if root >= 0.0 else np.inf
        if share + step <= stop:
            return share + step
        step = stop - share
        left -= step * (gain - 0.5 * bend * step)
        share = stop
    return share


@compiled
def _beyond(sale: Sale, row: int, units: PerSlot, share: float) -> tuple[float, float, float]:
    """First and second derivative of the raise beyond `share`, and where the next slot stops."""
    gain = 0.0
    bend = 0.0
    stop = 1.0
    for slot in range(len(units)):
        column = sale.column[row, slot]
        net = sale.release[sale.move[row], column] - sale.spread[column]
        slope = sale.slope[column] * units[slot]
        if units[slot] > 0.0 and net / slope > share:
            gain += (net - share * slope) * units[slot]
            bend += slope * units[slot]
            stop = min(stop, net / slope)
    return gain, bend, stop
