"""Small books for tests: a futures account, a stock account, a perpetual one."""

from __future__ import annotations

from datetime import date

from undertow.core.book import Book, BookAccount, Kind, Position

DAY = date(2026, 1, 29)


def silver(
    contracts: float = 2.0, *, equity: float = 150_000.0, price: float = 110.0, account: str = "f"
) -> Book:
    """COMEX silver in a futures account."""
    held = Position(account, "SI", contracts, price, Kind.FUTURE, multiplier=5000.0)
    return Book((held,), (BookAccount(account, "cme_futures", equity),), DAY)


def gold(contracts: float = 1.0, *, equity: float = 45_000.0, price: float = 5400.0) -> Book:
    """COMEX gold in a futures account of its own."""
    held = Position("g", "GC", contracts, price, Kind.FUTURE, multiplier=100.0)
    return Book((held,), (BookAccount("g", "cme_futures", equity),), DAY)


def chips(shares: float = 1000.0, *, equity: float = 60_000.0, price: float = 190.0) -> Book:
    """One stock on a margin loan."""
    held = Position("s", "NVDA", shares, price)
    return Book((held,), (BookAccount("s", "reg_t", equity),), DAY)


def coins(units: float = 2.0, *, wallet: float = 18_000.0, price: float = 88_000.0) -> Book:
    """A bitcoin perpetual in a cross account."""
    held = Position("p", "BTCUSDT", units, price, Kind.PERPETUAL, price, currency="USDT")
    return Book((held,), (BookAccount("p", "binance", wallet, "USDT"),), DAY)


def joined(*books: Book) -> Book:
    """Several books as one."""
    return Book(
        tuple(p for book in books for p in book.positions),
        tuple(a for book in books for a in book.accounts),
        DAY,
        {name: rate for book in books for name, rate in book.fx.items()},
        quotes={name: price for book in books for name, price in book.quotes.items()},
    )
