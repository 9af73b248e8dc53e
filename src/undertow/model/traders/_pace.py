"""What traders share: how fast a wanted trade is done, and names turned into arrays."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from undertow.core.market import Market
from undertow.core.shapes import PerInstrument


def paced(days: PerInstrument, lag_days: float) -> PerInstrument:
    """Share of a wanted trade done in a bar: 1 − e^{−days/lag}; all of it if the lag is 0."""
    if lag_days == 0:
        return np.where(days > 0, 1.0, 0.0)
    return -np.expm1(-days / lag_days)


def by_instrument(given: Mapping[str, float], market: Market, where: str) -> PerInstrument:
    """Numbers by name as one entry per instrument, 0 where none is given."""
    values, places = np.zeros(len(market.instruments)), _places(market.instruments.names)
    for name, value in given.items():
        values[places[name] if name in places else market.instruments.index(name, where)] = value
    return values


@cache
def _places(names: tuple[str, ...]) -> dict[str, int]:
    """Where each name is."""
    return {name: place for place, name in enumerate(names)}
