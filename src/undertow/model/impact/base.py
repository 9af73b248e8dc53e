"""The contract of an impact law."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal, Self, TypeAlias

import numpy as np

from undertow.core.market import Market
from undertow.core.shapes import PerInstrument

Fill: TypeAlias = Literal["path", "final", "mid", "opening"]


class ImpactLaw(ABC):
    """Price = F·π(z), π(0) = 1 exactly, π falls in z; z is dimensionless, positive after sales.

    Every law has a field `fill`: what a seller is paid, as a share of F, when pressure goes from
    `before` to `after`: "path" (the average of π on the way), "final" (π after), "mid" (the mean
    of both ends), "opening" (π before: only the price of later trades moves).
    """

    __slots__ = ()

    fill: Fill

    @classmethod
    def example(cls, market: Market) -> Self:
        """A small valid member for this market's instruments: for docs and contract tests.

        A member whose fields have no defaults overrides it.
        """
        return cls()

    @abstractmethod
    def log_factor(self, pressure: PerInstrument, market: Market) -> PerInstrument:
        """ln π(z) per underlying; exactly 0 at z = 0.

        The pressure may have more axes in front, as the points of a path: [..., underlying].
        Of the market it reads what does not change: `market.instruments`.
        """

    @abstractmethod
    def path_average(
        self, before: PerInstrument, after: PerInstrument, market: Market
    ) -> PerInstrument:
        """Average of π on the way from `before` to `after`; π itself where both are equal."""

    @abstractmethod
    def slope(self, pressure: PerInstrument, market: Market) -> PerInstrument:
        """−d ln π/dz at this pressure, finite and ≥ 0."""

    def rate_cost(self, rate: PerInstrument, market: Market) -> PerInstrument:
        """Extra share of the price lost to speed; `rate` in units per daily volume, signed."""
        return np.zeros_like(rate)

    def fill_factor(
        self, before: PerInstrument, after: PerInstrument, market: Market
    ) -> PerInstrument:
        """What trades are paid, as a share of F, by the law's `fill`."""
        if self.fill == "path":
            return self.path_average(before, after, market)
        start = np.exp(self.log_factor(before, market))
        end = np.exp(self.log_factor(after, market))
        return {"final": end, "mid": 0.5 * (start + end), "opening": start}[self.fill]
