"""Retail foreign exchange in Japan: 4 % of the value, and a loss cut below it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, Self

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook._classes import with_own_rate
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

REGIME = "japan_fx"


@dataclass(frozen=True, slots=True)
class JapanFx(Rulebook):
    """Equity must be 4 % of all positions at their value now, and is closed out below a share.

    initial = maintenance = Σ N·4 %;   liquidation = loss-cut share·maintenance
    Limits: dealers choose the loss cut (50 % to 100 %) and when a call is due, so both are from
    memory and a house rule may differ; corporate clients have other margins.
    Source: Cabinet Office Order on financial instruments business, article 117; margin.md 1.8.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.CFD})

    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """Ten thousand dollars against yen at ten times, on 2026-01-30."""
        account = BookAccount("fx", REGIME, 155_000.0, "JPY")
        held = Position("fx", "USDJPY", 10_000.0, 155.0, Kind.CFD, 155.0, 1.0, "JPY")
        return Pool(account, (held,), account.equity, Marks(date(2026, 1, 30), {"USDJPY": 155.0}))

    def terms(self, on: date) -> Terms:
        """The call is of the daily close, the loss cut of each tick."""
        return Terms(
            tested=Timing.TICK,
            grace_days=self.rates.value((), "grace_days", on),
            restored_to=RestoredTo.MAINTENANCE,
            sells=Seller.BROKER,
            absorbs=Absorber.CLIENT_THEN_BROKER,
            source="Cabinet Office Order, article 117; margin.md 1.8",
        )

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Margins of all lines added, at the legal rate or the dealer's where it is more."""
        kept = 0.0
        for one in pool.positions:
            listed = self.rates.value(one.names, "maintenance", marks.on)
            kept += with_house(listed, pool.house(one)) * pool.size(one, marks)
        cut = self.rates.value((), "loss_cut", marks.on)
        return Levels(pool.equity_at(marks), kept, kept, cut * kept)

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """The margin of one symbol at `rate`."""
        return replace(self, rates=with_own_rate(self.rates, symbol, "maintenance", rate, on))
