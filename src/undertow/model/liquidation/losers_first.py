"""Sell what has lost most."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.core.shapes import PerSlot
from undertow.model.liquidation._greedy import sell_best_first
from undertow.model.liquidation.base import Called, LiquidationPolicy, Terms


@dataclass(frozen=True, slots=True)
class LosersFirst(LiquidationPolicy):
    """Sells the position with the largest loss against its entry price first.

    score = −gain/price, share of the present price; 0 where no entry price is known

    Losers first is the order of QuantConnect Lean's `DefaultMarginCallModel`, which ranks by
    money lost; a rank by share does not depend on how a holding is split into slots.
    """

    def sales(self, called: Called, terms: Terms, out: PerSlot) -> None:
        """Write the sales of every row, largest loser first."""
        sell_best_first(called, terms, -terms.gain / terms.price, out)
