"""Sell what moves most."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.core.shapes import PerSlot
from undertow.model.liquidation._greedy import sell_best_first
from undertow.model.liquidation.base import Called, LiquidationPolicy, Terms


@dataclass(frozen=True, slots=True)
class RiskiestFirst(LiquidationPolicy):
    """Sells the column with the highest volatility first.

    score = risk, daily volatility as a share of value

    An order for owners and brokers who cut risk; no source measures how often it is used.
    """

    def sales(self, called: Called, terms: Terms, out: PerSlot) -> None:
        """Write the sales of every row, highest volatility first."""
        sell_best_first(called, terms, terms.risk, out)
