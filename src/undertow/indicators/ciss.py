"""A composite in the way of the CISS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from undertow.core.history import History
from undertow.indicators._composite import composite, correlations, ranks
from undertow.indicators._rolled import panel, rolled
from undertow.indicators.base import Indicator, Series


@dataclass(frozen=True, slots=True)
class Ciss(Indicator):
    """Volatilities of several markets as one stress, higher where they are high together.

    s_i: rank (recursive ECDF) of the volatility over `window` days;  y = (w ∘ s)′ R (w ∘ s)
    R: EWMA correlation of s − 1/2 with `decay`;  w: equal weights, adding up to 1;  each symbol is
    a segment of its own
    Units: 0 to 1. Limits: a rank cannot tell a record from the one before it; the first year says
    little.
    Source: Hollo, Kremer, Lo Duca, ECB Working Paper 1426 (2012), with 15 indicators.
    """

    unit: ClassVar[str] = "0 to 1"
    fewest: ClassVar[int] = 2
    most: ClassVar[int | None] = None

    window: int = 21
    decay: float = 0.93

    @classmethod
    def example(cls) -> Self:
        """A week."""
        return cls(window=5)

    def series(self, history: History, symbols: Sequence[str]) -> Series:
        """From the first day on that has a volatility."""
        date, moves = panel(history, symbols)
        found = np.full(len(date), np.nan)
        if len(date) >= self.window:
            deviation = rolled(moves, self.window, lambda window: window.std(axis=-1, ddof=1))
            stress = np.column_stack([ranks(column) for column in deviation.T])[self.window - 1 :]
            weights = np.full(len(symbols), 1.0 / len(symbols))
            found[self.window - 1 :] = composite(stress, weights, correlations(stress, self.decay))
        return Series(date, found)
