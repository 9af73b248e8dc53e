"""Log price falls in a straight line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.market import Market
from undertow.core.shapes import PerInstrument
from undertow.model.impact._curves import exponential_mean, known_fill
from undertow.model.impact.base import Fill, ImpactLaw


@dataclass(frozen=True, slots=True)
class Exponential(ImpactLaw):
    """Each unit moves the price by the same share of itself.

    π(z) = e^{−z}     buying is the same line in logs: π(−z) = 1/π(z)
    fill: what sellers are paid (the Oxford model pays the mid of both ends)
    depth: units that move the price by a factor of e; in the Oxford model the quantity over β
    Limits: no floor; the price of the last unit tends to zero.
    Source: Caccioli et al. (2014); the Oxford fire-sale model.
    """

    fill: Fill = "path"

    def __post_init__(self) -> None:
        known_fill(self.fill)

    def log_factor(self, pressure: PerInstrument, market: Market) -> PerInstrument:
        """−z."""
        return -pressure

    def path_average(
        self, before: PerInstrument, after: PerInstrument, market: Market
    ) -> PerInstrument:
        """(e^{−a} − e^{−b})/(b − a)."""
        low, high = np.minimum(before, after), np.maximum(before, after)
        return exponential_mean(np.ones_like(low), low, high)

    def slope(self, pressure: PerInstrument, market: Market) -> PerInstrument:
        """One."""
        return np.ones_like(pressure)
