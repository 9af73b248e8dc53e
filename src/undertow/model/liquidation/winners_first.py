"""Sell what has gained most."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.core.shapes import PerSlot
from undertow.model.liquidation._greedy import sell_best_first
from undertow.model.liquidation.base import Called, LiquidationPolicy, Terms


@dataclass(frozen=True, slots=True)
class WinnersFirst(LiquidationPolicy):
    """Sells the position with the largest gain over its entry price first.

    score = gain/price, share of the present price; 0 where no entry price is known

    The owner's order under the disposition effect: Shefrin, Statman, Journal of Finance 40
    (1985) 777.
    """

    def sales(self, called: Called, terms: Terms, out: PerSlot) -> None:
        """Write the sales of every row, largest winner first."""
        sell_best_first(called, terms, terms.gain / terms.price, out)
