"""The two tables of Undertow itself: positions and accounts, as CSV or TOML."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from undertow.core.answers.said import Said
from undertow.core.book import Book, BookAccount, Kind, Mode, Position
from undertow.data.books._blocks import Block, Row, blocks
from undertow.data.books._headers import NAMED, plain
from undertow.data.books._lines import Known, account_of, position_of
from undertow.data.books._noted import twice
from undertow.data.books._values import Values
from undertow.data.books.base import Finding, Read, Reader, Source


@dataclass(frozen=True, slots=True)
class _Placed:
    """A block, and the file that it stands in."""

    file: Source
    block: Block


@dataclass(slots=True)
class _Found:
    """What has been found so far: it grows line by line."""

    findings: list[Finding] = field(default_factory=list)

    def say(self, file: str, line: int, said: Iterable[Said], *, grave: bool = False) -> bool:
        """Note what is wrong with a line; whether anything is."""
        new = [Finding(file, line, one, grave) for one in said]
        self.findings += new
        return bool(new)


@dataclass(frozen=True, slots=True)
class Tables(Reader):
    """Tables with a header each, in one file or in several, in any order.

    positions: account, symbol, quantity and more;  accounts: account, regime, equity and more
    exchange rates: currency, rate;  prices of what is followed: symbol, price
    Limits: CSV with commas, semicolons or tabs; a decimal comma is not understood.
    Source: DESIGN 4 and docs/book.md.
    """

    reads: ClassVar[str] = "tables account,symbol,quantity and account,regime,equity"

    def claims(self, files: tuple[Source, ...]) -> tuple[Source, ...]:
        """Files with a table; prices or exchange rates alone go with another reader's accounts."""
        return tuple(one for one in files if blocks(one.text))

    def read(self, files: tuple[Source, ...]) -> Read:
        """All tables as one book."""
        placed = [_Placed(file, block) for file in files for block in blocks(file.text)]
        found = _Found()
        for one in placed:
            found.say(one.file.name, one.block.line, _misspelt(one.block))
        on = _day(placed, files)
        accounts = _accounts(placed, found)
        held_kinds = {"positions", "accounts"} & {one.block.kind for one in placed}
        if not accounts and held_kinds:
            stated = any(True for _ in _of(placed, "accounts"))
            found.say(files[0].name, 0, [_nobody(stated=stated)], grave=True)
        fx, base = _rates(placed, tuple(accounts.values()), found)
        quotes = _quotes(placed, found)
        prices = {**quotes, **_prices(placed)}
        held, names = _positions(placed, Known(accounts, prices, on), (fx, base), found)
        book = Book(held, tuple(accounts.values()), on, fx, base, quotes)
        order = sorted(found.findings, key=lambda one: (one.file, one.line))
        return Read(book, (), tuple(order), names)


def _nobody(*, stated: bool) -> Said:
    """Why there is no account: its line is wrong, which is said of the line, or there is none."""
    if stated:
        return Said("No line of the table of accounts can be used; mend it first.")
    return Said("There is no table of accounts; add one with account,regime,equity.")


def _of(placed: Iterable[_Placed], kind: str) -> Iterator[tuple[str, Row]]:
    return (
        (one.file.name, row) for one in placed if one.block.kind == kind for row in one.block.rows
    )


def _misspelt(block: Block) -> Iterator[Said]:
    """Columns that are nearly ours: they would be left out silently."""
    for name in block.strange:
        close = difflib.get_close_matches(plain(name), NAMED, n=1, cutoff=0.8)
        if close:
            told = {"name": name, "close": close[0]}
            yield Said("Column {name} is not known; {close} is. Rename or remove it.", told)


def _day(placed: Iterable[_Placed], files: tuple[Source, ...]) -> date:
    """The latest day that a line says, else the one the files are looked at."""
    rows = (row for one in placed for row in one.block.rows)
    said = [day for row in rows if (day := Values(row).day("date"))]
    given = [one.on for one in files if one.on is not None]
    return max(said or given, default=date.max)


def _accounts(placed: Iterable[_Placed], found: _Found) -> dict[str, BookAccount]:
    accounts: dict[str, BookAccount] = {}
    for file, row in _of(placed, "accounts"):
        values = Values(row)
        one = account_of(values)
        values.day("date")
        if one.account in accounts:
            told = {"account": one.account, "line": str(accounts[one.account].line)}
            values.problems.append(
                Said(
                    "Account {account} is stated on line {line} already; keep one of the two.", told
                )
            )
        if not found.say(file, row.line, values.problems):
            accounts[one.account] = one
    return accounts


