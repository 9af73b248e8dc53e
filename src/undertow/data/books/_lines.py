"""Lines of the two tables as accounts and positions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from undertow.core.answers.said import Said
from undertow.core.book import BookAccount, Kind, Mode, Position
from undertow.core.columns import Way
from undertow.core.errors import UnknownName
from undertow.data.books._headers import KINDS, MODES, RIGHTS, SIDES, WAYS, plain
from undertow.data.books._values import Values
from undertow.model.rulebook import RULEBOOK, rates_of

CONTRACT = re.compile(r"/?([A-Z0-9]{1,3})[FGHJKMNQUVXZ]\d{1,2}|([A-Za-z]{1,2})\d{3,4}|(\w+)=F")
MOST_VOLATILE = 10.0
"""Volatility per year beyond which none is believed."""

SIZED = frozenset({Kind.FUTURE, Kind.OPTION, Kind.INVERSE})
"""Kinds whose contract has a size that must be known."""

REGIMES: Mapping[str, str] = {
    "regt": "reg_t", "cme": "cme_futures", "comex": "cme_futures", "芝商所": "cme_futures",
    "币安": "binance", "上期所": "shfe", "上金所": "sge_td", "两融": "margin_financing",
    "融资融券": "margin_financing", "回购": "repo",
}  # fmt: skip
"""Other names of regimes."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a position is read with. prices: of symbols that are followed or priced elsewhere."""

    accounts: Mapping[str, BookAccount]
    prices: Mapping[str, float]
    on: date


def account_of(values: Values) -> BookAccount:
    """One line of the table of accounts."""
    regime = _regime(values)
    return BookAccount(
        account=values.needed("account"),
        regime=regime,
        equity=values.number("equity", None),
        currency=values.currency(_settles(regime) or "USD"),
        owner=values.text("owner"),
        margin_used=values.number("margin_used"),
        broker_rate=values.share("broker_rate"),
        broker_says=values.number("broker_says"),
        transfer_days=values.number("transfer_days", 0.0),
        line=values.row.line,
    )


def position_of(values: Values, known: Known) -> Position | None:
    """One line of the table of positions; None if its account is not known."""
    name = values.text("account")
    if not name and len(known.accounts) == 1:
        name = next(iter(known.accounts))
    account = known.accounts.get(name)
    symbol = values.needed("symbol")
    quantity = _quantity(values)
    if account is None:
        # Without any account that is said once, and not of each line.
        values.problems.extend([_no_account(name, known.accounts)] if known.accounts else [])
        return None
    kind = _kind(values, account, symbol, known.on)
    underlying = values.text("underlying") or root(symbol, kind)
    return Position(
        account=name,
        symbol=symbol,
        quantity=quantity,
        price=_price(values, symbol, known.prices),
        kind=kind,
        entry=values.above_zero("entry"),
        multiplier=_multiplier(values, account, (symbol, underlying), kind, known.on),
        currency=_currency(values, account, symbol),
        mode=values.one_of("mode", MODES, Mode.CROSS),
        isolated_margin=values.above_zero("isolated_margin"),
        held=values.one_of("held", WAYS, Way.PLEDGED),
        underlying=underlying,
        leverage=values.number("leverage", 1.0),
        group=values.text("group"),
        volatility=_volatility(values),
        broker_rate=values.share("broker_rate"),
        expiry=values.day("expiry"),
        strike=values.above_zero("strike"),
        right=values.one_of("right", RIGHTS, ""),
        line=values.row.line,
    )


def _volatility(values: Values) -> float:
    """A share per year, above 0: 30 is one that was meant in per cent."""
    found = values.share("volatility", MOST_VOLATILE)
    return values.above_zero("volatility") if found == 0.0 else found


def _currency(values: Values, account: BookAccount, symbol: str) -> str:
    """What a position settles in: as written, which must be what the regime's contracts are in."""
    settles = _settles(account.regime)
    code = values.currency(settles or account.currency)
    if settles and code != settles:
        told = {"symbol": symbol, "code": code, "settles": settles}
        values.problems.append(
            Said("{symbol} is in {code}; contracts of its regime are in {settles}.", told)
        )
    return settles or code


def root(symbol: str, kind: Kind) -> str:
    """The product of a futures contract (SIH6 and SI=F are SI, ag2604 is AG), else nothing."""
    found = CONTRACT.fullmatch(symbol) if kind is Kind.FUTURE else None
    return next(part for part in found.groups() if part).upper() if found else ""


def _regime(values: Values) -> str:
    said = plain(values.needed("regime")).replace(" ", "_").replace("-", "_")
    name = REGIMES.get(said, said)
    if said and name not in _regimes():
        close = difflib.get_close_matches(name, _regimes(), n=1)
        told = {"text": values.text("regime"), "known": ", ".join(close or _regimes())}
        values.problems.append(Said("{text} is no regime; it may be: {known}.", told))
    return name


@cache
def _regimes() -> tuple[str, ...]:
    return RULEBOOK.members()


@cache
def _kinds(regime: str) -> frozenset[Kind]:
    return RULEBOOK.member(regime).kinds


@cache
def _settles(regime: str) -> str:
    return RULEBOOK.member(regime).settles if regime in _regimes() else ""


def _no_account(name: str, known: Mapping[str, BookAccount]) -> Said:
    told = {"account": name, "known": ", ".join(known)}
    if not name:
        return Said("account is empty, and there are several; it must be one of: {known}.", told)
    return Said("Account {account} is not in the table of accounts, which has: {known}.", told)


def _quantity(values: Values) -> float:
    """Signed; a column `side` gives the sign of numbers without one."""
    quantity = values.number("quantity", None)
    side = values.one_of("side", SIDES, 0.0)
    return side * abs(quantity) if side else quantity


def _kind(values: Values, account: BookAccount, symbol: str, on: date) -> Kind:
    """As written; else an option if it has a strike, a future if the regime knows its contract."""
    if "kind" in values.row.cells:
        return values.one_of("kind", KINDS, Kind.STOCK)
    if account.regime not in _regimes():
        return Kind.STOCK
    kinds = _kinds(account.regime)
    if Kind.OPTION in kinds and "strike" in values.row.cells:
        return Kind.OPTION
    names = (symbol, root(symbol, Kind.FUTURE))
    if Kind.FUTURE in kinds and (len(kinds) == 1 or _size(account, names, on) is not None):
        return Kind.FUTURE
    order = [kind for kind in Kind if kind in kinds]
    return order[0]


def _multiplier(
    values: Values, account: BookAccount, names: tuple[str, str], kind: Kind, on: date
) -> float:
    if "multiplier" in values.row.cells or kind not in SIZED:
        return values.above_zero("multiplier", 1.0)
    found = _size(account, names, on)
    if found is None and account.regime in _regimes():
        told = {"symbol": names[0]}
        values.problems.append(
            Said("The contract size of {symbol} is not known; add a column multiplier.", told)
        )
    return found or 1.0


def _size(account: BookAccount, names: tuple[str, str], on: date) -> float | None:
    """Units per contract from the dated rates of the regime."""
    try:
        return rates_of(account.regime).value([n for n in names if n], "multiplier", on)
    except (UnknownName, ValueError):
        return None


def _price(values: Values, symbol: str, prices: Mapping[str, float]) -> float:
    if "price" in values.row.cells:
        return values.above_zero("price")
    if symbol not in prices:
        told = {"symbol": symbol}
        values.problems.append(Said("{symbol} has no price; fill the column price.", told))
    return prices.get(symbol, 0.0)
