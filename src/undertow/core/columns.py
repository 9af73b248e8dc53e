"""Columns: the kinds of position an account can hold.

A *pair* is an instrument, a way of holding it and an entry vintage; column = 2·pair + side.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from undertow.core.errors import BadNumber
from undertow.core.shapes import FlagPerColumn, Floats, IndexPerColumn, PerColumn

MOST_COLUMNS = 2**16


class Way(IntEnum):
    """How a position is held: inside this margin account, owned outright, or pledged elsewhere."""

    PLEDGED = 0
    FREE = 1
    ELSEWHERE = 2


@dataclass(frozen=True)
class Columns:
    """The position kinds of a run, one entry per pair.

    instrument: index into the market;  way: a `Way`
    entry: price at which the position was opened, NaN where it does not matter
    released: for `ELSEWHERE`, share of the proceeds that reaches this account (the rest repays
    the other lender); 1 otherwise
    """

    instrument: NDArray[np.int64]
    way: NDArray[np.int64]
    entry: Floats
    released: Floats

    def __post_init__(self) -> None:
        if 2 * len(self.instrument) > MOST_COLUMNS:
            raise BadNumber(
                f"{len(self.instrument)} kinds of position are too many (at most "
                f"{MOST_COLUMNS // 2}); use fewer entry vintages."
            )

    @property
    def count(self) -> int:
        """Number of columns: two sides for each pair."""
        return 2 * len(self.instrument)

    def per_column(self, per_pair: Floats) -> PerColumn:
        """Repeat a value per pair for both sides."""
        return np.repeat(per_pair, 2)

    @cached_property
    def instruments(self) -> IndexPerColumn:
        """Instrument of each column."""
        return np.repeat(self.instrument, 2)

    @cached_property
    def sign(self) -> PerColumn:
        """+1 for a long column, −1 for a short one."""
        return np.tile(np.array([1.0, -1.0]), len(self.instrument))

    @cached_property
    def pledged(self) -> FlagPerColumn:
        """Whether each column is pledged in this margin account."""
        return self.held(Way.PLEDGED)

    @cached_property
    def elsewhere(self) -> FlagPerColumn:
        """Whether each column is pledged elsewhere."""
        return self.held(Way.ELSEWHERE)

    def held(self, way: Way) -> FlagPerColumn:
        """Whether each column is held in this way."""
        return np.repeat(self.way == way, 2)


def column(pair: int, *, short: bool = False) -> int:
    """Column of a pair on one side."""
    return 2 * pair + int(short)


def pledged_columns(instruments: int) -> Columns:
    """One pledged pair per instrument, without vintages: pair = instrument."""
    index = np.arange(instruments, dtype=np.int64)
    return Columns(
        instrument=index,
        way=np.full(instruments, Way.PLEDGED, dtype=np.int64),
        entry=np.full(instruments, np.nan),
        released=np.ones(instruments),
    )
