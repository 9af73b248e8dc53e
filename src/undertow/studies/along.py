"""A pool along many paths of prices at once: where its equity is below what is asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import default_rng

from undertow.core.book import Kind, Position
from undertow.core.shapes import Flags, Floats
from undertow.model.rulebook import Levels, Pool, Rulebook, moved
from undertow.studies.directions import against

LOWEST, HIGHEST = 0.02, 8.0
"""Ratios to the opening price between which a table is made."""

STRAIGHT, CURVED, NEAR = 12, 560, 2.0
"""Points of a table beside its kinks: of linear products; of bent ones between 1/NEAR and NEAR."""

BENT = frozenset({Kind.OPTION, Kind.INVERSE})

TRIED, WIDEST, CLOSE = 32, 0.7, 1e-4
"""Joint moves at which tables must agree with the rulebook, standard deviation of the widest ones'
logs, and how nearly they must agree, share of size and levels."""


@dataclass(frozen=True, slots=True)
class Table:
    """What the positions on one symbol ask for and have gained, by its price.

    ratio: of the price to the opening;  values: equity, maintenance, liquidation, [point, 3]
    """

    symbol: str
    ratio: Floats
    values: Floats

    def at(self, ratio: Floats) -> Floats:
        """Interpolated, [..., 3]; straight beyond its ends is not known, so the end counts."""
        return np.stack([np.interp(ratio, self.ratio, column) for column in self.values.T], -1)


@dataclass(frozen=True, slots=True)
class Along:
    """Levels of a pool at the ratios of its symbols' prices to the opening.

    tables: one a symbol, None where the rulebook sees more than their sum (offsets between
    symbols, money per account): then it is asked itself, path by path
    fixed: equity and requirements of what has no symbol among these, [3]
    """

    rulebook: Rulebook
    pool: Pool
    symbols: tuple[str, ...]
    tables: tuple[Table, ...] | None
    fixed: Floats

    def below(self, ratios: Floats) -> tuple[Flags, Flags]:
        """Whether each path is below the call's level, and below the closing one, on each day.

        ratios: [path, day, symbol];  both [path, day]
        """
        is_table = self.tables is not None
        levels = self.fixed + self._summed(ratios) if is_table else self._asked(ratios)
        equity = levels[..., 0]
        return equity < levels[..., 1], equity < levels[..., 2]

    def below_within(self, low: Floats, high: Floats) -> tuple[Flags, Flags]:
        """The same at the worst of each day, every symbol at its own worst at one moment.

        low, high: ratios of each day's extremes, [path, day, symbol]. Without tables the side on
        which each symbol costs excess now is the worst one.
        """
        if self.tables is None:
            way = against(self.rulebook, self.pool)
            falls = np.array([way.get(symbol, -1.0) < 0.0 for symbol in self.symbols])
            levels = self._asked(np.where(falls, low, high))
            return levels[..., 0] < levels[..., 1], levels[..., 0] < levels[..., 2]
        spare = np.zeros((*low.shape[:-1], 2)) + self.fixed[0] - self.fixed[1:]
        for table in self.tables:
            at = self.symbols.index(table.symbol)
            ends = (table.at(ratio[..., at]) for ratio in (low, high))
            spare += np.minimum(*(end[..., :1] - end[..., 1:] for end in ends))
        return spare[..., 0] < 0.0, spare[..., 1] < 0.0

    def _summed(self, ratios: Floats) -> Floats:
        total = np.zeros((*ratios.shape[:-1], 3))
        for table in self.tables or ():
            total += table.at(ratios[..., self.symbols.index(table.symbol)])
        return total

    def _asked(self, ratios: Floats) -> Floats:
        flat = ratios.reshape(math.prod(ratios.shape[:-1]), len(self.symbols))
        found = np.array([_levels(self.rulebook, self.pool, self.symbols, row) for row in flat])
        return found.reshape(*ratios.shape[:-1], 3)


def along(rulebook: Rulebook, pool: Pool, symbols: Sequence[str]) -> Along:
    """Levels of a pool as functions of the prices of these symbols; all others stand still.

    Tables of what follows each symbol, alone; where that is not the whole (a loan, money per
    account), of the whole pool while one symbol moves; where neither adds up, no tables.
    """
    names = tuple(symbols)
    for made in (_by_parts, _by_symbol):
        way = made(rulebook, pool, names)
        if _agrees(way):
            return way
    return replace(way, tables=None)


def _by_parts(rulebook: Rulebook, pool: Pool, names: tuple[str, ...]) -> Along:
    """Each symbol's positions without money of their own, and the money with what stands still."""
    tables = []
    for name in names:
        held = tuple(p for p in pool.positions if _driver(p, names) == name)
        alone = replace(pool, positions=held, equity=0.0)
        tables.append(_table(rulebook, alone, (name,), name))
    still = tuple(p for p in pool.positions if _driver(p, names) == "")
    fixed = _row(rulebook.levels(replace(pool, positions=still), pool.opening))
    return Along(rulebook, pool, names, tuple(tables), fixed)


