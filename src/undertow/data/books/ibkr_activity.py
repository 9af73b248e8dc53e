"""Interactive Brokers' Activity Statement as CSV: many tables under one another."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from undertow.core.answers.said import Said
from undertow.data.books._ibkr import Row, Statement, book_of, last_day
from undertow.data.books._merge import merged
from undertow.data.books._noted import Noted, cell, lacking
from undertow.data.books.base import Read, Reader, Source

STARTS = re.compile(
    r"^\ufeff?\"?(Statement|Account Information|Open Positions)\"?,\"?(Header|Data)", re.MULTILINE
)
NAMES = {
    "category": ("asset category",), "symbol": ("symbol",), "quantity": ("quantity",),
    "price": ("close price", "c. price"), "entry": ("cost price",), "currency": ("currency",),
    "multiplier": ("mult", "multiplier"), "value": ("value", "market value"),
}  # fmt: skip
TERMS = {
    "multiplier": ("multiplier",), "underlying": ("underlying", "underlying symbol"),
    "expiry": ("expiry",), "strike": ("strike",), "right": ("type",), "type": ("type",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A data line: its section and its cells by column, both in small letters."""

    number: int
    section: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IbkrActivity(Reader):
    """The Activity Statement of one account: positions, net asset value, cash, exchange rates.

    Securities are under `reg_t` or `portfolio_margin` by Account Capabilities, futures under
    `cme_futures` in an account of their own with the futures' cash, both of one owner.
    Read: Statement, Account Information, Net Asset Value, Open Positions (summaries), Cash
    Report, Financial Instrument Information, Base Currency Exchange Rate or Forex Balances.
    Limits: English; one account a file; no margin is stated there, so only equity is compared.
    Source: layout of statements of 2020–2026; sections may come in any order, or twice.
    """

    reads: ClassVar[str] = "Interactive Brokers Activity Statement (CSV)"

    def claims(self, files: tuple[Source, ...]) -> tuple[Source, ...]:
        """CSV with the sections of a statement."""
        return tuple(file for file in files if STARTS.search(file.text))

    def read(self, files: tuple[Source, ...]) -> Read:
        """A book for each statement, together."""
        return merged([_read(file) for file in files])


def _read(file: Source) -> Read:
    noted, found, sections = Noted(file.name), _Found(Statement()), set[str]()
    for line in _lines(file.text, noted):
        sections.add(line.section)
        taker = TAKERS.get(line.section)
        if taker:
            taker(found, line, noted)
    if sections - {"statement"} and not sections & (TAKERS.keys() - {"statement"}):
        return _in_other_words(noted)
    if not found.has_positions:
        noted.say(0, lacking("Open Positions"), grave=True)
    found.statement.rows = [_with_terms(row, found.terms) for row in found.statement.rows]
    for code, rate in found.forex.items():
        found.statement.fx.setdefault(code, rate)
    return book_of(found.statement, file.on, noted)


def _in_other_words(noted: Noted) -> Read:
    """A statement whose sections have the names of another language."""
    said = Said(
        "The statement is in another language than English; run it again with English as its "
        "language."
    )
    noted.say(0, said, grave=True)
    return Read(None, findings=noted.sorted())


@dataclass(slots=True)
class _Found:
    """The statement so far, the terms of instruments, and rates of lower rank."""

    statement: Statement
    terms: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    forex: dict[str, float] = field(default_factory=dict)
    has_positions: bool = False


def _lines(text: str, noted: Noted) -> Iterator[Line]:
    """Data lines under the last header of their section; totals are left out."""
    headers: dict[str, list[str]] = {}
    reader = csv.reader(text.lstrip("\ufeff").splitlines(keepends=True), strict=True)
    try:
        for cells in reader:
            if len(cells) < 2:
                continue
            section, kind = cells[0].strip().lower(), cells[1].strip().lower()
            if kind == "header":
                headers[section] = [name.strip().lower() for name in cells[2:]]
            elif kind == "data":
                names = headers.get(section, [])
                yield Line(reader.line_num, section, dict(zip(names, cells[2:], strict=False)))
    except csv.Error as error:
        said = Said("The file is no CSV ({why}); export it again.", {"why": str(error)})
        noted.say(reader.line_num, said, grave=True)


