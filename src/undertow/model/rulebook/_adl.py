"""Auto-deleveraging: the winners of the other side take over what a bankrupt position leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from undertow.core.errors import BadNumber


@dataclass(frozen=True, slots=True)
class Standing:
    """A position in the queue. quantity: signed units;  equity: behind it, at the mark"""

    account: str
    quantity: float
    entry: float
    equity: float

    def profit_share(self, mark: float) -> float:
        """Profit by entry value."""
        sign = 1.0 if self.quantity > 0.0 else -1.0
        return sign * (mark / self.entry - 1.0)

    def leverage(self, mark: float) -> float:
        """Effective: size by equity, infinite if none is left."""
        return abs(self.quantity) * mark / self.equity if self.equity > 0.0 else float("inf")


@dataclass(frozen=True, slots=True)
class Closed:
    """Units by which a position is changed, and the money this gains against the mark."""

    account: str
    quantity: float
    gained: float


Rank = Callable[[Standing, float], float]


def by_profit(one: Standing, mark: float) -> float:
    """Place in the queue, highest first: profit·leverage, of losers profit/leverage.

    Source: Binance FAQ 360033525471 and other exchanges; margin.md 1.7.
    """
    share, leverage = one.profit_share(mark), one.leverage(mark)
    return share * leverage if share > 0.0 else share / leverage


def by_growth(one: Standing, mark: float) -> float:
    """Place in Hyperliquid's queue: (mark/entry)·(size/account value), of shorts entry/mark.

    The docs print mark/entry for both sides; for a short in profit that would rank losers first.
    Source: hyperliquid.gitbook.io auto-deleveraging; margin.md 1.7.
    """
    grown = mark / one.entry if one.quantity > 0.0 else one.entry / mark
    return grown * one.leverage(mark)


def deleveraged(
    bankrupt: Standing, others: Sequence[Standing], price: float, mark: float, rank: Rank
) -> tuple[Closed, ...]:
    """Who closes how much at `price` against a bankrupt position; the first is the bankrupt's own.

    Σ quantity = 0 and Σ gained = 0: units and money move and none is made.
    price: bankruptcy price (Binance, Bybit), mark (OKX) or last mark (Hyperliquid)
    BadNumber if the other side is too small to take it.
    """
    side = 1.0 if bankrupt.quantity > 0.0 else -1.0
    opposite = [one for one in others if one.quantity * side < 0.0]
    lacking, taken = abs(bankrupt.quantity), list[Closed]()
    for one in sorted(opposite, key=lambda each: rank(each, mark), reverse=True):
        units = min(lacking, abs(one.quantity))
        if units > 0.0:
            taken.append(Closed(one.account, side * units, side * units * (mark - price)))
        lacking -= units
    if lacking > 1e-12 * abs(bankrupt.quantity):
        raise BadNumber(
            f"{lacking:g} units of {bankrupt.account!r} find nobody on the other side; "
            "give more of its positions."
        )
    units = -sum(one.quantity for one in taken)
    return (Closed(bankrupt.account, units, units * (mark - price)), *taken)
