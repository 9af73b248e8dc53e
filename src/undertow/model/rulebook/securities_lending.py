"""Securities-based lending: a bank's loan against a portfolio, called at a loan to value."""

from __future__ import annotations

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
    beyond_maintenance,
    not_carried,
)

REGIME = "securities_lending"


@dataclass(frozen=True, slots=True)
class SecuritiesLending(Rulebook):
    """The loan may be a share of each security to draw it, a higher one to keep it.

    initial = Σ(1 − advance)·value;  maintenance, liquidation: the same with `cap` and `sale`
    Equity is the portfolio less the loan. A house rate of a line or account is 1 − its cap.
    Limits: a demand loan, which the lender may call for any reason and sell without notice;
    concentration only as a house rate.
    Source: Schwab's pledged asset line (advance up to 70 %); margin.md 1.9 and 1.10.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.STOCK, Kind.ETF, Kind.BOND})
    shorts: ClassVar[bool] = False

    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """A portfolio of 100,000 with half of it lent, on a day of 2026."""
        account = BookAccount("line", REGIME, 50_000.0)
        held = Position("line", "XYZ", 1000.0, 100.0)
        return Pool(account, (held,), account.equity, Marks(date(2026, 1, 30), {"XYZ": 100.0}))

    def terms(self, on: date) -> Terms:
        """Valued daily; a few days to cure, which the lender need not give."""
        return Terms(
            tested=Timing.END_OF_DAY,
            grace_days=self.rates.value((), "cure_days", on),
            restored_to=RestoredTo.MAINTENANCE,
            sells=Seller.LENDER,
            absorbs=Absorber.LENDER,
            source="margin.md 1.9 and 1.10",
        )

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Sums over the securities, each by what may be lent on it."""
        initial = kept = sold = 0.0
        for one in pool.positions:
            advance, cap, sale = self.shares(one, pool, marks.on)
            value = pool.size(one, marks)
            initial += (1.0 - advance) * value
            kept += (1.0 - cap) * value
            sold += (1.0 - sale) * value
        return Levels(pool.equity_at(marks), initial, kept, sold)

    def shares(self, one: Position, pool: Pool, on: date) -> tuple[float, float, float]:
        """Loan to value to draw, to keep, and at which the lender sells; never falling."""
        names = (*one.names, one.kind.value)
        advance, cap, sale = (self.rates.value(names, w, on) for w in ("advance", "cap", "sale"))
        house = pool.house(one)
        cap = min(cap, 1.0 - house) if house >= 0.0 else cap
        return min(advance, cap), cap, max(sale, cap)

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """What may be lent on a symbol at most 1 − `rate` of its value from that date."""
        return replace(self, rates=self.rates.hiked(symbol, "cap", 1.0 - rate, on))

    def findings(self, pool: Pool, marks: Marks) -> tuple[Said, ...]:
        """Products and shorts that no bank lends on, and a loan above the cap."""
        found = (*not_carried(pool, self.kinds), *_shorts(pool))
        return found or beyond_maintenance(pool, self.levels(pool, marks), pool.gross(marks))


def _shorts(pool: Pool) -> tuple[Said, ...]:
    return tuple(
        Said(
            "{regime} lends on what is owned, and {symbol} is short.",
            {"regime": pool.account.regime, "symbol": p.symbol},
        )
        for p in pool.positions
        if p.quantity < 0.0
    )


def call_value(loan: float, cap: float) -> float:
    """Value of the collateral at which a loan is called: loan/cap."""
    return loan / cap


def move_to_call(loan: float, value: float, cap: float) -> float:
    """Fall of the collateral to its call: 1 − loan/(cap·value), 0 if it is called already."""
    return max(0.0, 1.0 - loan / (cap * value))


def cash_to_cure(loan: float, value: float, cap: float) -> float:
    """Money that brings the loan back to its cap: loan − cap·value."""
    return max(0.0, loan - cap * value)


def sale_to_cure(loan: float, value: float, cap: float) -> float:
    """Value of collateral whose sale does so: (loan − cap·value)/(1 − cap)."""
    return cash_to_cure(loan, value, cap) / (1.0 - cap)
