"""Portfolio margin: the worst of ten prices, offsets within what moves together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, Self

from undertow.core.answers.said import Said
from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook._carry import Carry, carried_value, carried_volatility
from undertow.model.rulebook._listed import amiss, by_class, lineage, option_breaks, spot_of
from undertow.model.rulebook._margin_account import margin_account_terms
from undertow.model.rulebook._rates import Rates, rates_of
from undertow.model.rulebook.base import (
    Levels,
    Pool,
    Rulebook,
    Terms,
    beyond_maintenance,
    not_carried,
)
from undertow.model.rulebook.reg_t import too_small

REGIME = "portfolio_margin"
POINTS = (-1.0, -0.8, -0.6, -0.4, -0.2, 0.2, 0.4, 0.6, 0.8, 1.0)
"""The ten valuation points: five equal steps down and five up, shares of the range."""


@dataclass(frozen=True, slots=True)
class PortfolioMargin(Rulebook):
    """Equity must be the loss at the worst of ten valuation points, per class and product group.

    max over points of −Σ gain, at least $0.375 · multiplier a contract; ±15 % for stocks, ±10 %
    and +6/−8 % for broad indices, times a fund's leverage; a house rate widens the range
    A class is what follows one underlying: all of it offsets. Classes of one product group (the
    positions' `group`) offset by the share that the group has in the table, others not at all.
    at_once: the broker sells without a call, as Interactive Brokers does
    Limits: options by Black–Scholes at their own volatility, the same at every point; of OCC's
    nightly values it is within 2 %. The rule's ten equidistant points are read as five up and five
    down, as brokers show them. Concentration only as a house rate.
    Source: FINRA rule 4210(g), SEC 34-46576, OCC TIMS; margin.md 1.2.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.STOCK, Kind.ETF, Kind.OPTION})

    at_once: bool = True
    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """Three times as much of a stock as there is equity, on a day of 2026."""
        account = BookAccount("options", REGIME, 200_000.0)
        held = Position("options", "XYZ", 6000.0, 100.0)
        return Pool(account, (held,), account.equity, Marks(date(2026, 1, 30), {"XYZ": 100.0}))

    def terms(self, on: date) -> Terms:
        """Tested all day by a broker that sells at once, else at the close with days to pay."""
        source = "FINRA rule 4210(g), margin.md 1.2 and 1.10"
        return margin_account_terms(self.rates, on, source, at_once=self.at_once)

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """The product groups' requirements added; opening takes no more than keeping."""
        groups: dict[str, list[tuple[float, ...]]] = {}
        least: dict[str, float] = {}
        for name, held in by_class(pool.positions).items():
            group = self.product_group(held, marks.on) or name
            groups.setdefault(group, []).append(self.gains(held, pool, marks))
            least[group] = least.get(group, 0.0) + self._minimum(held, pool, marks)
        kept = sum(
            max(least[group], self._worst(group, gains, marks.on))
            for group, gains in groups.items()
        )
        return Levels(pool.equity_at(marks), kept, kept, kept)

    def product_group(self, held: tuple[Position, ...], on: date) -> str:
        """The group of a class, if the table says how much its classes offset; else none."""
        known = (p.group for p in held if self.rates.has((p.group,), "group_offset", on))
        return next(known, "")

    def gains(self, held: tuple[Position, ...], pool: Pool, marks: Marks) -> tuple[float, ...]:
        """Money that one class gains at each valuation point, account's currency."""
        names = (*lineage(held[0], held)[::-1], *(p.group for p in held if p.group))
        up, down = (self.rates.value(names, f"range_{side}", marks.on) for side in ("up", "down"))
        house = max((r for r in map(pool.house, held) if not math.isnan(r)), default=0.0)
        leverage = {p.symbol: p.leverage for p in held if p.kind is not Kind.OPTION}
        total = [0.0] * len(POINTS)
        for one in held:
            is_option = one.kind is Kind.OPTION
            times = leverage.get(one.underlying, one.leverage) if is_option else one.leverage
            for k, point in enumerate(POINTS):
                move = point * max(up if point > 0.0 else down, house) * times
                total[k] += self.gain(one, move, marks) * pool.fx(one, marks)
        return tuple(total)

    def gain(self, position: Position, move: float, marks: Marks) -> float:
        """Money a position gains when what it is written on moves by a share; own currency."""
        units = position.quantity * position.multiplier
        price = marks.price[position.symbol]
        if position.kind is not Kind.OPTION:
            return units * price * max(-1.0, move)
        spot, on = spot_of(position, marks), marks.on
        carry = self.carry(position, on)
        sigma = carried_volatility(replace(position, price=price, quantity=1.0), spot, on, carry)
        after = carried_value(position, spot * max(0.0, 1.0 + move), sigma, on, carry)
        change = after - carried_value(position, spot, sigma, on, carry)
        return units * max(-price, change)

    def carry(self, option: Position, on: date) -> Carry:
        """Interest and dividends of the date, and whether the option is American."""
        return Carry(
            self.rates.value((), "interest", on),
            self.rates.value(option.names, "dividends", on),
            self.rates.value(option.names, "early_exercise", on) > 0.0,
        )

    def breaks(self, pool: Pool, on: date) -> Mapping[str, tuple[float, ...]]:
        """Prices around strikes, and those from which a valuation point reaches one."""
        return option_breaks(pool.positions, on)

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """The range of prices at `rate` up and down for what follows the symbol."""
        table = self.rates
        for side in ("range_up", "range_down"):
            table = table.hiked(symbol, side, rate, on)
        return replace(self, rates=table)

    def findings(self, pool: Pool, marks: Marks) -> tuple[Said, ...]:
        """Unknown products, leverage beyond the range, an account too small for the regime."""
        found = (*not_carried(pool, self.kinds), *amiss(pool.positions, marks))
        if found:
            return found
        levels = self.levels(pool, marks)
        least = self.rates.value((), "minimum_equity", marks.on)
        return (
            *beyond_maintenance(pool, levels, pool.gross(marks)),
            *(() if levels.equity >= least else (too_small(pool, levels.equity, least),)),
        )

    def _minimum(self, held: tuple[Position, ...], pool: Pool, marks: Marks) -> float:
        """Least requirement of a class: money a contract, whatever it may lose."""
        return sum(
            minimum(p.quantity, p.multiplier, self.rates.value(p.names, "minimum_unit", marks.on))
            * pool.fx(p, marks)
            for p in held
            if p.kind is Kind.OPTION
        )

    def _worst(self, group: str, classes: list[tuple[float, ...]], on: date) -> float:
        """Worst point of a product group: of gains only the group's share offsets other classes."""
        if len(classes) == 1:
            return max(0.0, -min(classes[0]))
        share = self.rates.value((group,), "group_offset", on)
        points = zip(*classes, strict=True)
        return max(0.0, *(-sum(g if g < 0.0 else share * g for g in point) for point in points))


def minimum(contracts: float, multiplier: float, unit: float) -> float:
    """Minimum charge of option contracts, long or short: |q|·multiplier·unit."""
    return abs(contracts) * multiplier * unit
