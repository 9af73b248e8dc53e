"""A buyer with limited capital who makes the recovery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from undertow.core.errors import BadNumber
from undertow.core.market import Market
from undertow.core.numbers import positive, within
from undertow.core.shapes import Floats, PerInstrument
from undertow.model.traders._pace import by_instrument, paced
from undertow.model.traders.base import Moment, Trader, TraderState


@dataclass(frozen=True, slots=True)
class ValueBuyer(Trader):
    """Buys what is cheap against its anchor, more the cheaper it is, until the capital is spent.

    discount = 1 − price/anchor,  anchor = F at opening^(1 − belief) · F^belief
    wanted value = capital · min(1, demand·(discount − threshold)), at the price after its own
    purchase;  bought at the rate 1 − e^{−days/lag}, with cash at hand only
    Sells all it holds at the same rate once discount ≤ recovery, never at a larger discount, and
    never goes short; without `recovery` it holds. Compare the funds of Thurner, Farmer and
    Geanakoplos (2012), reference models.md 2.3, here without leverage. Limits: capital is given
    to instruments and does not move between them.

    capital: base currency by instrument;  threshold, recovery: discounts, as shares
    demand: share of the capital per unit of discount, so all is wanted at threshold + 1/demand
    in_daily_sigmas: discounts are counted in normal daily volatilities of the instrument
    belief: share of the news it takes for value (1: buys forced falls only, 0: every fall)
    memory: F at the opening, per instrument
    """

    capital: Mapping[str, float]
    threshold: float
    demand: float
    lag_days: float
    belief: float = 1.0
    recovery: float | None = None
    in_daily_sigmas: bool = False

    def __post_init__(self) -> None:
        most = np.inf if self.in_daily_sigmas else 1.0
        within("threshold of a value buyer", self.threshold, 0.0, most)
        positive("demand of a value buyer", self.demand)
        within("lag_days of a value buyer", self.lag_days, 0.0, np.inf)
        within("belief of a value buyer", self.belief, 0.0, 1.0)
        for name, capital in self.capital.items():
            positive(f"capital of a value buyer for {name!r}", capital)
        if self.recovery is not None and not self.recovery < self.threshold:
            raise BadNumber(
                f"a value buyer sells at discount {self.recovery} what it buys from "
                f"{self.threshold}; give a recovery below the threshold."
            )

    @classmethod
    def example(cls, market: Market) -> Self:
        """A tenth of a day's volume of the first instrument, from 5 per cent below value."""
        volume = float(market.instruments.volume[0] * market.value[0])
        first = market.instruments.names[0]
        return cls({first: 0.1 * volume}, threshold=0.05, demand=5.0, lag_days=1.0, recovery=0.0)

    def opened(self, market: Market) -> TraderState:
        """All capital in cash."""
        capital = by_instrument(self.capital, market, "a value buyer")
        return TraderState(np.zeros_like(capital), float(capital.sum()), market.fundamental.copy())

    def orders(
        self, state: TraderState, market: Market, moment: Moment
    ) -> tuple[PerInstrument, Floats]:
        """Purchases of what is cheap, sales of what has recovered."""
        anchor = state.memory ** (1 - self.belief) * market.fundamental**self.belief
        discount = 1 - market.price / anchor
        pace = paced(moment.days, self.lag_days)
        buys = pace * self._wanted(state, market, discount, moment.slope)
        cost = float(buys @ (market.value * (1 + moment.slope * buys)))
        buys = buys * min(1.0, max(state.cash, 0.0) / cost) if cost > 0 else buys
        if self.recovery is None:
            return buys, state.memory
        recovered = (discount <= self.recovery * self._unit(market)) & (state.quantity > 0)
        return np.where(recovered, -pace * state.quantity, buys), state.memory

    def _wanted(
        self, state: TraderState, market: Market, discount: PerInstrument, slope: PerInstrument
    ) -> PerInstrument:
        """Units after which the value held is the value wanted, at the price they lead to."""
        capital = by_instrument(self.capital, market, "a value buyer")
        value, held, unit = market.value, state.quantity, self._unit(market)
        steep = capital * self.demand / unit
        bend, rise = value * slope, value * (1 + slope * held)
        cheap = _root(
            bend,
            rise + steep * (1 - discount) * slope,
            value * held - steep * (discount - self.threshold * unit),
        )
        return np.minimum(cheap, _root(bend, rise, value * held - capital))

    def _unit(self, market: Market) -> PerInstrument:
        """What a discount of 1 stands for, as a share of value."""
        calm = market.instruments.sigma
        return calm if self.in_daily_sigmas else np.ones_like(calm)


def _root(square: PerInstrument, linear: PerInstrument, constant: PerInstrument) -> PerInstrument:
    """The positive root of square·u² + linear·u + constant, 0 if constant ≥ 0."""
    below = np.minimum(constant, 0.0)
    return -2 * below / (linear + np.sqrt(linear**2 - 4 * square * below))
