"""The book second by second: depth by how far from the mid it stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from undertow.core.shapes import Floats
from undertow.tape.seen import (
    AT,
    CUT_10,
    CUT_50,
    CUT_TEN,
    OPEN,
    S_ASK,
    S_ASK_10,
    S_ASK_50,
    S_ASK_MAKERS,
    S_ASK_TEN,
    S_ASK_TOUCH,
    S_BID,
    S_BID_10,
    S_BID_50,
    S_BID_MAKERS,
    S_BID_TEN,
    S_BID_TOUCH,
    S_CUT,
    USED,
    Sampled,
)

DEPTHS = {
    "touch": (S_BID_TOUCH, S_ASK_TOUCH, 0),
    "top10": (S_BID_TEN, S_ASK_TEN, CUT_TEN),
    "within_10bps": (S_BID_10, S_ASK_10, CUT_10),
    "within_50bps": (S_BID_50, S_ASK_50, CUT_50),
    "makers": (S_BID_MAKERS, S_ASK_MAKERS, CUT_10),
}
"""Columns of the two sides, and the flag that says where the file's levels do not reach so far."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Samples of an open book, at whole seconds.

    rows: those that were open;  window: of each, counted from the first of the feed
    missed: seconds at which the book was crossed, or had one side only;  unit: of quantity
    """

    rows: Sampled
    window: NDArray[np.int64]
    windows: int
    missed: int
    unit: float

    def depth(self, name: str) -> Floats:
        """Quantity of both sides."""
        bid, ask, _ = DEPTHS[name]
        both: Floats = (self.rows[:, bid] + self.rows[:, ask]).astype(np.float64) * self.unit
        return both

    def lesser(self, name: str) -> Floats:
        """Quantity of the side that has less."""
        bid, ask, _ = DEPTHS[name]
        less: Floats = (
            np.minimum(self.rows[:, bid], self.rows[:, ask]).astype(np.float64) * self.unit
        )
        return less

    def cut(self, name: str) -> float:
        """Share of the samples where the file's levels do not reach so far."""
        flag = DEPTHS[name][2]
        return float(((self.rows[:, S_CUT] & flag) > 0).mean()) if flag and len(self.rows) else 0.0

    def spread(self) -> Floats:
        """Basis points of the mid."""
        bid, ask = self.rows[:, S_BID], self.rows[:, S_ASK]
        wide: Floats = np.asarray(2e4 * (ask - bid) / (ask + bid), dtype=np.float64)
        return wide

    def seconds(self) -> NDArray[np.int64]:
        """When they were taken, in whole seconds."""
        return self.rows[:, AT] // 1_000_000_000

    def by_window(self, values: Floats) -> Floats:
        """Mean of the samples of each window; NaN where there is none."""
        count = np.bincount(self.window, minlength=self.windows)
        total = np.bincount(self.window, values, minlength=self.windows)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def profile_of(samples: Sampled, grid: NDArray[np.int64], windows: int, unit: float) -> Profile:
    """The samples of a replay. grid: width of a window in ns, and the first one."""
    rows = samples[samples[:, USED] == OPEN]
    at = rows[:, AT] // grid[0] - grid[1]
    return Profile(rows, at, windows, len(samples) - len(rows), unit)
