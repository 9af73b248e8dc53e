"""Securities-based lending: what may be drawn, when it is called, what cures it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook import Pool, Seller, moves
from undertow.model.rulebook.securities_lending import (
    SecuritiesLending,
    call_value,
    cash_to_cure,
    move_to_call,
    sale_to_cure,
)

DAY = date(2026, 1, 30)


def pool(*held, loan=50_000.0, **account):
    marks = Marks(DAY, {p.symbol: p.price for p in held})
    equity = sum(p.quantity * p.price for p in held) - loan
    return Pool(BookAccount("s", "securities_lending", equity, **account), held, equity, marks)


def levels(*held, **more):
    one = pool(*held, **more)
    return SecuritiesLending().levels(one, one.opening)


STOCK = Position("s", "XYZ", 1000.0, 100.0)
BONDS = Position("s", "T 4 2034", 1000.0, 100.0, Kind.BOND, group="treasury")


def test_a_stock_may_be_lent_on_to_seventy_percent():
    found = levels(STOCK)

    assert (found.initial, found.maintenance, found.liquidation) == pytest.approx(
        (30_000.0, 25_000.0, 20_000.0)
    )


def test_treasuries_are_lent_on_further():
    assert levels(BONDS).initial == pytest.approx(10_000.0)


def test_a_house_rate_is_one_less_the_cap():
    assert levels(STOCK, broker_rate=0.4).maintenance == pytest.approx(40_000.0)
    assert levels(STOCK, broker_rate=0.4).initial == pytest.approx(40_000.0)


def test_the_call_is_where_the_loan_is_its_cap_of_the_value():
    found = moves(SecuritiesLending(), pool(STOCK), {"XYZ": -1.0})

    assert found.call == pytest.approx(move_to_call(50_000.0, 100_000.0, 0.75))
    assert found.liquidation == pytest.approx(move_to_call(50_000.0, 100_000.0, 0.8))
    assert found.zero == pytest.approx(0.5)


def test_the_value_at_the_call_is_the_loan_by_the_cap():
    assert call_value(50_000.0, 0.75) == pytest.approx(66_666.67, abs=0.01)


def test_a_hike_lowers_what_may_be_lent():
    hiked = SecuritiesLending().hiked("XYZ", 0.5, DAY)
    held = pool(STOCK)

    assert hiked.levels(held, held.opening).maintenance == pytest.approx(50_000.0)


def test_the_lender_sells_and_gives_some_days():
    terms = SecuritiesLending().terms(DAY)

    assert (terms.sells, terms.grace_days) == (Seller.LENDER, 3.0)


def test_nothing_is_lent_on_a_short_or_on_futures():
    short = pool(replace(STOCK, quantity=-1.0), loan=-1000.0)
    future = pool(replace(STOCK, kind=Kind.FUTURE))

    assert [str(said) for said in SecuritiesLending().findings(short, short.opening)] == [
        "securities_lending lends on what is owned, and XYZ is short."
    ]
    assert "does not carry future" in str(SecuritiesLending().findings(future, future.opening)[0])


def test_a_loan_above_the_cap_is_found():
    held = pool(STOCK, loan=80_000.0)

    assert "does not allow 5 times leverage" in str(
        SecuritiesLending().findings(held, held.opening)[0]
    )


@given(loan=st.floats(1.0, 1e6), value=st.floats(1.0, 1e6), cap=st.floats(0.3, 0.95))
def test_cash_or_a_sale_cures_exactly(loan, value, cap):
    cash, sale = cash_to_cure(loan, value, cap), sale_to_cure(loan, value, cap)

    assert cash == 0.0 or loan - cash == pytest.approx(cap * value, abs=1e-9 * loan)
    assert sale == 0.0 or loan - sale == pytest.approx(cap * (value - sale), abs=1e-6 * loan)
