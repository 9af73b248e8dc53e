"""The settlement statement of a Chinese futures broker (交易结算单), as CTP prints it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from undertow.core.answers.said import Said
from undertow.core.book import NAN, Book, BookAccount, Kind, Position
from undertow.core.errors import InputError
from undertow.data.books._china_expiry import option_expiry
from undertow.data.books._merge import merged
from undertow.data.books._noted import Noted, cell, lacking, twice
from undertow.data.books.base import Read, Reader, Source, Stated, housed
from undertow.model.rulebook import rates_of
from undertow.model.rulebook.shfe import contract_names

REGIME = "shfe"
CURRENCY = "CNY"
TITLES = (
    "资金状况",
    "出入金明细",
    "成交记录",
    "平仓明细",
    "持仓明细",
    "持仓汇总",
    "行权明细",
    "交割明细",
)
LABELS = {
    "equity": r"客\s*户\s*权\s*益",
    "margin_used": r"(?<!质押)保\s*证\s*金\s*占\s*用",
    "risk": r"风\s*险\s*度",
}
OPTION = re.compile(r"([A-Za-z]+\d+)-?([CP])-?(\d+(?:\.\d+)?)")
CONTRACT = re.compile(r"([A-Za-z]+)\d+")
CLOSE = 1e-3


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: cells by the Chinese name of their column."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Statement:
    """What the pages hold: account and day, figures with their lines, rows of both tables."""

    account: str
    on: date | None
    figures: dict[str, tuple[float, int]]
    held: tuple[Row, ...]
    opened: tuple[Row, ...]

    def figure(self, name: str) -> float:
        """A figure of 资金状况, NaN if it is not there."""
        return self.figures.get(name, (NAN, 0))[0]


@dataclass(frozen=True, slots=True)
class CtpStatement(Reader):
    """One day of one client: 资金状况 for what the broker states, 持仓汇总 for what is held.

    Positions are of regime `shfe`, at the day's settlement price; the margin of a line is stated.
    The size of a contract is that of the table of rates; 持仓明细 must agree with it, and gives it
    where the table has none: floating profit/((settlement − opened at)·lots).
    Where that table has no margin of a contract, the margin of its line is the house rate.
    With options, equity is 市值权益: 客户权益 and their value; what is used goes with it.
    Limits: one currency, CNY; an option's future needs a price if it is not held,
    and its last day is counted in weekdays, holidays not known.
    Source: layout of CTP statements since 2016, with and without 投资单元 and 资金账号.
    """

    reads: ClassVar[str] = "CTP 交易结算单"

    def claims(self, files: tuple[Source, ...]) -> tuple[Source, ...]:
        """Texts with both parts that matter."""
        return tuple(f for f in files if "资金状况" in f.text and "客户权益" in _tight(f.text))

    def read(self, files: tuple[Source, ...]) -> Read:
        """A book of one account for each file."""
        return merged([_read(file) for file in files])


def _read(file: Source) -> Read:
    noted = Noted(file.name)
    found = _statement(file, noted)
    if not found.account:
        noted.say(0, lacking("客户号 Client ID"), grave=True)
    if found.on is None:
        noted.say(0, lacking("日期 Date"), grave=True)
    if "equity" not in found.figures:
        noted.say(0, lacking("客户权益 Client Equity"), grave=True)
    on = found.on or file.on or date.max
    held, margins = _positions(found, on, noted)
    equity, line = found.figures.get("equity", (NAN, 0))
    if found.figure("margin_used") > 0.0 and not found.held:
        noted.say(0, lacking("持仓汇总 Positions"), grave=True)
    used, risk = found.figure("margin_used"), found.figure("risk")
    if any(p.kind is Kind.OPTION for p in held):
        equity, used = _with_options(equity, used, held)
        risk = used / equity if equity > 0.0 else NAN
    account = BookAccount(
        found.account,
        REGIME,
        equity,
        CURRENCY,
        margin_used=used,
        broker_says=risk,
        line=line,
    )
    stated = Stated(
        found.account,
        file.name,
        line,
        CURRENCY,
        equity=equity,
        margin_used=used,
        risk=risk,
        margins=margins,
    )
    book = housed(Book(held, (account,), on, base=CURRENCY), (_unlisted(stated, held, on),))
    return Read(book, (stated,), noted.sorted(), tuple(file.name for _ in held))


def _with_options(equity: float, used: float, held: tuple[Position, ...]) -> tuple[float, float]:
    """Equity and margin with options at their value: of sold ones the margin has it already."""
    values = [p.quantity * p.multiplier * p.price for p in held if p.kind is Kind.OPTION]
    return equity + sum(values), used + sum(values)


def _unlisted(stated: Stated, held: tuple[Position, ...], on: date) -> Stated:
    """Of the margins stated those of contracts that the exchange's table of rates lacks."""
    table = rates_of(REGIME)
    listed = {p.symbol for p in held if table.has(contract_names(p), "maintenance", on)}
    return replace(stated, margins={s: m for s, m in stated.margins.items() if s not in listed})


