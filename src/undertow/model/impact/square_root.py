"""Log price falls with the square root of what was sold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from undertow.core.market import Market
from undertow.core.numbers import positive, within
from undertow.core.shapes import Floats, PerInstrument
from undertow.model.impact._curves import (
    exponential_mean,
    known_fill,
    piecewise,
    root,
    root_exponential_mean,
    root_slope,
)
from undertow.model.impact.base import Fill, ImpactLaw


@dataclass(frozen=True, slots=True)
class SquareRoot(ImpactLaw):
    """A sale of a share z of the daily volume costs about σ₀·√z.

    ln π(z) = −coefficient·σ₀·f(z)     f(z) = √z, or z/√z* below z*;   f(−z) = −f(z)
    coefficient: dimensionless, of order 1 (0.5 to 1.5 in the literature)
    linear_below: z*, pressure under which impact is linear;  fill: what sellers are paid
    σ₀: the instrument's frozen daily volatility;  depth: `calibrated_depth` of the daily volume
    Limits: holds for sales much faster than the resilience τ, hence the calibrated depth.
    Source: Almgren et al. (2005), Tóth et al. (2011); exponent 0.489 in Sato, Kanazawa (2024).
    """

    fill: Fill = "path"
    coefficient: float = 1.0
    linear_below: float = 1e-3

    def __post_init__(self) -> None:
        known_fill(self.fill)
        within("coefficient of the square-root law", self.coefficient, 0.0, 100.0)
        positive("linear_below, a pressure,", self.linear_below)

    def log_factor(self, pressure: PerInstrument, market: Market) -> PerInstrument:
        """−coefficient·σ₀·f(z)."""
        return -self._steepness(market) * root(pressure, self.linear_below)

    def path_average(
        self, before: PerInstrument, after: PerInstrument, market: Market
    ) -> PerInstrument:
        """Closed form of ∫e^{−k√z}dz outside the linear start, of ∫e^{−sz}dz inside."""
        steep, start = self._steepness(market), self.linear_below
        bought = partial(root_exponential_mean, -steep)
        linear = partial(exponential_mean, steep / np.sqrt(start))
        sold = partial(root_exponential_mean, steep)
        return piecewise(before, after, (-start, start), (bought, linear, sold))

    def slope(self, pressure: PerInstrument, market: Market) -> PerInstrument:
        """coefficient·σ₀·f′(z)."""
        return self._steepness(market) * root_slope(pressure, self.linear_below)

    def _steepness(self, market: Market) -> PerInstrument:
        return self.coefficient * market.instruments.sigma


def calibrated_depth(volume: Floats, resilience_days: Floats, *, day: float = 1.0) -> Floats:
    """Depth at which pressure that leaks away within the day still gives the square-root law.

    depth(τ) = V·(τ/T₀)·(1 − e^{−T₀/τ})     V where τ is infinite; V·τ/T₀ where it is short
    volume: units dealt per trading day;  resilience_days: τ > 0;  day: T₀, trading days over
    which the volume is spread
    """
    k = day / np.asarray(resilience_days, dtype=np.float64)
    return volume * np.where(k > 0.0, -np.expm1(-k) / np.where(k > 0.0, k, 1.0), 1.0)
