"""Which instrument of a market each position of a book is, and how many units of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from undertow.core.book import Book, BookAccount, Kind, Marks, Mode, Position
from undertow.core.market import Market
from undertow.core.shapes import PerInstrument
from undertow.model.rulebook import Pool, notional, pools

BASE = "USD"
"""Currency of a market's values."""

CONTRACT = re.compile(r"([A-Z][A-Z0-9]*?)(?:[FGHJKMNQUVXZ]\d{1,2}|\d{3,4})")
"""A future's symbol: root and month, as SIH6 or ag2604."""

SUFFIX = re.compile(r"[-=/.:_].*$")


@dataclass(frozen=True, slots=True)
class Placed:
    """A position that can be dealt in a market.

    position: its place in the pool;  instrument: its place in the market
    units: signed units of the instrument that are worth as much as the position
    """

    position: int
    instrument: int
    units: float


def instrument_of(
    position: Position, names: Iterable[str], symbols: Mapping[str, str] | None = None
) -> str | None:
    """Name of the instrument that a position is, None if the market has none.

    symbols: names by symbol, which count first. Else the symbol itself, a future's product, and a
    symbol without its suffix or the currency it settles in (BTC-USD, BTCUSDT) are looked for.
    An option is no instrument, and a fund on a product is not the product.
    """
    known = set(names)
    if position.kind is Kind.OPTION:
        return None
    said = (symbols or {}).get(position.symbol)
    return next((n for n in (said, *_readings(position)) if n in known), None)


def _readings(position: Position) -> Iterator[str]:
    symbol = position.symbol.upper()
    yield position.symbol
    yield symbol
    bare = SUFFIX.sub("", symbol)
    yield bare
    contract = CONTRACT.fullmatch(bare)
    if position.kind is Kind.FUTURE and contract:
        yield contract.group(1)
    for money in {position.currency, "USD", "USDT", "USDC", "PERP"}:
        yield bare.removesuffix(money)
    if position.kind in {Kind.FUTURE, Kind.PERPETUAL, Kind.INVERSE, Kind.CFD}:
        yield position.underlying


def placed_in(
    pool: Pool, market: Market, symbols: Mapping[str, str] | None = None
) -> tuple[Placed, ...]:
    """Positions of a pool that are instruments of a market, in as many units as they are worth.

    units = ±size in the base currency / value of one unit, so that a book of another day has its
    own money at stake and not another one's.
    """
    names = market.instruments.names
    return tuple(
        Placed(at, names.index(name), units(one, pool.opening, market.value[names.index(name)]))
        for at, one in enumerate(pool.positions)
        if (name := instrument_of(one, names, symbols)) is not None
    )


def units(position: Position, marks: Marks, value: float) -> float:
    """Signed units of an instrument that are worth as much as a position at the book's prices.

    value: base currency of one unit
    """
    size = notional(position, marks.price[position.symbol]) * in_base(marks, position.currency)
    return float(math.copysign(size, position.quantity) / value)


def in_base(marks: Marks, currency: str) -> float:
    """Base currency per unit of a currency; a stable coin that has no rate counts as a dollar."""
    if currency.startswith(BASE) and not {currency, BASE} <= marks.fx.keys():
        return 1.0
    return marks.rate(currency, BASE)


def follows(book: Book, market: Market, symbols: Mapping[str, str] | None = None) -> dict[str, int]:
    """The instrument whose moves each symbol of a book takes over, by symbol: held or quoted."""
    names = market.instruments.names
    found = {p.symbol: instrument_of(p, names, symbols) for p in book.positions}
    for symbol in {*book.quotes, *(p.underlying for p in book.positions)} - {"", *found}:
        plain = Position("", symbol, 0.0, math.nan)
        found[symbol] = instrument_of(plain, names, symbols)
    return {symbol: names.index(name) for symbol, name in found.items() if name is not None}


def all_pools(book: Book) -> Iterator[tuple[BookAccount, Pool, str]]:
    """Every pool of a book with its account, and a name of its own: an isolated one its symbol."""
    taken: set[str] = set()
    for account in book.accounts:
        for pool in pools(book, account):
            first = pool.positions[0]
            name = f"book: {account.account}"
            name += f" {first.symbol}" if first.mode is Mode.ISOLATED else ""
            while name in taken:
                name += "'"
            taken.add(name)
            yield account, pool, name


def ratios(value: PerInstrument, first: PerInstrument, by: Mapping[str, int]) -> dict[str, float]:
    """Change of each symbol's price since the start, as a share."""
    return {symbol: float(value[at] / first[at]) - 1.0 for symbol, at in by.items()}
