"""Volume beyond what is usual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from undertow.core.history import History
from undertow.core.shapes import Floats
from undertow.indicators._rolled import bars_of, windows
from undertow.indicators.base import Indicator, Series

MAD = 1.4826


@dataclass(frozen=True, slots=True)
class VolumeShock(Indicator):
    """How many robust deviations the day's volume lies above the days before it.

    z = (ln V − median) / (1.4826 · MAD) of ln V over the `window` days before, today not among them
    Units: deviations. Limits: holidays and index changes look like shocks.
    Source: robust score; definition as microstructure practice has it, no single paper.
    """

    unit: ClassVar[str] = "deviations"
    fields: ClassVar[tuple[str, ...]] = ("volume",)

    window: int = 63

    @classmethod
    def example(cls) -> Self:
        """Two weeks."""
        return cls(window=10)

    def series(self, history: History, symbols: Sequence[str]) -> Series:
        """Against the window that ended the day before."""
        bars = bars_of(history, symbols)
        found = np.full(len(bars), np.nan)
        logs = np.log(np.where(bars.volume > 0.0, bars.volume, np.nan))
        if len(bars) > self.window:
            found[self.window :] = _score(logs[self.window :], windows(logs, self.window)[:-1])
        return Series(bars.date, found)


def _score(today: Floats, before: Floats) -> Floats:
    middle = np.median(before, axis=-1)
    spread = MAD * np.median(np.abs(before - middle[:, None]), axis=-1)
    return np.where(spread > 0.0, (today - middle) / np.where(spread > 0.0, spread, 1.0), np.nan)
