"""Margin as a share of what the position was worth when it was opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from undertow.core.columns import Columns, Way
from undertow.core.errors import BadNumber
from undertow.core.market import Market
from undertow.core.numbers import positive, within
from undertow.core.shapes import Floats
from undertow.model.margin._columns import by_name, on_pledged
from undertow.model.margin.base import MarginRule, Requirement


@dataclass(frozen=True, slots=True)
class PercentOfEntry(MarginRule):
    """Equity must be a share of the position's value at its entry price.

    required = |q|·k·rate·entry·fx     k = `close_out` at the trigger, 1 at the target
    rates: initial margin, share of the entry value, by instrument
    close_out: the trigger as a share of the initial margin (ESMA retail: one half)
    default: rate of a pledged instrument that is not named
    Limits: every pledged kind of position needs an entry price; a hike is taken to bind open
    positions too; the currency is converted at today's rate.
    Source: ESMA product intervention on CFDs, 2018, taken over by national rules.
    """

    by_value: ClassVar[bool] = True

    rates: Mapping[str, float]
    close_out: float
    default: float = 1.0

    def __post_init__(self) -> None:
        for name, rate in self.rates.items():
            within(f"the margin rate of {name!r}", rate, 0.0, 1.0)
        positive("close_out, the trigger as a share of the initial margin,", self.close_out)
        within("close_out, the trigger as a share of the initial margin,", self.close_out, 0.0, 1.0)
        within("default, the rate of instruments not named,", self.default, 0.0, 1.0)

    @classmethod
    def example(cls, market: Market) -> Self:
        """5 % to 20 % of the entry value, closed out at one half."""
        names = market.instruments.names
        rates = np.linspace(0.05, 0.2, len(names)).tolist()
        return cls(dict(zip(names, rates, strict=True)), close_out=0.5)

    def table(self, market: Market, columns: Columns, *, target: bool) -> Requirement:
        """Money per unit; BadNumber where a pledged position has no entry price."""
        level = 1.0 if target else self.close_out
        rate = level * by_name(self.rates, self.default, market, "percent_of_entry") * market.fx
        entry = columns.per_column(_entries(market, columns))
        return Requirement(
            rate=np.zeros((1, columns.count)), money=entry * on_pledged(rate, rate, columns)
        )

    def hiked(self, instrument: str, rate: float) -> Self:
        """The initial rate becomes `rate`."""
        return replace(self, rates={**self.rates, instrument: rate})


def _entries(market: Market, columns: Columns) -> Floats:
    pledged = columns.way == Way.PLEDGED
    lost = np.flatnonzero(pledged & ~np.isfinite(columns.entry))
    if lost.size:
        name = market.instruments.names[columns.instrument[lost[0]]]
        raise BadNumber(
            f"{name!r} is pledged under percent_of_entry without an entry price; give its entry."
        )
    return np.where(pledged, columns.entry, 0.0)
