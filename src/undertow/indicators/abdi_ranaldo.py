"""Abdi's and Ranaldo's spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from undertow.core.history import History
from undertow.indicators._rolled import bars_of, means
from undertow.indicators.base import Indicator, Series


@dataclass(frozen=True, slots=True)
class AbdiRanaldo(Indicator):
    """The spread from closes beside the middles of the ranges around them.

    s² = 4 · mean((c_{t−1} − m_{t−1})(c_{t−1} − m_t)), m = (h + l)/2, logs;  s = √|s²| with its sign
    Units: share of the price. Limits: negative where the estimate is noise.
    Source: Abdi, Ranaldo, Review of Financial Studies 30 (2017) 4437.
    """

    unit: ClassVar[str] = "share of the price"
    fields: ClassVar[tuple[str, ...]] = ("high", "low", "close")

    window: int = 21

    @classmethod
    def example(cls) -> Self:
        """A week."""
        return cls(window=5)

    def series(self, history: History, symbols: Sequence[str]) -> Series:
        """Over the days of each window."""
        bars = bars_of(history, symbols)
        high, low, close = (
            np.log(np.where(x > 0.0, x, np.nan)) for x in (bars.high, bars.low, bars.close)
        )
        middle = 0.5 * (high + low)
        each = np.full(len(bars), np.nan)
        each[1:] = (close[:-1] - middle[:-1]) * (close[:-1] - middle[1:])
        square = 4.0 * means(each, self.window)
        return Series(bars.date, np.sign(square) * np.sqrt(np.abs(square)))
