"""Price falls towards a floor at which others buy everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from undertow.core.market import Market
from undertow.core.numbers import within
from undertow.core.shapes import PerInstrument
from undertow.model.impact._curves import LEAST, exponential_mean, known_fill
from undertow.model.impact.base import Fill, ImpactLaw


@dataclass(frozen=True, slots=True)
class ExponentialFloor(ImpactLaw):
    """Impact is concave in sales and stops at a floor.

    π(z) = b + (1 − b)·e^{−z}     the same curve for z < 0, where it rises without bound
    floor: b, share of F that the price never leaves, above 0 (without a floor: `exponential`)
    fill: what sellers are paid
    depth: (1 − b)·D in units at the opening price, with D the depth at the first unit sold
    Limits: the published model counts sales at the opening price, so depth must not move.
    Source: Cont, Schaanning (2017), b = 0.5 and mid fill (their α = 1/2).
    """

    floor: float
    fill: Fill = "path"

    def __post_init__(self) -> None:
        known_fill(self.fill)
        within("floor, a share of the price,", self.floor, LEAST, 1.0 - LEAST)

    @classmethod
    def example(cls, market: Market) -> Self:
        """The published floor at one half."""
        return cls(floor=0.5)

    def log_factor(self, pressure: PerInstrument, market: Market) -> PerInstrument:
        """ln(b + (1 − b)·e^{−z}), written so that it is exactly 0 at 0."""
        return np.log1p((1.0 - self.floor) * np.expm1(-pressure))

    def path_average(
        self, before: PerInstrument, after: PerInstrument, market: Market
    ) -> PerInstrument:
        """b + (1 − b)·(e^{−a} − e^{−b})/(b − a)."""
        low, high = np.minimum(before, after), np.maximum(before, after)
        mean = exponential_mean(np.ones_like(low), low, high)
        return self.floor + (1.0 - self.floor) * mean

    def slope(self, pressure: PerInstrument, market: Market) -> PerInstrument:
        """(1 − b)·e^{−z}/π(z)."""
        falling = (1.0 - self.floor) * np.exp(-pressure)
        return falling / (self.floor + falling)
