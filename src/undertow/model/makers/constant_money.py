"""Makers who always stake the same money."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.core.market import Market
from undertow.core.shapes import PerInstrument
from undertow.model.makers.base import Makers


@dataclass(frozen=True, slots=True)
class ConstantMoney(Makers):
    """Depth is constant in money, so it grows in units as the price falls.

    depth = money/value     money: the instrument's `depth`, read as *base currency*, not units
    Limits: for published models that divide currency flow by currency depth. Depth in units
    rises at once when the price falls, so a round trip is not proved to cost; whatever else
    reads the instrument's `depth` as units is wrong under this member.
    Source: the same-work cascade of the benchmarks; Greenwood, Landier, Thesmar (2015).
    """

    def available(self, market: Market, capital: float, days: PerInstrument) -> PerInstrument:
        """What it was."""
        return market.available.copy()

    def depth(self, market: Market, available: PerInstrument) -> PerInstrument:
        """Units that the same money buys at the present price."""
        return market.instruments.depth / market.value
