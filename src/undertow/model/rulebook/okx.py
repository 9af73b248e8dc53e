"""OKX perpetuals: one rate for the whole position by its contracts, the taker fee reserved."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from undertow.core.book import Marks, Position
from undertow.model.rulebook._perpetual import (
    KEPT,
    MOST,
    PerpetualRules,
    Sized,
    by_house_alone,
    down_to,
    half_a_bitcoin,
    sized,
)
from undertow.model.rulebook._perpetual import mark_liquidation_price as _at_mark
from undertow.model.rulebook._rates import Rates, rates_of
from undertow.model.rulebook.base import Levels, Pool, with_house

REGIME = "okx"


@dataclass(frozen=True, slots=True)
class Okx(PerpetualRules):
    """Equity on the mark price must be the maintenance of each position and the fee to close it.

    maintenance = Σ N·(mmr_k + fee) = liquidation;   initial = Σ N/leverage
    k: tier of the size in units (contracts times face value), so it does not depend on the price;
    the whole position has its tier's rate. From tier 3 it is reduced two tiers at a time.
    leverage: chosen by the client, 0 for the most that the tier allows
    Limits: single-currency margin; tiers of few contracts are known here, those of BTC-USDT-SWAP
    are assumed; a house rate of a line replaces the tiers of a symbol without any.
    Source: OKX help on isolated margin and position tiers; margin.md 1.7.
    """

    source: ClassVar[str] = "OKX help on liquidation and auto-deleveraging, margin.md 1.7"

    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """Half a bitcoin at five times, on 2026-01-30."""
        return half_a_bitcoin(REGIME, "BTC-USDT-SWAP", "USDT", contract=0.01)

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Each symbol by the rate of its tier; liquidation is at the maintenance itself."""
        least = most = 0.0
        for one in sized(pool, marks):
            fee = self.rates.value(one.position.names, "taker_fee", marks.on)
            least += one.size * (self.rate(one, marks.on) + fee) * one.fx
            most += one.size * (1.0 / self._leverage(one, marks.on) + fee) * one.fx
        return Levels(pool.equity_at(marks), max(most, least), least, least)

    def rate(self, one: Sized, on: date) -> float:
        """Maintenance rate of a position's tier; a house rate where it is more."""
        if by_house_alone(self.rates, one, KEPT, on):
            return one.house
        tiers = self.rates.tiers(one.position.names, KEPT, on)
        return with_house(tiers.rate(one.units), one.house)

    def first_order(
        self, position: Position, price: float, on: date, *, cooling: bool = False
    ) -> float:
        """Contracts the engine sells first: two tiers down from the third, else all."""
        units = abs(position.quantity * position.multiplier)
        left = down_to(self.rates.tiers(position.names, KEPT, on), units, 2)
        return abs(position.quantity) * (1.0 - left / units)

    def _leverage(self, one: Sized, on: date) -> float:
        if not self.rates.has(one.position.names, MOST, on):
            return self.leverage or math.inf
        most = self.rates.tiers(one.position.names, MOST, on).rate(one.units)
        return min(self.leverage, most) if self.leverage else most


def liquidation_price(
    position: Position, *, margin: float, rate: float, fee: float, amount: float = 0.0
) -> float:
    """Mark price at which an isolated position is liquidated, the fee to close reserved.

    linear: (entry − margin/q)/(1 ∓ (mmr + fee));   inverse: (1 ± (mmr + fee))/(1/entry + margin/q)
    Source: OKX help 360053909592, Gate help 22160; margin.md 1.0.
    """
    return _at_mark(position, margin=margin, rate=rate + fee, amount=amount)


def deleverages(balance: float, peak: float, rates: Rates, on: date) -> bool:
    """Whether winners are closed out: the fund has fallen 30 % from its peak of 8 hours.

    Source: OKX help on auto-deleveraging; margin.md 1.7.
    """
    return balance <= peak * (1.0 + rates.value((), "adl_trigger", on))
