"""Sell what is liquid."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.core.shapes import PerSlot
from undertow.model.liquidation._greedy import sell_best_first
from undertow.model.liquidation.base import Called, LiquidationPolicy, Terms


@dataclass(frozen=True, slots=True)
class MostLiquidFirst(LiquidationPolicy):
    """Sells the column with the deepest market first, and the next when that is used up.

    score = depth, the market's depth in base currency

    Bond funds meet redemptions from their liquid assets first: Ma, Xiao, Zeng, Review of
    Financial Studies 35 (2022) 4674. The order knows neither cost nor release: `least_cost` does.
    """

    def sales(self, called: Called, terms: Terms, out: PerSlot) -> None:
        """Write the sales of every row, deepest market first."""
        sell_best_first(called, terms, terms.depth, out)
