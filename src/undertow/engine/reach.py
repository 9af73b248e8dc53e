"""How wide a near list's box should be: the horizon that costs least per bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from undertow.core.shapes import Floats, PerMoveColumn
from undertow.engine.copies import reach_of
from undertow.engine.live import Live
from undertow.engine.weights import Weights

COPIED = 4.0
"""Cost of copying an account to a list and back, in tests."""
SAMPLE, STRIDE = 2_048, 16
"""Accounts asked for their reach, and the distance between two of them in middling groups."""
HORIZONS = np.geomspace(1.0, 4096.0, 49)
"""Horizons tried, in typical moves; a box narrower than one move is left at once."""
LONGEST = 256.0
"""Bars that no box is expected to outlast."""
LARGEST = 0.6
"""Share of a list that may be on the next: copying more is no gain."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """Typical moves a box should be wide, and what a bar then costs, in tests."""

    moves: float
    cost: float


@dataclass(frozen=True, slots=True)
class Reach:
    """How many accounts each horizon reaches, and the bars it lasts at each list's speed."""

    near: Floats
    lives: list[Floats]

    def best(self, tests: int, depth: int) -> Horizon:
        """The horizon that costs least per bar, for a list inside one of `tests` accounts.

        cost per bar = (tests + COPIED·near)/life + near
        """
        cost = (tests + COPIED * self.near) / self.lives[depth] + self.near
        at = int(np.argmin(cost))
        return Horizon(float(HORIZONS[at]), float(cost[at]))


def reach(
    live: Live, test: Weights, typical: PerMoveColumn, speeds: Sequence[float], most: float
) -> Reach:
    """Reach of every horizon, from every so-manieth account; none beyond `most`.

    life = horizon/speed bars, from one to LONGEST
    """
    stride = max(1, min(STRIDE, len(live) // 256), len(live) // SAMPLE)
    widths = np.empty(len(live) // stride)
    reach_of(
        live.quantity, live.column, live.cash, test.weight, test.offset, typical, stride, widths
    )
    near: Floats = stride * np.searchsorted(np.sort(widths), HORIZONS).astype(np.float64)
    near[(most < HORIZONS) | (near > LARGEST * len(live))] = np.inf
    return Reach(near, [np.clip(HORIZONS / speed, 1.0, LONGEST) for speed in speeds])
