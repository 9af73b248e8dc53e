"""Shanghai futures: a share of the value at settlement, with what the broker adds."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, Self

from undertow.core.answers.said import Said
from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook._listed import amiss, option_breaks, spot_of
from undertow.model.rulebook._rates import Rate, Rates, rates_of
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
    with_house,
)

REGIME = "shfe"


@dataclass(frozen=True, slots=True)
class Shfe(Rulebook):
    """Equity must be the broker's margin at the settlement price; below the exchange's it is sold.

    maintenance = Σ per product max(long, short),   each Σ |q|·multiplier·price·(exchange + markup)
    after n locked days on one side: exchange at least limit + widening_n + 2 percentage points
    markup: what the broker adds to the exchange's rate; a house rate of a line or of the account
    stands instead, where it is higher; then a product without a rate in the table may be held
    locked_days: at the limit in a row, beyond what the table of rates has;  hedging: of that kind
    Of a product the larger side counts, on all its months. Opening takes what holding takes.
    A contract takes its own row (AG2603) before that of its product (AG).
    a sold option: premium + max(M − ½·out of the money, ½·M), M the margin of its future; a bought
    one is paid for. Equity has options at their value (市值权益), so premiums are netted.
    Limits: no margin of combinations of options; delivery months and open interest raise rates
    that are not listed; the table has contracts' locked days of February 2026 as days of their own.
    Source: SHFE risk control rules and notices, margin.md 1.6; options: exchanges' option rules.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.FUTURE, Kind.OPTION})
    settles: ClassVar[str] = "CNY"

    markup: float = 0.0
    locked_days: int = 0
    hedging: bool = False
    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """Two lots of silver, on 2026-01-30."""
        account = BookAccount("shanghai", REGIME, 300_000.0, "CNY")
        held = Position(
            "shanghai", "AG2606", 2.0, 25_000.0, Kind.FUTURE, multiplier=15.0, currency="CNY"
        )
        marks = Marks(date(2026, 1, 30), {"AG2606": 25_000.0})
        return Pool(account, (held,), account.equity, marks)

    def terms(self, on: date) -> Terms:
        """Settled daily without debt; topped up before the next open, or closed out."""
        return Terms(
            tested=Timing.SETTLEMENT,
            grace_days=self.rates.value((), "grace_days", on),
            restored_to=RestoredTo.MAINTENANCE,
            sells=Seller.OWNER_THEN_BROKER,
            absorbs=Absorber.CLIENT_BROKER_CLEARING,
            source="SHFE risk control rules, margin.md 1.6 and 1.10",
        )

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """The broker's margin is the call, the exchange's the close-out."""
        broker: dict[tuple[str, bool], float] = {}
        exchange: dict[tuple[str, bool], float] = {}
        for one in pool.positions:
            key = (product(one), one.quantity > 0.0)
            official, own = self._shares(one, pool, marks.on)
            if one.kind is Kind.OPTION:
                key, size = (f"{one.symbol} {one.quantity > 0.0}", True), 1.0
                official, own = (self.option(one, s, pool, marks) for s in (official, own))
            else:
                size = pool.size(one, marks)
            broker[key] = broker.get(key, 0.0) + own * size
            exchange[key] = exchange.get(key, 0.0) + official * size
        kept, sold = larger_sides(broker), larger_sides(exchange)
        return Levels(pool.equity_at(marks), kept, kept, sold)

    def option(self, position: Position, share: float, pool: Pool, marks: Marks) -> float:
        """Requirement of an option against equity that has it at its value.

        bought: that value;  sold: max(M − relief·out of the money, least·M), M = share·future
        A house rate of the line is a share of the option's own value and counts where it is more.
        """
        units = abs(position.quantity) * position.multiplier * pool.fx(position, marks)
        value, future = units * marks.price[position.symbol], spot_of(position, marks)
        if position.quantity > 0.0:
            return value
        house = position.broker_rate
        stated = 0.0 if math.isnan(house) else (house - 1.0) * value
        sign = 1.0 if position.right == "C" else -1.0
        beyond = max(0.0, sign * (position.strike - future))
        relief, least = (
            self.rates.value(contract_names(position), what, marks.on)
            for what in ("option_relief", "option_least")
        )
        return max(stated, units * max(share * future - relief * beyond, least * share * future))

    def breaks(self, pool: Pool, on: date) -> Mapping[str, tuple[float, ...]]:
        """Prices around strikes of options, and where half of the future's margin is the least."""
        found = dict(option_breaks(pool.positions, on))
        for one in pool.positions:
            if one.kind is Kind.OPTION and one.quantity < 0.0:
                sign = 1.0 if one.right == "C" else -1.0
                turns = tuple(
                    one.strike / (1.0 + sign * share) for share in self._shares(one, pool, on)
                )
                found[one.underlying] = (*found[one.underlying], *turns)
        return found

    def findings(self, pool: Pool, marks: Marks) -> tuple[Said, ...]:
        """Unknown products, options past their last day."""
        return (*not_carried(pool, self.kinds), *amiss(pool.positions, marks))

    def share(self, position: Position, on: date) -> float:
        """The exchange's margin, a share of the value, with the step after locked days."""
        names = contract_names(position)
        listed = self._listed(names, on)
        if not self.locked_days:
            return listed
        over = self.rates.value(names, "margin_over_limit", on)
        return max(listed, margin_after(self.limit(position, on), over))

    def limit(self, position: Position, on: date) -> float:
        """Share by which the price may move from the last settlement on the day after `on`."""
        names = contract_names(position)
        base = self.rates.value(names, "limit", on)
        if not self.locked_days:
            return base
        steps = self.rates.tiers((), "widening", on).rates
        return base + steps[min(self.locked_days, len(steps)) - 1]

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """Margin of a contract, or of a product and all its contracts, from that date."""
        name = symbol.upper()
        months = {s for s in self.rates.symbols("maintenance") if letters(s) == name}
        targets = {name} | months
        new = tuple(
            Rate(REGIME, one, what, 0.0, rate, "share", on, None, f"hike of {symbol}", "assumed")
            for one in sorted(targets)
            for what in ("maintenance", "maintenance_hedge")
        )
        kept = tuple(
            r
            for r in self.rates.rows
            if r.symbol not in targets
            or not r.what.startswith("maintenance")
            or (r.since or date.min) < on
        )
        return replace(self, rates=replace(self.rates, rows=(*kept, *new)))

    def _listed(self, names: tuple[str, ...], on: date) -> float:
        general = self.rates.find(names, "maintenance", on)
        if not self.hedging or not self.rates.has(names, "maintenance_hedge", on):
            return general.value
        hedge = self.rates.find(names, "maintenance_hedge", on)
        # A notice that lists no rate for hedgers holds for them too.
        newer = (general.since or date.min) > (hedge.since or date.min)
        return general.value if newer else hedge.value

    def _shares(self, one: Position, pool: Pool, on: date) -> tuple[float, float]:
        """The exchange's and the broker's share of the value."""
        is_option = one.kind is Kind.OPTION
        house = pool.account.broker_rate if is_option else pool.house(one)
        known = self.rates.has(contract_names(one), "maintenance", on)
        if not known and not math.isnan(house):
            return house, house
        if not known and is_option and not math.isnan(one.broker_rate):
            return 0.0, 0.0
        official = self.share(one, on)
        if math.isnan(house):
            return official, official + self.markup
        return official, with_house(official, house)


