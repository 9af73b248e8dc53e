"""Contracts for difference of retail clients under ESMA and FCA: caps by class, half to close."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, Self

from undertow.core.answers.said import Said
from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook._classes import pair_class, with_own_rate
from undertow.model.rulebook._perpetual import entry_value
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
    with_house,
)

REGIME = "esma_cfd"


@dataclass(frozen=True, slots=True)
class EsmaCfd(Rulebook):
    """Equity of the account must be half of the initial margin of all its open contracts.

    initial = Σ entry value·rate of the class;   call at 100 % of it, liquidation at 50 %
    Initial margin is of the value at opening and does not move with the price.
    stop_out: share of initial margin at which the provider closes, 0 for the rule's; a legacy or
    offshore provider had 20 % (see `legacy_stop_out`)
    class: `group` of a position, else its symbol, else a pair of currencies by its six letters
    Limits: per account, its cash alone; provider's own margins only as a house rate; no hedging
    discounts; professional clients are not covered. A negative balance is the provider's loss.
    Source: ESMA decision (EU) 2018/796, renewals, FCA PS19/18; ESMA Q&A 5.4, 5.8; margin.md 1.8.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.CFD})

    stop_out: float = 0.0
    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """Ten ounces of gold at ten times, on 2026-01-30."""
        account = BookAccount("cfd", REGIME, 5_000.0)
        held = Position("cfd", "XAUUSD", 10.0, 5_000.0, Kind.CFD, 5_000.0)
        return Pool(account, (held,), account.equity, Marks(date(2026, 1, 30), {"XAUUSD": 5e3}))

    def terms(self, on: date) -> Terms:
        """Each tick; warned at 100 and 75 %, closed at 50 %, and never owing anything."""
        return Terms(
            tested=Timing.TICK,
            grace_days=0.0,
            restored_to=RestoredTo.NOTHING,
            sells=Seller.PROVIDER,
            absorbs=Absorber.PROVIDER,
            source="ESMA decision (EU) 2018/796, margin.md 1.8 and 1.10",
        )

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Initial margins of all lines added; the shares of the ladder are of their sum."""
        initial = sum(self.margin(one, pool, marks) for one in pool.positions)
        call = initial * self.rates.value((), "first_call", marks.on)
        closed = initial * (self.stop_out or self.rates.value((), "close_out", marks.on))
        return Levels(pool.equity_at(marks), max(initial, call), max(call, closed), closed)

    def margin(self, position: Position, pool: Pool, marks: Marks) -> float:
        """Initial margin of one line in the account's currency."""
        value = entry_value(position, pool.opening.price[position.symbol])
        return value * self.rate(position, pool, marks.on) * pool.fx(position, marks)

    def rate(self, position: Position, pool: Pool, on: date) -> float:
        """Initial margin rate of its class, or the provider's where that is more."""
        names = (*position.names, *pair_class(position.symbol, self.rates, on))
        listed = self.rates.value(names, "initial", on)
        return with_house(listed, pool.house(position))

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """Initial margin of new and open contracts at `rate`, and the ladder with it."""
        initial = rate / self.rates.value((), "first_call", on)
        return replace(self, rates=with_own_rate(self.rates, symbol, "initial", initial, on))

    def findings(self, pool: Pool, marks: Marks) -> tuple[Said, ...]:
        """Unknown products, and leverage at which the provider would have closed already."""
        found = not_carried(pool, self.kinds)
        if found:
            return found
        levels = self.levels(pool, marks)
        is_held = levels.equity >= levels.liquidation
        return () if is_held else (too_levered(pool, levels, pool.gross(marks)),)

    def action(self, ratio: float, on: date) -> str:
        """What the ladder does at equity by initial margin: none, a call, or the close-out."""
        if ratio <= (self.stop_out or self.rates.value((), "close_out", on)):
            return "close-out"
        if ratio <= self.rates.value((), "second_call", on):
            return "second call"
        return "first call" if ratio <= self.rates.value((), "first_call", on) else "none"


def account_equity(cash: float, moves: Iterable[tuple[float, float]]) -> float:
    """Cash and the profit of (value at opening, value now) of longs."""
    return cash + sum(now - then for then, now in moves)


def borne(equity: float) -> tuple[float, float]:
    """What the client has left after a close-out, and what the provider loses: no one owes."""
    return max(0.0, equity), max(0.0, -equity)
