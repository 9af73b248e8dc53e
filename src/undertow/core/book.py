"""One person's positions and accounts by name, and the prices at which they are looked at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from undertow.core.columns import Way
from undertow.core.errors import unknown

NAN = math.nan


class Kind(StrEnum):
    """What a position is, as far as margin rules tell products apart."""

    STOCK = "stock"
    ETF = "etf"
    FUTURE = "future"
    OPTION = "option"
    PERPETUAL = "perpetual"
    INVERSE = "inverse"
    CFD = "cfd"
    BOND = "bond"
    REPO = "repo"


class Mode(StrEnum):
    """Whether a position shares its account's equity or has margin of its own."""

    CROSS = "cross"
    ISOLATED = "isolated"


@dataclass(frozen=True, slots=True)
class Position:
    """One line of a book.

    account, symbol: by name;  quantity: signed shares or contracts
    price: mark per unit, in `currency`;  entry: price at which it was opened, NaN if not known
    kind: an `INVERSE` perpetual has contracts of `multiplier` units of quote money, settled in coin
    multiplier: units of the underlying per contract;  currency: what it settles in
    mode: cross or isolated;  isolated_margin: money set aside for it alone, without its profit
    held: pledged in the account, free, or pledged elsewhere
    underlying: symbol it follows (an option's stock, a future's or CFD's product), empty if none
    leverage: multiple of the underlying's daily return a fund delivers, −1 for an inverse fund
    group: class by which rates are listed (a CFD's `gold`, a TIMS product group), empty if none
    volatility: per year, of an option's underlying, NaN if to be implied from its price
    broker_rate: house margin of this line, share of its value, NaN if none
    expiry, strike, right: of a future or option; right is C or P
    line: where it stands in its file, 0 if nowhere
    """

    account: str
    symbol: str
    quantity: float
    price: float
    kind: Kind = Kind.STOCK
    entry: float = NAN
    multiplier: float = 1.0
    currency: str = "USD"
    mode: Mode = Mode.CROSS
    isolated_margin: float = NAN
    held: Way = Way.PLEDGED
    underlying: str = ""
    leverage: float = 1.0
    group: str = ""
    volatility: float = NAN
    broker_rate: float = NAN
    expiry: date | None = None
    strike: float = NAN
    right: str = ""
    line: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Names under which rates of it may be listed, the closest first."""
        return tuple(name for name in (self.symbol, self.underlying, self.group) if name)


@dataclass(frozen=True, slots=True)
class BookAccount:
    """One margin account of a book.

    regime: name of a member of the family `rulebook`;  currency: of `equity` and requirements
    equity: as the broker states it at the book's prices, without what isolated positions have
    owner: who stands behind it; accounts of one owner can pay for each other
    margin_used: the broker's own requirement, NaN if not stated
    broker_rate: house margin of all lines, share of value, NaN if none
    broker_says: the broker's risk ratio, margin used by equity, NaN if not stated
    transfer_days: what money pledged elsewhere takes to arrive;  line: where it stands in its file
    """

    account: str
    regime: str
    equity: float
    currency: str = "USD"
    owner: str = ""
    margin_used: float = NAN
    broker_rate: float = NAN
    broker_says: float = NAN
    transfer_days: float = 0.0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Marks:
    """Prices and exchange rates at one moment.

    on: the date whose rules apply;  price: by symbol
    fx: money of one common base per unit of a currency; a currency alone needs none
    """

    on: date
    price: Mapping[str, float]
    fx: Mapping[str, float] = field(default_factory=dict)

    def rate(self, currency: str, into: str) -> float:
        """Units of `into` per unit of `currency`; UnknownName if the book has no rate."""
        if currency == into:
            return 1.0
        for name in (currency, into):
            if name not in self.fx:
                raise unknown("exchange rate of", name, self.fx, "the book")
        return self.fx[currency] / self.fx[into]


@dataclass(frozen=True, slots=True)
class Book:
    """A person's accounts and positions on one date.

    fx: money of the base currency per unit of each currency;  base: its own rate is 1
    quotes: prices of symbols that are followed but not held, such as an option's underlying
    """

    positions: tuple[Position, ...]
    accounts: tuple[BookAccount, ...]
    on: date
    fx: Mapping[str, float] = field(default_factory=dict)
    base: str = "USD"
    quotes: Mapping[str, float] = field(default_factory=dict)

    @property
    def marks(self) -> Marks:
        """The prices and exchange rates that the book states."""
        held = {p.symbol: p.price for p in self.positions}
        return Marks(self.on, {**self.quotes, **held}, {self.base: 1.0, **self.fx})

    def of(self, account: str) -> tuple[Position, ...]:
        """Positions of one account, in the order of the book."""
        return tuple(p for p in self.positions if p.account == account)
