"""Margin as a share of what the position is worth now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np

from undertow.core.columns import Columns
from undertow.core.market import Market
from undertow.core.numbers import within
from undertow.model.margin._columns import by_name, share_of_value
from undertow.model.margin.base import MarginRule, Requirement


@dataclass(frozen=True, slots=True)
class PercentOfNotional(MarginRule):
    """Equity must be a share of the position's current value.

    required = |q|·value·k·(rate + markup)     k = 1 at the trigger, `target` at the target
    rates: maintenance by instrument, share of value, 0 to 1
    target: what a call restores, as a multiple of the trigger (1.1 for CME's heightened-risk
    clients, 1 where initial equals maintenance)
    markup: added by the broker to every rate, share of value
    short_rates: maintenance of shorts where it differs (Reg T: 25 % long, 30 % short)
    default: rate of a pledged instrument that is not named; 1 asks for its whole value
    Limits: a long position never needs more than its value; no tiers, no minimum account.
    A hike moves the short rate by as much as the long one.
    Source: CME metals since 13 January 2026; FINRA rule 4210.
    """

    fixed: ClassVar[bool] = True
    by_value: ClassVar[bool] = True

    rates: Mapping[str, float]
    target: float = 1.0
    markup: float = 0.0
    short_rates: Mapping[str, float] = field(default_factory=dict)
    default: float = 1.0

    def __post_init__(self) -> None:
        for name, rate in self.rates.items():
            within(f"the margin rate of {name!r}", rate, 0.0, 1.0)
        for name, rate in self.short_rates.items():
            within(f"the margin rate of {name!r} short", rate, 0.0, 10.0)
        within("target, a multiple of the trigger,", self.target, 1.0, 10.0)
        within("markup, a share of the value,", self.markup, 0.0, 1.0)
        within("default, the rate of instruments not named,", self.default, 0.0, 1.0)

    @classmethod
    def example(cls, market: Market) -> Self:
        """Rates from 10 % to 30 %, shorts a fifth more, 110 % to be restored."""
        names = market.instruments.names
        rates = dict(zip(names, np.linspace(0.1, 0.3, len(names)).tolist(), strict=True))
        return cls(rates, target=1.1, markup=0.02, short_rates={names[0]: 1.2 * rates[names[0]]})

    def table(self, market: Market, columns: Columns, *, target: bool) -> Requirement:
        """Rates per side; a long position is capped at its whole value."""
        level = self.target if target else 1.0
        long = by_name(self.rates, self.default, market, "percent_of_notional")
        either = {**self.rates, **self.short_rates}
        short = by_name(either, self.default, market, "percent_of_notional")
        return share_of_value(
            np.minimum(level * (long + self.markup), 1.0), level * (short + self.markup), columns
        )

    def hiked(self, instrument: str, rate: float) -> Self:
        """The maintenance rate of longs becomes `rate`, that of shorts keeps its distance."""
        shorts = dict(self.short_rates)
        if instrument in shorts:
            before = self.rates.get(instrument, self.default)
            shorts[instrument] = max(0.0, shorts[instrument] + (rate - before))
        return replace(self, rates={**self.rates, instrument: rate}, short_rates=shorts)
