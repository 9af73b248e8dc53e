"""Turbulence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from undertow.core.history import History
from undertow.core.shapes import Floats
from undertow.indicators._rolled import panel
from undertow.indicators.base import Indicator, Series


@dataclass(frozen=True, slots=True)
class Turbulence(Indicator):
    """How unusual the day's returns are together: sizes and directions against the days before.

    d = (r − μ)′ Σ⁻¹ (r − μ) / K, μ and Σ (sample) over the `window` days before, today not in them
    Units: 1 on average; of normal returns d·K follows χ² with K degrees.
    Limits: Σ needs far more days than assets; fat tails make large values common.
    Source: Kritzman, Li, Financial Analysts Journal 66 (2010) 30.
    """

    unit: ClassVar[str] = "times usual"
    fewest: ClassVar[int] = 2
    most: ClassVar[int | None] = None

    window: int = 500

    @classmethod
    def example(cls) -> Self:
        """A month."""
        return cls(window=20)

    def series(self, history: History, symbols: Sequence[str]) -> Series:
        """Each day against the window that ended the day before."""
        date, moves = panel(history, symbols)
        found = np.full(len(date), np.nan)
        for at in range(self.window, len(date)):
            before = moves[at - self.window : at]
            found[at] = distances(moves[at : at + 1], before)[0] / moves.shape[1]
        return Series(date, found)


def distances(moves: Floats, before: Floats) -> Floats:
    """(r − μ)′ Σ⁻¹ (r − μ) of each row with μ and Σ of the rows before.

    NaN where Σ is singular, or a return before is not known.
    """
    if not np.isfinite(before).all():
        return np.full(len(moves), np.nan)
    away = moves - before.mean(axis=0)
    covariance = np.atleast_2d(np.cov(before, rowvar=False))
    if np.linalg.cond(covariance) > 1e12:
        return np.full(len(moves), np.nan)
    return np.einsum("tk,kt->t", away, np.linalg.solve(covariance, away.T))
