"""Reg T and FINRA rule 4210: half to open, a quarter to keep."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, Self

from undertow.core.answers.said import Said
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
    not_carried,
    too_levered,
)

REGIME = "reg_t"


@dataclass(frozen=True, slots=True)
class RegT(Rulebook):
    """Equity must be half of a stock position to open it, and a quarter of a long one to keep it.

    initial = 50 % of value; maintenance long 25 %, short max(30 %, $5 a share), below $5 a share
    max(100 %, $2.50); funds times their leverage, at most 100 %; a house rate where it is more
    at_once: the broker sells at its own requirement without a call, as Interactive Brokers does;
    else it sells at FINRA's minimum, which a house rate stands above
    Limits: no options, no SMA, no day trading; concentration only as a house rate of a line.
    Source: 12 CFR 220.12, FINRA rule 4210, notice 09-53; margin.md 1.1.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.STOCK, Kind.ETF})

    at_once: bool = False
    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """A thousand shares at 100 with half of them owed, on a day of 2026."""
        account = BookAccount("margin", REGIME, 50_000.0)
        held = Position("margin", "XYZ", 1000.0, 100.0)
        return Pool(account, (held,), account.equity, Marks(date(2026, 1, 30), {"XYZ": 100.0}))

    def terms(self, on: date) -> Terms:
        """Tested at the close; days to pay, unless the broker sells at once."""
        days = 0.0 if self.at_once else self.rates.value((), "grace_days", on)
        return Terms(
            tested=Timing.TICK if self.at_once else Timing.END_OF_DAY,
            grace_days=days,
            restored_to=RestoredTo.MAINTENANCE,
            sells=Seller.BROKER if self.at_once else Seller.OWNER_THEN_BROKER,
            absorbs=Absorber.CLIENT_THEN_BROKER,
            source="FINRA rule 4210, margin.md 1.10",
        )

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Sums over the positions; the house's rate counts where it is higher."""
        finra = house = initial = 0.0
        for one in pool.positions:
            least = self.least(one, marks) * pool.fx(one, marks)
            own = pool.house(one) * pool.size(one, marks)
            kept = least if math.isnan(own) else max(least, own)
            opening = self.rates.value(one.names, "initial", marks.on) * pool.size(one, marks)
            finra, house, initial = finra + least, house + kept, initial + max(opening, kept)
        return Levels(pool.equity_at(marks), initial, house, house if self.at_once else finra)

    def least(self, position: Position, marks: Marks) -> float:
        """FINRA's maintenance of one position, in its currency.

        N·min(1, rate·|leverage|), for shorts at least the money a share.
        """
        price, on = marks.price[position.symbol], marks.on
        units = abs(position.quantity) * position.multiplier
        side = "short" if position.quantity < 0.0 else "long"
        rate = self.rates.value(position.names, f"maintenance_{side}", on)
        needed = fund_rate(rate, position.leverage) * units * price
        if side == "long":
            return needed
        a_share = self.rates.value(position.names, "short_per_share", on)
        low = self.rates.value(position.names, "short_low_price", on)
        if price >= low:
            return max(needed, a_share * units)
        cheap = self.rates.value(position.names, "short_per_share_low", on)
        full = self.rates.value(position.names, "maintenance_short_low", on)
        return max(needed, full * units * price, cheap * units)

    def breaks(self, pool: Pool, on: date) -> Mapping[str, tuple[float, ...]]:
        """Prices at which a short's money a share takes over from its rate."""
        return {p.symbol: self._kinks(p, pool, on) for p in pool.positions if p.quantity < 0.0}

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """Maintenance of longs and shorts at least `rate` of the value."""
        table = self.rates
        for side in ("maintenance_long", "maintenance_short"):
            was = table.value((symbol,), side, on)
            table = table.hiked(symbol, side, max(rate, was), on)
        return replace(self, rates=table)

    def findings(self, pool: Pool, marks: Marks) -> tuple[Said, ...]:
        """Unknown products, and leverage that cannot be held overnight."""
        found = not_carried(pool, self.kinds)
        levels = self.levels(pool, marks)
        is_held = levels.equity >= levels.maintenance
        return found if found or is_held else (too_levered(pool, levels, pool.gross(marks)),)

    def _kinks(self, position: Position, pool: Pool, on: date) -> tuple[float, ...]:
        named = {
            what: self.rates.value(position.names, what, on)
            for what in (
                "maintenance_short",
                "short_per_share",
                "short_per_share_low",
                "short_low_price",
                "maintenance_short_low",
            )
        }
        rate = fund_rate(named["maintenance_short"], position.leverage)
        house = pool.house(position)
        rates = (rate, *(() if math.isnan(house) else (house,)))
        high = tuple(named["short_per_share"] / r for r in rates if r > 0.0)
        cheap = named["short_per_share_low"] / named["maintenance_short_low"]
        return (*high, cheap, named["short_low_price"])


def fund_rate(rate: float, leverage: float) -> float:
    """Maintenance rate of a leveraged fund: rate·|leverage|, at most the whole value.

    Source: FINRA regulatory notice 09-53.
    """
    return min(1.0, rate * max(1.0, abs(leverage)))


def call_at(loan: float, rate: float) -> float:
    """Value of longs at which they are called: loan/(1 − rate)."""
    return loan / (1.0 - rate)
