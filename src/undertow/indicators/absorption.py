"""The absorption ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from undertow.core.history import History
from undertow.core.shapes import Floats
from undertow.indicators._rolled import panel, windows
from undertow.indicators.base import Indicator, Series


@dataclass(frozen=True, slots=True)
class Absorption(Indicator):
    """How much of all variance few common directions absorb: high where everything moves as one.

    AR = Σ of the n largest eigenvalues of the covariance / Σ of all, n = round(fraction · K)
    half_life: days after which a return weighs half in the covariance; inf weighs all the same
    Units: share. Limits: near 1 with few assets; large volatilities dominate it. With so few assets
    that n is 0 there is no reading (two, at a fifth).
    Source: Kritzman, Li, Page, Rigobon, J. Portfolio Management 37 (2011) 112.
    """

    unit: ClassVar[str] = "share"
    fewest: ClassVar[int] = 2
    most: ClassVar[int | None] = None

    window: int = 500
    half_life: float = 250.0
    fraction: float = 0.2

    @classmethod
    def example(cls) -> Self:
        """A month of few assets."""
        return cls(window=20, half_life=10.0, fraction=0.4)

    def series(self, history: History, symbols: Sequence[str]) -> Series:
        """Over the returns of each window."""
        date, moves = panel(history, symbols)
        found = np.full(len(date), np.nan)
        if len(date) >= self.window and round(self.fraction * len(symbols)):
            rolling = windows(moves, self.window)
            found[self.window - 1 :] = [
                absorbed(one, self.fraction, self.half_life) for one in rolling
            ]
        return Series(date, found)


def absorbed(moves: Floats, fraction: float, half_life: float = np.inf) -> float:
    """The ratio of returns [asset, day], newest last; NaN where a return is not known."""
    if not np.isfinite(moves).all():
        return float("nan")
    first = round(fraction * len(moves))
    age = np.arange(moves.shape[1])[::-1]
    weights = 0.5 ** (age / half_life)
    values = np.linalg.eigvalsh(np.cov(moves, aweights=weights))
    whole = float(values.sum())
    return float(values[len(values) - first :].sum()) / whole if whole > 0.0 else float("nan")
