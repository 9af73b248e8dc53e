"""Permanent impact in a straight line, temporary impact by speed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from undertow.core.market import Market
from undertow.core.numbers import within
from undertow.core.shapes import PerInstrument
from undertow.model.impact._curves import (
    LEAST,
    floor_pressure,
    floored,
    floored_slope,
    known_fill,
    line_mean,
    piecewise,
)
from undertow.model.impact.base import Fill, ImpactLaw


@dataclass(frozen=True, slots=True)
class Almgren2005(ImpactLaw):
    """A sale moves the price for good by its size, and costs more while it is fast.

    π(z) = 1 − γ·σ₀·z·(Θ/V)^¼     z = X/V, so depth is the daily volume and τ infinite
    speed costs η·σ₀·|X/(V·T)|^β of the price;   realised cost = half the permanent part + speed
    gamma, eta, beta: γ, η, β, dimensionless;  turnover_exponent: ¼ (0.267 before rounding)
    fill: what sellers are paid before the cost of speed;  Θ: units outstanding
    Limits: estimated on US stocks, orders up to a tenth of the daily volume; π stays at 2⁻³⁰
    where the line would reach it; buying is the same line.
    Source: Almgren, Thum, Hauptmann, Li (2005), Direct estimation of equity market impact.
    """

    fill: Fill = "path"
    gamma: float = 0.314
    eta: float = 0.142
    beta: float = 0.6
    turnover_exponent: float = 0.25

    def __post_init__(self) -> None:
        known_fill(self.fill)
        within("gamma, the permanent coefficient,", self.gamma, 0.0, 100.0)
        within("eta, the coefficient of speed,", self.eta, 0.0, 100.0)
        within("beta, the exponent of speed,", self.beta, LEAST, 2.0)
        within("turnover_exponent", self.turnover_exponent, 0.0, 1.0)

    def log_factor(self, pressure: PerInstrument, market: Market) -> PerInstrument:
        """ln(1 − γσ₀z(Θ/V)^¼)."""
        return floored(self._steepness(market) * pressure)

    def path_average(
        self, before: PerInstrument, after: PerInstrument, market: Market
    ) -> PerInstrument:
        """The midpoint, and the floor beyond it."""
        steep = self._steepness(market)

        def floor(low: PerInstrument, high: PerInstrument) -> PerInstrument:
            return np.full_like(low, LEAST)

        return piecewise(
            before, after, (floor_pressure(steep),), (partial(line_mean, steep), floor)
        )

    def slope(self, pressure: PerInstrument, market: Market) -> PerInstrument:
        """γσ₀(Θ/V)^¼/π(z)."""
        steep = self._steepness(market)
        return floored_slope(steep * pressure, steep)

    def rate_cost(self, rate: PerInstrument, market: Market) -> PerInstrument:
        """±η·σ₀·|rate|^β with the sign of the sale; `rate` in daily volumes per day."""
        return np.copysign(self.eta * market.instruments.sigma * np.abs(rate) ** self.beta, rate)

    def _steepness(self, market: Market) -> PerInstrument:
        calm = market.instruments
        turnover = (calm.outstanding / calm.volume) ** self.turnover_exponent
        return self.gamma * calm.sigma * turnover
