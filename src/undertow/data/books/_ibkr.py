"""What a statement of Interactive Brokers says, however it is exported, as a book."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from undertow.core.answers.said import Said
from undertow.core.book import NAN, Book, BookAccount, Kind, Position
from undertow.core.errors import BadDate
from undertow.data.books._cells import day
from undertow.data.books._currencies import strange_currency
from undertow.data.books._noted import Noted, cell, lacking, twice
from undertow.data.books.base import Read, Stated

FUTURES = "cme_futures"
REGIMES = {
    "portfolio margin": "portfolio_margin", "margin": "reg_t", "reg t margin": "reg_t",
    "cash": "reg_t",
}  # fmt: skip
KINDS = {
    "stk": Kind.STOCK, "stock": Kind.STOCK, "stocks": Kind.STOCK, "etf": Kind.ETF,
    "opt": Kind.OPTION, "equity and index options": Kind.OPTION, "options": Kind.OPTION,
    "fut": Kind.FUTURE, "futures": Kind.FUTURE, "fop": Kind.OPTION,
    "options on futures": Kind.OPTION, "futures options": Kind.OPTION,
    "bond": Kind.BOND, "bonds": Kind.BOND, "bill": Kind.BOND, "treasury bills": Kind.BOND,
}  # fmt: skip
COMMODITIES = frozenset({"fut", "futures", "fop", "options on futures", "futures options"})
CASH = frozenset({"forex", "cash"})
OPTION = re.compile(
    r"(?P<stock>\S+)\s+(?P<day>\d{2}[A-Z]{3}\d{2})\s+(?P<strike>[\d.]+)\s+(?P<right>[CP])"
)
OCC = re.compile(r"(?P<stock>\S+?)\s*(?P<day>\d{6})(?P<right>[CP])(?P<strike>\d{8})")
PAR = 0.01


@dataclass(frozen=True, slots=True)
class Row:
    """One open position: cells by the common names of this file's functions."""

    line: int
    cells: Mapping[str, str]


@dataclass(slots=True)
class Statement:
    """One account as the broker states it; grows while the file is read.

    capability: Margin, Portfolio Margin or Cash;  equity: net asset value, in `base`
    futures_cash: what of it lies in the commodities segment, NaN if not said
    """

    account: str = ""
    capability: str = ""
    base: str = ""
    on: date | None = None
    equity: float = NAN
    futures_cash: float = NAN
    line: int = 0
    fx: dict[str, float] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)


def book_of(statement: Statement, given: date | None, noted: Noted) -> Read:
    """A book with an account for securities, and one for futures where some are held."""
    regime = _regime(statement, noted)
    for what, is_there in (
        ("Account Information: Account", statement.account),
        ("Account Information: Base Currency", statement.base),
        ("Statement: Period", statement.on),
        ("Net Asset Value: Total", not math.isnan(statement.equity)),
    ):
        if not is_there:
            noted.say(0, lacking(what), grave=True)
    if statement.base and (strange := strange_currency(statement.base)):
        noted.say(statement.line, strange, grave=True)
    held = _positions(statement, noted)
    accounts = _accounts(statement, regime, held, noted)
    stated = tuple(
        Stated(one.account, noted.file, one.line, one.currency, one.equity) for one in accounts
    )
    fx = {code: rate for code, rate in statement.fx.items() if code != statement.base}
    book = Book(held, accounts, statement.on or given or date.max, fx, statement.base or "USD")
    return Read(book, stated, noted.sorted(), tuple(noted.file for _ in held))


def _regime(statement: Statement, noted: Noted) -> str:
    said = statement.capability.strip().lower()
    if not said:
        noted.say(0, lacking("Account Information: Account Capabilities"), grave=True)
    elif said not in REGIMES:
        told = {"text": statement.capability}
        noted.say(0, Said("Account Capabilities is {text}; only Margin is read.", told), grave=True)
    return REGIMES.get(said, "")


def futures_account(account: str) -> str:
    """The commodities segment of an account: futures are margined apart from securities."""
    return f"{account} futures"


def _accounts(
    statement: Statement, regime: str, held: tuple[Position, ...], noted: Noted
) -> tuple[BookAccount, ...]:
    name, line = statement.account, statement.line
    apart = futures_account(name)
    has_futures = any(one.account == apart for one in held)
    cash = statement.futures_cash if has_futures else 0.0
    if math.isnan(cash):
        noted.say(0, lacking("Cash Report: Ending Cash of Futures"), grave=True)
    made = [BookAccount(name, regime, statement.equity - cash, statement.base, name, line=line)]
    if has_futures:
        made.append(BookAccount(apart, FUTURES, cash, statement.base, name, line=line))
    return tuple(made)


