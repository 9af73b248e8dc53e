"""SPAN: futures and the options on them, by sixteen scenarios of price and volatility."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import ClassVar, Self

from undertow.core.answers.said import Said
from undertow.core.book import Kind, Marks, Position
from undertow.model.rulebook._carry import NO_CARRY, carried_volatility
from undertow.model.rulebook._cleared import a_silver_future, cleared_terms, initial_factor
from undertow.model.rulebook._listed import amiss, lineage, option_breaks, spot_of
from undertow.model.rulebook._rates import Rates, rates_of
from undertow.model.rulebook._worth import black_scholes
from undertow.model.rulebook.base import Levels, Pool, Rulebook, Terms, not_carried, with_house
from undertow.model.rulebook.cme_futures import REGIME as FUTURES
from undertow.model.rulebook.cme_futures import CmeFutures

REGIME = "span"
THIRDS = (0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0)
"""Prices of the first fourteen scenarios in thirds of the range, each with volatility up, down."""


@dataclass(frozen=True, slots=True)
class Scan:
    """How scenarios are made on a date.

    extreme, cover: the last two move by `extreme` ranges, of which `cover` of the loss counts
    volatility: share by which it rises and falls;  days: look-ahead
    tick: money to which an array is rounded, 0 for none
    """

    extreme: float
    cover: float
    volatility: float
    days: float
    tick: float

    def scenarios(self) -> tuple[tuple[float, float, float], ...]:
        """Move in ranges, relative change of volatility, share of the gain that counts."""
        usual = ((n / 3.0, side * self.volatility, 1.0) for n in THIRDS for side in (1.0, -1.0))
        return (*usual, *((side * self.extreme, 0.0, self.cover) for side in (1.0, -1.0)))

    def rounded(self, gain: float) -> float:
        """A gain as the array prints it."""
        return self.tick * round(gain / self.tick) if self.tick else gain


@dataclass(frozen=True, slots=True)
class Span(Rulebook):
    """Equity must be the scan risk of each commodity, and more to open or to meet a call.

    max(minimum·the greater of short calls and puts, −min of 16 scenarios + spreads·charge)
    initial = that·factor
    The price scan range of a contract is its maintenance in the table of CME futures. An array of
    an option that the table has goes before one that is priced. The value of options is in the
    equity, so it is not taken off again. A house rate of the broker replaces a future's range
    where it is higher.
    Limits: no credits between commodities, no delivery charge; months of a commodity are told
    apart only by one charge for their spreads; SPAN 2 is another model. Sources differ on the last
    two scenarios: twice the range at 33 %, at 35 % (McMillan), three times at 33 % (CME, gasoil).
    Source: CME SPAN risk arrays, McMillan ch. 34; margin.md 1.3.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.FUTURE, Kind.OPTION})
    settles: ClassVar[str] = "USD"

    heightened: bool = True
    rates: Rates = field(default_factory=lambda: span_rates(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """One silver future at a quarter of equity, on 2026-02-09."""
        return a_silver_future(REGIME)

    def terms(self, on: date) -> Terms:
        """Settled twice a day; a call is met to initial margin within a day or so."""
        return cleared_terms(self.rates, on)

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Requirements of all commodities added."""
        kept = sum(self._kept(held, pool, marks) for held in commodities(pool.positions))
        factor = initial_factor(self.rates, marks.on, heightened=self.heightened)
        sold = self.rates.value((), "liquidation_share", marks.on)
        return Levels(pool.equity_at(marks), kept * factor, kept, kept * sold)

    def scan(self, names: tuple[str, ...], on: date) -> Scan:
        """How scenarios are made for a commodity on a date."""
        whats = ("extreme_move", "extreme_cover", "volatility_scan", "look_ahead_days", "tick")
        return Scan(*(self.rates.value(names, what, on) for what in whats))

    def array(self, one: Position, names: tuple[str, ...], marks: Marks) -> tuple[float, ...]:
        """What one contract gains in each scenario: given by the table, else priced; money."""
        scan, on = self.scan(names, marks.on), marks.on
        if self.rates.has((one.symbol,), "risk_array", on):
            # Rows of an array have the scenario, from 0, where tiers have their size.
            return self.rates.tiers((one.symbol,), "risk_array", on).rates
        points = self.range(one, names, marks) / one.multiplier
        if one.kind is not Kind.OPTION:
            gains = (share * move * points for move, _, share in scan.scenarios())
            return tuple(scan.rounded(one.multiplier * gain) for gain in gains)
        price, spot = marks.price[one.symbol], spot_of(one, marks)
        sigma = carried_volatility(replace(one, price=price, quantity=1.0), spot, on, NO_CARRY)
        later = min(on + timedelta(days=scan.days), one.expiry or on)
        value = black_scholes(one, spot, sigma, on)
        return tuple(
            scan.rounded(one.multiplier * share * max(-price, after - value))
            for move, change, share in scan.scenarios()
            for after in (
                black_scholes(one, max(0.0, spot + move * points), sigma * (1.0 + change), later),
            )
        )

    def range(self, one: Position, names: tuple[str, ...], marks: Marks) -> float:
        """Price scan range of a contract: the maintenance of its future, in its currency."""
        is_option = one.kind is Kind.OPTION
        spot = spot_of(one, marks) if is_option else marks.price[one.symbol]
        contract = replace(one, quantity=1.0, symbol=names[0], underlying="", group="")
        for name in names:
            if self.rates.has((name,), "maintenance", marks.on):
                contract = replace(contract, symbol=name)
                break
        return CmeFutures(rates=self.rates).maintenance(contract, spot, marks.on)

    def breaks(self, pool: Pool, on: date) -> Mapping[str, tuple[float, ...]]:
        """Prices around strikes."""
        return option_breaks(pool.positions, on)

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """The price scan range at a share of the value from that date."""
        return replace(self, rates=self.rates.hiked(symbol, "maintenance", rate, on))

    def findings(self, pool: Pool, marks: Marks) -> tuple[Said, ...]:
        """Products that are not scanned, and options whose last day has passed."""
        return (*not_carried(pool, self.kinds), *amiss(pool.positions, marks))

    def _kept(self, held: tuple[Position, ...], pool: Pool, marks: Marks) -> float:
        """The requirement of one commodity."""
        named = {p.symbol: _names(p, held) for p in held}
        total = [0.0] * (2 * len(THIRDS) + 2)
        least = {"C": 0.0, "P": 0.0}
        for one in held:
            names, fx = named[one.symbol], pool.fx(one, marks)
            times = self._house(one, names, pool, marks) * fx * one.quantity
            unit = self.array(one, names, marks)
            total = [sum_ + times * gain for sum_, gain in zip(total, unit, strict=True)]
            if one.kind is Kind.OPTION and one.quantity < 0.0:
                share = self.rates.value(names, "short_option_minimum", marks.on)
                least[one.right] -= one.quantity * fx * share * self.range(one, names, marks)
        risk = scan_risk(total) + self._spreads(held, named, pool, marks)
        return max(risk, *least.values())

    def _house(self, one: Position, names: tuple[str, ...], pool: Pool, marks: Marks) -> float:
        """How many times the exchange's range the broker's is, at least 1."""
        house = pool.house(one)
        if one.kind is Kind.OPTION or math.isnan(house):
            return 1.0
        own = house * one.multiplier * marks.price[one.symbol]
        listed = self.range(one, names, marks)
        # A share of nothing: at a price of 0 both are 0.
        return with_house(1.0, own / listed) if listed > 0.0 else 1.0

    def _spreads(
        self,
        held: tuple[Position, ...],
        named: Mapping[str, tuple[str, ...]],
        pool: Pool,
        marks: Marks,
    ) -> float:
        """Charge for long months against short ones: futures only, each spread once."""
        months: dict[str, float] = {}
        for one in held:
            if one.kind is Kind.FUTURE:
                months[one.symbol] = months.get(one.symbol, 0.0) + one.quantity
        longs = sum(q for q in months.values() if q > 0.0)
        shorts = -sum(q for q in months.values() if q < 0.0)
        if not min(longs, shorts):
            return 0.0
        first = next(p for p in held if p.kind is Kind.FUTURE)
        names = named[first.symbol]
        share = self.rates.value(names, "spread_charge", marks.on)
        money = self.range(first, names, marks) * pool.fx(first, marks)
        return min(longs, shorts) * share * money


def span_rates(regime: str) -> Rates:
    """How scenarios are made, with the maintenance of futures as the ranges of prices."""
    return Rates(regime, (*rates_of(regime).rows, *rates_of(FUTURES).rows))


def commodities(positions: tuple[Position, ...]) -> tuple[tuple[Position, ...], ...]:
    """Positions that are scanned together: one group, or one product followed in the end."""
    found: dict[str, tuple[Position, ...]] = {}
    for one in positions:
        key = one.group or lineage(one, positions)[-1]
        found[key] = (*found.get(key, ()), one)
    return tuple(found.values())


def scan_risk(gains: Iterable[float]) -> float:
    """Largest loss of a risk array, at least 0."""
    return max(0.0, -min(gains))


def span_requirement(
    risk: float, *, short_minimum: float = 0.0, option_value: float = 0.0
) -> float:
    """What must be there besides options: max(minimum, risk) less net option value, at least 0.

    Of an equity without the value of options; the member's own equity has it.
    """
    return max(0.0, max(risk, short_minimum) - option_value)


def scan_points(maintenance: float, value_factor: float) -> float:
    """Price scan range in points: maintenance by the money a point is worth."""
    return maintenance / value_factor


def _names(one: Position, held: tuple[Position, ...]) -> tuple[str, ...]:
    """Names under which the table may have rates of it: its own, what it follows, its group."""
    return (*lineage(one, held), *((one.group,) if one.group else ()))
