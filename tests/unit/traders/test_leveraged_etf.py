"""Leveraged funds: closed forms, the joint solution, and the fund of 30 January 2026."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from undertow.core.errors import BadNumber
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.model.traders.base import Moment, TraderState
from undertow.model.traders.leveraged_etf import LeveragedEtf

leverages = st.sampled_from([-3.0, -2.0, -1.0, 2.0, 3.0])
returns = st.floats(-0.25, 0.25)
carried = st.floats(1e-12, 3e-9)  # slopes at which every fund here finds a close


def silver(price: float = 100.0) -> Market:
    return calm_market(plain_instruments(("GC", "SI")), np.array([5_000.0, price]))


def moment(slope: float = 0.0, *, days: float = 0.02, closing: bool = True) -> Moment:
    return Moment(
        bar=7,
        days=np.full(2, days),
        closing=np.full(2, closing),
        slope=np.full(2, slope),
    )


def sold(fund: LeveragedEtf, after: float, slope: float = 0.0, **when: float) -> float:
    """Units the fund sells when silver closes at `after`, before its own impact; bought < 0."""
    orders, _ = fund.orders(fund.opened(silver()), silver(after), moment(slope, **when))
    return -float(orders[1])


def filled(state: TraderState, orders: np.ndarray, price: float, share: float = 1.0) -> TraderState:
    units = share * orders
    return replace(state, quantity=state.quantity + units, cash=state.cash - price * units[1])


def leverage_of(state: TraderState, market: Market) -> float:
    return float(state.quantity @ market.value) / state.equity(market)


@given(leverage=leverages)
def test_a_fund_opens_at_its_leverage(leverage):
    state = LeveragedEtf("SI", leverage, 1e9).opened(silver())

    assert leverage_of(state, silver()) == pytest.approx(leverage)
    assert state.equity(silver()) == pytest.approx(1e9)


@given(leverage=leverages, slope=st.floats(0, 1e-6))
def test_a_fund_at_its_leverage_orders_nothing(leverage, slope):
    assert sold(LeveragedEtf("SI", leverage, 1e9), 100.0, slope) == 0.0


def test_a_triple_silver_fund_sells_180_percent_of_its_assets_after_a_fall_of_30_percent():
    notional = 70.0 * sold(LeveragedEtf("SI", 3.0, 1e9), 70.0)

    assert notional == pytest.approx(1.8e9)


@given(leverage=leverages, move=returns)
def test_without_impact_the_flow_is_the_textbook_one(leverage, move):
    price = 100.0 * (1 + move)
    assume(abs(move) > 1e-6)
    assume(1 + leverage * move > 0.01)

    notional = -price * sold(LeveragedEtf("SI", leverage, 1e9), price)

    assert notional == pytest.approx(leverage * (leverage - 1) * 1e9 * move, rel=1e-6)


@given(move=returns, size=st.integers(1, 3))
def test_bull_and_inverse_funds_trade_the_way_the_price_went(move, size):
    assume(abs(move) > 1e-6)
    price = 100.0 * (1 + move)

    bull = -sold(LeveragedEtf("SI", 1.0 + size, 1e9), price)
    inverse = -sold(LeveragedEtf("SI", -float(size), 1e9), price)

    assert np.sign(bull) == np.sign(inverse) == np.sign(move)


@given(leverage=leverages, move=st.floats(-0.2, 0.2), slope=carried)
def test_flow_and_close_are_solved_together(leverage, move, slope):
    """(q + D)·v(D) = L·(cash + q·v(D)) to 1e-12 of what is held and traded."""
    fund, price = LeveragedEtf("SI", leverage, 1e9), 100.0 * (1 + move)
    before = fund.opened(silver())
    units = -sold(fund, price, slope)
    close = price * (1 + slope * units)
    after = before.cash + before.quantity[1] * close
    assume(after > 0.01e9)

    size = (abs(before.quantity[1]) + abs(units)) * close
    assert abs((before.quantity[1] + units) * close - leverage * after) <= 1e-12 * size


@given(leverage=leverages, move=st.floats(-0.2, 0.2), slope=carried)
def test_the_flow_answers_to_the_return_with_its_own_impact_in_it(leverage, move, slope):
    fund, price = LeveragedEtf("SI", leverage, 1e9), 100.0 * (1 + move)
    units = -sold(fund, price, slope)
    close = price * (1 + slope * units)
    assume(1 + leverage * (close / 100 - 1) > 0.01)
    flow = leverage * (leverage - 1) * 1e9 * (close / 100 - 1)

    assert units * close == pytest.approx(flow, rel=1e-7, abs=1e-3)


@given(leverage=leverages, move=st.floats(-0.2, -0.01), slope=st.floats(1e-12, 1e-7))
def test_half_the_slope_never_forces_more(leverage, move, slope):
    fund, price = LeveragedEtf("SI", leverage, 1e9), 100.0 * (1 + move)
    none, half, whole = (sold(fund, price, s) for s in (0.0, slope / 2, slope))

    assert 0 < none <= half <= whole


def test_impact_forces_the_fund_to_sell_more_than_the_textbook_says():
    fund = LeveragedEtf("SI", 2.0, 1e9)

    assert sold(fund, 90.0, 1e-8) > 1.05 * sold(fund, 90.0)


@pytest.mark.parametrize("slope", [5.1e-8, 1e-6, 1.0, 1e9])
def test_a_feedback_above_one_sells_the_whole_position(slope):
    fund = LeveragedEtf("SI", 2.0, 1e9)
    held = 2e7

    assert (fund.leverage - 1) * held * slope > 1
    assert sold(fund, 99.0, slope) == held


def test_where_no_close_solves_the_line_the_fund_is_sold_out():
    fund = LeveragedEtf("SI", 2.0, 1e9)

    assert (fund.leverage - 1) * 2e7 * 4e-8 < 1
    assert sold(fund, 80.0, 4e-8) == 2e7


def test_an_unstable_inverse_fund_doubles_its_position():
    assert sold(LeveragedEtf("SI", -1.0, 1e9), 99.0, 1.0) == 1e7


def test_the_largest_trade_a_close_can_carry_is_met_where_solutions_end():
    fund, price = LeveragedEtf("SI", -2.0, 1e9), 80.0
    gap = sold(fund, price)
    feedback = 3 * 2e7
    steepest = ((feedback + gap) ** 0.5 - gap**0.5) ** 2 / feedback**2
    largest = gap + (gap**2 + gap * feedback) ** 0.5

    assert sold(fund, price, steepest * (1 - 1e-12)) == pytest.approx(largest, rel=1e-5)
    assert sold(fund, price, steepest * (1 + 1e-12)) == pytest.approx(largest, rel=1e-12)


@given(leverage=leverages, after=st.floats(1.0, 400.0), slope=st.floats(0, 1e-6))
def test_no_trade_turns_the_position_round(leverage, after, slope):
    fund = LeveragedEtf("SI", leverage, 1e9)
    held = fund.opened(silver()).quantity[1]

    assert (held - sold(fund, after, slope)) * leverage >= 0


@pytest.mark.parametrize("after", [66.6, 60.0, 10.0])
def test_a_triple_fund_is_dead_at_minus_a_third_and_sells_all_it_has(after):
    fund = LeveragedEtf("SI", 3.0, 1e9)

    assert sold(fund, after) == 3e7
    assert sold(fund, after, closing=False) == 3e7


def test_a_dead_fund_never_comes_back():
    fund, crash = LeveragedEtf("SI", 3.0, 1e9), silver(60.0)
    state = fund.opened(silver())
    orders, _ = fund.orders(state, crash, moment())
    dead = filled(state, orders, 60.0)

    assert dead.equity(crash) < 0
    assert not fund.orders(dead, silver(200.0), moment())[0].any()


def test_a_living_fund_waits_for_the_close():
    assert sold(LeveragedEtf("SI", 2.0, 1e9), 80.0, closing=False) == 0.0
    assert sold(LeveragedEtf("SI", 2.0, 1e9), 80.0, days=0.0) == 0.0


@given(leverage=leverages, moves=st.lists(st.floats(-0.15, 0.15), min_size=1, max_size=8))
def test_close_after_close_the_leverage_comes_back(leverage, moves):
    fund, price = LeveragedEtf("SI", leverage, 1e9), 100.0
    state, assets = fund.opened(silver()), 1e9
    for move in moves:
        price *= 1 + move
        assets *= 1 + leverage * move
        orders, _ = fund.orders(state, silver(price), moment())
        state = filled(state, orders, price)

    assert leverage_of(state, silver(price)) == pytest.approx(leverage)
    assert state.equity(silver(price)) == pytest.approx(assets)


def test_what_a_locked_market_left_unsold_is_asked_for_at_the_next_close():
    fund, crash = LeveragedEtf("SI", 2.0, 1e9), silver(83.0)
    state = fund.opened(silver())
    orders, _ = fund.orders(state, crash, moment())
    half = filled(state, orders, 83.0, share=0.5)
    again, _ = fund.orders(half, crash, moment())

    assert again[1] == pytest.approx(0.5 * orders[1])


def test_the_double_silver_fund_of_30_january_2026_is_of_the_reported_size():
    """AGQ: 5.2 to 1.9 bn USD on silver −31.35 %; all leveraged silver funds: 3.5 bn to sell.

    Assets: AInvest; sales: Morgan Stanley QDS as reported that day (reference data.md 4). The
    double fund alone accounts for 3.3 of the 3.5 bn; others are smaller.
    """
    fund, close = LeveragedEtf("SI", 2.0, 5.2e9), 100 * (1 - 0.3135)
    state = fund.opened(silver())

    assert state.equity(silver(close)) == pytest.approx(1.9e9, abs=0.05e9)
    assert 3.0e9 < close * sold(fund, close) < 3.5e9


@pytest.mark.parametrize(
    ("leverage", "assets"), [(float("nan"), 1e9), (2.0, 0.0), (2.0, -1.0), (float("inf"), 1.0)]
)
def test_a_fund_needs_a_leverage_and_assets(leverage, assets):
    with pytest.raises(BadNumber, match="'SI'"):
        LeveragedEtf("SI", leverage, assets)
