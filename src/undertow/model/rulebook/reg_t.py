"""Reg T and FINRA rule 4210: half to open, a quarter to keep."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, Self

from undertow.core.answers.said import Amount, Said
from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook._intraday import (
    Intraday,
    day_trading_power,
    deficit_counts,
    intraday_deficit,
    intraday_rule,
    memorandum,
)
from undertow.model.rulebook._listed import amiss, by_underlying, expires, option_breaks, spot_of
from undertow.model.rulebook._margin_account import margin_account_terms
from undertow.model.rulebook._pairing import net_margin
from undertow.model.rulebook._rates import Rates, rates_of
from undertow.model.rulebook._strategies import Leg, Shares
from undertow.model.rulebook.base import (
    Levels,
    Pool,
    Rulebook,
    Terms,
    beyond_maintenance,
    netted,
    not_carried,
    with_house,
)

REGIME = "reg_t"
PAID = 1e-9
"""Share of the value that may be missing where all is paid for: sums are not exact."""

__all__ = [
    "REGIME",
    "Intraday",
    "RegT",
    "call_at",
    "day_trading_power",
    "deficit_counts",
    "first_deposit",
    "fund_rate",
    "intraday_deficit",
    "intraday_rule",
    "memorandum",
    "too_small",
]


@dataclass(frozen=True, slots=True)
class RegT(Rulebook):
    """Equity must be half of a stock position to open it, and a quarter of a long one to keep it.

    initial = 50 % of value; maintenance long 25 %, short max(30 %, $5 a share), below $5 a share
    max(100 %, $2.50); funds times their leverage, at most 100 %; a house rate where it is more
    listed options and the stock beneath them: the cheapest valid pairing (`_pairing.py`), net of
    premiums, because the pool's equity has options at their value
    Sources differ in what they print: Cboe nets premiums received, Interactive Brokers and Lean
    have them in the requirement and options out of the equity. The excess is the same.
    at_once: the broker sells at its own requirement without a call, as Interactive Brokers does;
    else it sells at FINRA's minimum, which a house rate stands above
    Limits: concentration only as a house rate of a line, and none of options; long-dated options
    are paid in full. A plain fund on an index covers written options by its value, as Cboe has it
    and FINRA since 2023. SMA and what may be bought within a day are functions of `_intraday.py`.
    Source: 12 CFR 220.12, FINRA rule 4210, notice 09-53; margin.md 1.1.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.STOCK, Kind.ETF, Kind.OPTION})

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
        source = "FINRA rule 4210, margin.md 1.10"
        return margin_account_terms(self.rates, on, source, at_once=self.at_once)

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Sums over underlyings; the house's rate counts where it is higher."""
        finra = house = initial = 0.0
        for underlying, held in by_underlying(pool.positions).items():
            has_options = any(p.kind is Kind.OPTION for p in held)
            needs = self._paired if has_options else self._plain
            least, kept, opening = needs(underlying, held, pool, marks)
            finra, house = finra + least, house + kept
            initial += max(opening, kept)
        return Levels(pool.equity_at(marks), initial, house, house if self.at_once else finra)

    def _plain(
        self, _: str, held: tuple[Position, ...], pool: Pool, marks: Marks
    ) -> tuple[float, float, float]:
        """FINRA's minimum, the house's and the opening requirement of stock without options."""
        each = [self._stock(one, pool, marks) for one in held]
        finra, house, initial = (sum(part) for part in zip(*each, strict=True))
        return finra, house, initial

    def _stock(self, one: Position, pool: Pool, marks: Marks) -> tuple[float, float, float]:
        least = self.least(one, marks) * pool.fx(one, marks)
        own = pool.house(one) * pool.size(one, marks)
        kept = with_house(least, own)
        opening = self.rates.value(one.names, "initial", marks.on) * pool.size(one, marks)
        return least, kept, max(opening, kept)

    def _paired(
        self, underlying: str, held: tuple[Position, ...], pool: Pool, marks: Marks
    ) -> tuple[float, float, float]:
        """The same three of stock and options together, each by its own cheapest pairing."""
        options = tuple(p for p in held if p.kind is Kind.OPTION)
        stock = netted(tuple(p for p in held if p.kind is not Kind.OPTION))
        fx, spot = pool.fx(options[0], marks), spot_of(options[0], marks)
        # A fund on an index counts by its value; at a price of 0 nothing needs cover.
        held_value = sum(p.quantity * p.multiplier * marks.price[p.symbol] for p in stock)
        units = held_value / spot if spot > 0.0 else 0.0
        legs = tuple(self.leg(p, stock, marks) for p in options)
        each = [
            sum(part) for part in zip(*(self._stock(p, pool, marks) for p in stock), strict=True)
        ]
        is_itself = all(p.symbol == underlying for p in stock)
        share = self.rates.value((underlying,), "protected_strike", marks.on)
        relief = share if is_itself else None

        def needed(amount: float, protected: float | None) -> float:
            alone = amount / fx / abs(units) if units else 0.0
            return fx * net_margin(legs, Shares(spot, units, alone, protected))

        finra, house, initial = each or (0.0, 0.0, 0.0)
        return needed(finra, relief), needed(house, relief), needed(initial, None)

    def leg(self, option: Position, stock: tuple[Position, ...], marks: Marks) -> Leg:
        """An option as the pairing reads it: its rates times the leverage of the fund beneath."""
        spot_of(option, marks)
        leverage = next((p.leverage for p in stock), option.leverage)
        rate, floor = (
            fund_rate(self.rates.value(option.names, what, marks.on), leverage)
            for what in ("short_option", "short_option_floor")
        )
        return Leg(
            option.right,
            option.strike,
            marks.price[option.symbol],
            option.quantity,
            option.multiplier,
            expires(option),
            rate,
            floor,
        )

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
        """Prices at which a short's money a share takes over, and around strikes."""
        stocks = [p for p in pool.positions if p.kind is not Kind.OPTION]
        found = {p.symbol: self._kinks(p, pool, on) for p in stocks if p.quantity < 0.0}
        for symbol, prices in option_breaks(pool.positions, on).items():
            found[symbol] = (*found.get(symbol, ()), *prices)
        for one in pool.positions:
            if one.kind is Kind.OPTION and one.quantity < 0.0:
                found[one.underlying] = (*found[one.underlying], *self._turns(one, on))
        return found

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """Maintenance of longs, shorts and naked options on it at least `rate` of its value."""
        table = self.rates
        for side in ("maintenance_long", "maintenance_short", "short_option"):
            was = table.value((symbol,), side, on)
            table = table.hiked(symbol, side, max(rate, was), on)
        return replace(self, rates=table)

    def findings(self, pool: Pool, marks: Marks) -> tuple[Said, ...]:
        """Unknown products, leverage that cannot be held overnight, too little to borrow at all."""
        found = (*not_carried(pool, self.kinds), *amiss(pool.positions, marks))
        if found:
            return found
        levels, gross = self.levels(pool, marks), pool.gross(marks)
        least = self.rates.value((), "minimum_equity", marks.on)
        # What is owned and paid for may be worth less than the minimum.
        is_owned = all(p.quantity >= 0.0 for p in pool.positions)
        is_enough = levels.equity >= (min(least, (1.0 - PAID) * gross) if is_owned else least)
        return (
            *beyond_maintenance(pool, levels, gross),
            *(() if is_enough else (too_small(pool, levels.equity, least),)),
        )

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

    def _turns(self, option: Position, on: date) -> tuple[float, ...]:
        """Where what is out of the money gives way to the floor: r·S − OTM = floor·(S or K)."""
        rate = self.rates.value(option.names, "short_option", on)
        floor = self.rates.value(option.names, "short_option_floor", on)
        if option.right == "C":
            return (option.strike, option.strike / (1.0 + rate - floor))
        other = option.strike * (1.0 - floor) / (1.0 - rate) if rate < 1.0 else option.strike
        return (option.strike, other, option.strike * floor / rate)


def too_small(pool: Pool, equity: float, least: float) -> Said:
    """The sentence for an account with less than the regime wants before it lends."""
    return Said(
        "{regime} lends from {least} of equity, and the account has {equity}.",
        {
            "regime": pool.account.regime,
            "least": Amount(least, "count"),
            "equity": Amount(equity, "count"),
        },
    )


def fund_rate(rate: float, leverage: float) -> float:
    """Maintenance rate of a leveraged fund: rate·|leverage|, at most the whole value.

    Source: FINRA regulatory notice 09-53.
    """
    return min(1.0, rate * max(1.0, abs(leverage)))


def first_deposit(cost: float, rates: Rates, on: date) -> float:
    """Money to buy a first position: max(half of it, the lesser of $2,000 and all of it).

    Source: FINRA rule 4210(b), 12 CFR 220.12.
    """
    least = min(cost, rates.value((), "minimum_equity", on))
    return max(cost * rates.value((), "initial", on), least)


def call_at(loan: float, rate: float) -> float:
    """Value of longs at which they are called: loan/(1 − rate)."""
    return loan / (1.0 - rate)
