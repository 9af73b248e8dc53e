"""Accounts of Binance: a wallet for each coin, or all coins together in multi-assets mode."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

from undertow.core.answers.said import Said
from undertow.core.book import NAN, BookAccount, Kind, Mode, Position
from undertow.data.books._binance_json import Found, Record
from undertow.data.books._noted import Noted, cell, lacking, twice
from undertow.data.books.base import Stated

REGIME = "binance"
BASE = "USDT"
MONEY = frozenset({"USDT", "USDC", "BUSD", "FDUSD", "TUSD", "BNFCR", "BFUSD"})
"""Coins that count as money: what is margined in another one is a contract of that coin."""

ALL_COINS = "multi-assets"
DOLLAR = "USD"

Held: TypeAlias = list[tuple[Position, Record]]


def account_name(coin: str) -> str:
    """The account that a coin margins."""
    return f"binance {coin}"


def accounts_of(
    found: Found, held: Held, fx: Mapping[str, float], first: Noted
) -> tuple[tuple[BookAccount, ...], tuple[Stated, ...]]:
    """An account for each coin that margins a position, or one in dollars where `fx` has rates."""
    made: list[tuple[BookAccount, Stated]] = []
    wallets, shared = _wallets(found), account_name(ALL_COINS)
    if fx:
        made.append(_together(found, [(p, r) for p, r in held if p.account == shared], fx))
    coins = dict.fromkeys(p.currency for p, _ in held if p.account != shared)
    for coin in coins or ({} if fx else {BASE: None}):
        if coin in wallets:
            mine = [(p, r) for p, r in held if p.account == account_name(coin)]
            made.append(_of_coin(coin, wallets[coin], mine, found))
        else:
            first.say(0, lacking(f"crossWalletBalance ({coin})"), grave=True)
    return tuple(account for account, _ in made), tuple(stated for _, stated in made)


def _of_coin(coin: str, wallet: Record, held: Held, found: Found) -> tuple[BookAccount, Stated]:
    """The account that one coin margins, and what Binance states of it."""
    margins = _margins(held, found)
    cross = [margin for one, margin in margins if one.mode is Mode.CROSS]
    equity, used = _equity(wallet, found.noted[wallet.file]), sum(cross) if cross else NAN
    risk = used / equity if equity > 0.0 else NAN
    name, known = account_name(coin), _by_symbol(margins)
    account = BookAccount(name, REGIME, equity, coin, margin_used=used, broker_says=risk)
    return account, Stated(name, wallet.file, 0, coin, equity, used, risk=risk, margins=known)


def _together(found: Found, held: Held, fx: Mapping[str, float]) -> tuple[BookAccount, Stated]:
    """One account in dollars for all coins, at the rates of `assetIndex`."""
    record = next(one for one in found.accounts if _is_shared(one))
    noted, name = found.noted[record.file], account_name(ALL_COINS)
    said, used = (
        noted.maybe(record.line, what, cell(record.cells, what))
        for what in ("totalMarginBalance", "totalMaintMargin")
    )
    equity = sum(
        _equity(wallet, found.noted[wallet.file]) * fx[coin]
        for coin, wallet in _wallets(found).items()
        if coin in fx
    )
    risk, known = used / said if said > 0.0 else NAN, _by_symbol(_margins(held, found))
    account = BookAccount(name, REGIME, equity, DOLLAR, margin_used=used, broker_says=risk)
    return account, Stated(name, record.file, 0, DOLLAR, said, used, risk=risk, margins=known)


def is_multi(found: Found) -> bool:
    """Whether an account says that all its coins margin all positions."""
    return any(_is_shared(record) for record in found.accounts)


def _is_shared(record: Record) -> bool:
    return cell(record.cells, "multiAssetsMargin") == "true"


def dollar_rates(found: Found, held: Held, first: Noted) -> dict[str, float]:
    """Dollars a coin of all that margins the account; grave findings where they cannot be said.

    What an account has is worth the bid of `assetIndex`, what it owes the ask.
    """
    rates = {DOLLAR: 1.0}
    apart = {p.currency for p, _ in held if p.kind is Kind.INVERSE}
    needed = {p.currency for p, _ in held} - apart
    for coin, wallet in _wallets(found).items():
        noted = found.noted[wallet.file]
        money = _equity(wallet, noted)
        if coin in apart or (money == 0.0 and coin not in needed):
            continue
        if coin not in MONEY:
            noted.say(wallet.line, _not_money(coin), grave=True)
            continue
        side = "bidRate" if money >= 0.0 else "askRate"
        index = next((one for one in found.rates if one.cells["symbol"] == coin + DOLLAR), None)
        if index is None:
            first.say(0, _without_rate(coin), grave=True)
        else:
            rates[coin] = found.noted[index.file].number(index.line, side, cell(index.cells, side))
    return rates


def _not_money(coin: str) -> Said:
    return Said(
        "{coin} margins the account in multi-assets mode, where only stable coins are read; "
        "write the book as two tables.",
        {"coin": coin},
    )


def _without_rate(coin: str) -> Said:
    return Said(
        "The account is in multi-assets mode, without the rate of {coin}; add the answer of "
        "assetIndex.",
        {"coin": coin},
    )


def _wallets(found: Found) -> dict[str, Record]:
    """The wallet of each coin; an empty one of the other kind of futures does not count."""
    known: dict[str, tuple[Record, float]] = {}
    for one in found.wallets:
        coin, noted = cell(one.cells, "asset"), found.noted[one.file]
        money = _equity(one, noted)
        before, was = known.get(coin, (one, 0.0))
        if was and money and was != money:
            noted.say(one.line, twice(coin, before.line), grave=True)
        if not was:
            known[coin] = one, money
    return {coin: record for coin, (record, _) in known.items()}


def _equity(wallet: Record, noted: Noted) -> float:
    """Cross wallet and its profit."""
    cells = wallet.cells
    cash = noted.number(
        wallet.line, "crossWalletBalance", cell(cells, "crossWalletBalance", "walletBalance")
    )
    profit = noted.maybe(wallet.line, "crossUnPnl", cell(cells, "crossUnPnl", "unrealizedProfit"))
    return cash + (0.0 if math.isnan(profit) else profit)


def _margins(held: Held, found: Found) -> list[tuple[Position, float]]:
    """Maintenance margin of each position as stated, NaN if it is not."""
    return [
        (one, found.noted[r.file].maybe(r.line, "maintMargin", cell(r.cells, "maintMargin")))
        for one, r in held
    ]


def _by_symbol(margins: list[tuple[Position, float]]) -> dict[str, float]:
    """Stated margin of each symbol, the long and the short of hedge mode added."""
    found: dict[str, float] = {}
    for one, margin in margins:
        if not math.isnan(margin):
            found[one.symbol] = found.get(one.symbol, 0.0) + margin
    return found