def _statement(file: Source, noted: Noted) -> Statement:
    account, on, part = "", None, ""
    figures: dict[str, tuple[float, int]] = {}
    rows: dict[str, list[Row]] = {"持仓汇总": [], "持仓明细": []}
    names: dict[str, tuple[str, ...]] = {}
    for line, raw in enumerate(file.text.splitlines(), 1):
        text = unicodedata.normalize("NFKC", raw)
        title = next((one for one in TITLES if one in text and "|" not in text), "")
        part = title or part
        if title == "资金状况":
            _other_currency(text, line, noted)
        account = account or _after(r"客户号[^:]*", text) or _after(r"资金账号", text)
        on = on or _last_day(text, line, noted)
        for name, label in LABELS.items():
            said = _after(label + r"[^:|]*", text) if part == "资金状况" else ""
            if said and name not in figures:
                figures[name] = noted.number(line, name, said), line
        if part in rows and text.lstrip().startswith("|"):
            names[part] = _row(text, line, names.get(part, ()), rows[part])
    held, opened = (tuple(rows[name]) for name in ("持仓汇总", "持仓明细"))
    return Statement(account, on, figures, held, opened)


def _row(text: str, line: int, names: tuple[str, ...], rows: list[Row]) -> tuple[str, ...]:
    """Add a line of a table to its rows; the names of its columns once they have been met."""
    cells = tuple(re.sub(r"\s", "", one) for one in text.strip().strip("|").split("|"))
    if "合约" in cells:
        return cells
    is_data = names and not cells[0].startswith("共") and "Instrument" not in cells
    if is_data:
        rows.append(Row(line, dict(zip(names, cells, strict=False))))
    return names


def _positions(
    found: Statement, on: date, noted: Noted
) -> tuple[tuple[Position, ...], dict[str, float]]:
    sizes = _sizes_seen(found.opened, noted)
    held: list[Position] = []
    margins: dict[str, float] = {}
    seen: dict[tuple[str, ...], int] = {}
    for row in found.held:
        symbol, same = row.cells.get("合约", ""), tuple(row.cells.values())
        if same in seen:
            noted.say(row.line, twice(symbol, seen[same]))
            continue
        seen[same] = row.line
        before = len(noted.findings)
        new = tuple(_lines(row, found.account, on, noted))
        size = _size(symbol, on, sizes.get(symbol, NAN), row.line, noted) if new else NAN
        margin = noted.number(row.line, "保证金占用", row.cells.get("保证金占用"))
        if len(noted.findings) == before:
            held += [replace(one, multiplier=size) for one in new]
            margins[symbol] = margins.get(symbol, 0.0) + margin
    return tuple(held), margins


