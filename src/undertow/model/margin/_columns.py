"""From numbers by instrument name to numbers per column."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from undertow.core.columns import Columns
from undertow.core.market import Market
from undertow.core.shapes import Floats, PerInstrument
from undertow.model.margin.base import Requirement


def by_name(
    values: Mapping[str, float], otherwise: float, market: Market, rule: str
) -> PerInstrument:
    """Values in the order of the market, `otherwise` for instruments without one."""
    found = np.full(len(market.instruments), otherwise, dtype=np.float64)
    for name, value in values.items():
        found[market.instruments.index(name, f"the margin rule {rule}")] = value
    return found


def on_pledged(long: Floats, short: Floats, columns: Columns) -> Floats:
    """Values per [..., instrument] and side, spread over the pledged columns; 0 on the others."""
    sides = np.stack([long, short], axis=-1)[..., columns.instrument, :]
    spread = sides.reshape(*long.shape[:-1], columns.count)
    return np.where(columns.pledged, spread, 0.0)


def share_of_value(long: PerInstrument, short: PerInstrument, columns: Columns) -> Requirement:
    """A requirement that is a share of each pledged position's value, and no money besides."""
    return Requirement(
        rate=on_pledged(long, short, columns)[np.newaxis],
        money=np.zeros(columns.count),
    )


def money_per_unit(money: PerInstrument, rate: PerInstrument, columns: Columns) -> Requirement:
    """Fixed money per unit on either side, and besides a share of the value."""
    return Requirement(
        rate=on_pledged(rate, rate, columns)[np.newaxis],
        money=on_pledged(money, money, columns),
    )