def _statement(found: _Found, line: Line, noted: Noted) -> None:
    if cell(line.cells, "field name").lower() == "period":
        found.statement.on = last_day(cell(line.cells, "field value"))


def _account(found: _Found, line: Line, noted: Noted) -> None:
    name, value = (cell(line.cells, key) for key in ("field name", "field value"))
    statement = found.statement
    if name.lower() == "account":
        if "consolidated" in value.lower():
            said = Said("The statement is of several accounts; export each account alone.")
            noted.say(line.number, said, grave=True)
        statement.account, statement.line = value.split()[0] if value else "", line.number
    elif name.lower() == "base currency":
        statement.base = value
    elif name.lower() == "account capabilities":
        statement.capability = value


def _net_asset_value(found: _Found, line: Line, noted: Noted) -> None:
    if cell(line.cells, "asset class").lower() == "total":
        total = cell(line.cells, "current total")
        found.statement.equity = noted.number(line.number, "Current Total", total)


def _cash(found: _Found, line: Line, noted: Noted) -> None:
    what, currency = (cell(line.cells, key).lower() for key in ("currency summary", "currency"))
    if what == "ending cash" and currency == "base currency summary" and "futures" in line.cells:
        told = cell(line.cells, "futures") or "0"
        found.statement.futures_cash = noted.number(line.number, "Futures", told)


def _position(found: _Found, line: Line, noted: Noted) -> None:
    found.has_positions = True
    if cell(line.cells, "datadiscriminator").lower() in {"", "summary"}:
        cells = {name: cell(line.cells, *columns) for name, columns in NAMES.items()}
        found.statement.rows.append(Row(line.number, cells))


def _instrument(found: _Found, line: Line, noted: Noted) -> None:
    """Remember an instrument under its symbol, each other symbol of it, and its description."""
    terms = {name: cell(line.cells, *columns) for name, columns in TERMS.items()}
    category = cell(line.cells, "asset category")
    symbol, written = cell(line.cells, "symbol"), cell(line.cells, "description")
    for name in (written, symbol, *(part.strip() for part in symbol.split(","))):
        found.terms[category, name] = terms


def _rate(found: _Found, line: Line, noted: Noted) -> None:
    """A rate of the base per unit of a currency."""
    code = cell(line.cells, "currency", "fromcurrency")
    into = cell(line.cells, "tocurrency") or found.statement.base
    told = cell(line.cells, "rate", "exchange rate", "exchangerate")
    rate = noted.above_zero(line.number, "Rate", told)
    if rate > 0.0 and (into == found.statement.base or not found.statement.base):
        found.statement.fx[code] = rate


def _forex(found: _Found, line: Line, noted: Noted) -> None:
    code, rate = cell(line.cells, "description"), cell(line.cells, "close price")
    if cell(line.cells, "asset category").lower() == "forex" and rate:
        told = noted.above_zero(line.number, "Close Price", rate)
        if told > 0.0:
            found.forex[code] = told


def _with_terms(row: Row, terms: Mapping[tuple[str, str], Mapping[str, str]]) -> Row:
    """The same line with what the instrument's own line says where it is silent."""
    known = terms.get((row.cells["category"], row.cells["symbol"]), {})
    own = {name: text for name, text in row.cells.items() if text}
    return Row(row.line, {**known, **own})


TAKERS = {
    "statement": _statement,
    "account information": _account,
    "net asset value": _net_asset_value,
    "cash report": _cash,
    "open positions": _position,
    "financial instrument information": _instrument,
    "base currency exchange rate": _rate,
    "forex balances": _forex,
}
