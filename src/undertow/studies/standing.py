"""How an account of a book stands in the middle of a run, by its own rulebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from undertow.core.book import Marks, Position
from undertow.core.shapes import Floats, PerInstrument, Rows
from undertow.model.rulebook import Levels, Pool, Rulebook, moved, notional
from undertow.studies.placed import Placed, in_base, ratios


@dataclass(frozen=True)
class Opening:
    """How a pool meets a market as a run begins.

    value: of every instrument, base currency;  placed: the pool's positions that can be dealt
    by: instrument that each symbol follows
    """

    value: PerInstrument
    placed: tuple[Placed, ...]
    by: Mapping[str, int]

    @cached_property
    def instruments(self) -> Rows:
        """Instrument of each placed position."""
        return np.array([one.instrument for one in self.placed], dtype=np.int64)


@dataclass(frozen=True)
class Standing:
    """One pool at some bar of a run.

    first: the pool as the run began, dated by it;  opening: the market then
    pool: the same with what is left, and its equity at its opening prices
    units: signed units left of what is placed;  cash: the engine's, base currency; with the value
    of `units` it is the equity where all is linear
    Limits: the book's exchange rates stand; a currency moves a price as it moves its instrument's
    value. Options keep their volatility and do not age.
    """

    rulebook: Rulebook
    first: Pool
    opening: Opening
    pool: Pool
    units: Floats
    cash: float

    @cached_property
    def per_unit(self) -> float:
        """Base currency per unit of the account's."""
        return in_base(self.first.opening, self.first.account.currency)

    @cached_property
    def shares(self) -> Floats:
        """Each placed position's share of the requirement, by what it requires alone."""
        pool, marks = self.pool, self.pool.opening
        at = [one.position for one in self.opening.placed]
        lines = np.array(self.rulebook.lines(pool, marks))[at]
        if not lines.sum() > 0.0:
            lines = np.array([self._size(pool.positions[position]) for position in at])
        total = float(lines.sum())
        return lines / total if total > 0.0 else lines

    @cached_property
    def _last(self) -> dict[bytes, Levels]:
        return {}

    def levels(self, value: PerInstrument) -> Levels:
        """Equity and requirements at other values of the instruments, account's currency.

        Asked three times a bar at the same values: the last answer is kept.
        """
        key = value.tobytes()
        if key not in self._last:
            self._last.clear()
            self._last[key] = self.rulebook.levels(self.pool, self.marks(value))
        return self._last[key]

    def marks(self, value: PerInstrument) -> Marks:
        """The book's prices once the instruments have these values."""
        along = ratios(value, self.opening.value, self.opening.by)
        there = moved(self.first.opening, along, 1.0, self.first.positions)
        return replace(there, on=self.pool.opening.on)

    def linear(self, value: PerInstrument) -> float:
        """Equity as the engine sees it, base currency."""
        return self.cash + float(self.units @ value[self.opening.instruments])

    def beyond(self, levels: Levels, value: PerInstrument) -> float:
        """What the regime's equity is above the engine's, base currency: 0 where all is linear."""
        return self.per_unit * levels.equity - self.linear(value)

    def after(self, value: PerInstrument, units: Floats, cash: float, on: date) -> Standing:
        """The pool after sales at these values, on a date; no news to itself if nothing changed."""
        if on == self.pool.opening.on and cash == self.cash and np.array_equal(units, self.units):
            return self
        there = self.marks(value)
        paid = cash + float(units @ value[self.opening.instruments]) - self.linear(value)
        pool = replace(
            self.pool,
            positions=self._left(units),
            equity=self.pool.equity_at(there) + paid / self.per_unit,
            opening=replace(there, on=on),
        )
        return replace(self, pool=pool, units=units, cash=cash)

    def _left(self, units: Floats) -> tuple[Position, ...]:
        held = list(self.first.positions)
        for one, left in zip(self.opening.placed, units.tolist(), strict=True):
            before = held[one.position]
            share = left / one.units if one.units else 1.0
            held[one.position] = replace(before, quantity=before.quantity * share)
        return tuple(held)

    def _size(self, position: Position) -> float:
        return notional(position, self.pool.opening.price[position.symbol])


def standing(rulebook: Rulebook, pool: Pool, opening: Opening, on: date) -> Standing:
    """A pool at the beginning of a run that starts on a date.

    What expires keeps the time it has left.
    """
    later = on - pool.opening.on
    held = tuple(_expiring(one, later) for one in pool.positions)
    first = replace(pool, positions=held, opening=replace(pool.opening, on=on))
    units = np.array([one.units for one in opening.placed])
    money = in_base(first.opening, first.account.currency)
    return Standing(
        rulebook=rulebook,
        first=first,
        opening=opening,
        pool=first,
        units=units,
        cash=money * first.equity - float(units @ opening.value[opening.instruments]),
    )


def _expiring(position: Position, later: timedelta) -> Position:
    if position.expiry is None:
        return position
    return replace(position, expiry=position.expiry + later)
