"""Roll's spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from undertow.core.history import History
from undertow.core.shapes import Floats
from undertow.indicators._rolled import bars_of, returns, rolled
from undertow.indicators.base import Indicator, Series


@dataclass(frozen=True, slots=True)
class Roll(Indicator):
    """The spread that makes closes bounce between bid and ask.

    s = 2 · √(−cov(r_t, r_{t−1})), with the sign of −cov: below 0 where returns continue
    Units: share of the price. Limits: trends and stale prices hide it; needs a window of months.
    Source: Roll, J. Finance 39 (1984) 1127.
    """

    unit: ClassVar[str] = "share of the price"

    window: int = 63

    @classmethod
    def example(cls) -> Self:
        """Two weeks."""
        return cls(window=10)

    def series(self, history: History, symbols: Sequence[str]) -> Series:
        """Over the returns of each window."""
        bars = bars_of(history, symbols)
        return Series(bars.date, rolled(returns(bars.close), self.window, spread))


def spread(window: Floats) -> Floats:
    """Signed root of the autocovariance (sample) of each row."""
    now, before = window[..., 1:], window[..., :-1]
    centred = now - now.mean(axis=-1, keepdims=True), before - before.mean(axis=-1, keepdims=True)
    covariance = (centred[0] * centred[1]).sum(axis=-1) / (now.shape[-1] - 1)
    return np.asarray(-2.0 * np.sign(covariance) * np.sqrt(np.abs(covariance)))
