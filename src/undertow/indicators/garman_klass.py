"""Garman's and Klass's volatility."""

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
class GarmanKlass(Indicator):
    """The volatility of a day from its range and where it closed.

    σ² = mean over `window` of (h − l)²/2 − (2 ln 2 − 1)(c − o)², logs
    Units: per day. Limits: nights are not in it; needs true opens.
    Source: Garman, Klass, J. Business 53 (1980) 67.
    """

    unit: ClassVar[str] = "per day"
    fields: ClassVar[tuple[str, ...]] = ("open", "high", "low", "close")

    window: int = 21

    @classmethod
    def example(cls) -> Self:
        """A week."""
        return cls(window=5)

    def series(self, history: History, symbols: Sequence[str]) -> Series:
        """Root of the mean variance of each window."""
        bars = bars_of(history, symbols)
        opened, high, low, close = logs(bars)
        variance = 0.5 * (high - low) ** 2 - (2.0 * np.log(2.0) - 1.0) * (close - opened) ** 2
        return volatility(bars, variance, self.window)
