"""Crypto exchanges, through the library ccxt."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Protocol, TypeAlias
from urllib.parse import urlsplit

from undertow.core.errors import NoAnswer
from undertow.data.sources._json import read_json
from undertow.data.sources._wire import Passing, Wire, installed
from undertow.data.sources.base import STEP_SECONDS, Ask, Bar, Provider, cell, within

WHO = "ccxt"
COLUMNS = ("open", "high", "low", "close", "volume")
PAGE = 1_000
MOST_PAGES = 5_000

Candles: TypeAlias = list[list[float | None]]


class Exchange(Protocol):
    """What is used of an exchange of the library."""

    urls: dict[str, object]

    def fetch_ohlcv(self, symbol: str, timeframe: str, since: int, limit: int) -> Candles:
        """Milliseconds, open, high, low, close, volume; oldest first."""


@dataclass(frozen=True, slots=True)
class Ccxt(Provider):
    """Bars of a crypto exchange; symbol EXCHANGE:PAIR, such as binance:BTC/USDT or kraken:BTC/USD.

    bar = what fetch_ohlcv gives, page after page; days are UTC days
    Limits: what the exchange keeps; volume is in coins, of that exchange alone.
    Needs undertow[ccxt].  Source: ccxt (MIT), fetch_ohlcv
    """

    steps: ClassVar[tuple[str, ...]] = ("1d", "1h", "1m")
    extra: ClassVar[str] = "ccxt"

    def answer(self, ask: Ask, wire: Wire) -> bytes:
        """All pages as one list."""
        name, pair = _parts(ask)
        installed("ccxt", self.extra)
        exchange = _exchange(name, wire)
        since = _ms(datetime(ask.first.year, ask.first.month, ask.first.day, tzinfo=UTC))
        until = _ms(datetime(ask.last.year, ask.last.month, ask.last.day, tzinfo=UTC))
        until += _ms_of(timedelta(days=1))
        found: Candles = []
        for _ in range(MOST_PAGES):
            page = wire.patient(name, lambda at=since: _page(exchange, pair, ask.step, at))  # type: ignore[misc]
            fresh = [candle for candle in page if _at(candle, name) >= since]
            found.extend(candle for candle in fresh if _at(candle, name) < until)
            if not fresh or _at(fresh[-1], name) + STEP_SECONDS[ask.step] * 1000 >= until:
                break
            since = _at(fresh[-1], name) + 1
        return json.dumps(found).encode()

    def bars(self, answer: bytes, ask: Ask) -> list[Bar]:
        """One bar a candle."""
        candles = read_json(answer, WHO)
        if not isinstance(candles, list) or not all(isinstance(one, list) for one in candles):
            raise NoAnswer(f"{WHO} gives something that is no list of candles; update ccxt.")
        return within((_bar(candle, ask.symbol) for candle in candles), ask)


def _parts(ask: Ask) -> tuple[str, str]:
    name, _, pair = ask.symbol.partition(":")
    if not pair:
        raise NoAnswer(f"{ask.symbol!r} is no symbol of {WHO}; write it like binance:BTC/USDT.")
    return name, pair


def _exchange(name: str, wire: Wire) -> Exchange:
    library = importlib.import_module("ccxt")
    if name not in library.exchanges:
        raise NoAnswer(f"{WHO} knows no exchange {name!r}; write it like binance or kraken.")
    make: Callable[[Mapping[str, object]], Exchange] = getattr(library, name)
    exchange = make({"enableRateLimit": True, "timeout": int(1000 * wire.timeout_s)})
    if wire.at:
        exchange.urls["api"] = _moved(exchange.urls["api"], wire.at)
    return exchange


def _moved(urls: object, at: str) -> object:
    """Addresses with another host."""
    if isinstance(urls, Mapping):
        return {key: _moved(url, at) for key, url in urls.items()}
    return at + urlsplit(str(urls)).path


def _page(exchange: Exchange, pair: str, step: str, since: int) -> Candles:
    faults = importlib.import_module("ccxt")
    try:
        return exchange.fetch_ohlcv(pair, step, since, PAGE)
    except (faults.RateLimitExceeded, faults.DDoSProtection) as error:
        raise Passing("limits how often it is asked") from error
    except faults.NetworkError as error:
        raise Passing(f"cannot be reached ({_first(error)})") from error
    except faults.BaseError as error:
        raise NoAnswer(f"{WHO} is refused {pair!r} ({_first(error)}).") from error


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0].rstrip(".")[:120]


def _ms(at: datetime) -> int:
    return int(at.timestamp()) * 1000


def _ms_of(span: timedelta) -> int:
    return int(span.total_seconds()) * 1000


def _at(candle: list[float | None], who: str) -> int:
    if len(candle) < 6 or candle[0] is None:
        raise NoAnswer(
            f"{who} gives candles of {len(candle)} numbers where six should be; update ccxt."
        )
    try:
        return int(candle[0])
    except (TypeError, ValueError, OverflowError):
        raise NoAnswer(f"{who} gives a candle at {candle[0]!r}, no moment; update ccxt.") from None


def _bar(candle: list[float | None], symbol: str) -> Bar:
    began = _at(candle, WHO)
    try:
        at = datetime.fromtimestamp(began / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise NoAnswer(f"{WHO} gives a candle at {began}, no moment; update ccxt.") from None
    row = dict(zip(COLUMNS, candle[1:6], strict=True))
    opened, high, low, close, volume = (cell(row, name, WHO) for name in COLUMNS)
    return Bar(at, symbol, opened, high, low, close, volume)
