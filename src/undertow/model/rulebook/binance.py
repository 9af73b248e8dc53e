"""Binance perpetuals, USDⓈ-M and COIN-M: tiers by size, no call before the liquidation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar

from undertow.core.book import Kind, Marks, Mode, Position
from undertow.model.rulebook._perpetual import (
    PerpetualRules,
    edges,
    entry_value,
    half_a_bitcoin,
    kept,
    mark_liquidation_price,
    opened,
    sized,
)
from undertow.model.rulebook._rates import Rates, rates_of
from undertow.model.rulebook.base import Levels, Pool

REGIME = "binance"


@dataclass(frozen=True, slots=True)
class Binance(PerpetualRules):
    """Equity on the mark price must be the maintenance of each position's tier.

    maintenance = Σ N·mmr_k − cum_k = liquidation;   initial = Σ N/leverage_k, or N/leverage
    leverage: chosen by the client, 0 for the most that the tier allows
    COIN-M: N and cum in coin, tiers by the symbol before its underscore (`BTCUSD_PERP`: BTCUSD)
    A symbol held long and short is in hedge mode: two positions, each by its own tier.
    Limits: in multi-assets mode only stable coins as margin; the insurance fund and the queue of
    auto-deleveraging are the exchange's; a house rate replaces the tiers of a symbol that has none
    here, and counts elsewhere if it is more. After liquidation in parts the rest must comply again.
    Source: Binance FAQ on liquidation and on leverage and margin; margin.md 1.7.
    """

    source: ClassVar[str] = "Binance FAQ on liquidation, margin.md 1.7"

    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """Half a bitcoin at five times, on 2026-01-30."""
        return half_a_bitcoin(REGIME, "BTCUSDT", "USDT")

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Each symbol by its tier; liquidation is at the maintenance margin itself."""
        least = most = 0.0
        for one in sized(_listed(pool), marks, hedged=True):
            least += kept(self.rates, one, one.size, marks.on) * one.fx
            most += opened(self.rates, one, self.leverage, marks.on) * one.fx
        return Levels(pool.equity_at(marks), max(most, least), least, least)

    def breaks(self, pool: Pool, on: date) -> Mapping[str, tuple[float, ...]]:
        """Prices at which a position passes into another tier."""
        return edges(self.rates, _listed(pool), on)

    def close_fee(self, position: Position, on: date) -> float:
        """Fee on what is liquidated, a share of its size."""
        return self.rates.value(position.names, "liquidation_fee", on)


def _listed(pool: Pool) -> Pool:
    """Contracts of COIN-M under the symbol by which their tiers are listed."""
    held = (
        replace(p, group=p.group or p.symbol.partition("_")[0]) if p.kind is Kind.INVERSE else p
        for p in pool.positions
    )
    return replace(pool, positions=tuple(held))


def liquidation_price(
    position: Position, *, wallet: float, rate: float, amount: float = 0.0, others: float = 0.0
) -> float:
    """Mark price at which a position is liquidated, as Binance prints it.

    USDⓈ-M: (WB − TMM + UPNL + cum − side·q·EP)/(q·mmr − side·q),   q unsigned
    COIN-M: (q·mmr + side·q)/(WB − TMM + UPNL + cum + side·q/EP), q in dollars, money in coin
    wallet: balance of the isolated position, or of the account in cross mode
    rate, amount: mmr and cum of its tier;  others: UPNL − TMM of the other cross positions
    Source: Binance FAQ b3c689c1f50a44cabb3a84e663b81d93; of COIN-M the same with coins.
    """
    return mark_liquidation_price(position, margin=wallet + others, rate=rate, amount=amount)


def bankruptcy_price(position: Position, *, wallet: float) -> float:
    """Price at which the margin of a position is gone."""
    return mark_liquidation_price(position, margin=wallet, rate=0.0)


def adl_rank(profit_share: float, leverage: float) -> float:
    """Place in the queue of auto-deleveraging, highest first.

    winners: profit·leverage;   losers: profit/leverage
    profit_share: profit by entry value;  leverage: effective, size by equity
    """
    return profit_share * leverage if profit_share > 0.0 else profit_share / leverage


def isolated(position: Position, leverage: float) -> Position:
    """The same position with margin of its own, entry value by leverage."""
    size = entry_value(position, position.entry)
    return replace(position, mode=Mode.ISOLATED, isolated_margin=size / leverage)
