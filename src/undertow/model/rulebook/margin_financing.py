"""Margin financing and securities lending in China (融资融券): one ratio for the account."""

from __future__ import annotations

import math
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
    with_house,
)

REGIME = "margin_financing"


@dataclass(frozen=True, slots=True)
class MarginFinancing(Rulebook):
    """Assets must be a multiple of debts: a reminder at 140 %, closed out below 130 %.

    ratio = assets/debts = 1 + equity/debts;   debts = loan + shorts, loan = max(0, longs − shorts
    − equity);   maintenance = (1.4 − 1)·debts, liquidation = (1.3 − 1)·debts
    initial = share of the loan + share of the shorts, by the rate of the date
    A house rate of a line or account, a share of its value, stands where it asks for more.
    Limits: cash pays the loan back (held beside it, the ratio is lower); collateral counts in full
    to open, brokers count a stock at 70 % or less; lines differ by contract since 2019; a loan
    keeps the initial rate of the day it was taken.
    Source: SSE and SZSE rules on margin trading, brokers' contracts; rates/margin_financing.csv.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.STOCK, Kind.ETF, Kind.BOND})
    settles: ClassVar[str] = "CNY"

    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """Ten thousand shares at 20 yuan, two fifths of them owed, on 2026-01-30."""
        account = BookAccount("credit", REGIME, 120_000.0, "CNY")
        held = Position("credit", "600000", 10_000.0, 20.0, currency="CNY")
        marks = Marks(date(2026, 1, 30), {"600000": 20.0})
        return Pool(account, (held,), account.equity, marks)

    def terms(self, on: date) -> Terms:
        """Tested at the close; a day to top up, else the broker sells."""
        return Terms(
            tested=Timing.END_OF_DAY,
            grace_days=self.rates.value((), "grace_days", on),
            restored_to=RestoredTo.MAINTENANCE,
            sells=Seller.OWNER_THEN_BROKER,
            absorbs=Absorber.CLIENT_THEN_BROKER,
            source="SSE and SZSE rules on margin trading, contracts of brokers",
        )

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """One requirement for the account, by its debts."""
        equity, on = pool.equity_at(marks), marks.on
        loan, shorts = debts(pool, marks)
        warned, sold = (
            (self.rates.value((), f"{line}_ratio", on) - 1.0) * (loan + shorts)
            for line in ("warning", "close_out")
        )
        house = sum(self._house(one, pool, on) * pool.size(one, marks) for one in pool.positions)
        opened = self.rates.value((), "initial", on) * loan
        opened += self.rates.value((), "initial_short", on) * shorts
        kept = max(warned, house)
        return Levels(equity, max(opened, kept), kept, sold)

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """A house requirement on one security, a share of its value."""
        return replace(self, rates=self.rates.hiked(symbol, "maintenance", rate, on))

    def findings(self, pool: Pool, marks: Marks) -> tuple[Said, ...]:
        """Unknown products, and debts that cannot be carried."""
        found = not_carried(pool, self.kinds)
        return found or beyond_maintenance(pool, self.levels(pool, marks), pool.gross(marks))

    def _house(self, one: Position, pool: Pool, on: date) -> float:
        return with_house(self.rates.value(one.names, "maintenance", on), pool.house(one))


def debts(pool: Pool, marks: Marks) -> tuple[float, float]:
    """Loan and value of shorts of an account, once its cash has paid back what it can."""
    longs = sum(pool.size(p, marks) for p in pool.positions if p.quantity > 0.0)
    shorts = sum(pool.size(p, marks) for p in pool.positions if p.quantity < 0.0)
    return max(0.0, longs - shorts - pool.equity_at(marks)), shorts


def guarantee_ratio(assets: float, owed: float) -> float:
    """维持担保比例: cash and securities by loan, shorts and interest; inf without debts."""
    return assets / owed if owed > 0.0 else math.inf


def value_at_ratio(owed: float, ratio: float, *, cash: float = 0.0) -> float:
    """Value of securities at which the ratio is reached: ratio·debts − cash."""
    return ratio * owed - cash
