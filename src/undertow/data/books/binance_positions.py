"""Binance futures, USDⓈ-M and COIN-M: `positionRisk` and the account's wallets, as JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import ClassVar

from undertow.core.answers.said import Said
from undertow.core.book import NAN, Book, BookAccount, Kind, Mode, Position
from undertow.data.books._binance_accounts import (
    ALL_COINS,
    BASE,
    DOLLAR,
    MONEY,
    REGIME,
    Held,
    account_name,
    accounts_of,
    dollar_rates,
    is_multi,
)
from undertow.data.books._binance_json import Found, Record, collect
from undertow.data.books._noted import Noted, cell, lacking, twice
from undertow.data.books.base import Read, Reader, Source
from undertow.model.rulebook import rates_of

COIN_M = "COIN-M"
"""Name under which the table of rates lists the size of a coin-margined contract of no own row."""


@dataclass(frozen=True, slots=True)
class BinancePositions(Reader):
    """Positions of `positionRisk` (v2, v3) with the wallets of `account` (v2, v3) or `balance`.

    In one file or in several, an answer as it came or wrapped in an object; one account for each
    coin that margins a position. Cross equity = crossWalletBalance + crossUnPnl.
    isolated margin = isolatedWallet, else isolatedMargin − profit
    COIN-M (`fapi` and `dapi` alike): contracts of as many dollars as notionalValue says, else as
    the table of rates. Hedge mode: the long and the short of a symbol are two positions.
    Multi-assets mode: one account in dollars, its coins at the rates of `assetIndex`.
    Limits: in multi-assets mode stable coins as margin; the rest is a finding. The day is the one
    given, else that of the latest update.
    Source: Binance futures API, Position Information, Account Information and Asset Index.
    """

    reads: ClassVar[str] = "Binance positionRisk JSON with account or balance JSON"

    def claims(self, files: tuple[Source, ...]) -> tuple[Source, ...]:
        """JSON that names positions or wallets as Binance does."""
        keys = ('"positionAmt"', '"crossWalletBalance"', '"bidBuffer"')
        return tuple(
            f
            for f in files
            if f.text.lstrip()[:1] in {"[", "{"} and any(key in f.text for key in keys)
        )

    def read(self, files: tuple[Source, ...]) -> Read:
        """All files together as one book."""
        found = Found()
        for file in files:
            collect(file, found)
        first = found.noted[files[0].name]
        held = _positions(found)
        on = next((file.on for file in files if file.on), None) or _updated(found)
        if on is None:
            first.say(0, lacking("updateTime"), grave=True)
        fx = dollar_rates(found, held, first) if is_multi(found) else {}
        held = [(_placed(one, fx), record) for one, record in held]
        accounts, stated = accounts_of(found, held, fx, first)
        positions = tuple(one for one, _ in held)
        book = Book(positions, accounts, on or date.max, fx, _base(accounts))
        findings = tuple(each for noted in found.noted.values() for each in noted.sorted())
        return Read(book, stated, findings, tuple(record.file for _, record in held))


def _positions(found: Found) -> Held:
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
    said = cell(cells, "markPrice")
    price = noted.above_zero(line, "markPrice", said) if said else NAN
    kind = Kind.INVERSE if _product(record).endswith(DOLLAR) else Kind.PERPETUAL
    if kind is Kind.PERPETUAL and coin not in MONEY:
        told = {"symbol": symbol, "coin": coin}
        refused = Said(
            "{symbol} is margined in {coin}; only stable coins and contracts of COIN-M are read.",
            told,
        )
        noted.say(line, refused)
    if not said:
        size = "notional" if kind is Kind.PERPETUAL else "markPrice"
        price = abs(noted.number(line, "markPrice", cell(cells, size)) / amount)
    entry = noted.above_zero(line, "entryPrice", cell(cells, "entryPrice"))
    alone, margin = _isolated(record, noted)
    face = 1.0 if kind is Kind.PERPETUAL else _face(record, noted, amount, price)
    if len(noted.findings) > before:
        return None
    return Position(
        account_name(coin),
        symbol,
        amount,
        price,
        kind,
        entry,
        face,
        coin,
        mode=Mode.ISOLATED if alone else Mode.CROSS,
        isolated_margin=margin,
        line=line,
    )


def _placed(one: Position, fx: Mapping[str, float]) -> Position:
    """In the account of all coins if there is one; coin-margined contracts never are."""
    is_shared = fx and one.kind is not Kind.INVERSE
    return replace(one, account=account_name(ALL_COINS)) if is_shared else one


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


def _face(record: Record, noted: Noted, amount: float, price: float) -> float:
    """Dollars a coin-margined contract is of: as its value says, else as the table has it."""
    said = noted.maybe(record.line, "notionalValue", cell(record.cells, "notionalValue"))
    dollars = abs(said * price / amount)
    if 0.5 < dollars < math.inf:
        return float(round(dollars))
    return rates_of(REGIME).value((_product(record), COIN_M), "multiplier", date.max)


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
    symbol = _product(record)
    money = next((coin for coin in MONEY if symbol.endswith(coin)), "")
    return stated or money or symbol.removesuffix(DOLLAR)


def _product(record: Record) -> str:
    """The symbol without its expiry: BTCUSDT, BTCUSD."""
    return record.cells["symbol"].partition("_")[0]


def _joined(before: Record, later: Record) -> Record:
    """What two objects say of one position; `positionRisk` goes first."""
    first, second = (before, later) if _is_risk(before) else (later, before)
    return Record(first.file, first.line, {**second.cells, **first.cells})


def _is_risk(record: Record) -> bool:
    return "markPrice" in record.cells
