"""Shanghai Gold Exchange T+D: deferred spot on margin, and what a bank multiplies it by."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, Self

from undertow.core.book import BookAccount, Kind, Marks, Position
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
    netted,
)

REGIME = "sge_td"


@dataclass(frozen=True, slots=True)
class SgeTd(Rulebook):
    """Equity must be the exchange's share of the value, or a bank's multiple of it.

    maintenance = Σ |q|·multiplier·price·exchange·multiple;   liquidation at the exchange's share
    agent: held through Bank of China's agency for individuals, with the multiple of the date
    multiple: of another broker, in place of it;  a house rate stands where it is higher
    Limits: deferred fees and delivery are left out; when a bank closes out is its contract's.
    Source: SGE notices; Bank of China notices; margin.md 1.6.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.FUTURE})
    settles: ClassVar[str] = "CNY"

    agent: bool = False
    multiple: float = 1.0
    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """Ten lots of a kilogram of silver, on 2026-01-30."""
        account = BookAccount("sge", REGIME, 120_000.0, "CNY")
        held = Position("sge", "Ag(T+D)", 10.0, 25_000.0, Kind.FUTURE, currency="CNY")
        marks = Marks(date(2026, 1, 30), {"Ag(T+D)": 25_000.0})
        return Pool(account, (held,), account.equity, marks)

    def terms(self, on: date) -> Terms:
        """Settled daily; topped up before the next open, or closed out."""
        return Terms(
            tested=Timing.SETTLEMENT,
            grace_days=self.rates.value((), "grace_days", on),
            restored_to=RestoredTo.MAINTENANCE,
            sells=Seller.OWNER_THEN_BROKER,
            absorbs=Absorber.CLIENT_BROKER_CLEARING,
            source="SGE risk control rules, margin.md 1.6",
        )

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Margins of all contracts added; longs and shorts of one contract net."""
        kept = sold = 0.0
        for one in netted(pool.positions):
            exchange = self.rates.value(one.names, "maintenance", marks.on)
            own, house, size = self.share(one, marks.on), pool.house(one), pool.size(one, marks)
            sold += exchange * size
            kept += (own if math.isnan(house) else max(exchange, house)) * size
        return Levels(pool.equity_at(marks), kept, kept, sold)

    def share(self, position: Position, on: date) -> float:
        """What the client is asked for, a share of the value."""
        exchange = self.rates.value(position.names, "maintenance", on)
        times = self.multiple
        if self.agent:
            times = self.rates.value(position.names, "agent_multiple", on)
        return exchange * max(1.0, times)

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """The exchange's margin at a share of the value; a multiple goes on top."""
        return replace(self, rates=self.rates.hiked(symbol, "maintenance", rate, on))
