"""The change of the absorption ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from undertow.core.history import History
from undertow.indicators._rolled import means, rolled
from undertow.indicators.absorption import Absorption
from undertow.indicators.base import Indicator, Series


@dataclass(frozen=True, slots=True)
class AbsorptionShift(Indicator):
    """How far the absorption ratio of late lies above that of the year, in its deviations.

    ΔAR = (mean over `short` days − mean over `long` days) / sd over `long` days
    of: the ratio that is meant
    Units: deviations; beyond ±1 is taken as a signal. Limits: those of the ratio.
    Source: Kritzman, Li, Page, Rigobon, J. Portfolio Management 37 (2011) 112.
    """

    unit: ClassVar[str] = "deviations"
    fewest: ClassVar[int] = 2
    most: ClassVar[int | None] = None

    short: int = 15
    long: int = 252
    of: Absorption = Absorption()  # noqa: RUF009 - frozen

    @classmethod
    def example(cls) -> Self:
        """Weeks in place of months."""
        return cls(short=3, long=10, of=Absorption.example())

    def series(self, history: History, symbols: Sequence[str]) -> Series:
        """Of the ratio's own series."""
        ratio = self.of.series(history, symbols)
        sd = rolled(ratio.value, self.long, lambda window: window.std(axis=-1, ddof=1))
        gap = means(ratio.value, self.short) - means(ratio.value, self.long)
        with np.errstate(invalid="ignore", divide="ignore"):
            return Series(ratio.date, np.where(sd > 0.0, gap / sd, np.nan))
