"""Worked examples of contracts for difference and of retail foreign exchange."""

from __future__ import annotations

from datetime import date
from typing import Final

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.core.errors import UnknownName
from undertow.model.rulebook import Levels, Pool, Rates, rates_of, with_own_rate
from undertow.model.rulebook.esma_cfd import EsmaCfd, account_equity, borne
from undertow.model.rulebook.japan_fx import JapanFx
from undertow.model.rulebook.us_fx import UsFx
from undertow.published.margin._adapter import Adapter, Inputs, Results, each_of

DAY: Final = "2026-01-30"
CFD: Final = "cfd"
GAINED: Final = ("unrealised", "unrealized", "upnl", "pnl", "open_profit", "floating")
HAS: Final = "equity|balance|cash"
SIZE: Final = ("notional", "exposure", "value", "position", "trade_value")
LOTS: Final = ("lots", "qty", "size", "volume", "shares")
LEVERAGE: Final = ("cap", "leverage", "max_leverage")
RATE: Final = ("rate", "margin_rate", "im_rate", "margin_pct")
CLASS: Final = ("asset_class", "class", "group", "asset", "symbol", "pair", "instrument")
SAID: Final = {
    "major_fx": (
        "major",
        "majors",
        "fx_major",
        "major_forex",
        "forex_major",
        "major_currency_pair",
        "major_pair",
    ),
    "minor_fx": (
        "minor",
        "minors",
        "exotic",
        "fx_minor",
        "minor_forex",
        "non_major_fx",
        "fx_non_major",
        "exotic_fx",
    ),
    "gold": ("xau", "xauusd"),
    "commodity": ("silver", "oil", "crude", "other_commodity", "commodities", "wti", "brent"),
    "major_index": ("index", "indices", "major_indices", "equity_index"),
    "minor_index": ("minor_indices", "non_major_index"),
    "share": ("shares", "stock", "equity", "single_stock", "individual_equity", "equities"),
    "crypto": ("cryptocurrency", "cryptocurrencies", "crypto_asset", "bitcoin"),
}


def margin(given: Inputs) -> Results:
    """Initial margin, and the equity and move at which the provider closes; lists one by one."""
    many = [key for key in (*SIZE, *LEVERAGE, *RATE, *CLASS) if isinstance(given.of(key), list)]
    if many:
        return each_of(given, many, margin)
    size = _size(given)
    levels = _levels(given, size)
    result = {
        "margin": levels.initial,
        "initial": levels.initial,
        "im": levels.initial,
        "notional": size,
        "rate": levels.initial / size,
        "closeout_equity": levels.liquidation,
        "close_out_equity": levels.liquidation,
        "closeout_move": (levels.initial - levels.liquidation) / size,
    }
    if "equity" in given:
        result["margin_level"] = result["ratio"] = given.number("equity") / levels.initial
    return result


def stop_out(given: Inputs) -> Results:
    """Equity at which positions are closed, for one stop-out share or a list."""
    told = next((given.number(n) for n in ("margin", "initial", "used_margin") if n in given), None)
    needed = _levels(given, _size(given)).initial if told is None else told
    names = ("stop", "stop_out", "stop_out_level")
    shares = next((given.numbers(n) for n in names if n in given), None)
    found = [_closed(needed, share) for share in shares or (0.0,)]
    alone = isinstance(next((given.of(n) for n in names if n in given), 0.0), int | float)
    return {"equity": found[0] if alone else found, "closeout_equity": found[0] if alone else found}


def ladder(given: Inputs) -> Results:
    """Equity, its share of the margin, and what the provider does."""
    then, now = given.number("position_value_open"), given.number("value_now")
    needed = given.number("position_margin")
    cash = given.number("cash", needed + given.number("extra_cash", 0.0))
    is_short = given.text("side").lower() in {"short", "sell", "-1"}
    moved = (now, then) if is_short else (then, now)
    equity = account_equity(cash, (moved,))
    ratio = equity / needed
    left, lost = borne(equity)
    return {
        "equity": equity,
        "ratio": ratio,
        "margin_level": ratio,
        "action": EsmaCfd().action(ratio, _day(given)),
        "client_left": left,
        "provider_loss": lost,
    }


