"""Gate perpetuals: tiers by size with the part of each tier at its rate, the taker fee reserved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, Self

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook._perpetual import (
    KEPT,
    down_to,
    edges,
    entry_value,
    kept,
    opened,
    sized,
)
from undertow.model.rulebook._rates import Rates, rates_of
from undertow.model.rulebook.base import (
    Absorber,
    Levels,
    Pool,
    RestoredTo,
    Rulebook,
    Seller,
    Terms,
    Timing,
)

REGIME = "gate"


@dataclass(frozen=True, slots=True)
class Gate(Rulebook):
    """Equity on the mark price must be the maintenance of each position's tiers and the fee.

    maintenance = Σ N·(mmr_k + fee) − deduction_k = liquidation;   initial = Σ N/leverage
    leverage: chosen by the client, 0 for the most that the tier allows
    Limits: rules since 2025-07-29, before which the whole position had one rate; the tiers of
    BTC_USDT are the ones Gate's help page prints, which a notice of the same summer (a size of
    1.2 million needs 4,900) contradicts; a house rate replaces the tiers of a symbol without any.
    Its printed price of liquidation is that of OKX.
    Source: Gate help on risk limits (2025-09-30) and on liquidation prices; margin.md 1.7.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.PERPETUAL, Kind.INVERSE})
    proportional: ClassVar[bool] = False

    leverage: float = 0.0
    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """Half a bitcoin at five times, on 2026-01-30."""
        account = BookAccount("perps", REGIME, 8_000.0, "USDT")
        held = Position("perps", "BTC_USDT", 0.5, 80_000.0, Kind.PERPETUAL, 80_000.0, 1.0, "USDT")
        return Pool(account, (held,), account.equity, Marks(date(2026, 1, 30), {"BTC_USDT": 8e4}))

    def terms(self, on: date) -> Terms:
        """Each tick of the mark price, no grace; the engine sells, the fund pays, winners last."""
        return Terms(
            tested=Timing.TICK,
            grace_days=0.0,
            restored_to=RestoredTo.MAINTENANCE,
            sells=Seller.ENGINE,
            absorbs=Absorber.INSURANCE_THEN_ADL,
            source="Gate help on liquidation, margin.md 1.7",
        )

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

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """The lowest tier's rate becomes `rate`; a higher tier keeps its own if that is more."""
        return replace(self, rates=self.rates.hiked(symbol, KEPT, rate, on))

    def first_order(self, position: Position, price: float, on: date) -> float:
        """Contracts the engine sells first: down to the tier below, all of the lowest."""
        size = entry_value(replace(position, entry=price), price)
        left = down_to(self.rates.tiers(position.names, KEPT, on), size, 1)
        return abs(position.quantity) * (1.0 - left / size)
