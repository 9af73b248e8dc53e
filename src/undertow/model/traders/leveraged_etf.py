"""A fund that restores its leverage at every close of its underlying."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from undertow.core.market import Market
from undertow.core.numbers import finite, positive
from undertow.core.shapes import Floats, PerInstrument
from undertow.model.traders.base import Moment, Trader, TraderState

ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class LeveragedEtf(Trader):
    """A leveraged or inverse fund that rebalances into the close, solved jointly with it.

    (q + D)·v(D) = L·(cash + q·v(D)),  v(D) = v·(1 + slope·D)
    which is D·v(D) = L(L − 1)·assets at the last close·return, own impact in the return. Bull and
    inverse funds trade the way the price went. The feedback of the flow on itself is
    (L − 1)·q·slope. At 1 or above, or where no close solves the line, the fund trades its whole
    position, or the largest trade a close can carry, |gap| + √(gap² + |gap·(L − 1)·q|), if that
    is more. No trade turns the position round. A fund without assets is closed: it sells all it
    holds, at any open bar, and never comes back.
    Cheng and Madhavan (2009); reference margin.md 1.9. Limits: no creations or redemptions, one
    underlying, its fill is taken to be the close.

    instrument: the underlying;  leverage: L, negative for inverse funds
    assets: at the opening, base currency;  memory: none
    """

    instrument: str
    leverage: float
    assets: float

    def __post_init__(self) -> None:
        finite(f"leverage of the fund on {self.instrument!r}", self.leverage)
        positive(f"assets of the fund on {self.instrument!r}", self.assets)

    @classmethod
    def example(cls, market: Market) -> Self:
        """A double fund on the first instrument, with a tenth of a day's volume."""
        volume = float(market.instruments.volume[0] * market.value[0])
        return cls(instrument=market.instruments.names[0], leverage=2.0, assets=0.1 * volume)

    def opened(self, market: Market) -> TraderState:
        """The position that gives the leverage at the opening price."""
        at = market.instruments.index(self.instrument, "a leveraged fund")
        quantity = np.zeros(len(market.instruments))
        quantity[at] = self.leverage * self.assets / market.value[at]
        cash = self.assets - float(quantity[at] * market.value[at])
        return TraderState(quantity, cash, np.zeros(0))

    def orders(
        self, state: TraderState, market: Market, moment: Moment
    ) -> tuple[PerInstrument, Floats]:
        """The rebalancing trade on a closing bar; the whole position once the assets are gone."""
        at = market.instruments.index(self.instrument, "a leveraged fund")
        trade = np.zeros(len(market.instruments))
        if moment.days[at] > 0:
            held, assets = float(state.quantity[at]), state.equity(market)
            if assets <= 0:
                trade[at] = -held
            elif moment.closing[at]:
                gap = self.leverage * assets / float(market.value[at]) - held
                trade[at] = self._rebalancing(held, gap, float(moment.slope[at]))
        return trade, state.memory

    def _rebalancing(self, held: float, gap: float, slope: float) -> float:
        if abs(gap) <= ROUNDING * abs(held):
            return 0.0
        feedback = (self.leverage - 1) * held
        calm = 1 - feedback * slope
        root = calm**2 + 4 * slope * gap
        if calm > 0 and root >= 0:
            units = 2 * gap / (calm + math.sqrt(root))
        else:
            carried = abs(gap) + math.sqrt(gap**2 + abs(gap * feedback))
            units = math.copysign(max(abs(held), carried), gap)
        return max(units, -held) if self.leverage > 0 else min(units, -held)
