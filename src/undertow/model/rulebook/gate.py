"""Gate perpetuals: tiers by size with the part of each tier at its rate, the taker fee reserved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from undertow.core.book import Marks, Position
from undertow.model.rulebook._perpetual import (
    PerpetualRules,
    edges,
    half_a_bitcoin,
    kept,
    opened,
    sized,
    tier_below,
)
from undertow.model.rulebook._rates import Rates, rates_of
from undertow.model.rulebook.base import Levels, Pool

REGIME = "gate"


@dataclass(frozen=True, slots=True)
class Gate(PerpetualRules):
    """Equity on the mark price must be the maintenance of each position's tiers and the fee.

    maintenance = Σ N·(mmr_k + fee) − deduction_k = liquidation;   initial = Σ N/leverage
    leverage: chosen by the client, 0 for the most that the tier allows
    Limits: rules since 2025-07-29, before which the whole position had one rate; the tiers of
    BTC_USDT are the ones Gate's help page prints, which a notice of the same summer (a size of
    1.2 million needs 4,900) contradicts; a house rate replaces the tiers of a symbol without any.
    Its printed price of liquidation is that of OKX.
    Source: Gate help on risk limits (2025-09-30) and on liquidation prices; margin.md 1.7.
    """

    source: ClassVar[str] = "Gate help on liquidation, margin.md 1.7"

    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """Half a bitcoin at five times, on 2026-01-30."""
        return half_a_bitcoin(REGIME, "BTC_USDT", "USDT")

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Each symbol by its tiers; liquidation is at the maintenance itself."""
        least = most = 0.0
        for one in sized(pool, marks):
            fee = self.rates.value(one.position.names, "taker_fee", marks.on) * one.size
            least += (kept(self.rates, one, one.size, marks.on) + fee) * one.fx
            most += (opened(self.rates, one, self.leverage, marks.on) + fee) * one.fx
        return Levels(pool.equity_at(marks), max(most, least), least, least)

    def breaks(self, pool: Pool, on: date) -> Mapping[str, tuple[float, ...]]:
        """Prices at which a position passes into another tier."""
        return edges(self.rates, pool, on)

    def first_order(
        self, position: Position, price: float, on: date, *, cooling: bool = False
    ) -> float:
        """Contracts the engine sells first: down to the tier below, all of the lowest."""
        return tier_below(self.rates, position, price, on)
