"""Price impact as a straight line: the mid's change on what was added up over the same time."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from undertow.core.shapes import Floats
from undertow.tape.impact import FLOW, TWICE
from undertow.tape.seen import Ledger

FEWEST = 3
"""Points of a line; of two any line is exact."""


class Line(NamedTuple):
    """Least squares with an intercept: slope, share of the variance it explains, points."""

    slope: float
    r2: float
    n: int


def line(x: Floats, y: Floats) -> Line:
    """y on x; NaN where there are too few points, or x does not vary."""
    n = len(x)
    if n < FEWEST or not np.ptp(x):
        return Line(math.nan, math.nan, n)
    dx, dy = x - x.mean(), y - y.mean()
    slope = float(dx @ dy / (dx @ dx))
    total = float(dy @ dy)
    rest = dy - slope * dx
    return Line(slope, 1.0 - float(rest @ rest) / total if total else math.nan, n)


def changes(buckets: Ledger) -> tuple[Floats, Floats]:
    """What each bucket but the first added up, and the change of the last mid over it.

    A bucket without a mid has that of the one before.
    """
    mids = buckets[:, TWICE]
    known = np.flatnonzero(mids > 0.0)
    if not len(known):
        return np.empty(0), np.empty(0)
    at = np.maximum.accumulate(np.where(mids > 0.0, np.arange(len(mids)), -1))
    begin = int(known[0])
    filled = mids[at[begin:]] / 2.0
    return buckets[begin + 1 :, FLOW].copy(), np.diff(filled)
