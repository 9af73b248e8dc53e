"""Makers who leave when volatility rises or their capital shrinks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from undertow.core.market import Market
from undertow.core.numbers import within
from undertow.core.shapes import PerInstrument
from undertow.model.makers.base import Makers


@dataclass(frozen=True, slots=True)
class Withdrawing(Makers):
    """Quotes shrink with volatility and with the makers' losses; they return slowly.

    target = min(1, σ₀/σ)^elasticity · min(1, capital)^capital_exponent, at least `least`
    available: down to the target at once, up by the factor e^{days/τ} at most
    depth = normal depth · available^gamma
    gamma: 0 to 1, share of displayed withdrawal that flow feels (displayed depth is not all)
    elasticity, capital_exponent: dimensionless, ≥ 0;  least: share of quotes that always stands
    Limits: gamma, the exponents and least are *assumed* and must be swept, none is estimated.
    61 % withdrawn at 2.9 times normal volatility means an elasticity of 0.88 if capital is whole.
    An instrument with infinite τ never gets its quotes back.
    Source: the form after Brunnermeier, Pedersen (2009), margins and funding of dealers.
    """

    gamma: float
    elasticity: float = 1.0
    capital_exponent: float = 1.0
    least: float = 0.01

    def __post_init__(self) -> None:
        within("gamma, the exponent of depth,", self.gamma, 0.0, 1.0)
        within("elasticity, withdrawal by volatility,", self.elasticity, 0.0, 10.0)
        within("capital_exponent, withdrawal by losses,", self.capital_exponent, 0.0, 10.0)
        within("least, the share of quotes that always stands,", self.least, 1e-9, 1.0)

    @classmethod
    def example(cls, market: Market) -> Self:
        """Half of displayed withdrawal is felt."""
        return cls(gamma=0.5)

    def available(self, market: Market, capital: float, days: PerInstrument) -> PerInstrument:
        """The target, but never back faster than pressure decays."""
        calm = market.instruments
        strain = np.ones_like(market.sigma)
        wild = (market.sigma > calm.sigma) & (calm.sigma > 0.0)
        np.divide(market.sigma, calm.sigma, out=strain, where=wild)
        wealth = min(1.0, max(0.0, capital)) ** self.capital_exponent
        target = np.maximum(strain**-self.elasticity * wealth, self.least)
        decay, whole = days / calm.resilience, -np.log(market.available)
        partly = market.available * np.exp(np.minimum(decay, whole))
        return np.minimum(target, np.where(decay < whole, partly, 1.0))

    def depth(self, market: Market, available: PerInstrument) -> PerInstrument:
        """Units: normal depth, thinned by what is felt of the withdrawal."""
        return market.instruments.depth * available**self.gamma
