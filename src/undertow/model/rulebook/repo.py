"""Repo: securities financed at a haircut, marked each day and called on any fall."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, Self

from undertow.core.answers.said import Said
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
    beyond_maintenance,
    not_carried,
    with_house,
)

REGIME = "repo"
HAIRCUT = "haircut"


@dataclass(frozen=True, slots=True)
class Repo(Rulebook):
    """Equity must be the haircut of all that is financed, at its value of the day.

    initial = maintenance = liquidation = Σ |value|·haircut;   leverage at most 1/haircut
    long: sold under a repo, the cash borrowed on it;  short: borrowed under a reverse repo and sold
    haircut: of the trade as a house rate of the line, else of its class (`group`, as `treasury`)
    A class without a row here needs the house rate. Equity is the securities less the cash owed.
    Limits: the call is met in cash the same day or the lender sells; that a term repo keeps its
    haircut and an open one may be refused the next morning is not modelled. Sources disagree on
    Treasuries: 2 % in tri-party, none for three quarters of what is cleared bilaterally.
    Source: OFR brief 2023-05-12, TMPG 2025; margin.md 1.9 and 1.10.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.REPO, Kind.BOND})

    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """Ten million of a Treasury note with half a million of equity, on a day of 2026."""
        account = BookAccount("repo", REGIME, 500_000.0)
        held = Position("repo", "T 4 02/36", 100_000.0, 100.0, Kind.REPO, group="treasury")
        marks = Marks(date(2026, 1, 30), {"T 4 02/36": 100.0})
        return Pool(account, (held,), account.equity, marks)

    def terms(self, on: date) -> Terms:
        """Marked daily, paid the same day; the cash lender sells and bears the rest."""
        return Terms(
            tested=Timing.END_OF_DAY,
            grace_days=self.rates.value((), "grace_days", on),
            restored_to=RestoredTo.MAINTENANCE,
            sells=Seller.LENDER,
            absorbs=Absorber.LENDER,
            source="margin.md 1.9 and 1.10",
        )

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Haircuts of all lines added; a long and a short are two trades and do not net."""
        kept = sum(pool.size(p, marks) * self.haircut(p, pool, marks.on) for p in pool.positions)
        return Levels(pool.equity_at(marks), kept, kept, kept)

    def haircut(self, position: Position, pool: Pool, on: date) -> float:
        """Share of the value that is not lent: of its class, or the trade's where that is more."""
        house = pool.house(position)
        is_listed = self.rates.has(position.names, HAIRCUT, on)
        if not is_listed and not math.isnan(house):
            return house
        return with_house(self.rates.value(position.names, HAIRCUT, on), house)

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """The haircut of one security at `rate` from that date."""
        return replace(self, rates=with_own_rate(self.rates, symbol, HAIRCUT, rate, on))

    def findings(self, pool: Pool, marks: Marks) -> tuple[Said, ...]:
        """Unknown products, and more financed than the haircuts allow."""
        found = not_carried(pool, self.kinds)
        return found or beyond_maintenance(pool, self.levels(pool, marks), pool.gross(marks))


def lent(value: float, haircut: float) -> float:
    """Cash that a repo raises: value·(1 − haircut)."""
    return value * (1.0 - haircut)


def margin_due(cash: float, value: float, haircut: float) -> float:
    """Cash to pay in after a fall, back when negative: cash − value·(1 − haircut)."""
    return cash - lent(value, haircut)
