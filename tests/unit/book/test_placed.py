"""A book's symbols find the instruments they are, and no others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from small import system
from small_books import DAY, chips, coins, joined, silver
from undertow.core.book import Book, BookAccount, Kind, Marks, Mode, Position
from undertow.core.errors import UnknownName
from undertow.studies.placed import all_pools, follows, in_base, instrument_of, placed_in

NAMES = ("SI", "GC", "AG", "BTC", "SLV", "NVDA", "USDJPY", "SPX")


def named(symbol: str, kind: Kind = Kind.STOCK, **more: object) -> str | None:
    return instrument_of(Position("a", symbol, 1.0, 1.0, kind, **more), NAMES)


@pytest.mark.parametrize(
    ("symbol", "kind", "expected"),
    [
        ("NVDA", Kind.STOCK, "NVDA"),
        ("nvda", Kind.STOCK, "NVDA"),
        ("SI=F", Kind.FUTURE, "SI"),
        ("SIH6", Kind.FUTURE, "SI"),
        ("ag2604", Kind.FUTURE, "AG"),
        ("GCJ26", Kind.FUTURE, "GC"),
        ("BTC-USD", Kind.STOCK, "BTC"),
        ("BTCUSDT", Kind.PERPETUAL, "BTC"),
        ("BTCUSD_PERP", Kind.INVERSE, "BTC"),
        ("USDJPY", Kind.CFD, "USDJPY"),
    ],
)
def test_a_symbol_is_read_as_brokers_write_it(symbol: str, kind: Kind, expected: str) -> None:
    assert named(symbol, kind) == expected


@pytest.mark.parametrize("symbol", ["SIRI", "AGQ", "SIH6", "XYZ", "BTCDOM"])
def test_a_stock_that_only_looks_like_an_instrument_is_none(symbol: str) -> None:
    assert named(symbol) is None


def test_an_option_on_an_instrument_is_no_instrument() -> None:
    assert named("NVDA", Kind.OPTION, underlying="NVDA") is None


def test_a_fund_on_a_product_is_not_the_product_but_a_future_is() -> None:
    assert named("AGQX", Kind.ETF, underlying="SI") is None
    assert named("SIL6", Kind.FUTURE, underlying="SI") == "SI"


def test_a_given_name_counts_first() -> None:
    other = instrument_of(Position("a", "SI", 1.0, 1.0), NAMES, {"SI": "SLV"})

    assert other == "SLV"


@given(st.floats(-50.0, 50.0), st.floats(1.0, 500.0))
def test_what_is_placed_is_worth_as_much_as_the_position(contracts: float, price: float) -> None:
    market = system(price=(100.0, 50.0)).market
    pool = next(pool for _, pool, _ in all_pools(silver(contracts, price=price)))
    (placed,) = placed_in(pool, market, {"SI": "B"})

    assert placed.units * 50.0 == pytest.approx(contracts * 5000.0 * price)


def test_each_pool_has_a_name_of_its_own() -> None:
    alone = [
        Position(
            "p", "BTCUSDT", 1.0, 9e4, Kind.PERPETUAL, 9e4, currency="USDT",
            mode=Mode.ISOLATED, isolated_margin=1e4,
        )
        for _ in range(2)
    ]  # fmt: skip
    book = joined(coins(), Book(tuple(alone), (), DAY))
    names = [name for *_, name in all_pools(book)]

    assert names == ["book: p", "book: p BTCUSDT", "book: p BTCUSDT'"]


def test_symbols_follow_what_they_are_and_quotes_too() -> None:
    market = system(price=(100.0, 50.0)).market
    book = Book(chips().positions, chips().accounts, DAY, quotes={"B": 50.0, "Z": 1.0})

    assert follows(book, market, {"NVDA": "A"}) == {"NVDA": 0, "B": 1}


def test_a_stable_coin_without_a_rate_is_a_dollar_and_with_one_is_not() -> None:
    assert in_base(Marks(DAY, {}, {"USD": 1.0}), "USDT") == 1.0
    assert in_base(Marks(DAY, {}, {"USD": 1.0, "USDT": 0.98}), "USDT") == 0.98


def test_a_currency_without_a_rate_is_refused() -> None:
    with pytest.raises(UnknownName, match="exchange rate of 'CNY'"):
        in_base(Marks(DAY, {}, {"USD": 1.0}), "CNY")


def test_an_account_without_positions_has_no_pool() -> None:
    assert list(all_pools(Book((), (BookAccount("a", "reg_t", 1.0),), DAY))) == []
