"""Amihud's illiquidity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from undertow.core.history import History
from undertow.indicators._rolled import bars_of, means, returns
from undertow.indicators.base import Indicator, Series


@dataclass(frozen=True, slots=True)
class Amihud(Indicator):
    """How far a price moves for a million of money traded.

    ILLIQ = 1e6 · mean over `window` days of |r| / (close · volume),  r = Δ ln close
    Days without volume or with none traded have no reading of their own and are left out of the
    mean; a window without any such day has none.
    Units: per million of the currency. Limits: volume must be in units and of one market; inflation
    and growth lower it over decades.
    Source: Amihud, J. Financial Markets 5 (2002) 31.
    """

    unit: ClassVar[str] = "per million"
    fields: ClassVar[tuple[str, ...]] = ("close", "volume")

    window: int = 21

    @classmethod
    def example(cls) -> Self:
        """A week."""
        return cls(window=5)

    def series(self, history: History, symbols: Sequence[str]) -> Series:
        """Mean of the days of the window that traded."""
        bars = bars_of(history, symbols)
        money = bars.close * bars.volume
        traded = (money > 0.0) & np.isfinite(returns(bars.close))
        each = np.where(traded, np.abs(returns(bars.close)), 0.0) / np.where(traded, money, 1.0)
        share = means(traded.astype(np.float64), self.window)
        share = np.where(share > 0.0, share, np.nan)
        return Series(bars.date, 1e6 * means(each, self.window) / share)
