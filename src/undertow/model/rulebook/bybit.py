"""Bybit perpetuals, linear and inverse: tiers by size, isolated or one unified account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from undertow.core.book import Kind, Marks, Mode, Position
from undertow.model.rulebook._perpetual import (
    PerpetualRules,
    Sized,
    edges,
    entry_value,
    half_a_bitcoin,
    kept,
    mark_liquidation_price,
    meeting,
    opened,
    sized,
    tier_below,
)
from undertow.model.rulebook._rates import Rates, rates_of
from undertow.model.rulebook.base import Levels, Pool

REGIME = "bybit"
TRIGGER, STOP = "adl_trigger", "adl_stop"


@dataclass(frozen=True, slots=True)
class Bybit(PerpetualRules):
    """Equity on the mark price must be the maintenance of each position's tier.

    maintenance = Σ N·mmr_k − deduction_k = liquidation;   initial = Σ N/leverage
    unified (cross): N at the mark, and the fee to close is reserved
    isolated: N at the entry price; of inverse contracts at the mark since 2026
    Inverse positions are sized and tiered in coin. Liquidation goes down one tier at a time.
    leverage: chosen by the client, 0 for the most that the tier allows
    Limits: collateral other than the account's currency enters by its stated equity, without its
    haircut; hedged and portfolio-margin positions have other rules; the fee is reserved at the
    mark, Bybit takes it at the bankruptcy price.
    Source: Bybit margin parameters, help 360039261334, isolated mode (2026-05-27); margin.md 1.7.
    """

    source: ClassVar[str] = "Bybit help on liquidation, API docs adl-alert, margin.md 1.7"

    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """Half a bitcoin at five times, on 2026-01-30."""
        return half_a_bitcoin(REGIME, "BTCUSDT", "USDT")

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Each symbol by its tier; liquidation is at the maintenance margin itself."""
        least = most = 0.0
        for one in sized(pool, marks):
            basis, fee = self._basis(one, pool, marks)
            needed = kept(self.rates, one, basis, marks.on) + fee
            least += needed * one.fx
            most += (opened(self.rates, one, self.leverage, marks.on) + fee) * one.fx
        return Levels(pool.equity_at(marks), max(most, least), least, least)

    def breaks(self, pool: Pool, on: date) -> Mapping[str, tuple[float, ...]]:
        """Prices at which a position passes into another tier."""
        return edges(self.rates, pool, on)

    def first_order(
        self, position: Position, price: float, on: date, *, cooling: bool = False
    ) -> float:
        """Units the engine sells first: down to the tier below, all of the lowest."""
        return tier_below(self.rates, position, price, on)

    def _basis(self, one: Sized, pool: Pool, marks: Marks) -> tuple[float, float]:
        """Size that the tier is asked of, and the fee reserved, in the position's currency."""
        held, on = one.position, marks.on
        if held.mode is Mode.CROSS:
            return one.size, self.rates.value(held.names, "fee_to_close", on) * one.size
        if not self.rates.value((held.kind,), "isolated_at_entry", on):
            return one.size, 0.0
        return entry_value(held, pool.opening.price[held.symbol]), 0.0


def liquidation_price(
    position: Position, *, margin: float, rate: float, amount: float = 0.0, fee: float = 0.0
) -> float:
    """Mark price at which a position is liquidated, its maintenance on the entry value.

    linear: entry − (margin − mm)/q;   inverse: q/(q/entry + margin − mm);   q signed
    mm = entry value·rate − amount, and `fee` of the value at the bankruptcy price
    margin: behind the position, added margin included, in what it settles in
    Source: Bybit help, isolated mode (to 2025), and 360039261334 for inverse cross.
    """
    units = position.quantity * position.multiplier
    value = entry_value(position, position.entry)
    last = bankruptcy_price(position, margin=margin, fee=fee)
    inverse = position.kind is Kind.INVERSE
    closing = fee * abs(units) * (1.0 / last if inverse else last)
    spare = margin - (value * rate - amount) - closing
    if inverse:
        return meeting(units / position.entry + spare, units)
    return position.entry - spare / units


def bankruptcy_price(position: Position, *, margin: float, fee: float = 0.0) -> float:
    """Price at which margin and loss, and the fee to close, are equal.

    linear: (q·entry − margin)/(q − |q|·fee);   inverse: (q + |q|·fee)/(q/entry + margin)
    Source: Bybit help 'Bankruptcy Price' (USDT), 360039261334 (inverse).
    """
    return mark_liquidation_price(position, margin=margin, rate=fee)


def average_entry(fills: Iterable[tuple[float, float]], *, inverse: bool = False) -> float:
    """Average price of (quantity, price); of inverse contracts the harmonic one.

    linear: Σ q·p/Σ q;   inverse: Σ q/Σ (q/p)
    Source: Bybit help 'How to Calculate Average Entry Price'.
    """
    pairs = tuple(fills)
    total = sum(q for q, _ in pairs)
    if inverse:
        return total / sum(q / p for q, p in pairs)
    return sum(q * p for q, p in pairs) / total


def pnl_ratio(drawdown: float, most: float) -> float:
    """A symbol's fall of profit since its best of 8 hours, by the pool's largest balance then."""
    return drawdown / most


def deleverages(ratio: float, balance: float, rates: Rates, on: date, *, was: bool = False) -> bool:
    """Whether winners are closed out: the pool is empty, or the ratio is at the trigger.

    balance ≤ 0, or ratio ≤ −30 %;  `was`: it is going on, and ends above −25 %
    Source: bybit-exchange/docs adl-alert.mdx.
    """
    bound = rates.value((), STOP if was else TRIGGER, on)
    return balance <= 0.0 or ratio <= bound


def charged(loss: float, most: float, trigger: float) -> float:
    """Part of a symbol's loss that winners bear, so that the pool's share ends at the trigger."""
    return max(0.0, loss - abs(trigger) * most)
