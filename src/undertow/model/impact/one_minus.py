"""Price falls with the square root of what was sold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.market import Market
from undertow.core.numbers import within
from undertow.core.shapes import Floats, PerInstrument
from undertow.model.impact._curves import (
    LEAST,
    floor_pressure,
    floored,
    floored_slope,
    known_fill,
    line_mean,
    piecewise,
    root,
    root_mean,
    root_slope,
)
from undertow.model.impact.base import Fill, ImpactLaw


@dataclass(frozen=True, slots=True)
class OneMinus(ImpactLaw):
    """The discount itself, not its log, is a square root.

    π(z) = 1 − coefficient·σ₀·f(z)     f(z) = √z, or z/√z* below z*;   π(−z) = 2 − π(z)
    coefficient: κ, dimensionless (1.5 published; 5 in the sensitivity)
    linear_below: z*, 0 for the published law;  fill: what sellers are paid (published: "final")
    depth: units dealt on a normal day;  σ₀: the instrument's frozen daily volatility
    Limits: π stays at 2⁻³⁰ where the line would reach it. With z* = 0 the slope has no bound at
    zero and is taken at |z| = 2⁻³⁰ there.
    Source: Breuer, Summer, Urošević (2021), OeNB working paper 235.
    """

    fill: Fill = "final"
    coefficient: float = 1.5
    linear_below: float = 0.0

    def __post_init__(self) -> None:
        known_fill(self.fill)
        within("coefficient of the discount", self.coefficient, 0.0, 100.0)
        within("linear_below, a pressure,", self.linear_below, 0.0, 1e6)

    def log_factor(self, pressure: PerInstrument, market: Market) -> PerInstrument:
        """ln(1 − κσ₀f(z))."""
        return floored(self._steepness(market) * root(pressure, self.linear_below))

    def path_average(
        self, before: PerInstrument, after: PerInstrument, market: Market
    ) -> PerInstrument:
        """Midpoint in the linear start, ⅔-law outside it, the floor beyond."""
        steep, start = self._steepness(market), self.linear_below
        at_floor = self._at_floor(steep)

        def bought(low: Floats, high: Floats) -> Floats:
            return 1.0 + steep * root_mean(low, high)

        def linear(low: Floats, high: Floats) -> Floats:
            return line_mean(steep / np.sqrt(start) if start > 0.0 else 0.0 * steep, low, high)

        def sold(low: Floats, high: Floats) -> Floats:
            return 1.0 - steep * root_mean(low, high)

        def floor(low: Floats, high: Floats) -> Floats:
            return np.full_like(low, LEAST)

        cuts = (-start, np.minimum(start, at_floor), at_floor)
        return piecewise(before, after, cuts, (bought, linear, sold, floor))

    def slope(self, pressure: PerInstrument, market: Market) -> PerInstrument:
        """κσ₀f′(z)/π(z)."""
        steep = self._steepness(market)
        fall = steep * root(pressure, self.linear_below)
        return floored_slope(fall, steep * root_slope(pressure, self.linear_below))

    def _steepness(self, market: Market) -> PerInstrument:
        return self.coefficient * market.instruments.sigma

    def _at_floor(self, steep: PerInstrument) -> PerInstrument:
        """Pressure at which the floor is reached."""
        height, edge = floor_pressure(steep), np.sqrt(self.linear_below)
        return height * np.maximum(height, edge)