def _lines(row: Row, account: str, on: date, noted: Noted) -> Iterator[Position]:
    """The long and the short of one line, where there are lots."""
    symbol = row.cells.get("合约", "")
    price = noted.above_zero(row.line, "今结算", row.cells.get("今结算"))
    option, contract = OPTION.fullmatch(symbol), CONTRACT.match(symbol)
    expiry = option_expiry(option[1], on) if option else None
    if option and not expiry:
        told = {"symbol": symbol}
        said = Said("{symbol} has a last day that is not known here; use the two tables.", told)
        noted.say(row.line, said)
    if not contract:
        told = {"column": "合约", "text": symbol}
        noted.say(row.line, Said("{column} is {text}, which is no contract; write one.", told))
        return
    for sign, lots, opened in ((1.0, "买持", "买"), (-1.0, "卖持", "卖")):
        count = noted.number(row.line, lots, row.cells.get(lots))
        if count < 0.0:
            told = {"column": lots, "text": row.cells.get(lots, "")}
            noted.say(row.line, Said("{column} is {text}; it must not be below 0.", told))
        entry = cell(row.cells, f"{opened}均价", f"{opened}开仓均价")
        if count:
            yield Position(
                account,
                symbol,
                sign * count,
                price,
                Kind.OPTION if option else Kind.FUTURE,
                noted.maybe(row.line, f"{opened}均价", entry),
                currency=CURRENCY,
                underlying=option[1] if option else contract[1].upper(),
                expiry=expiry,
                strike=float(option[3]) if option else NAN,
                right=option[2] if option else "",
                line=row.line,
            )


def _size(symbol: str, on: date, seen: float, line: int, noted: Noted) -> float:
    """Units of a contract: the table's, which the statement must not contradict."""
    letters = CONTRACT.match(symbol)
    product = letters[1].upper() if letters else symbol
    try:
        listed = rates_of(REGIME).value((product,), "multiplier", on)
    except InputError:
        listed = NAN
    if math.isnan(listed) and math.isnan(seen):
        said = Said("The size of a contract of {symbol} is not known; add it.", {"symbol": symbol})
        noted.say(line, said)
    if not math.isnan(listed + seen) and not math.isclose(listed, seen, rel_tol=0.01):
        told = {"symbol": symbol, "listed": f"{listed:g}", "seen": f"{seen:.4g}"}
        said = Said(
            "A contract of {symbol} is {listed} units, its profit says {seen}; check.", told
        )
        noted.say(line, said)
    return seen if math.isnan(listed) else listed


def _sizes_seen(rows: tuple[Row, ...], noted: Noted) -> dict[str, float]:
    """Sizes of contracts that follow from floating profits, by contract."""
    sizes: dict[str, float] = {}
    for row in rows:
        bought = cell(row.cells, "买/卖").startswith("买")
        lots, opened, settled, profit = (
            noted.maybe(row.line, name, cell(row.cells, *names))
            for name, names in (
                ("持仓量", ("持仓量", "手数")),
                ("开仓价", ("开仓价",)),
                ("结算价", ("结算价", "今结算")),
                ("浮动盈亏", ("浮动盈亏",)),
            )
        )
        moved = (settled - opened) * lots * (1.0 if bought else -1.0)
        if moved and profit and not math.isnan(moved + profit):
            size = profit / moved
            whole = round(size)
            is_whole = whole and math.isclose(size, whole, rel_tol=CLOSE)
            sizes[row.cells.get("合约", "")] = float(whole) if is_whole else size
    return sizes


def _other_currency(text: str, line: int, noted: Noted) -> None:
    code = _after(r"Currency", text)
    if code and code != CURRENCY:
        said = Said("The account is in {currency}; only CNY is read.", {"currency": code})
        noted.say(line, said, grave=True)


def _last_day(text: str, line: int, noted: Noted) -> date | None:
    """The day of the statement, of a range its last."""
    said = _after(r"^\s*日期[^:]*", text)
    days = re.findall(r"\d{8}|\d{4}-\d\d-\d\d", said) or [said]
    return noted.day(line, "日期", days[-1])


def _after(label: str, text: str) -> str:
    """What stands after a label and its colons; empty if the label is not there."""
    found = re.search(label + r"\s*:+\s*([^\s:]\S*)", text)
    return found[1] if found else ""


def _tight(text: str) -> str:
    return text.replace(" ", "")
