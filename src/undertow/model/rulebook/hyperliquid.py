"""Hyperliquid perpetuals: maintenance is half of the initial margin at the most leverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, Self

from undertow.core.book import Kind, Marks, Position
from undertow.model.rulebook._perpetual import (
    PerpetualRules,
    Sized,
    by_house_alone,
    edges,
    half_a_bitcoin,
    mark_liquidation_price,
    sized,
)
from undertow.model.rulebook._rates import Rates, rates_of
from undertow.model.rulebook._tiers import Tiers
from undertow.model.rulebook.base import Levels, Pool, with_house

REGIME = "hyperliquid"
INITIAL, HALF = "initial", "maintenance_share"


@dataclass(frozen=True, slots=True)
class Hyperliquid(PerpetualRules):
    """Account value on the mark price must be the maintenance of each position's tier.

    maintenance = Σ N·mmr_k − deduction_k = liquidation,  mmr = 1/(2·most leverage)
    initial = Σ N/leverage;   below 2/3 of maintenance the backstop vault takes everything
    A position above 100,000 is sold by a fifth first, then, for 30 seconds, as a whole.
    leverage: chosen by the client, 0 for the most that the tier allows
    Limits: first-party perpetuals; account value in USDC; no portfolio margin.
    Source: hyperliquid.gitbook.io margin-tiers, liquidations, auto-deleveraging; margin.md 1.7.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.PERPETUAL})
    source: ClassVar[str] = "hyperliquid.gitbook.io liquidations, margin.md 1.7"

    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """Half a bitcoin at five times, on 2026-01-30."""
        return half_a_bitcoin(REGIME, "BTC", "USDC")

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Each symbol by its tier; liquidation is at the maintenance margin itself."""
        least = most = 0.0
        for one in sized(pool, marks):
            least += self._kept(one, marks.on) * one.fx
            most += one.size * self._opening(one, marks.on) * one.fx
        return Levels(pool.equity_at(marks), max(most, least), least, least)

    def tiers(self, names: tuple[str, ...], on: date) -> Tiers:
        """Maintenance rates by size: a share of the initial rates at the most leverage."""
        listed, half = self.rates.tiers(names, INITIAL, on), self.rates.value((), HALF, on)
        return Tiers(listed.above, tuple(half * rate for rate in listed.rates))

    def breaks(self, pool: Pool, on: date) -> Mapping[str, tuple[float, ...]]:
        """Prices at which a position passes into another tier."""
        return edges(self.rates, pool, on, INITIAL)

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """Maintenance of the lowest tier becomes `rate`; a higher one keeps its own if more."""
        initial = rate / self.rates.value((), HALF, on)
        return replace(self, rates=self.rates.hiked(symbol, INITIAL, initial, on))

    def backstop(self, pool: Pool, marks: Marks) -> float:
        """Account value below which the vault takes the positions and what is left."""
        share = self.rates.value((), "backstop_share", marks.on)
        return share * self.levels(pool, marks).maintenance

    def first_order(
        self, position: Position, price: float, on: date, *, cooling: bool = False
    ) -> float:
        """Units sent to the book first: a fifth of a large position, all of it while cooling."""
        large = abs(position.quantity * position.multiplier) * price
        is_part = large > self.rates.value((), "partial_above", on) and not cooling
        return abs(position.quantity) * (
            self.rates.value((), "partial_share", on) if is_part else 1.0
        )

    def _kept(self, one: Sized, on: date) -> float:
        house = one.house * one.size
        if by_house_alone(self.rates, one, INITIAL, on):
            return house
        return with_house(self.tiers(one.position.names, on).required(one.size), house)

    def _opening(self, one: Sized, on: date) -> float:
        chosen = 1.0 / self.leverage if self.leverage else 0.0
        if not self.rates.has(one.position.names, INITIAL, on):
            return chosen
        return max(chosen, self.rates.tiers(one.position.names, INITIAL, on).rate(one.size))


def liquidation_price(
    position: Position, *, margin: float, most_leverage: float, share: float, amount: float = 0.0
) -> float:
    """Mark price at which a position is liquidated.

    price − side·available/size/(1 − l·side),   l = share/most leverage, available = margin − mm
    margin: isolated margin, or account value in cross mode less the others' maintenance
    share: maintenance by initial at the most leverage;  amount: deduction of its tier
    Source: hyperliquid.gitbook.io liquidations; margin.md 1.7.
    """
    return mark_liquidation_price(
        position, margin=margin, rate=share / most_leverage, amount=amount
    )
