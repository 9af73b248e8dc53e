"""Parkinson's volatility."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from undertow.core.history import History
from undertow.indicators._ranges import logs, volatility
from undertow.indicators._rolled import bars_of
from undertow.indicators.base import Indicator, Series


@dataclass(frozen=True, slots=True)
class Parkinson(Indicator):
    """The volatility of a day from its range.

    σ² = mean over `window` of (h − l)² / (4 ln 2), logs
    Units: per day. Limits: nights are not in it; drift raises it.
    Source: Parkinson, J. Business 53 (1980) 61.
    """

    unit: ClassVar[str] = "per day"
    fields: ClassVar[tuple[str, ...]] = ("high", "low")

    window: int = 21

    @classmethod
    def example(cls) -> Self:
        """A week."""
        return cls(window=5)

    def series(self, history: History, symbols: Sequence[str]) -> Series:
        """Root of the mean variance of each window."""
        bars = bars_of(history, symbols)
        _, high, low, _ = logs(bars)
        variance = (high - low) ** 2 / (4.0 * np.log(2.0))
        return volatility(bars, variance, self.window)
