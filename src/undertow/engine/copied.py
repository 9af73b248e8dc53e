"""Copies of called accounts."""

from __future__ import annotations

import numpy as np

from undertow.core.shapes import Flags, PerRow, Rows
from undertow.engine.live import Live
from undertow.engine.scan import gather
from undertow.engine.weights import Weights
from undertow.model.liquidation.base import Called


def empty(count: int, slots: int) -> Called:
    """Room for so many accounts."""
    return Called(
        np.empty((count, slots)),
        np.empty((count, slots), np.uint16),
        np.empty(count),
        np.empty(count, np.int64),
        np.empty(count),
    )


def copied(live: Live, target: Weights, places: Rows) -> tuple[Called, PerRow]:
    """The accounts at these places as they stand, what they need, and the scale of each test."""
    called, scale = empty(len(places), live.quantity.shape[1]), np.empty(len(places))
    if len(places):
        gather(
            live.quantity, live.column, live.cash, live.weight, target.weight, target.offset,
            places, called.quantity, called.column, called.need, called.move, called.weight,
            scale,
        )  # fmt: skip
    return called, scale


def part(called: Called, rows: slice | Flags) -> Called:
    """Some of the accounts."""
    return Called(
        called.quantity[rows],
        called.column[rows],
        called.need[rows],
        called.move[rows],
        called.weight[rows],
    )
