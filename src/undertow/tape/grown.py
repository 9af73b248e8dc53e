"""Arrays that grow as a feed goes on: windows of time, and tables of values."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from undertow.core.errors import BadFile
from undertow.core.shapes import Floats
from undertow.tape.seen import Counters, Ledger
from undertow.tape.weigh import FINE, Table, moved

MOST_WINDOWS = 1 << 22
"""Windows that a feed may span; more is a time that cannot be right."""
LARGEST = 1 << 20
"""Slots of a table from which on its values are made coarser, not its slots more."""


@dataclass(slots=True)
class Windows:
    """A ledger with a row for each window of time, counted from the first that was met.

    width: ns of a window
    """

    width: int
    columns: int
    first: int = -1
    rows: Ledger = field(init=False)
    count: int = 0

    def __post_init__(self) -> None:
        self.rows = np.zeros((64, self.columns))

    def reach(self, begin: int, end: int) -> None:
        """Make room for these times."""
        if self.first < 0:
            self.first = begin // self.width
        self.count = max(self.count, end // self.width - self.first + 1)
        if self.count > MOST_WINDOWS:
            raise BadFile(
                f"the times span {self.count:,} windows of {self.width / 1e9:g} s; give a file of"
                " one stretch of time, or a longer --window."
            )
        if self.count > len(self.rows):
            more = np.zeros((max(self.count, 2 * len(self.rows)), self.columns))
            more[: len(self.rows)] = self.rows
            self.rows = more

    @property
    def met(self) -> Ledger:
        """The rows up to the last time."""
        return self.rows[: self.count]

    @property
    def grid(self) -> Counters:
        """Width and first window, for a kernel."""
        return np.array((self.width, self.first), dtype=np.int64)


@dataclass(slots=True)
class Values:
    """How often, and for how long, each value was met.

    Exact until there are more than half a million different ones; from then on values that lie
    within a step are counted as one, and the step doubles each time there is no more room.
    unit: of a whole step at shift 0;  most: values that there may be by now
    """

    unit: float
    shift: int = 0
    most: int = 0
    slots: Table = field(init=False)

    def __post_init__(self) -> None:
        self.slots = _free(1 << 14)

    def room_for(self, more: int) -> None:
        """Make room for so many new values; they are counted only where there might be too many."""
        self.most += more
        if 2 * self.most <= len(self.slots):
            return
        held = int(np.count_nonzero(self.slots[:, 0] >= 0))
        while 2 * (held + more) > len(self.slots):
            coarser = len(self.slots) >= LARGEST
            new = _free(len(self.slots) if coarser else 2 * len(self.slots))
            moved(self.slots, new, 1 if coarser else 0)
            self.slots, self.shift = new, self.shift + coarser
            held = int(np.count_nonzero(new[:, 0] >= 0))
        self.most = held + more

    def quantile(self, share: float, *, by_time: bool) -> float:
        """The least value below or at which such a share of all lies; NaN if there is none."""
        values, weights = self._sorted(2 if by_time else 1)
        if not len(values):
            return float("nan")
        heap = np.cumsum(weights)
        return float(values[min(np.searchsorted(heap, share * heap[-1]), len(values) - 1)])

    def median(self, *, by_time: bool) -> float:
        """By time as a quantile; of counts, between the two in the middle if they are even."""
        values, counts = self._sorted(1)
        if by_time or not len(values) or counts.sum() % 2:
            return self.quantile(0.5, by_time=by_time)
        heap, half = np.cumsum(counts), int(counts.sum()) // 2
        pair = values[np.searchsorted(heap, (half, half + 1))]
        return float(pair.mean())

    def mean(self, *, by_time: bool) -> float:
        """Weighted mean; NaN if there is none."""
        values, weights = self._sorted(2 if by_time else 1)
        total = weights.sum()
        return float(values @ weights / total) if total else float("nan")

    def ends(self) -> tuple[float, float]:
        """The least and the greatest value that was met."""
        values, _ = self._sorted(1)
        return (float(values[0]), float(values[-1])) if len(values) else (float("nan"),) * 2

    def _sorted(self, column: int) -> tuple[Floats, Floats]:
        held = self.slots[(self.slots[:, 0] >= 0) & (self.slots[:, column] > 0)]
        held = held[np.argsort(held[:, 0])]
        half = 0.5 * (1 << self.shift) - 0.5
        values = (held[:, 0].astype(np.float64) * (1 << self.shift) + half) * self.unit
        return values, held[:, column].astype(np.float64)


def _free(slots: int) -> Table:
    made = np.zeros((slots, 3), dtype=np.int64)
    made[:, 0] = -1
    return made


def of_spreads() -> Values:
    """A table of spreads in basis points."""
    return Values(1.0 / FINE)