def _positions(statement: Statement, noted: Noted) -> tuple[Position, ...]:
    held: list[Position] = []
    seen: dict[tuple[str, str], int] = {}
    for row in statement.rows:
        before = len(noted.findings)
        one = _position(row, statement, noted)
        key = (cell(row.cells, "category"), cell(row.cells, "symbol"))
        if one is not None and key in seen:
            noted.say(row.line, twice(one.symbol, seen[key]))
        seen.setdefault(key, row.line)
        if one is not None and len(noted.findings) == before:
            held.append(one)
    return tuple(held)


def _position(row: Row, statement: Statement, noted: Noted) -> Position | None:
    """A position, None for cash, for nothing held, and for kinds that are not read."""
    cells, line = row.cells, row.line
    category, symbol = cell(cells, "category").lower(), cell(cells, "symbol")
    if category in CASH:
        return None
    count = noted.number(line, "Quantity", cell(cells, "quantity"))
    if count == 0.0:
        return None
    kind = _kind(category, cell(cells, "type"))
    if kind is None:
        told = {"kind": cell(cells, "category"), "symbol": symbol}
        noted.say(line, Said("{symbol} is of the category {kind}, which is not read.", told))
        return None
    currency = cell(cells, "currency") or statement.base
    if currency not in {statement.base, *statement.fx}:
        told = {"currency": currency}
        noted.say(line, Said("There is no exchange rate of {currency}; add one.", told))
    size = _multiplier(kind, cells, line, noted)
    price = _price(cells, count * size, line, noted)
    return _terms(
        Position(
            futures_account(statement.account) if category in COMMODITIES else statement.account,
            symbol,
            count,
            price,
            kind,
            noted.maybe(line, "Cost Price", cell(cells, "entry")),
            size,
            currency,
            line=line,
        ),
        cells,
        noted,
    )


def _kind(category: str, type_: str) -> Kind | None:
    """The kind of a category; `Stocks - Held with …` is one of stocks."""
    kind = KINDS.get(category, KINDS.get(category.split(" - ", maxsplit=1)[0]))
    return Kind.ETF if kind is Kind.STOCK and type_.upper() == "ETF" else kind


def _multiplier(kind: Kind, cells: Mapping[str, str], line: int, noted: Noted) -> float:
    """Units of one contract; a bond's price is in per cent of its face value."""
    if kind is Kind.BOND:
        return PAR
    if kind in {Kind.STOCK, Kind.ETF}:
        return 1.0
    return noted.above_zero(line, "Multiplier", cell(cells, "multiplier"))


def _price(cells: Mapping[str, str], units: float, line: int, noted: Noted) -> float:
    """The closing price, else what the value says of it."""
    said, value = cell(cells, "price"), cell(cells, "value")
    if said or not value or not units:
        return noted.above_zero(line, "Close Price", said)
    price = noted.number(line, "Value", value) / units
    if price <= 0.0:
        told = {"column": "Value", "text": value}
        noted.say(line, Said("{column} is {text}; it must be above 0.", told))
    return price


def _terms(one: Position, cells: Mapping[str, str], noted: Noted) -> Position:
    """The same position with what it follows and, of an option, its day, strike and right."""
    follows, said = cell(cells, "underlying"), cell(cells, "expiry")
    if one.kind is Kind.FUTURE:
        return replace(one, underlying=follows, expiry=noted.day(one.line, "Expiry", said))
    if one.kind is not Kind.OPTION:
        return one
    written = _written(one.symbol)
    strike = cell(cells, "strike") or written.get("strike", "")
    option = replace(
        one,
        underlying=follows or written.get("stock", ""),
        expiry=noted.day(one.line, "Expiry", said or written.get("day", "")),
        strike=noted.above_zero(one.line, "Strike", strike),
        right=(cell(cells, "right") or written.get("right", ""))[:1].upper(),
    )
    if option.expiry is None or option.right not in {"C", "P"} or not option.underlying:
        told = {"symbol": one.symbol}
        noted.say(one.line, Said("{symbol} has no day, right or underlying; add them.", told))
    return option


def _written(symbol: str) -> dict[str, str]:
    """The terms of an option that stand in its name: AAPL 28MAR25 222.5 C, or OCC's form."""
    named = OPTION.fullmatch(symbol)
    if named:
        return named.groupdict()
    coded = OCC.fullmatch(symbol)
    if not coded:
        return {}
    terms = coded.groupdict()
    return {**terms, "day": f"20{terms['day']}", "strike": f"{int(terms['strike']) / 1000.0:g}"}


def last_day(text: str) -> date | None:
    """The last day of a period, such as `January 1, 2026 - January 30, 2026`; None if none."""
    try:
        return day(text.rsplit(" - ", maxsplit=1)[-1].split(";", maxsplit=1)[0])
    except BadDate:
        return None
