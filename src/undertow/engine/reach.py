"""How wide a near list's box should be: the horizon that costs least per bar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.shapes import PerMoveColumn
from undertow.engine.copies import reach_of
from undertow.engine.live import Live
from undertow.engine.weights import Weights

LISTED, COPIED = 1.0, 2.0
"""Cost of testing a listed account, and of copying one there and back, in tests at home."""
SAMPLE, STRIDE = 8_192, 16
"""Accounts asked for their reach, and the distance between two of them in middling groups."""
HORIZONS = np.geomspace(1.0, 4096.0, 49)
"""Horizons tried, in typical moves; a box narrower than one move is left at once."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """Typical moves a box should be wide, and what a bar then costs, in plain scans."""

    moves: float
    cost: float


def cost_of(near: float) -> float:
    """Cost of testing a list of this share of all accounts, in plain scans."""
    return LISTED * near


def best_horizon(
    live: Live, everyone: int, test: Weights, typical: PerMoveColumn, limits: tuple[float, float]
) -> Horizon:
    """The horizon that costs least per bar; `live` holds all accounts that could be near.

    cost per bar = (1 + COPIED·near)/life + LISTED·near,   life = horizon/speed bars
    limits: speed, and the largest horizon within which `live` is complete
    near: share of `everyone` that the horizon reaches, from every so-manieth account
    """
    speed, most = limits
    stride = max(1, min(STRIDE, len(live) // 256), len(live) // SAMPLE)
    reach = np.empty(len(live) // stride)
    reach_of(
        live.quantity, live.column, live.cash, test.weight, test.offset, typical, stride, reach
    )
    near = np.searchsorted(np.sort(reach), HORIZONS) * (stride / everyone)
    life = np.maximum(1.0, HORIZONS / speed)
    cost = (1.0 + COPIED * near) / life + LISTED * near
    cost[most < HORIZONS] = np.inf
    best = int(np.argmin(cost))
    return Horizon(float(HORIZONS[best]), float(cost[best]))
