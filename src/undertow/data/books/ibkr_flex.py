"""Interactive Brokers' Flex Query as XML, read by a parser that knows no entities."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from xml.parsers import expat

from undertow.core.answers.said import Said
from undertow.core.book import NAN
from undertow.core.errors import BadFile
from undertow.data.books._ibkr import Row, Statement, book_of, last_day
from undertow.data.books._merge import merged
from undertow.data.books._noted import Noted, cell
from undertow.data.books.base import Read, Reader, Source

DEEPEST = 20
DECLARES, DEEP = "a document type or entities", "too many levels"
REFUSED = {
    DECLARES: Said(
        "The file is no XML to be read: it declares a document type or entities; export it again."
    ),
    DEEP: Said("The file is no XML to be read: it has too many levels; export it again."),
}
NAMES = {
    "category": ("assetCategory", "secType"), "type": ("subCategory",), "symbol": ("symbol",),
    "quantity": ("position", "quantity"), "price": ("markPrice",), "value": ("positionValue",),
    "entry": ("costBasisPrice", "openPrice"), "currency": ("currency",),
    "multiplier": ("multiplier",), "underlying": ("underlyingSymbol",), "expiry": ("expiry",),
    "strike": ("strike",), "right": ("putCall",),
}  # fmt: skip


@dataclass(slots=True)
class _Found:
    """Statements so far, the last being read, and the day of each one's net asset value."""

    statements: list[Statement] = field(default_factory=list)
    latest: str = ""


@dataclass(frozen=True, slots=True)
class IbkrFlex(Reader):
    """Open positions of a Flex Query with account, net asset value, cash and exchange rates.

    Needed: Account Information, Open Positions (summaries), Net Asset Value in Base; of futures
    also Cash Report. Elements and attributes that are not known are passed over.
    No document type, no entities, no more than 20 levels: such a file is refused unread.
    Regimes and accounts are those of `ibkr_activity`.
    Source: Flex Query reference of Interactive Brokers, versions 2 and 3.
    """

    reads: ClassVar[str] = "Interactive Brokers Flex Query (XML)"

    def claims(self, files: tuple[Source, ...]) -> tuple[Source, ...]:
        """XML that names itself an answer to a Flex Query."""
        return tuple(
            f for f in files if f.text.lstrip("\ufeff \r\n\t").startswith("<") and "<Flex" in f.text
        )

    def read(self, files: tuple[Source, ...]) -> Read:
        """A book for each account of each file, together."""
        return merged([read for file in files for read in _reads(file)])


def _reads(file: Source) -> list[Read]:
    noted, found = Noted(file.name), _Found()
    problem = _parsed(file.text, lambda line, tag, cells: _take(found, line, tag, cells, noted))
    if problem:
        noted.say(problem[0], problem[1], grave=True)
        return [Read(None, findings=noted.sorted())]
    if not found.statements:
        said = Said("There is no FlexStatement in the file; run the query again.")
        noted.say(0, said, grave=True)
        return [Read(None, findings=noted.sorted())]
    alone = len(found.statements) == 1
    parts = [noted if alone else Noted(file.name) for _ in found.statements]
    reads = [book_of(one, file.on, part) for one, part in zip(found.statements, parts, strict=True)]
    return reads if alone else [*reads, Read(None, findings=noted.sorted())]


def _parsed(
    text: str, take: Callable[[int, str, Mapping[str, str]], None]
) -> tuple[int, Said] | None:
    """Hand over each element with its line; what is wrong with the file, None if nothing."""
    # The text is decoded already, whatever code the file says that it was in.
    parser = expat.ParserCreate("utf-8")
    depth = 0

    def start(tag: str, cells: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise BadFile(DEEP)
        take(parser.CurrentLineNumber, tag, cells)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_: object) -> None:
        raise BadFile(DECLARES)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.UnparsedEntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse  # type: ignore[assignment]
    try:
        parser.Parse(text.lstrip("\ufeff \r\n\t").encode(), True)
    except BadFile as error:
        return parser.CurrentLineNumber, REFUSED[str(error)]
    except expat.ExpatError as error:
        said = Said("The file is no XML to be read: {why}; export it again.", {"why": str(error)})
        return parser.CurrentLineNumber, said
    return None


def _take(found: _Found, line: int, tag: str, cells: Mapping[str, str], noted: Noted) -> None:
    if tag == "FlexStatement":
        found.latest = ""
        account, on = cell(cells, "accountId"), last_day(cell(cells, "toDate"))
        found.statements.append(Statement(account, on=on, line=line))
    elif tag in TAKERS and found.statements:
        TAKERS[tag](found, line, cells, noted)


def _account(found: _Found, line: int, cells: Mapping[str, str], noted: Noted) -> None:
    statement = found.statements[-1]
    statement.base = cell(cells, "currency", "baseCurrency") or statement.base
    statement.capability = cell(cells, "accountCapabilities", "type") or statement.capability


def _equity(found: _Found, line: int, cells: Mapping[str, str], noted: Noted) -> None:
    """The net asset value of the latest day."""
    on, statement = cell(cells, "reportDate").replace("-", ""), found.statements[-1]
    if on >= found.latest:
        found.latest = on
        statement.equity = noted.number(line, "total", cell(cells, "total"))
        statement.base = statement.base or cell(cells, "currency")


def _change(found: _Found, line: int, cells: Mapping[str, str], noted: Noted) -> None:
    statement = found.statements[-1]
    if math.isnan(statement.equity):
        statement.equity = noted.maybe(line, "endingValue", cell(cells, "endingValue"))


def _cash(found: _Found, line: int, cells: Mapping[str, str], noted: Noted) -> None:
    if cell(cells, "currency") == "BASE_SUMMARY":
        held = noted.maybe(line, "endingCashCom", cell(cells, "endingCashCom"))
        found.statements[-1].futures_cash = held if not math.isnan(held) else NAN


def _position(found: _Found, line: int, cells: Mapping[str, str], noted: Noted) -> None:
    if cell(cells, "levelOfDetail").upper() == "LOT":
        return
    statement = found.statements[-1]
    known = {name: cell(cells, *names) for name, names in NAMES.items()}
    statement.rows.append(Row(line, known))
    said = cell(cells, "fxRateToBase")
    rate = noted.above_zero(line, "fxRateToBase", said) if said else math.nan
    if not math.isnan(rate) and known["currency"]:
        statement.fx.setdefault(known["currency"], rate)


def _rate(found: _Found, line: int, cells: Mapping[str, str], noted: Noted) -> None:
    """A rate of the base per unit of a currency; the last of the file counts."""
    statement = found.statements[-1]
    statement.base = statement.base or cell(cells, "toCurrency")
    if cell(cells, "toCurrency") == statement.base:
        rate = noted.above_zero(line, "rate", cell(cells, "rate"))
        if rate > 0.0:
            statement.fx[cell(cells, "fromCurrency")] = rate


TAKERS = {
    "AccountInformation": _account,
    "EquitySummaryByReportDateInBase": _equity,
    "ChangeInNAV": _change,
    "CashReportCurrency": _cash,
    "OpenPosition": _position,
    "ConversionRate": _rate,
}