def level(given: Inputs) -> Results:
    """Equity, its share of the margin, and what the provider does."""
    gained = next((given.number(name) for name in GAINED if name in given), 0.0)
    cash = given.number("equity", given.number("balance", given.number("cash", 0.0)) + gained)
    equity = account_equity(cash, ())
    ratio = equity / given.number("margin", given.number("used_margin", 0.0))
    return {
        "equity": equity,
        **dict.fromkeys(("ratio", "margin_level"), ratio),
        "margin_level_pct": 100.0 * ratio,
        "free_margin": equity - equity / ratio,
        "action": EsmaCfd().action(ratio, _day(given)),
        "closed": EsmaCfd().action(ratio, _day(given)) == "close-out",
    }


def us(given: Inputs) -> Results:
    """Security deposit of a US dealer."""
    return _deposit(given, UsFx())


def japan(given: Inputs) -> Results:
    """Margin of a Japanese dealer."""
    return _deposit(given, JapanFx())


def _deposit(given: Inputs, rules: UsFx | JapanFx) -> Results:
    size = _size(given)
    pool = _pool(given, size)
    found = rules.levels(pool, pool.opening).initial
    return {"margin": found, "initial": found, "rate": found / size, "leverage": size / found}


def _closed(needed: float, share: float) -> float:
    table = with_own_rate(rates_of("esma_cfd"), CFD, "initial", 1.0, date.fromisoformat(DAY))
    pool = _pool(Inputs({}), needed)
    return EsmaCfd(share, table).levels(pool, pool.opening).liquidation


def _levels(given: Inputs, size: float) -> Levels:
    """Levels of one contract of a size, at the rate, cap or class of the row."""
    rules = EsmaCfd(given.number("stop_out", 0.0), _table(given))
    pool = _pool(given, size)
    return rules.levels(pool, pool.opening)


def _table(given: Inputs) -> Rates:
    table = rates_of("esma_cfd")
    for name in RATE:
        if name in given:
            return with_own_rate(table, CFD, "initial", given.number(name), _day(given))
    for name in LEVERAGE:
        if name in given:
            return with_own_rate(table, CFD, "initial", 1.0 / given.number(name), _day(given))
    if any(name in given for name in CLASS):
        return table
    raise UnknownName("the row says neither rate nor cap nor class; give one of them.")


def _pool(given: Inputs, size: float) -> Pool:
    has_rate = any(name in given for name in (*RATE, *LEVERAGE))
    named = _class(next((given.text(n) for n in CLASS if n in given), CFD))
    symbol = CFD if has_rate else named
    held = Position("", symbol, 1.0, size, Kind.CFD, size, group=symbol)
    return Pool(BookAccount("", CFD, 0.0), (held,), 0.0, Marks(_day(given), {symbol: size}))


def _class(said: str) -> str:
    """The class as the rates list it, where another word for it was said."""
    plain = said.strip().lower().replace(" ", "_").replace("-", "_")
    if plain in SAID:
        return plain
    return next((name for name, others in SAID.items() if plain in others), said)


def _size(given: Inputs) -> float:
    for name in SIZE:
        if name in given:
            return given.number(name)
    contract = given.number("contract", given.number("contract_size", given.number("units", 1.0)))
    lots = next((given.number(name) for name in LOTS if name in given), 1.0)
    return lots * contract * given.number("price", given.number("entry", 1.0))


def _day(given: Inputs) -> date:
    return date.fromisoformat(given.text("date", DAY))


SIZED: Final = "|".join((*SIZE, "price", "entry"))

ADAPTERS: Final = (
    Adapter("cfd.*ladder", ("position_value_open", "position_margin", "value_now"), ladder),
    Adapter("(cfd|esma)", ("margin|used_margin", HAS), level),
    Adapter("(cfd|esma).*(stop|close)", ("margin|initial|used_margin",), stop_out),
    Adapter("cfd.*stop", (SIZED,), stop_out),
    Adapter("(cfd|esma).*move", ("|".join((*RATE, *LEVERAGE, *CLASS)),), margin),
    Adapter("(cfd|esma|fca|retail cfd)", (SIZED, "|".join((*RATE, *LEVERAGE, *CLASS))), margin),
    Adapter("(?=.*(japan|ffaj)).*(fx|forex)", (SIZED,), japan),
    Adapter("(us|retail|nfa|cftc).*(fx|forex)", (SIZED,), us),
)
