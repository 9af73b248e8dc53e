"""The board: the columns of all desks side by side, so that one pass tests them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar, Self

import numpy as np

from undertow.core.columns import Columns
from undertow.core.errors import InputError
from undertow.core.market import Market
from undertow.core.shapes import (
    FlagPerColumn,
    Floats,
    PerColumn,
    PerInstrument,
    PerMoveColumn,
    Rows,
)
from undertow.engine.weights import Weights, weights
from undertow.model.margin.base import MarginRule, Requirement
from undertow.model.scenario import Regime

NONE: Rows = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class SideBySide(MarginRule):
    """The tables of several rules, one after the other; a rule with fewer rows has 0 in the rest.

    trigger, restored: requirements of all columns
    """

    by_value: ClassVar[bool] = True
    fixed: ClassVar[bool] = True

    trigger: Requirement
    restored: Requirement

    def table(self, market: Market, columns: Columns, *, target: bool) -> Requirement:
        """The tables as they are."""
        return self.restored if target else self.trigger

    def hiked(self, instrument: str, rate: float) -> Self:
        """Refused: the rules behind it are hiked."""
        raise InputError(f"{instrument!r} cannot be hiked on a board; hike the desk's own rule.")


@dataclass(slots=True)
class Board:
    """Margin tests of several desks in the same arrays, [move, column].

    parts: each desk's own columns;  all: theirs together;  bounds: where each desk's are
    held: weighted units per column, kept up to date by sales
    trigger, target: the tests; a row of settled cash, where any desk has one, comes last
    regimes, value: what they are compiled for;  rows: each desk's rows of both tests
    version: how often each desk's tests have changed
    """

    parts: Sequence[Columns]
    held: PerColumn
    all: Columns = field(init=False)
    bounds: list[slice] = field(init=False)
    trigger: Weights = field(init=False)
    target: Weights = field(init=False)
    regimes: list[Regime] = field(default_factory=list)
    value: Floats = field(default_factory=lambda: np.empty(0))
    rows: list[tuple[list[int], list[int]]] = field(default_factory=list)
    version: Rows = field(init=False)
    _desk: Rows = field(init=False)
    _tables: Regime | None = None
    _own: list[tuple[MarginRule, Requirement, Requirement]] = field(default_factory=list)
    _tests: dict[tuple[int, bool], Weights] = field(default_factory=dict)
    _standing: dict[tuple[int, bool], Weights] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bounds = bounds([part.count for part in self.parts])
        self.all = Columns(
            np.concatenate([NONE, *(part.instrument for part in self.parts)]),
            np.concatenate([NONE, *(part.way for part in self.parts)]),
            np.concatenate([np.empty(0), *(part.entry for part in self.parts)]),
            np.concatenate([np.empty(0), *(part.released for part in self.parts)]),
        )
        self._desk = np.repeat(np.arange(len(self.parts)), [part.count for part in self.parts])
        self.version = np.zeros(len(self.parts), np.int64)

    def retest(self, regimes: Sequence[Regime], market: Market) -> None:
        """Compile the tests for today's market and rules, if either has changed."""
        value, old = market.value, self.regimes
        ruled = self._tables is not None and all(
            new is was for new, was in zip(regimes, old, strict=True)
        )
        rules = [regime.rule for regime in regimes]
        if ruled and all(rule.by_value for rule in rules) and np.array_equal(value, self.value):
            return
        tables = self._tables if ruled and all(rule.fixed for rule in rules) else None
        both = tables or self._compiled(regimes, market)
        known = (None, None) if tables is None else (self.trigger, self.target)
        tests = [
            weights(both, market, self.all, target=target, before=before)
            for target, before in zip((False, True), known, strict=True)
        ]
        self._note_changes(tests, known)
        self.trigger, self.target = tests
        self._tables, self.regimes, self.value, self._tests = both, list(regimes), value, {}
        if tables is None:
            self._standing = {}

    def _note_changes(self, tests: Sequence[Weights], known: Sequence[Weights | None]) -> None:
        """Count a version more of the desks whose tests are others now; all, if tables changed."""
        changed = np.zeros(self.all.count, np.bool_)
        for now, before in zip(tests, known, strict=True):
            changed |= True if before is None else (now.weight != before.weight).any(axis=0)
        self.version += np.bincount(self._desk[changed], minlength=len(self.parts)) > 0

    def test(self, number: int, *, target: bool) -> Weights:
        """One desk's test."""
        known = self._tests.get((number, target))
        if known is None:
            test, regime = self.target if target else self.trigger, self.regimes[number]
            weight = self.part(test.weight, number, target=target)
            before = self._standing.get((number, target))
            if before is None:
                offset = np.zeros(len(weight))
                offset[-1] = regime.credit_line if regime.cash_test else 0.0
                rate, money = (self.part(x, number, target=target) for x in (test.rate, test.money))
                before = self._standing[number, target] = Weights(weight, offset, rate, money)
            known = Weights(weight, before.offset, before.rate, before.money)
            self._tests[number, target] = known
        return known

    def per_instrument(
        self, per_column: PerColumn, only: FlagPerColumn | bool, count: int
    ) -> PerInstrument:
        """Sum some columns over each instrument, desk by desk."""
        cell = self._desk * count + self.all.instruments
        sums = np.bincount(cell, per_column * only, len(self.parts) * count)
        total: PerInstrument = sums.reshape(-1, count).sum(axis=0)
        return total

    def part(self, of_all: PerMoveColumn, number: int, *, target: bool) -> PerMoveColumn:
        """One desk's part of what is known of all columns in every row of a test."""
        rows, bound = self.rows[number][target], self.bounds[number]
        if rows == [0]:
            return of_all[:1, bound]
        return np.ascontiguousarray(of_all[rows, bound])

    def _compiled(self, regimes: Sequence[Regime], market: Market) -> Regime:
        """Every rule's tables, side by side."""
        for number, regime in enumerate(regimes):
            self._ruled(number, regime.rule, market)
        _, trigger, target = zip(*self._own, strict=True) if self._own else ((), (), ())
        trigger_rows = _rows(regimes, trigger)
        self.rows = list(zip(trigger_rows, _rows(regimes, target), strict=True))
        rule = SideBySide(self._joined(trigger), self._joined(target))
        return Regime(rule, cash_test=any(regime.cash_test for regime in regimes))

    def _ruled(self, number: int, rule: MarginRule, market: Market) -> None:
        """Make one desk's tables anew, unless its rule is still the same and reads no price."""
        known = self._own[number] if number < len(self._own) else None
        if known is not None and known[0] is rule and rule.fixed:
            return
        part = self.parts[number]
        trigger, target = (rule.table(market, part, target=target) for target in (False, True))
        self._own[number : number + 1] = [(rule, trigger, target)]

    def _joined(self, tables: Sequence[Requirement]) -> Requirement:
        rate = np.zeros((max((len(table.rate) for table in tables), default=1), self.all.count))
        for table, bound in zip(tables, self.bounds, strict=True):
            rate[: len(table.rate), bound] = table.rate
        return Requirement(rate, np.concatenate([np.empty(0), *(table.money for table in tables)]))


def bounds(counts: Sequence[int]) -> list[slice]:
    """Where parts of these lengths are, laid end to end."""
    stops = np.cumsum([0, *counts]).tolist()
    return [slice(start, stop) for start, stop in pairwise(stops)]


def _rows(regimes: Sequence[Regime], tables: Sequence[Requirement]) -> list[list[int]]:
    """Each desk's rows; settled cash is the row after all moves."""
    last = max((len(table.rate) for table in tables), default=1)
    return [
        [*range(len(table.rate)), *([last] if regime.cash_test else [])]
        for regime, table in zip(regimes, tables, strict=True)
    ]


def board_of(
    parts: Sequence[Columns], held: Sequence[PerColumn], regimes: Sequence[Regime], market: Market
) -> Board:
    """A board with its tests at this market; `held` are the units per column of each desk."""
    board = Board(parts, np.concatenate([np.empty(0), *held]))
    board.retest(regimes, market)
    return board
