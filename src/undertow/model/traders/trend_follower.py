"""A fund that holds what has been rising and sheds it as the trend fades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from undertow.core.errors import BadNumber
from undertow.core.market import Market
from undertow.core.numbers import positive, within
from undertow.core.shapes import Floats, PerInstrument
from undertow.model.traders._pace import by_instrument, paced
from undertow.model.traders.base import Moment, Trader, TraderState


@dataclass(frozen=True, slots=True)
class TrendFollower(Trader):
    """A commodity trading adviser: positions follow two averages of the price and its volatility.

    target = opening position · clip(gap/opening gap, −reversal, 1) · σ at opening/σ now
    gap = fast − slow average of log price;  order = (target − held)·(1 − e^{−days/lag})
    The averages start where a steady trend with the given gap leaves them, and run in open time.
    A fading trend is left in proportion; at rest the trend fades by itself. Limits: a stronger
    trend than at the opening is not bought; futures only, so cash starts as entry value and
    equity is the profit since the opening. Mechanism: BIS Quarterly Review, March 2026, box C.

    positions: units at the opening by instrument, signed
    trend: opening gap by instrument, log points, not 0;  fast_days, slow_days: half-lives in
    trading days;  lag_days: of trading, in trading days;  reversal: share of the opening position
    held the other way when the trend has turned as far (0: only leaves, 1: turns round)
    memory: [fast, slow, σ at opening] × instrument
    """

    heeds_slope: ClassVar[bool] = False

    positions: Mapping[str, float]
    trend: Mapping[str, float]
    fast_days: float
    slow_days: float
    lag_days: float
    reversal: float = 0.0

    def __post_init__(self) -> None:
        positive("fast_days of a trend follower", self.fast_days)
        within("lag_days of a trend follower", self.lag_days, 0.0, np.inf)
        within("reversal of a trend follower", self.reversal, 0.0, 1.0)
        if not self.slow_days > self.fast_days:
            raise BadNumber(
                f"slow_days {self.slow_days} of a trend follower is not longer than fast_days "
                f"{self.fast_days}; exchange them."
            )
        for name, units in self.positions.items():
            if not units * self.trend.get(name, 0.0) > 0:
                raise BadNumber(
                    f"a trend follower holds {units:g} of {name!r} against a trend of "
                    f"{self.trend.get(name, 0.0):g}; give both one sign, positive after a rise."
                )

    @classmethod
    def example(cls, market: Market) -> Self:
        """Long a tenth of a day's volume of the first instrument after a rise."""
        first, volume = market.instruments.names[0], float(market.instruments.volume[0])
        return cls({first: 0.1 * volume}, {first: 0.05}, fast_days=5, slow_days=60, lag_days=1)

    def opened(self, market: Market) -> TraderState:
        """The given positions, and averages on a steady trend."""
        quantity = by_instrument(self.positions, market, "a trend follower")
        gap = by_instrument(self.trend, market, "a trend follower")
        price = np.log(market.price)
        span = self.slow_days - self.fast_days
        fast, slow = (price - gap * half / span for half in (self.fast_days, self.slow_days))
        cash = -float(quantity @ market.value)
        return TraderState(quantity, cash, np.stack((fast, slow, market.sigma)))

    def orders(
        self, state: TraderState, market: Market, moment: Moment
    ) -> tuple[PerInstrument, Floats]:
        """The paced way to the target; the averages move on."""
        fast, slow, sigma = state.memory
        price = np.log(market.price)
        fast = fast + (price - fast) * -np.expm1(-np.log(2) * moment.days / self.fast_days)
        slow = slow + (price - slow) * -np.expm1(-np.log(2) * moment.days / self.slow_days)
        opening = by_instrument(self.trend, market, "a trend follower")
        strength = np.divide(fast - slow, opening, out=np.zeros_like(opening), where=opening != 0)
        full = by_instrument(self.positions, market, "a trend follower") * sigma / market.sigma
        target = full * np.clip(strength, -self.reversal, 1.0)
        trade = (target - state.quantity) * paced(moment.days, self.lag_days)
        return trade, np.stack((fast, slow, sigma))
