"""Connectedness after Diebold and Yilmaz."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from undertow.core.history import History
from undertow.core.shapes import Floats
from undertow.indicators._fevd import GENERALISED, shares
from undertow.indicators._rolled import panel
from undertow.indicators.base import Indicator, Series


@dataclass(frozen=True, slots=True)
class Connectedness(Indicator):
    """How much of each asset's unexpected moves comes from the others.

    S = 100/K · Σ_{i≠j} θ_ij, rows of θ adding up to 1;  generalised:
    θ_ij = σ_jj⁻¹ Σ_h (e_i′A_hΣe_j)² / Σ_h e_i′A_hΣA_h′e_i;  cholesky: Σ_h (e_i′A_hPe_j)² above,
    Σ = PP′; of returns, by a VAR of `lags` over `window` days, `horizon` days ahead
    Units: per cent. Limits: cholesky depends on the order of assets; says nothing of causes.
    Source: Diebold, Yilmaz, Economic J. 119 (2009) 158; Int. J. Forecasting 28 (2012) 57.
    """

    unit: ClassVar[str] = "per cent"
    fewest: ClassVar[int] = 2
    most: ClassVar[int | None] = None

    window: int = 200
    lags: int = 2
    horizon: int = 10
    kind: str = GENERALISED

    @classmethod
    def example(cls) -> Self:
        """Two months of few assets."""
        return cls(window=40, lags=1, horizon=5)

    def series(self, history: History, symbols: Sequence[str]) -> Series:
        """Over the returns of each window."""
        date, moves = panel(history, symbols)
        found = np.full(len(date), np.nan)
        for end in range(self.window, len(date) + 1):
            found[end - 1] = self.total(moves[end - self.window : end])
        return Series(date, found)

    def total(self, moves: Floats) -> float:
        """Of one window; NaN where an asset does not move in it."""
        if not np.isfinite(moves).all() or np.linalg.matrix_rank(moves) < moves.shape[1]:
            return float("nan")
        return shares(moves, self.lags, self.horizon, self.kind).total