def _rates(
    placed: Iterable[_Placed], accounts: tuple[BookAccount, ...], found: _Found
) -> tuple[Mapping[str, float], str]:
    """Exchange rates, and the currency they are in: the first with a rate of 1, else the other."""
    fx: dict[str, float] = {}
    seen: dict[str, int] = {}
    for file, row in _of(placed, "fx"):
        values = Values(row)
        code, rate = values.currency(""), values.above_zero("rate", None)
        if code in fx and fx[code] != rate:
            values.problems.append(twice(code, seen[code]))
        seen.setdefault(code, row.line)
        if not found.say(file, row.line, values.problems):
            fx[code] = rate
    others = {one.currency for one in accounts} - fx.keys()
    ones = [code for code, rate in fx.items() if rate == 1.0]
    bases = ones[:1] or sorted(others)
    if fx and len(bases) != 1:
        file, row = next(_of(placed, "fx"))
        found.say(
            file,
            row.line,
            [Said("It is not said which currency the rates are in; add it with a rate of 1.")],
            grave=True,
        )
    base = bases[0] if bases else "USD"
    return {code: rate for code, rate in fx.items() if code != base}, base


def _quotes(placed: Iterable[_Placed], found: _Found) -> dict[str, float]:
    quotes: dict[str, float] = {}
    seen: dict[str, int] = {}
    for file, row in _of(placed, "quotes"):
        values = Values(row)
        symbol, price = values.needed("symbol"), values.above_zero("price", None)
        if symbol in quotes and quotes[symbol] != price:
            values.problems.append(twice(symbol, seen[symbol]))
        seen.setdefault(symbol, row.line)
        if not found.say(file, row.line, values.problems):
            quotes[symbol] = price
    return quotes


def _prices(placed: Iterable[_Placed]) -> dict[str, float]:
    """Prices that other lines of the same symbol state."""
    rows = [Values(row) for _, row in _of(placed, "positions") if "price" in row.cells]
    known = {one.text("symbol"): one.number("price") for one in rows}
    return {symbol: price for symbol, price in known.items() if price > 0.0}


def _positions(
    placed: Iterable[_Placed],
    known: Known,
    money: tuple[Mapping[str, float], str],
    found: _Found,
) -> tuple[tuple[Position, ...], tuple[str, ...]]:
    held: list[Position] = []
    names: list[str] = []
    seen: dict[tuple[object, ...], int] = {}
    for file, row in _of(placed, "positions"):
        values = Values(row)
        one = position_of(values, known)
        if one is not None:
            values.problems.extend(_checked(one, known, money, seen))
        if not found.say(file, row.line, values.problems) and one is not None and one.quantity:
            held.append(one)
            names.append(file)
    return tuple(held), tuple(names)


def _checked(
    one: Position,
    known: Known,
    money: tuple[Mapping[str, float], str],
    seen: dict[tuple[object, ...], int],
) -> Iterator[Said]:
    """What is wrong with a line beside others: its currency, and whether it stands there twice."""
    if one.mode is Mode.ISOLATED and (math.isnan(one.isolated_margin) or math.isnan(one.entry)):
        told = {"symbol": one.symbol}
        yield Said("{symbol} is isolated; fill the columns isolated_margin and entry.", told)
    if one.kind is Kind.OPTION and one.underlying in {"", one.symbol}:
        yield Said(
            "{symbol} is an option; fill {columns}.",
            {"symbol": one.symbol, "columns": "underlying"},
        )
    fx, base = money
    theirs = known.accounts[one.account].currency
    for code in {one.currency, theirs} - {base, *fx} if one.currency != theirs else ():
        told = {"currency": code}
        yield Said("{currency} has no exchange rate; add a table currency,rate.", told)
    entry = None if math.isnan(one.entry) else one.entry
    contract = (one.expiry, one.right, None if math.isnan(one.strike) else one.strike)
    key = (one.account, one.symbol, one.mode, one.held, one.quantity > 0.0, entry, contract)
    if key in seen:
        told = {"symbol": one.symbol, "line": str(seen[key])}
        yield Said(
            "{symbol} stands on line {line} already; add the two up, or give their entries.", told
        )
    seen.setdefault(key, one.line)
