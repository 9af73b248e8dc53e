"""Options gathered by what they are on, and what they are worth with interest and dividends."""

import math
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.core.book import Kind, Marks, Position
from undertow.core.errors import BadNumber, UnknownName
from undertow.model.rulebook import black_scholes
from undertow.model.rulebook._carry import NO_CARRY, Carry, carried_value, carried_volatility
from undertow.model.rulebook._listed import (
    amiss,
    by_class,
    by_underlying,
    dearer,
    expired,
    expires,
    lineage,
    option_breaks,
    spot_of,
)

DAY, LATER = date(2026, 1, 30), date(2027, 1, 30)
CALL = Position(
    "m", "XYZ C100", 1.0, 8.0, Kind.OPTION, multiplier=100.0, underlying="XYZ", expiry=LATER,
    strike=100.0, right="C",
)  # fmt: skip
PUT = replace(CALL, symbol="XYZ P100", right="P")
STOCK = Position("m", "XYZ", 100.0, 100.0)
RATES = st.floats(0.0, 0.1)


def test_stock_and_the_options_on_it_are_together():
    other = Position("m", "ABC", 1.0, 5.0)

    assert by_underlying((CALL, other, STOCK)) == {"XYZ": (CALL, STOCK), "ABC": (other,)}


def test_a_fund_joins_options_on_its_index_only_if_it_is_plain():
    fund = Position("m", "FUND", 1.0, 10.0, Kind.ETF, underlying="XYZ")
    doubled = replace(fund, leverage=2.0)

    assert by_underlying((CALL, fund)) == {"XYZ": (CALL, fund)}
    assert by_underlying((CALL, doubled)) == {"XYZ": (CALL,), "FUND": (doubled,)}
    assert by_underlying((fund,)) == {"FUND": (fund,)}


def test_lineage_goes_from_the_option_to_the_product():
    month = Position("m", "SIH6", 1.0, 80.0, Kind.FUTURE, underlying="SI")
    call = replace(CALL, symbol="C", underlying="SIH6")

    assert lineage(call, (call, month)) == ("C", "SIH6", "SI")
    assert by_class((call, month)) == {"SI": (call, month)}


def test_things_that_follow_each_other_end_somewhere():
    one, other = replace(STOCK, underlying="ABC"), replace(STOCK, symbol="ABC", underlying="XYZ")

    assert lineage(one, (one, other)) == ("XYZ", "ABC")


def test_an_option_without_expiry_outlives_all():
    assert expires(replace(CALL, expiry=None)) > expires(CALL)


def test_an_option_is_alive_on_its_last_day():
    assert expired((CALL, STOCK), LATER) == ()
    assert len(expired((CALL, STOCK), date(2027, 1, 31))) == 1


def test_the_price_beneath_must_be_there():
    assert spot_of(CALL, Marks(DAY, {"XYZ": 99.0})) == 99.0
    with pytest.raises(UnknownName, match="price of underlying"):
        spot_of(CALL, Marks(DAY, {}))
    with pytest.raises(BadNumber, match="no strike or right"):
        spot_of(replace(CALL, right="X"), Marks(DAY, {"XYZ": 99.0}))


def test_breaks_are_around_the_strike_and_wider_where_more_can_happen():
    calm, wild = (
        option_breaks((replace(CALL, volatility=sigma), STOCK), DAY)["XYZ"] for sigma in (0.1, 0.5)
    )

    assert len(calm) == len(wild) == 13
    assert 100.0 in calm
    assert min(wild) < min(calm) < 100.0 < max(calm) < max(wild)


@given(sigma=st.floats(0.05, 1.0), spot=st.floats(50.0, 200.0), r=RATES, q=RATES)
def test_puts_and_calls_are_at_parity(sigma, spot, r, q):
    carry = Carry(r, q)
    call, put = (carried_value(one, spot, sigma, DAY, carry) for one in (CALL, PUT))

    assert call - put == pytest.approx(spot * math.exp(-q) - 100.0 * math.exp(-r), abs=1e-9)


@given(sigma=st.floats(0.05, 1.0), spot=st.floats(50.0, 200.0))
def test_without_carry_it_is_black_scholes(sigma, spot):
    assert carried_value(CALL, spot, sigma, DAY, NO_CARRY) == black_scholes(CALL, spot, sigma, DAY)


def test_a_deep_put_that_may_be_exercised_is_worth_what_exercise_pays():
    european, american = (
        carried_value(PUT, 50.0, 0.2, DAY, Carry(0.05, 0.0, early=early)) for early in (False, True)
    )

    assert european < 50.0
    assert american == 50.0


@given(sigma=st.floats(0.1, 1.0), r=RATES)
def test_the_volatility_that_a_price_implies_gives_the_price(sigma, r):
    carry = Carry(r)
    price = carried_value(CALL, 100.0, sigma, DAY, carry)
    found = carried_volatility(replace(CALL, price=price), 100.0, DAY, carry)

    assert found == pytest.approx(sigma, rel=1e-6)


def test_a_volatility_that_is_given_is_taken():
    assert carried_volatility(replace(CALL, volatility=0.33), 100.0, DAY, NO_CARRY) == 0.33


def test_a_price_below_what_exercise_pays_implies_none():
    assert carried_volatility(replace(CALL, price=1.0), 150.0, DAY, NO_CARRY) == 0.0


@pytest.mark.parametrize(
    ("option", "price", "words"),
    [
        (CALL, 100.0, ""),
        (CALL, 100.5, "XYZ C100 costs 100.50, and can be worth 100.00 at most"),
        (PUT, 100.0, ""),
        (PUT, 101.0, "XYZ P100 costs 101.00, and can be worth 100.00 at most"),
    ],
)
def test_no_call_is_worth_more_than_its_stock_and_no_put_more_than_its_strike(option, price, words):
    said = dearer((option,), Marks(DAY, {"XYZ": 100.0, option.symbol: price}))

    assert [str(one)[: len(words)] for one in said] == ([words] if words else [])


def test_what_has_no_bound_that_is_known_is_not_called_dear():
    nameless = replace(PUT, strike=math.nan)
    marks = Marks(DAY, {CALL.symbol: 1e6, PUT.symbol: 1e6})

    assert dearer((CALL, nameless), marks) == ()


def test_an_option_may_be_both_old_and_dear():
    late = replace(CALL, expiry=date(2026, 1, 2))

    assert len(amiss((late,), Marks(DAY, {"XYZ": 100.0, CALL.symbol: 500.0}))) == 2
