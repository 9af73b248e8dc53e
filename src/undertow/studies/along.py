"""A pool along many paths of prices at once: where its equity is below what is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import default_rng

from undertow.core.book import Kind, Position
from undertow.core.shapes import Flags, Floats
from undertow.model.rulebook import Levels, Pool, Rulebook, moved

LOWEST, HIGHEST = 0.02, 8.0
"""Ratios to the opening price between which a table is made."""

STRAIGHT, CURVED = 12, 480
"""Points of a table beside its kinks: of linear products, and of options and inverse contracts."""

BENT = frozenset({Kind.OPTION, Kind.INVERSE})

TRIED, CLOSE = 24, 1e-4
"""Joint moves at which tables must agree with the rulebook, and how nearly, share of the size."""


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

    def _summed(self, ratios: Floats) -> Floats:
        total = np.zeros((*ratios.shape[:-1], 3))
        for table in self.tables or ():
            total += table.at(ratios[..., self.symbols.index(table.symbol)])
        return total

    def _asked(self, ratios: Floats) -> Floats:
        flat = ratios.reshape(-1, ratios.shape[-1])
        found = np.array([_levels(self.rulebook, self.pool, self.symbols, row) for row in flat])
        return found.reshape(*ratios.shape[:-1], 3)


def along(rulebook: Rulebook, pool: Pool, symbols: Sequence[str]) -> Along:
    """Levels of a pool as functions of the prices of these symbols; all others stand still."""
    names = tuple(symbols)
    if not names:
        return Along(rulebook, pool, names, (), _row(rulebook.levels(pool, pool.opening)))
    driven = {name: tuple(p for p in pool.positions if _driver(p, names) == name) for name in names}
    still = tuple(p for p in pool.positions if _driver(p, names) == "")
    tables = tuple(_table(rulebook, pool, name, held) for name, held in driven.items() if held)
    fixed = _row(rulebook.levels(replace(pool, positions=still), pool.opening))
    made = Along(rulebook, pool, names, tables, fixed)
    return made if _agrees(made) else replace(made, tables=None)


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


def _table(rulebook: Rulebook, pool: Pool, name: str, held: tuple[Position, ...]) -> Table:
    """Levels of the positions on one symbol alone, without money of their own."""
    alone = replace(pool, positions=held, equity=0.0)
    before = pool.opening.price[name]
    kinks = rulebook.breaks(alone, pool.opening.on).get(name, ())
    is_bent = any(p.kind in BENT for p in held)
    even = np.geomspace(LOWEST, HIGHEST, CURVED if is_bent else STRAIGHT)
    ratio = np.unique([*even, 1.0, *(k / before for k in kinks if k > LOWEST * before)])
    points = [_levels(rulebook, alone, (name,), np.array([one])) for one in ratio]
    return Table(name, ratio, np.array(points))


def _agrees(made: Along) -> bool:
    """Whether tables and rulebook say the same at joint moves drawn at random."""
    rng, pool = default_rng(0), made.pool
    ratios = np.exp(rng.normal(0.0, 0.2, (TRIED, len(made.symbols))))
    summed = made.fixed + made._summed(ratios)
    return bool(np.abs(summed - made._asked(ratios)).max() <= CLOSE * pool.gross(pool.opening))


def ratios_by_symbol(log_moves: Floats, known: Mapping[str, int], symbols: Sequence[str]) -> Floats:
    """Prices over the opening's of some symbols, [path, day, symbol], from cumulated returns."""
    return np.exp(log_moves[..., [known[symbol] for symbol in symbols]])
