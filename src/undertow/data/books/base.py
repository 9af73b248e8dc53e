"""The contract of a reader of somebody's book, from tables or from a broker's own export."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar

from undertow.core.answers.said import Said
from undertow.core.book import NAN, Book, Kind, Position
from undertow.model.rulebook import notional

HEDGED = frozenset({Kind.PERPETUAL, Kind.INVERSE})


@dataclass(frozen=True, slots=True)
class Source:
    """One file as it came.

    name: as it is to be shown;  text: decoded, as it stands in the file
    on: the day it is looked at where it says none itself
    """

    name: str
    text: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a line. line: counted from 1, 0 for the whole file.

    grave: the book cannot do without it; any other line can be dropped when asked for
    """

    file: str
    line: int
    said: Said
    grave: bool = False

    def __str__(self) -> str:
        """English, with its place."""
        return f"{self.file}{f' line {self.line}' if self.line else ''}: {self.said}"


@dataclass(frozen=True, slots=True)
class Stated:
    """What the broker itself says of one account, to be held against what we say.

    equity, margin_used, initial: money in `currency`, NaN where it says nothing
    risk: margin used by equity, as printed (风险度), NaN where it says nothing
    margins: margin by symbol where it is stated line by line
    """

    account: str
    file: str
    line: int = 0
    currency: str = "USD"
    equity: float = NAN
    margin_used: float = NAN
    initial: float = NAN
    risk: float = NAN
    margins: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """A book as it was read, what its broker says of it, and all that is wrong, in file order.

    book: None if it must not be used: a grave finding, or any finding unless lines may be dropped
    files: file of each position of the book, in their order
    """

    book: Book | None
    stated: tuple[Stated, ...] = ()
    findings: tuple[Finding, ...] = ()
    files: tuple[str, ...] = ()

    def judged(self, *, lenient: bool) -> Read:
        """The same without the book where it must not be used."""
        refused = any(one.grave for one in self.findings)
        refused = refused or (bool(self.findings) and not lenient)
        return replace(self, book=None, files=()) if refused else self


class Reader(ABC):
    """One kind of file, known by what stands in it and never by its name.

    A reader leaves out what it cannot read, never fills it in, and gives a finding for each line
    left out; all at once. Whether the rest may be used is not its question (`Read.judged`).

    reads: what it reads, in words
    """

    __slots__ = ()

    reads: ClassVar[str]

    @abstractmethod
    def claims(self, files: tuple[Source, ...]) -> tuple[Source, ...]:
        """Those of the files that it can read together."""

    @abstractmethod
    def read(self, files: tuple[Source, ...]) -> Read:
        """The book of the files it claimed; raises nothing for what stands in them."""


def housed(book: Book, stated: tuple[Stated, ...]) -> Book:
    """The same book with the broker's own margin of a line as its house rate, where it is stated.

    broker_rate = margin / value of a symbol, all lines together: of longs and shorts the larger,
    of perpetuals both (hedge mode)
    """
    said = {(one.account, symbol): m for one in stated for symbol, m in one.margins.items()}
    sides: dict[tuple[str, str, bool], float] = {}
    for one in book.positions:
        key = (one.account, one.symbol, one.quantity > 0.0)
        sides[key] = sides.get(key, 0.0) + notional(one, one.price)
    both = {(p.account, p.symbol) for p in book.positions if p.kind in HEDGED}
    size: dict[tuple[str, str], float] = {}
    for (account, symbol, _), value in sides.items():
        other = size.get((account, symbol), 0.0)
        size[account, symbol] = other + value if (account, symbol) in both else max(value, other)
    return replace(book, positions=tuple(_housed(p, said, size) for p in book.positions))


def _housed(
    one: Position,
    said: Mapping[tuple[str, str], float],
    size: Mapping[tuple[str, str], float],
) -> Position:
    key = (one.account, one.symbol)
    if not math.isnan(one.broker_rate) or key not in said or size[key] <= 0.0:
        return one
    return replace(one, broker_rate=said[key] / size[key])
