"""The contract of indicators."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from undertow.core.history import History, Moments
from undertow.core.shapes import Floats


@dataclass(frozen=True, slots=True)
class Series:
    """Readings by date, oldest first; NaN where the window is not full or a price is missing."""

    date: Moments
    value: Floats

    def __len__(self) -> int:
        return len(self.date)

    @property
    def last(self) -> float:
        """The newest reading; NaN if there is none."""
        return float(self.value[-1]) if len(self.value) else float("nan")

    def known(self) -> Series:
        """The readings that are numbers."""
        kept = np.isfinite(self.value)
        return Series(self.date[kept], self.value[kept])

    def percentile(self) -> float:
        """Share of earlier readings below the newest; NaN if there are none."""
        known = self.known().value
        return float(np.mean(known[:-1] < known[-1])) if len(known) > 1 else float("nan")


class Indicator(ABC):
    """One number that says how strained the market is on a day.

    A reading of a day uses the bars up to that day and no later one: cutting the history at the
    day changes no reading before it.

    unit: of the readings;  fields: columns of the bars that it needs
    fewest: how few symbols it is defined for;  most: how many, None without limit
    worse: +1 if a higher reading is more strained, −1 if a lower one is
    """

    unit: ClassVar[str]
    fields: ClassVar[tuple[str, ...]] = ("close",)
    fewest: ClassVar[int] = 1
    most: ClassVar[int | None] = 1
    worse: ClassVar[int] = 1

    __slots__ = ()

    @classmethod
    def example(cls) -> Self:
        """A member with short windows: for docs and contract tests."""
        return cls()

    @abstractmethod
    def series(self, history: History, symbols: Sequence[str]) -> Series:
        """Readings by date for these symbols, in this order."""
