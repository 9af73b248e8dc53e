"""The nouns of a person's own positions."""

from dataclasses import replace
from datetime import date

import pytest

from undertow.core.book import Book, BookAccount, Kind, Marks, Position
from undertow.core.columns import Way
from undertow.core.errors import UnknownName
from undertow.model.rulebook import pools, rulebook_of
from undertow.model.rulebook.reg_t import RegT

DAY = date(2026, 1, 30)


def book(*positions, **more):
    return Book(positions, (BookAccount("a", "reg_t", 1000.0),), DAY, **more)


def test_a_book_states_its_prices_and_those_it_only_follows():
    held = Position("a", "XYZ", 10.0, 50.0)
    marks = book(held, quotes={"SPX": 5000.0}).marks

    assert marks.price == {"XYZ": 50.0, "SPX": 5000.0}
    assert marks.on == DAY


def test_positions_are_handed_out_by_account_in_order():
    first, other, second = (
        Position(account, symbol, 1.0, 1.0)
        for account, symbol in (("a", "X"), ("b", "Y"), ("a", "Z"))
    )

    assert book(first, other, second).of("a") == (first, second)


def test_rates_are_exchanged_through_the_base():
    marks = book(fx={"CNY": 0.14, "EUR": 1.12}).marks

    assert marks.rate("EUR", "CNY") == pytest.approx(8.0)
    assert marks.rate("CNY", "USD") == pytest.approx(0.14)
    assert marks.rate("JPY", "JPY") == 1.0


def test_a_currency_without_a_rate_is_named():
    with pytest.raises(UnknownName, match="exchange rate of 'GBP' in the book"):
        Marks(DAY, {}, {"USD": 1.0}).rate("GBP", "USD")


def test_names_of_a_position_go_from_the_closest_to_the_widest():
    held = Position("a", "SIH6", 1.0, 80.0, Kind.FUTURE, underlying="SI", group="metals")

    assert held.names == ("SIH6", "SI", "metals")
    assert replace(held, underlying="", group="").names == ("SIH6",)


def test_only_what_is_pledged_is_tested():
    free = Position("a", "FREE", 1.0, 1.0, held=Way.FREE)
    pledged = Position("a", "XYZ", 1.0, 1.0)
    one = book(free, pledged)

    assert [p.symbol for p in pools(one, one.accounts[0])[0].positions] == ["XYZ"]


def test_an_account_without_pledged_positions_has_no_pool():
    one = book()

    assert pools(one, one.accounts[0]) == ()


def test_an_account_names_its_regime():
    assert rulebook_of(BookAccount("a", "reg_t", 1.0)) == RegT()
    with pytest.raises(UnknownName, match="rulebook 'regt' is not known; did you mean 'reg_t'"):
        rulebook_of(BookAccount("a", "regt", 1.0))
