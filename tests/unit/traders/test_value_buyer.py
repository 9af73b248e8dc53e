"""Value buyers: when they buy, how much, with what money, and when they sell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.core.errors import BadNumber
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.model.traders.base import Moment, TraderState
from undertow.model.traders.value_buyer import ValueBuyer


def market(price: float = 100.0, fundamental: float = 100.0) -> Market:
    calm = calm_market(plain_instruments(("GC", "SI")), np.array([5_000.0, price]))
    return replace(calm, fundamental=np.array([5_000.0, fundamental]))


def buyer(**given: float) -> ValueBuyer:
    plain = {"threshold": 0.05, "demand": 4.0, "lag_days": 0.0}
    return ValueBuyer({"SI": 1e6}, **{**plain, **given})


def bar(slope: float = 0.0, days: float = 1.0) -> Moment:
    return Moment(0, np.full(2, days), np.zeros(2, dtype=bool), np.full(2, slope))


def bought(part: ValueBuyer, now: Market, moment: Moment | None = None) -> float:
    return float(part.orders(part.opened(market()), now, moment or bar())[0][1])


def filled(state: TraderState, orders: np.ndarray, now: Market, slope: float = 0.0) -> TraderState:
    cost = float(orders @ (now.value * (1 + slope * orders)))
    return replace(state, quantity=state.quantity + orders, cash=state.cash - cost)


def test_a_buyer_opens_with_its_capital_in_cash():
    state = buyer().opened(market())

    assert state.cash == 1e6
    assert not state.quantity.any()


@pytest.mark.parametrize("price", [120.0, 100.0, 95.01])
def test_down_to_the_threshold_nothing_is_bought(price):
    assert bought(buyer(), market(price)) == 0.0


@pytest.mark.parametrize(
    ("price", "spent"), [(90.0, 0.2e6), (80.0, 0.6e6), (70.0, 1e6), (40.0, 1e6)]
)
def test_the_money_spent_rises_with_the_discount_up_to_the_capital(price, spent):
    assert price * bought(buyer(), market(price)) == pytest.approx(spent)


@pytest.mark.parametrize(("price", "spent"), [(97.0, 0.0), (94.0, 0.5e6), (92.0, 1e6)])
def test_discounts_may_be_counted_in_daily_volatilities(price, spent):
    part = ValueBuyer({"SI": 1e6}, threshold=2.0, demand=0.5, lag_days=0.0, in_daily_sigmas=True)
    now = market(price)
    calm = replace(now.instruments, sigma=np.array([0.01, 0.02]))

    assert price * bought(part, replace(now, instruments=calm)) == pytest.approx(spent)


@given(price=st.floats(20.0, 94.0), slope=st.floats(1e-9, 1e-3))
def test_the_buyer_reckons_with_the_price_its_own_purchase_leads_to(price, slope):
    units = bought(buyer(), market(price), bar(slope))
    after = price * (1 + slope * units)
    wanted = 1e6 * min(1.0, 4.0 * (1 - after / 100 - 0.05))

    assert units > 0
    assert units * after == pytest.approx(wanted, rel=1e-6)


@given(price=st.floats(20.0, 94.0), slope=st.floats(0, 1e-2))
def test_no_purchase_lifts_the_price_above_the_threshold(price, slope):
    units = bought(buyer(), market(price), bar(slope))

    assert price * (1 + slope * units) <= 95.0 * (1 + 1e-9)


@given(prices=st.lists(st.floats(10.0, 120.0), min_size=1, max_size=20), slope=st.floats(0, 1e-4))
def test_capital_is_never_overspent(prices, slope):
    part = buyer()
    state = part.opened(market())
    for price in prices:
        orders, _ = part.orders(state, market(price), bar(slope))
        state = filled(state, orders, market(price), slope)

        assert state.cash >= -1e-6
        assert state.quantity[1] >= 0


def test_two_falls_are_bought_with_one_capital():
    part = buyer()
    state = filled(part.opened(market()), np.array([0.0, 1e6 / 70]), market(70.0))

    assert part.orders(state, market(35.0), bar())[0][1] == pytest.approx(0.0, abs=1e-9)


def test_money_at_hand_is_shared_when_everything_is_cheap():
    part = ValueBuyer({"GC": 1e6, "SI": 1e6}, threshold=0.05, demand=4.0, lag_days=0.0)
    now = replace(market(50.0), price=np.array([2_500.0, 50.0]))
    state = replace(part.opened(market()), cash=1e6)
    orders, _ = part.orders(state, now, bar())

    assert orders * now.value == pytest.approx([0.5e6, 0.5e6])


def test_a_buyer_holds_until_the_price_has_recovered_and_then_sells_all():
    part = buyer(recovery=0.01)
    state = filled(part.opened(market()), np.array([0.0, 5_000.0]), market(80.0))

    held = part.orders(state, market(97.0), bar())[0]
    sold = part.orders(state, market(99.5), bar())[0]

    assert held.tolist() == [0.0, 0.0]
    assert sold.tolist() == [0.0, -5_000.0]


def test_without_a_recovery_nothing_is_ever_sold():
    part = buyer()
    state = filled(part.opened(market()), np.array([0.0, 5_000.0]), market(80.0))

    assert not part.orders(state, market(300.0), bar())[0].any()


@pytest.mark.parametrize(("belief", "spent"), [(1.0, 0.0), (0.0, 0.6e6), (0.5, 0.2223e6)])
def test_belief_is_the_share_of_the_news_that_is_taken_for_value(belief, spent):
    news = market(price=80.0, fundamental=80.0)

    assert 80 * bought(buyer(belief=belief), news) == pytest.approx(spent, rel=1e-3)


def test_a_forced_fall_is_bought_whatever_the_belief():
    forced = market(price=80.0, fundamental=100.0)

    assert bought(buyer(belief=1.0), forced) == bought(buyer(belief=0.0), forced) > 0


def test_a_lag_spreads_the_purchase_and_a_closed_market_stops_it():
    at_once, lagged = (bought(buyer(lag_days=lag), market(80.0)) for lag in (0.0, 2.0))

    assert lagged / at_once == pytest.approx(1 - np.exp(-0.5))
    assert bought(buyer(), market(80.0), bar(days=0.0)) == 0.0


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"recovery": 0.05}, "below the threshold"),
        ({"threshold": -0.1}, "threshold"),
        ({"demand": 0.0}, "demand"),
        ({"belief": 2.0}, "belief"),
        ({"lag_days": -1.0}, "lag_days"),
    ],
)
def test_wrong_parameters_are_refused(parameters, words):
    with pytest.raises(BadNumber, match=words):
        buyer(**parameters)


def test_capital_is_a_positive_sum():
    with pytest.raises(BadNumber, match="'SI'"):
        ValueBuyer({"SI": -1.0}, threshold=0.05, demand=4.0, lag_days=0.0)
