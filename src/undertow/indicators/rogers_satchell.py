"""Rogers's and Satchell's volatility."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from undertow.core.history import History
from undertow.indicators._ranges import logs, volatility
from undertow.indicators._rolled import bars_of
from undertow.indicators.base import Indicator, Series


@dataclass(frozen=True, slots=True)
class RogersSatchell(Indicator):
    """The volatility of a day whatever its drift.

    σ² = mean over `window` of (h − c)(h − o) + (l − c)(l − o), logs
    Units: per day. Limits: nights are not in it; needs true opens.
    Source: Rogers, Satchell, Annals of Applied Probability 1 (1991) 504.
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
        variance = (high - close) * (high - opened) + (low - close) * (low - opened)
        return volatility(bars, variance, self.window)
