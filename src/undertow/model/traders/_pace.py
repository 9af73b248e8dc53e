"""What traders share: how fast a wanted trade is done, and names turned into arrays."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from undertow.core.errors import unknown
from undertow.core.market import Market
from undertow.core.shapes import PerInstrument


def paced(days: PerInstrument, lag_days: float) -> PerInstrument:
    """Share of a wanted trade done in a bar: 1 − e^{−days/lag}; all of it if the lag is 0."""
    if lag_days == 0:
        return np.where(days > 0, 1.0, 0.0)
    return -np.expm1(-days / lag_days)


def by_instrument(given: Mapping[str, float], market: Market, where: str) -> PerInstrument:
    """Numbers by name as one entry per instrument, 0 where none is given; not to be written to."""
    return _laid_out(tuple(given.items()), market.instruments.names, where)


@lru_cache(64)
def _laid_out(
    given: tuple[tuple[str, float], ...], names: tuple[str, ...], where: str
) -> PerInstrument:
    """The same, remembered: every trader asks for it in every bar."""
    values, places = np.zeros(len(names)), {name: place for place, name in enumerate(names)}
    for name, value in given:
        if name not in places:
            raise unknown("instrument", name, names, where)
        values[places[name]] = value
    values.flags.writeable = False
    return values