def _by_symbol(rulebook: Rulebook, pool: Pool, names: tuple[str, ...]) -> Along:
    """What changes for the whole pool while one symbol moves, and its levels at the opening."""
    fixed = _row(rulebook.levels(pool, pool.opening))
    whole = (_table(rulebook, pool, names, name) for name in names)
    tables = tuple(replace(table, values=table.values - fixed) for table in whole)
    return Along(rulebook, pool, names, tables, fixed)


def _driver(position: Position, names: tuple[str, ...]) -> str:
    """The symbol that moves a position: its own before its underlying."""
    return next((name for name in (position.symbol, position.underlying) if name in names), "")


def _levels(
    rulebook: Rulebook, pool: Pool, names: tuple[str, ...], ratios: Floats
) -> tuple[float, float, float]:
    there = dict(zip(names, (ratios - 1.0).tolist(), strict=True))
    return _triple(rulebook.levels(pool, moved(pool.opening, there, 1.0, pool.positions)))


def _triple(levels: Levels) -> tuple[float, float, float]:
    return (levels.equity, levels.maintenance, levels.liquidation)


def _row(levels: Levels) -> Floats:
    return np.array(_triple(levels))


def _table(rulebook: Rulebook, pool: Pool, names: tuple[str, ...], name: str) -> Table:
    """Levels of a pool while one of these symbols moves and the others stand."""
    before = pool.opening.price[name]
    kinks = rulebook.breaks(pool, pool.opening.on).get(name, ())
    even = np.geomspace(LOWEST, HIGHEST, STRAIGHT)
    if any(p.kind in BENT for p in pool.positions if _driver(p, names) == name):
        even = np.append(np.geomspace(LOWEST, HIGHEST, 10 * STRAIGHT), _fine())
    ratio = np.unique([*even, 1.0, *(k / before for k in kinks if k > LOWEST * before)])
    moving = np.ones((len(ratio), len(names)))
    moving[:, names.index(name)] = ratio
    return Table(name, ratio, np.array([_levels(rulebook, pool, names, row) for row in moving]))


def _fine() -> Floats:
    return np.geomspace(1.0 / NEAR, NEAR, CURVED)


def _agrees(made: Along) -> bool:
    """Whether tables and rulebook say the same at joint moves drawn at random."""
    rng, pool = default_rng(0), made.pool
    width = np.linspace(0.05, WIDEST, TRIED)[:, np.newaxis]
    ratios = np.exp(width * rng.normal(size=(TRIED, len(made.symbols))))
    asked = made._asked(ratios)
    off = np.abs(made.fixed + made._summed(ratios) - asked).max(axis=1)
    size = pool.gross(pool.opening) + np.abs(asked).max(axis=1)
    return bool((off <= CLOSE * size).all())


def ratios_by_symbol(log_moves: Floats, known: Mapping[str, int], symbols: Sequence[str]) -> Floats:
    """Prices over the opening's of some symbols, [path, day, symbol], from cumulated returns."""
    return np.exp(log_moves[..., [known[symbol] for symbol in symbols]])
