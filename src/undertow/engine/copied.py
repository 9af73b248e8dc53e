"""Copies of called accounts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from undertow.core.shapes import Rows
from undertow.engine.live import Live
from undertow.engine.scan import gather
from undertow.engine.weights import Weights
from undertow.model.liquidation.base import Called

EVERYBODY = (-1.0, 0.0)
"""The least need that leaves out nobody."""


def empty(count: int, slots: int) -> Called:
    """Room for so many accounts."""
    return Called(
        np.empty((count, slots)),
        np.empty((count, slots), np.uint16),
        np.empty(count),
        np.empty(count, np.int64),
        np.empty(count),
    )


def copied(
    live: Live, target: Weights, places: Rows, least: tuple[float, float] = EVERYBODY
) -> tuple[Rows, Called]:
    """The accounts at these places that need more than `least`, as they stand, and their places.

    least: money, and share of the scale |cash| + Σ|q·w| of the row of the test that binds
    """
    places, called = places.copy(), empty(len(places), live.quantity.shape[1])
    if len(places) == 0:
        return places, called
    count = gather(
        live.quantity, live.column, live.cash, live.weight, target.weight, target.offset, least,
        places, 0, len(places), called.quantity, called.column, called.need, called.move,
        called.weight,
    )  # fmt: skip
    return (places, called) if count == len(places) else (places[:count], part(called, count))


def part(called: Called, rows: slice | int) -> Called:
    """Some of the accounts: a stretch, or the first so many."""
    some = rows if isinstance(rows, slice) else slice(rows)
    return Called(
        called.quantity[some],
        called.column[some],
        called.need[some],
        called.move[some],
        called.weight[some],
    )


def joined(parts: Sequence[tuple[Rows, Called]]) -> tuple[Rows, Called]:
    """Places and copies of several stretches, one after the other."""
    some = [one for one in parts if len(one[0])]
    if len(some) < 2:
        return (some or parts)[0]
    copies = [called for _, called in some]
    return np.concatenate([places for places, _ in some]), Called(
        np.concatenate([called.quantity for called in copies]),
        np.concatenate([called.column for called in copies]),
        np.concatenate([called.need for called in copies]),
        np.concatenate([called.move for called in copies]),
        np.concatenate([called.weight for called in copies]),
    )
