"""The cheapest valid pairing of a stock and the listed options on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from undertow.model.rulebook._program import Program, cheapest
from undertow.model.rulebook._strategies import (
    Leg,
    Shares,
    collared,
    naked,
    protected,
    strangle,
    written,
)

ALMOST = 1e-9
"""Share of a lot that may be missing: shares counted by their value are not quite whole."""

Uses = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that can be done with legs: what it costs, what it takes of each constraint."""

    cost: float
    uses: Uses
    whole: bool = True


@lru_cache(maxsize=4096)
def gross_margin(legs: tuple[Leg, ...], stock: Shares) -> float:
    """Least requirement of all legs and the stock, premiums of shorts in it, bought options at 0.

    A short contract is naked, half of a strangle, in a spread, or covered by the stock. A spread
    asks for its greatest loss at expiry; bought options in it expire no sooner than sold ones.
    Whole contracts if the quantities are whole, else fractions; of a book with so many legs that
    the search is cut short, a valid pairing that may not be the cheapest.
    Source: FINRA rule 4210(f)(2); the lesser of all pairings that it allows.
    """
    sold, bought = (_sided(legs, side) for side in (-1.0, 1.0))
    alone = abs(stock.units) * stock.each
    if not sold and stock.protected is None:
        return alone
    columns = list(_columns(sold, bought, stock))
    return alone + _least(columns, _rights(sold, bought, stock), legs) if columns else alone


def net_margin(legs: tuple[Leg, ...], stock: Shares) -> float:
    """The same against equity in which options have their value: bought ones are paid in full.

    gross + Σ q·multiplier·price, at least 0
    """
    owned = sum(leg.quantity * leg.premium for leg in legs)
    return max(0.0, gross_margin(legs, stock) + owned)


def _sided(legs: tuple[Leg, ...], side: float) -> tuple[Leg, ...]:
    held = (leg for leg in legs if leg.quantity * side > 0.0)
    return tuple(replace(leg, quantity=float(abs(leg.quantity))) for leg in held)


def _columns(sold: tuple[Leg, ...], bought: tuple[Leg, ...], stock: Shares) -> Iterator[Column]:
    for i, leg in enumerate(sold):
        yield Column(naked(leg, stock.spot), ((f"=s{i}", 1.0),))
    for i, put in enumerate(sold):
        for j, call in enumerate(sold):
            if (put.right, call.right) == ("P", "C") and put.multiplier == call.multiplier:
                yield Column(strangle(put, call, stock.spot), ((f"=s{i}", 1.0), (f"=s{j}", 1.0)))
    yield from _covers(sold, bought, stock)
    if bought:
        for day in sorted({leg.expires for leg in sold}):
            yield from _spread(sold, bought, day)


def _covers(sold: tuple[Leg, ...], bought: tuple[Leg, ...], stock: Shares) -> Iterator[Column]:
    """Stock with options; what it costs more than the stock alone."""
    is_long = stock.units > 0.0
    covering = [(i, a) for i, a in enumerate(sold) if a.right == ("C" if is_long else "P")]
    shields = [(j, b) for j, b in enumerate(bought) if b.right == ("P" if is_long else "C")]
    if stock.units == 0.0:
        return
    for i, a in covering:
        yield _cover(written(a, stock), a, stock, f"=s{i}")
    if stock.protected is None:
        return
    for j, b in shields:
        yield _cover(protected(b, stock), b, stock, f"<b{j}")
        for i, a in covering:
            if a.multiplier == b.multiplier:
                yield _cover(collared(b, a, stock), a, stock, f"=s{i}", f"<b{j}")


def _cover(cost: float, leg: Leg, stock: Shares, *takes: str) -> Column:
    more = cost - leg.multiplier * stock.each
    shares = (("<stock", leg.multiplier), (f"<stock{leg.multiplier}", 1.0))
    return Column(more, (*((name, 1.0) for name in takes), *shares))


def _spread(sold: tuple[Leg, ...], bought: tuple[Leg, ...], day: int) -> Iterator[Column]:
    """Legs that may be in one spread: sold ones to a day, bought ones from it, and the loss."""
    fit_sold = [(i, a) for i, a in enumerate(sold) if a.expires <= day]
    fit_bought = [(j, b) for j, b in enumerate(bought) if b.expires >= day]
    spots = sorted({0.0, *(leg.strike for _, leg in (*fit_sold, *fit_bought))})
    if not fit_bought:
        return
    yield Column(1.0, tuple((f"<{day}@{spot}", -1.0) for spot in spots), whole=False)
    for name, leg, side in (
        *((f"=s{i}", a, 1.0) for i, a in fit_sold),
        *((f"<b{j}", b, -1.0) for j, b in fit_bought),
    ):
        losses = ((f"<{day}@{spot}", side * leg.payoff(spot)) for spot in spots)
        beyond = ((f"<{day}@inf", side * leg.multiplier),) if leg.right == "C" else ()
        yield Column(0.0, ((name, 1.0), *losses, *beyond))


def _rights(sold: tuple[Leg, ...], bought: tuple[Leg, ...], stock: Shares) -> dict[str, float]:
    """How much there is of each leg; what is not named has none to spare."""
    there = {f"=s{i}": leg.quantity for i, leg in enumerate(sold)}
    there |= {f"<b{j}": leg.quantity for j, leg in enumerate(bought)}
    lots = {leg.multiplier for leg in (*sold, *bought)}
    # Whole lots of stock: the same for whole contracts, and it saves the search most branches.
    there |= {f"<stock{lot}": abs(stock.units) / lot for lot in lots}
    if all(leg.quantity.is_integer() for leg in sold):
        there |= {f"<stock{lot}": math.floor(abs(stock.units) / lot + ALMOST) for lot in lots}
    return there | {"<stock": abs(stock.units) * (1.0 + ALMOST)}


def _least(columns: list[Column], there: dict[str, float], legs: tuple[Leg, ...]) -> float:
    """Least cost of the columns, money in units of the largest strike."""
    unit = max(leg.multiplier * max(leg.strike, leg.price) for leg in legs) or 1.0
    is_whole = all(float(leg.quantity).is_integer() for leg in legs)
    names = sorted({name for column in columns for name, _ in column.uses})

    def money(name: str) -> float:
        return unit if "@" in name and not name.endswith("inf") else 1.0

    def block(chosen: Callable[[str], bool]) -> tuple[np.ndarray, np.ndarray]:
        rows = {name: k for k, name in enumerate(n for n in names if chosen(n))}
        table = np.zeros((len(rows), len(columns)))
        for c, column in enumerate(columns):
            for name, count in column.uses:
                if name in rows:
                    table[rows[name], c] += count * (1.0 if column.whole else unit) / money(name)
        return table, np.array([there.get(name, 0.0) for name in rows])

    equal, totals = block(lambda name: name[0] == "=")
    most, limits = block(lambda name: name[0] == "<")
    cost = np.array([c.cost / unit if c.whole else 1.0 for c in columns])
    whole = np.array([c.whole and is_whole for c in columns])
    least, _ = cheapest(Program(cost, equal, totals, most, limits, whole))
    return least * unit
