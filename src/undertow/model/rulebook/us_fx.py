"""Retail foreign exchange in the United States: 2 % of major pairs, 5 % of others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, Self

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook._classes import pair_class, with_own_rate
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
    with_house,
)

REGIME = "us_fx"


@dataclass(frozen=True, slots=True)
class UsFx(Rulebook):
    """Equity must be the security deposit of all positions at their value now.

    initial = maintenance = liquidation = Σ N·rate;   50:1 for major pairs, 20:1 for others
    The dealer collects more or liquidates; the firms test each tick and close at 100 %.
    class: `group` of a position, else its symbol, else the pair by its six letters
    Limits: dealers may ask for more, and NFA's temporary increases are no rows (since 2023-03-13
    5 % of GBP and JPY, 3 % of AUD, NZD, CHF and SEK, 7 % of NOK and more of others: a house rate);
    positions are written as CFDs.
    Source: CFTC regulation 5.9, NFA financial requirements section 12; margin.md 1.8.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.CFD})

    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """A lot of euros at twenty times, on 2026-01-30."""
        account = BookAccount("fx", REGIME, 6_000.0)
        held = Position("fx", "EURUSD", 100_000.0, 1.2, Kind.CFD, 1.2)
        return Pool(account, (held,), account.equity, Marks(date(2026, 1, 30), {"EURUSD": 1.2}))

    def terms(self, on: date) -> Terms:
        """Each tick, no grace; what is missing after the sale is the client's."""
        return Terms(
            tested=Timing.TICK,
            grace_days=0.0,
            restored_to=RestoredTo.MAINTENANCE,
            sells=Seller.BROKER,
            absorbs=Absorber.CLIENT_THEN_BROKER,
            source="CFTC regulation 5.9, margin.md 1.8",
        )

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Deposits of all lines added."""
        kept = sum(pool.size(one, marks) * self.rate(one, pool, marks.on) for one in pool.positions)
        return Levels(pool.equity_at(marks), kept, kept, kept)

    def rate(self, position: Position, pool: Pool, on: date) -> float:
        """Deposit rate of its class, or the dealer's where that is more."""
        names = (*position.names, *pair_class(position.symbol, self.rates, on))
        listed = self.rates.value(names, "maintenance", on)
        return with_house(listed, pool.house(position))

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """The deposit of one symbol at `rate`."""
        return replace(self, rates=with_own_rate(self.rates, symbol, "maintenance", rate, on))
