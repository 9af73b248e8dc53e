"""Profit of linear, inverse and option positions, and what follows what."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.book import Kind, Marks, Position
from undertow.model.rulebook import black_scholes, moved, notional, option_price, pinned, profit
from undertow.model.rulebook._worth import implied, worth

DAY = date(2026, 1, 30)
few = settings(max_examples=50, deadline=None)


def option(right="P", strike=100.0, **more):
    return Position(
        "o", "OPT", 1.0, 4.0, Kind.OPTION, multiplier=100.0, underlying="XYZ",
        expiry=date(2026, 7, 31), strike=strike, right=right, **more,
    )  # fmt: skip


def test_a_linear_position_gains_its_units_times_the_move():
    held = Position("a", "SI", -2.0, 80.0, Kind.FUTURE, multiplier=5000.0)

    assert profit(held, 80.0, 79.0) == 10_000.0
    assert notional(held, 80.0) == 800_000.0


def test_an_inverse_perpetual_is_settled_in_coin():
    held = Position("a", "BTCUSD", 10_000.0, 8_000.0, Kind.INVERSE, currency="BTC")

    assert profit(held, 8_000.0, 10_000.0) == pytest.approx(0.25)
    assert notional(held, 8_000.0) == pytest.approx(1.25)
    assert worth(held, 0.0) == float("-inf")


@few
@given(spot=st.floats(50, 200), sigma=st.floats(0.05, 1.0))
def test_a_call_less_a_put_is_the_forward(spot, sigma):
    call, put = (black_scholes(option(right), spot, sigma, DAY) for right in "CP")

    assert call - put == pytest.approx(spot - 100.0, abs=1e-9)


def test_an_option_at_the_money_is_worth_the_textbook_sum():
    days = (date(2026, 7, 31) - DAY).days
    plain = 0.4 * 0.2 * (days / 365) ** 0.5 * 100.0

    assert black_scholes(option("C"), 100.0, 0.2, DAY) == pytest.approx(plain, rel=0.005)


def test_an_option_past_its_expiry_is_worth_what_it_is_in_the_money():
    assert black_scholes(option("P"), 90.0, 0.2, date(2027, 1, 1)) == 10.0


@few
@given(sigma=st.floats(0.05, 2.0))
def test_the_implied_volatility_gives_the_price_back(sigma):
    price = black_scholes(option(), 95.0, sigma, DAY)

    assert implied(option(), price, 95.0, DAY) == pytest.approx(sigma, rel=1e-6)


def test_a_price_below_what_it_is_in_the_money_implies_nothing():
    assert implied(option(), 3.0, 95.0, DAY) == 0.0


def test_an_option_keeps_what_the_market_pays_beyond_the_model():
    held = option(volatility=0.2)

    assert option_price(held, 4.0, 100.0, 100.0, DAY) == 4.0
    assert option_price(held, 4.0, 100.0, 80.0, DAY) > 16.0


def test_a_volatility_that_is_too_high_does_not_make_an_option_cheaper_than_exercise():
    held = option("C", strike=200.0, volatility=0.6)

    assert black_scholes(held, 190.0, 0.6, DAY) > 20.0
    assert option_price(held, 5.0, 190.0, 190.0, DAY) == 5.0
    assert option_price(held, 5.0, 190.0, 600.0, DAY) == pytest.approx(400.0)


def test_an_option_below_exercise_stays_as_far_below_it():
    held = option("C", strike=200.0, volatility=0.2)

    assert option_price(held, 45.0, 250.0, 250.0, DAY) == 45.0
    assert option_price(held, 45.0, 250.0, 900.0, DAY) >= 695.0


def test_what_is_not_named_follows_its_underlying():
    fund = Position("a", "AGQ", 1.0, 50.0, Kind.ETF, underlying="SI", leverage=2.0)
    marks = Marks(DAY, {"SI": 80.0, "AGQ": 50.0, "GC": 5000.0})
    after = moved(marks, {"SI": -1.0}, 0.1, (fund,)).price

    assert after == pytest.approx({"SI": 72.0, "AGQ": 40.0, "GC": 5000.0})


def test_a_fund_is_never_worth_less_than_nothing():
    fund = Position("a", "AGQ", 1.0, 50.0, Kind.ETF, underlying="SI", leverage=3.0)
    marks = Marks(DAY, {"SI": 80.0, "AGQ": 50.0})

    assert moved(marks, {"SI": -1.0}, 0.5, (fund,)).price["AGQ"] == 0.0


def test_what_is_named_goes_its_own_way():
    fund = Position("a", "AGQ", 1.0, 50.0, Kind.ETF, underlying="SI", leverage=2.0)
    marks = Marks(DAY, {"SI": 80.0, "AGQ": 50.0})

    assert moved(marks, {"SI": -1.0, "AGQ": 0.0}, 0.1, (fund,)).price["AGQ"] == 50.0


def test_a_currency_can_move_like_a_price():
    marks = Marks(DAY, {"AU": 900.0}, {"USD": 1.0, "CNY": 0.14})

    assert moved(marks, {"CNY": -1.0}, 0.5, ()).fx["CNY"] == pytest.approx(0.07)


def test_an_option_follows_its_underlying():
    held = option(volatility=0.3)
    marks = Marks(DAY, {"XYZ": 100.0, "OPT": 8.0})
    after = moved(marks, {"XYZ": -1.0}, 0.2, (held,)).price["OPT"]

    assert 20.0 < after < 28.0


def test_an_option_without_a_volatility_keeps_the_one_of_its_price():
    price = black_scholes(option(), 95.0, 0.4, DAY)
    marks = Marks(DAY, {"XYZ": 95.0, "OPT": price})

    assert pinned(option(), marks).volatility == pytest.approx(0.4, rel=1e-6)
    assert pinned(option(volatility=0.2), marks).volatility == 0.2
    assert pinned(option(), Marks(DAY, {"OPT": price})) == option()
