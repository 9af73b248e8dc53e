"""Corwin's and Schultz's spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from undertow.core.history import Bars, History
from undertow.core.shapes import Floats
from undertow.indicators._rolled import bars_of, means
from undertow.indicators.base import Indicator, Series

ROOT = 3.0 - 2.0 * np.sqrt(2.0)


@dataclass(frozen=True, slots=True)
class CorwinSchultz(Indicator):
    """The spread from highs and lows of two days: variance grows with time, the spread does not.

    β = (h − l)² + (h₁ − l₁)²;  γ = (max(h, h₁) − min(l, l₁))², logs, gaps over night shifted out
    α = (√(2β) − √β)/(3 − 2√2) − √(γ/(3 − 2√2));  s = 2(e^α − 1)/(1 + e^α), mean over `window`
    floored: whether days below 0 count as 0, as the authors advise
    Units: share of the price. Limits: too low where trades are few or gaps are large.
    Source: Corwin, Schultz, J. Finance 67 (2012) 719.
    """

    unit: ClassVar[str] = "share of the price"
    fields: ClassVar[tuple[str, ...]] = ("high", "low", "close")

    window: int = 21
    floored: bool = True

    @classmethod
    def example(cls) -> Self:
        """A week."""
        return cls(window=5)

    def series(self, history: History, symbols: Sequence[str]) -> Series:
        """Mean over the days of each window."""
        bars = bars_of(history, symbols)
        daily = daily_spread(bars)
        return Series(
            bars.date, means(np.maximum(daily, 0.0) if self.floored else daily, self.window)
        )


def daily_spread(bars: Bars) -> Floats:
    """Spread of each day with the one before it; the first is NaN."""
    high, low, close = (
        np.log(np.where(x > 0.0, x, np.nan)) for x in (bars.high, bars.low, bars.close)
    )
    found = np.full(len(bars), np.nan)
    h1, l1, c1 = high[:-1], low[:-1], close[:-1]
    # A night's gap is no range of either day: move today back to where yesterday closed.
    shift = np.maximum(low[1:] - c1, 0.0) + np.minimum(high[1:] - c1, 0.0)
    top, bottom = high[1:] - shift, low[1:] - shift
    beta = (top - bottom) ** 2 + (h1 - l1) ** 2
    gamma = (np.maximum(top, h1) - np.minimum(bottom, l1)) ** 2
    alpha = (np.sqrt(2.0 * beta) - np.sqrt(beta)) / ROOT - np.sqrt(gamma / ROOT)
    found[1:] = 2.0 * np.expm1(alpha) / (1.0 + np.exp(alpha))
    return found
