"""Binance USDⓈ-M futures: `positionRisk` and the account with its wallets, as JSON."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import ClassVar, TypeAlias

from undertow.core.answers.said import Said
from undertow.core.book import NAN, Book, BookAccount, Kind, Mode, Position
from undertow.core.errors import BadFile
from undertow.data.books._noted import Noted, cell, lacking, twice
from undertow.data.books.base import Read, Reader, Source, Stated

Json: TypeAlias = "float | str | bool | list[Json] | dict[str, Json] | None"
REGIME = "binance"
BASE = "USDT"
MONEY = frozenset({"USDT", "USDC", "BUSD", "FDUSD", "TUSD", "BNFCR"})
LINE = re.compile(r'"symbol"\s*:')


@dataclass(frozen=True, slots=True)
class Record:
    """One object of the file, its numbers as they are written."""

    file: str
    line: int
    cells: Mapping[str, str]


@dataclass(slots=True)
class Found:
    """What the files hold, by kind of object; grows while they are read."""

    noted: dict[str, Noted] = field(default_factory=dict)
    positions: list[Record] = field(default_factory=list)
    wallets: list[Record] = field(default_factory=list)
    accounts: list[Record] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BinancePositions(Reader):
    """Positions of `positionRisk` (v2, v3) with the wallets of `account` (v2, v3) or `balance`.

    In one file or in several, an answer as it came or wrapped in an object; one account for each
    coin that margins a position. Cross equity = crossWalletBalance + crossUnPnl.
    isolated margin = isolatedWallet, else isolatedMargin − profit
    Limits: one-way mode, single-asset mode, margined in stable coins; the rest is a finding. The
    day is the one given, else that of the latest update.
    Source: Binance USDⓈ-M futures API, Position Information V3 and Account Information V3.
    """

    reads: ClassVar[str] = "Binance positionRisk JSON with account or balance JSON"

    def claims(self, files: tuple[Source, ...]) -> tuple[Source, ...]:
        """JSON that names positions or wallets as Binance does."""
        keys = ('"positionAmt"', '"crossWalletBalance"')
        return tuple(
            f
            for f in files
            if f.text.lstrip()[:1] in {"[", "{"} and any(key in f.text for key in keys)
        )

    def read(self, files: tuple[Source, ...]) -> Read:
        """All files together as one book."""
        found = Found()
        for file in files:
            _collect(file, found)
        first = found.noted[files[0].name]
        _refuse_modes(found)
        held = _positions(found)
        on = next((file.on for file in files if file.on), None) or _updated(found)
        if on is None:
            first.say(0, lacking("updateTime"), grave=True)
        accounts, stated = _accounts(found, held, first)
        book = Book(tuple(one for one, _ in held), accounts, on or date.max, base=_base(accounts))
        findings = tuple(each for noted in found.noted.values() for each in noted.sorted())
        return Read(book, stated, findings, tuple(record.file for _, record in held))


def _collect(file: Source, found: Found) -> None:
    """Sort the objects of a file by what they hold."""
    noted = found.noted.setdefault(file.name, Noted(file.name))
    lines = _lines(file.text)

    def kept(pairs: list[tuple[str, Json]]) -> Json:
        names = [name for name, _ in pairs]
        line = next(lines, 0) if "symbol" in names else 0
        if len(set(names)) < len(names):
            noted.say(line, Said("An object says one name twice; keep one of the two."))
        cells = {name: _text(value) for name, value in pairs if not isinstance(value, dict | list)}
        _sort(Record(file.name, line, cells), found)
        return dict(pairs)

    try:
        json.loads(
            file.text, object_pairs_hook=kept, parse_float=str, parse_int=str, parse_constant=_none
        )
    except (ValueError, RecursionError, BadFile) as error:
        why = str(error) if isinstance(error, json.JSONDecodeError) else type(error).__name__
        noted.say(
            0, Said("The file is no JSON ({why}); export it again.", {"why": why}), grave=True
        )


def _sort(record: Record, found: Found) -> None:
    cells = record.cells
    if "positionAmt" in cells and "symbol" in cells:
        found.positions.append(record)
    elif "asset" in cells and ("crossWalletBalance" in cells or "walletBalance" in cells):
        found.wallets.append(record)
    elif "totalMaintMargin" in cells or "multiAssetsMargin" in cells:
        found.accounts.append(record)


def _positions(found: Found) -> list[tuple[Position, Record]]:
    """Open positions; what two files say of one is put together."""
    known: dict[tuple[str, str], Record] = {}
    for record in found.positions:
        key = (record.cells["symbol"], cell(record.cells, "positionSide") or "BOTH")
        before = known.get(key)
        if before and before.file == record.file and _is_risk(before) == _is_risk(record):
            found.noted[record.file].say(record.line, twice(key[0], before.line))
            continue
        known[key] = _joined(before, record) if before else record
    held = ((_position(one, found.noted[one.file]), one) for one in known.values())
    return [(one, record) for one, record in held if one is not None]


def _position(record: Record, noted: Noted) -> Position | None:
    cells, line, before = record.cells, record.line, len(noted.findings)
    symbol, coin = cells["symbol"], _coin(record)
    amount = noted.number(line, "positionAmt", cells["positionAmt"])
    if amount == 0.0:
        return None
    if coin not in MONEY:
        told = {"symbol": symbol, "coin": coin}
        noted.say(line, Said("{symbol} is margined in {coin}; only stable coins are read.", told))
    price = noted.maybe(line, "markPrice", cell(cells, "markPrice"))
    if math.isnan(price):
        price = abs(noted.number(line, "markPrice", cell(cells, "notional")) / amount)
    entry = noted.number(line, "entryPrice", cell(cells, "entryPrice"))
    alone, margin = _isolated(record, noted)
    if len(noted.findings) > before:
        return None
    return Position(
        account_name(coin),
        symbol,
        amount,
        price,
        Kind.PERPETUAL,
        entry,
        currency=coin,
        mode=Mode.ISOLATED if alone else Mode.CROSS,
        isolated_margin=margin,
        line=line,
    )


def _isolated(record: Record, noted: Noted) -> tuple[bool, float]:
    """Whether a position has margin of its own, and how much without its profit."""
    cells, line = record.cells, record.line
    wallet = noted.maybe(line, "isolatedWallet", cell(cells, "isolatedWallet"))
    margin = noted.maybe(line, "isolatedMargin", cell(cells, "isolatedMargin"))
    profit = noted.maybe(
        line, "unRealizedProfit", cell(cells, "unRealizedProfit", "unrealizedProfit")
    )
    said = cell(cells, "marginType", "isolated").lower()
    is_alone = said in {"isolated", "true"} or (not said and (wallet > 0.0 or margin > 0.0))
    if not is_alone:
        return False, NAN
    return True, wallet if wallet > 0.0 else margin - profit


def _accounts(
    found: Found, held: list[tuple[Position, Record]], first: Noted
) -> tuple[tuple[BookAccount, ...], tuple[Stated, ...]]:
    """An account for each coin that margins a position, with what Binance states of it."""
    wallets = {cell(one.cells, "asset"): one for one in found.wallets}
    made: list[BookAccount] = []
    stated: list[Stated] = []
    for coin in dict.fromkeys(one.currency for one, _ in held) or {BASE: None}:
        if coin not in wallets:
            first.say(0, lacking(f"crossWalletBalance ({coin})"), grave=True)
            continue
        wallet = wallets[coin]
        margins = _margins([(one, r) for one, r in held if one.currency == coin], found)
        cross = [m for one, m in margins if one.mode is Mode.CROSS]
        equity, used = _equity(wallet, found.noted[wallet.file]), sum(cross) if cross else NAN
        risk = used / equity if equity > 0.0 else NAN
        known = {one.symbol: margin for one, margin in margins if not math.isnan(margin)}
        name = account_name(coin)
        made.append(BookAccount(name, REGIME, equity, coin, margin_used=used, broker_says=risk))
        stated.append(Stated(name, wallet.file, 0, coin, equity, used, risk=risk, margins=known))
    return tuple(made), tuple(stated)


def account_name(coin: str) -> str:
    """The account that a coin margins."""
    return f"binance {coin}"


def _equity(wallet: Record, noted: Noted) -> float:
    """Cross wallet and its profit."""
    cells = wallet.cells
    cash = noted.number(
        wallet.line, "crossWalletBalance", cell(cells, "crossWalletBalance", "walletBalance")
    )
    profit = noted.maybe(wallet.line, "crossUnPnl", cell(cells, "crossUnPnl", "unrealizedProfit"))
    return cash + (0.0 if math.isnan(profit) else profit)


def _margins(held: list[tuple[Position, Record]], found: Found) -> list[tuple[Position, float]]:
    """Maintenance margin of each position as stated, NaN if it is not."""
    return [
        (one, found.noted[r.file].maybe(r.line, "maintMargin", cell(r.cells, "maintMargin")))
        for one, r in held
    ]


def _refuse_modes(found: Found) -> None:
    """Modes that the rules do not carry."""
    for record in found.accounts:
        if cell(record.cells, "multiAssetsMargin") == "true":
            said = Said("The account is in multi-assets mode; only single-asset mode is read.")
            found.noted[record.file].say(record.line, said, grave=True)
    sides: dict[str, set[str]] = {}
    for record in found.positions:
        if cell(record.cells, "positionAmt").strip("-0.") and "positionSide" in record.cells:
            symbol = record.cells["symbol"]
            sides.setdefault(symbol, set()).add(record.cells["positionSide"])
            if {"LONG", "SHORT"} <= sides[symbol]:
                told = {"symbol": symbol}
                said = Said("{symbol} is held long and short; hedge mode is not read.", told)
                found.noted[record.file].say(record.line, said, grave=True)


def _updated(found: Found) -> date | None:
    """The day of the latest update, UTC."""
    stamps = [cell(one.cells, "updateTime") for one in (*found.positions, *found.wallets)]
    millis = [int(stamp) for stamp in stamps if re.fullmatch(r"[1-9]\d{11,13}", stamp)]
    return datetime.fromtimestamp(max(millis) / 1000.0, UTC).date() if millis else None


def _base(accounts: tuple[BookAccount, ...]) -> str:
    return accounts[0].currency if accounts else BASE


def _coin(record: Record) -> str:
    """The coin that margins a position: as stated, else the end of its symbol."""
    stated = cell(record.cells, "marginAsset")
    symbol = record.cells["symbol"].split("_")[0]
    return stated or next((coin for coin in MONEY if symbol.endswith(coin)), symbol)


def _joined(before: Record, later: Record) -> Record:
    """What two objects say of one position; `positionRisk` goes first."""
    first, second = (before, later) if _is_risk(before) else (later, before)
    return Record(first.file, first.line, {**second.cells, **first.cells})


def _is_risk(record: Record) -> bool:
    return "markPrice" in record.cells


def _lines(text: str) -> Iterator[int]:
    """Lines on which objects name a symbol, in order."""
    line, at = 1, 0
    for found in LINE.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        yield line


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _none(text: str) -> Json:
    raise BadFile(f"{text} is no number; write one.")