def margin_after(limit: float, over: float) -> float:
    """Margin that goes with a price limit: limit + over, shares. Source: margin.md 1.6."""
    return limit + over


def client_share(exchange: float, *, multiple: float = 1.0, markup: float = 0.0) -> float:
    """What a broker asks of its clients: exchange·multiple + markup. Source: margin.md 1.6."""
    return exchange * multiple + markup


def product(position: Position) -> str:
    """The product of a contract, in capitals: what it says it follows, else its letters."""
    if position.kind is Kind.OPTION:
        return letters(position.underlying or position.symbol).upper()
    return (position.underlying or letters(position.symbol)).upper()


def letters(symbol: str) -> str:
    """The letters that a contract's name begins with: AG of AG2606; all of it if there are none."""
    found = re.match(r"[A-Za-z]+", symbol)
    return found[0] if found else symbol


def contract_names(position: Position) -> tuple[str, ...]:
    """Names under which rates of a contract are listed, its own first."""
    names = (position.symbol.upper(), product(position), *position.names)
    if position.kind is Kind.OPTION:
        return (names[0], position.underlying.upper(), *names[1:])
    return names


def larger_sides(margins: Mapping[tuple[str, bool], float]) -> float:
    """Of each product the larger side. margins: by product and whether long."""
    products = dict.fromkeys(name for name, _ in margins)
    return sum(
        max(margins.get((one, True), 0.0), margins.get((one, False), 0.0)) for one in products
    )
