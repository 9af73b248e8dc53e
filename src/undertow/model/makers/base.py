"""The contract of market makers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self

import numpy as np

from undertow.core.market import Market
from undertow.core.shapes import PerInstrument


class Makers(ABC):
    """How much depth there is.

    `available` is the share of quotes not withdrawn, in (0, 1]; it may fall at once but rises at
    most by the factor e^{Δt/τ} (a faster refill would pay for round trips).
    """

    __slots__ = ()

    @classmethod
    def example(cls, market: Market) -> Self:
        """A small valid member for this market's instruments: for docs and contract tests.

        A member whose fields have no defaults overrides it.
        """
        return cls()

    @abstractmethod
    def available(self, market: Market, capital: float, days: PerInstrument) -> PerInstrument:
        """Share of quotes that stand now; `capital` is the makers' equity over its start."""

    @abstractmethod
    def depth(self, market: Market, available: PerInstrument) -> PerInstrument:
        """Units of depth that flow meets."""

    def displayed(self, market: Market) -> PerInstrument:
        """φ: displayed depth over normal, (1 − withdrawn)·e^{−|z|} (the rest is consumed)."""
        return market.available * np.exp(-np.abs(market.pressure))

    def spread(self, market: Market) -> PerInstrument:
        """Bid-ask spread as a share of the price: normal·(σ/σ₀)/φ."""
        calm = market.instruments
        shown = np.maximum(self.displayed(market), np.finfo(np.float64).tiny)
        return calm.spread * (market.sigma / calm.sigma) / shown
