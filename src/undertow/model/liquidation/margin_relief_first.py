"""Sell what frees most margin."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.core.shapes import PerSlot
from undertow.model.liquidation._greedy import sell_best_first
from undertow.model.liquidation.base import Called, LiquidationPolicy, Terms


@dataclass(frozen=True, slots=True)
class MarginReliefFirst(LiquidationPolicy):
    """Sells first what frees most slack for each unit of base currency dealt.

    score = (release − spread)/price, share of the price, at the move that binds the row

    What is held free frees its whole price and comes before what is pledged. How far
    brokers' engines work so is not published: it is an assumption.
    """

    def sales(self, called: Called, terms: Terms, out: PerSlot) -> None:
        """Write the sales of every row, largest relief first."""
        sell_best_first(called, terms, (terms.release - terms.spread) / terms.price, out)
