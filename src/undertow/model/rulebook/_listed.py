"""Listed options of an account, gathered by what they are written on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date

from undertow.core.answers.said import Amount, Said
from undertow.core.book import Kind, Marks, Position
from undertow.core.errors import BadNumber, unknown
from undertow.model.rulebook._worth import DAYS_PER_YEAR

NEVER = date.max.toordinal()
USUAL = 0.3
ROUNDED = 1e-6
"""Share by which a printed price may be above what bounds it."""


def by_underlying(positions: tuple[Position, ...]) -> dict[str, tuple[Position, ...]]:
    """Positions by the stock they are, or that their option is written on; in order.

    A plain fund that follows an index goes with the options on that index: it may cover them.
    """
    written_on = {p.underlying for p in positions if p.kind is Kind.OPTION}
    found: dict[str, tuple[Position, ...]] = {}
    for one in positions:
        is_option = one.kind is Kind.OPTION
        covers = one.leverage == 1.0 and one.underlying in written_on - {one.symbol}
        key = one.underlying if is_option or covers else one.symbol
        found[key] = (*found.get(key, ()), one)
    return found


def spot_of(option: Position, marks: Marks) -> float:
    """Price of what an option is written on; an error names the option that lacks one."""
    if math.isnan(option.strike) or option.right not in {"C", "P"}:
        raise BadNumber(f"option {option.symbol!r} has no strike or right; give strike and C or P.")
    if option.underlying not in marks.price:
        raise unknown("price of underlying", option.underlying, marks.price, option.symbol)
    return marks.price[option.underlying]


def expires(option: Position) -> int:
    """Day number of an option's expiry; an option without one outlives all others."""
    return option.expiry.toordinal() if option.expiry else NEVER


def expired(positions: Iterable[Position], on: date) -> tuple[Said, ...]:
    """A sentence for each option whose last day has passed: it is worth nothing any more."""
    return tuple(
        Said(
            "{symbol} expired on {expiry}, and the book is of {day}.",
            {"symbol": p.symbol, "expiry": p.expiry.isoformat(), "day": on.isoformat()},
        )
        for p in positions
        if p.kind is Kind.OPTION and p.expiry is not None and p.expiry < on
    )


def amiss(positions: Iterable[Position], marks: Marks) -> tuple[Said, ...]:
    """What no listed option can be: past its last day, or dearer than what it may pay."""
    return (*expired(positions, marks.on), *dearer(positions, marks))


def dearer(positions: Iterable[Position], marks: Marks) -> tuple[Said, ...]:
    """A sentence for each option above what it can ever pay: a call the stock, a put its strike."""
    return tuple(
        Said(
            "{symbol} costs {price}, and can be worth {most} at most; check price, strike and "
            "right.",
            {
                "symbol": p.symbol,
                "price": Amount(marks.price[p.symbol], "price"),
                "most": Amount(most, "price"),
            },
        )
        for p in positions
        if p.kind is Kind.OPTION
        and marks.price[p.symbol] > (most := _most(p, marks)) * (1.0 + ROUNDED)
    )


def _most(option: Position, marks: Marks) -> float:
    """What an option can be worth: its underlying, or its strike; inf if that is not known."""
    most = marks.price.get(option.underlying, math.inf) if option.right == "C" else option.strike
    return math.inf if math.isnan(most) else most


def option_breaks(positions: Iterable[Position], on: date) -> Mapping[str, tuple[float, ...]]:
    """Prices by underlying around strikes: K·e^{j·σ√T/2} for |j| ≤ 6, and near the strike.

    Between them an option's value turns at most once, so a solver that looks at each of them meets
    every loss on its way.
    """
    found: dict[str, tuple[float, ...]] = {}
    for one in positions:
        if one.kind is Kind.OPTION:
            years = max(1.0, ((one.expiry or on) - on).days) / DAYS_PER_YEAR
            sigma = USUAL if math.isnan(one.volatility) else max(one.volatility, 0.01)
            half = 0.5 * sigma * math.sqrt(years)
            prices = tuple(one.strike * math.exp(j * half) for j in range(-6, 7))
            found[one.underlying] = (*found.get(one.underlying, ()), *prices)
    return found


def lineage(position: Position, held: Iterable[Position]) -> tuple[str, ...]:
    """Symbols from a position to what it follows in the end: option, future or fund, product."""
    parents = {p.symbol: p.underlying for p in held if p.underlying}
    found: tuple[str, ...] = (position.symbol,)
    after = position.underlying or parents.get(position.symbol, "")
    while after and after not in found:
        found = (*found, after)
        after = parents.get(after, "")
    return found


def by_class(positions: tuple[Position, ...]) -> dict[str, tuple[Position, ...]]:
    """Positions by what they follow in the end, in order."""
    found: dict[str, tuple[Position, ...]] = {}
    for one in positions:
        key = lineage(one, positions)[-1]
        found[key] = (*found.get(key, ()), one)
    return found
