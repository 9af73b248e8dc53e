"""Makers who never leave."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.core.market import Market
from undertow.core.shapes import PerInstrument
from undertow.model.makers.base import Makers


@dataclass(frozen=True, slots=True)
class Constant(Makers):
    """Depth is what it was, in units, whatever happens.

    depth = normal depth     available stays where it was at the start (1 in a calm market)
    Limits: no dry-up; the member against which every other one is measured.
    """

    def available(self, market: Market, capital: float, days: PerInstrument) -> PerInstrument:
        """What it was."""
        return market.available.copy()

    def depth(self, market: Market, available: PerInstrument) -> PerInstrument:
        """Units, always the same."""
        return market.instruments.depth.copy()
