"""Trend followers: what they sell, when, and that the length of bars does not matter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.core.errors import BadNumber
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.model.traders.base import Moment, TraderState
from undertow.model.traders.trend_follower import TrendFollower


def metals(silver: float = 100.0, sigma: float = 0.02) -> Market:
    market = calm_market(
        plain_instruments(("GC", "SI"), sigma=np.full(2, 0.02)), np.array([5_000.0, silver])
    )
    return replace(market, sigma=np.full(2, sigma))


def follower(**given: float) -> TrendFollower:
    plain = {"fast_days": 5.0, "slow_days": 60.0, "lag_days": 0.0}
    return TrendFollower({"SI": 1_000.0}, {"SI": 0.2}, **{**plain, **given})


def bar(days: float) -> Moment:
    return Moment(0, np.full(2, days), np.zeros(2, dtype=bool), np.zeros(2))


def held_after(
    trader: TrendFollower, prices: list[float], days: float = 1.0, sigma: float = 0.02
) -> float:
    """Silver held after bars that end at these prices, all orders filled."""
    state = trader.opened(metals())
    for price in prices:
        market = metals(price, sigma)
        orders, memory = trader.orders(state, market, bar(days))
        state = TraderState(state.quantity + orders, state.cash - orders @ market.value, memory)
    return float(state.quantity[1])


def test_a_follower_opens_with_its_positions_and_no_profit():
    state = follower().opened(metals())

    assert state.quantity.tolist() == [0.0, 1_000.0]
    assert state.equity(metals()) == 0.0


def test_the_averages_start_the_given_gap_apart_below_a_risen_price():
    fast, slow, _ = follower().opened(metals()).memory

    assert fast[1] - slow[1] == pytest.approx(0.2)
    assert slow[1] < fast[1] < np.log(100.0)


@pytest.mark.parametrize("days", [1.0, 5.0, 30.0])
def test_at_a_standing_price_the_trend_fades_along_the_closed_form(days):
    fade = (60 * 2 ** (-days / 60) - 5 * 2 ** (-days / 5)) / (60 - 5)

    assert held_after(follower(), [100.0], days) == pytest.approx(1_000 * min(fade, 1.0))


def test_a_crash_is_sold_in_proportion_to_the_trend_it_takes_away():
    mild, hard = (held_after(follower(), [price] * 3) for price in (95.0, 80.0))

    assert 0 < hard < mild < 1_000


def test_a_trend_that_is_gone_leaves_nothing():
    assert held_after(follower(), [60.0] * 5) == 0.0


def test_a_follower_that_reverses_goes_short_at_most_by_its_share():
    assert held_after(follower(reversal=0.5), [20.0] * 10) == pytest.approx(-500.0)


def test_a_short_follower_buys_back_when_the_price_rises():
    short = TrendFollower({"SI": -1_000.0}, {"SI": -0.2}, 5.0, 60.0, 0.0)

    assert -1_000 < held_after(short, [110.0] * 3) < 0


def test_twice_the_volatility_halves_the_position():
    calm, wild = (held_after(follower(), [90.0], sigma=s) for s in (0.02, 0.04))

    assert wild == pytest.approx(calm / 2)


def test_a_rising_price_adds_nothing_to_the_opening_position():
    assert held_after(follower(), [130.0] * 3) <= 1_000


@given(parts=st.integers(1, 40))
def test_the_averages_do_not_depend_on_the_length_of_bars(parts):
    whole = held_after(follower(), [85.0], days=2.0)
    split = held_after(follower(), [85.0] * parts, days=2.0 / parts)

    assert split == pytest.approx(whole)


@pytest.mark.parametrize(("days", "done"), [(0.5, 0.2212), (2.0, 0.6321), (8.0, 0.9817)])
def test_a_lag_of_two_days_spreads_the_sale(days, done):
    at_once = 1_000 - held_after(follower(), [60.0], days)
    lagged = 1_000 - held_after(follower(lag_days=2.0), [60.0], days)

    assert lagged / at_once == pytest.approx(done, abs=1e-4)


def test_a_closed_market_neither_trades_nor_ages():
    trader = follower()
    state = trader.opened(metals())
    orders, memory = trader.orders(state, metals(50.0), bar(0.0))

    assert not orders.any()
    assert (memory == state.memory).all()


def test_gold_is_left_alone_by_a_follower_of_silver():
    trader = follower()
    orders, _ = trader.orders(trader.opened(metals()), metals(60.0), bar(1.0))

    assert orders[0] == 0.0


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"slow_days": 4.0}, "exchange them"),
        ({"fast_days": 0.0}, "fast_days"),
        ({"lag_days": -1.0}, "lag_days"),
        ({"reversal": 1.5}, "reversal"),
    ],
)
def test_wrong_speeds_are_refused(parameters, words):
    with pytest.raises(BadNumber, match=words):
        follower(**parameters)


@pytest.mark.parametrize("trend", [{}, {"SI": 0.0}, {"SI": -0.2}])
def test_a_position_needs_a_trend_of_its_sign(trend):
    with pytest.raises(BadNumber, match="give both one sign"):
        TrendFollower({"SI": 1_000.0}, trend, 5.0, 60.0, 0.0)
