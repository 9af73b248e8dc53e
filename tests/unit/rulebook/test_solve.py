"""Prices are solved exactly where slack is straight, and closely where it bends."""

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook import (
    Exit,
    Pool,
    adverse,
    calling_rate,
    moved,
    moves,
    price_at,
    restoring_share,
)
from undertow.model.rulebook._solve import first_below
from undertow.model.rulebook.cme_futures import CmeFutures
from undertow.model.rulebook.reg_t import RegT

FEB = date(2026, 2, 9)
few = settings(max_examples=50, deadline=None)


def silver(leverage, on=FEB, price=80.0, contracts=1.0):
    """A silver account at a leverage."""
    held = Position("f", "SI", contracts, price, Kind.FUTURE, multiplier=5000.0)
    account = BookAccount("f", "cme_futures", abs(contracts) * 5000.0 * price / leverage)
    return Pool(account, (held,), account.equity, Marks(on, {"SI": price}))


def stock(leverage, price=100.0, shares=1000.0):
    account = BookAccount("s", "reg_t", abs(shares) * price / leverage)
    held = Position("s", "XYZ", shares, price)
    return Pool(account, (held,), account.equity, Marks(FEB, {"XYZ": price}))


@pytest.mark.parametrize(
    ("on", "move"),
    [
        (date(2026, 1, 13), 0.1209),
        (date(2026, 1, 28), 0.1011),
        (date(2026, 2, 2), 0.0588),
        (date(2026, 2, 6), 0.0244),
    ],
)
def test_five_times_silver_is_called_where_the_reference_says(on, move):
    found = moves(CmeFutures(), silver(5.0, on), {"SI": -1.0})

    assert found.call == pytest.approx(move, abs=5e-5)
    assert found.zero == pytest.approx(0.2)


@few
@given(leverage=st.floats(1.1, 5.4), short=st.booleans())
def test_the_call_is_the_closed_form_of_a_share_of_the_value(leverage, short):
    sign = -1.0 if short else 1.0
    pool = silver(leverage, contracts=sign)
    found = moves(CmeFutures(), pool, {"SI": -sign})
    rate = 0.18

    assert found.call == pytest.approx((1 / leverage - rate) / (1 - sign * rate), rel=1e-10)
    assert found.zero == pytest.approx(1 / leverage, rel=1e-10)


@few
@given(leverage=st.floats(3.0, 20.0))
def test_fixed_money_is_called_where_the_loss_has_eaten_the_excess(leverage):
    pool = silver(leverage, date(2026, 1, 5), price=75.0)
    found = moves(CmeFutures(), pool, {"SI": -1.0})
    size = 5000.0 * 75.0

    assert found.call == pytest.approx(max(0.0, 1 / leverage - 32_500.0 / size), rel=1e-9)


def test_reg_t_at_two_times_is_called_a_third_down():
    assert moves(RegT(), stock(2.0), {"XYZ": -1.0}).call == pytest.approx(1 / 3)


def test_a_short_stock_of_small_price_is_called_by_the_money_a_share():
    pool = stock(1.0, price=8.0, shares=-100.0)
    found = moves(RegT(), pool, {"XYZ": 1.0})

    assert price_at(pool, {"XYZ": 1.0}, "XYZ", found.call) == pytest.approx(8.0 + 3.0)


def test_an_account_below_its_margin_is_called_now():
    assert moves(RegT(), stock(5.0), {"XYZ": -1.0}).call == 0.0


def test_an_account_that_owes_nothing_is_never_called():
    found = moves(RegT(), stock(1.0), {"XYZ": -1.0})

    assert math.isinf(found.zero)
    assert math.isinf(found.call)
    assert math.isnan(found.left)
    assert math.isnan(price_at(stock(1.0), {"XYZ": -1.0}, "XYZ", found.call))


def test_the_cost_of_the_exit_is_paid_out_of_the_last_equity():
    exit_ = Exit(fee=0.005, gap=0.025)
    found = moves(CmeFutures(), silver(5.0, date(2026, 1, 13)), {"SI": -1.0}, exit_)

    assert found.out == pytest.approx((0.2 - 0.03) / (1 - 0.03))
    assert found.left == pytest.approx((0.09 - 0.03) * 5000.0 * 80.0 * (1 - found.liquidation))


def test_the_adverse_side_of_a_short_is_up():
    assert adverse(CmeFutures(), silver(3.0, contracts=-2.0), "SI") == {"SI": 1.0}
    assert adverse(CmeFutures(), silver(3.0), "SI") == {"SI": -1.0}


def test_two_symbols_move_along_one_direction():
    gold = Position("f", "GC", 1.0, 5000.0, Kind.FUTURE, multiplier=100.0)
    alone = silver(4.0)
    both = Pool(
        alone.account,
        (*alone.positions, gold),
        200_000.0,
        Marks(FEB, {"SI": 80.0, "GC": 5000.0}),
    )
    found = moves(CmeFutures(), both, {"SI": -0.26, "GC": -0.09})
    equity = 200_000.0 - found.call * (0.26 * 400_000.0 + 0.09 * 500_000.0)
    left = {"SI": 80.0 * (1 - 0.26 * found.call), "GC": 5000.0 * (1 - 0.09 * found.call)}

    assert equity == pytest.approx(0.18 * 5000.0 * left["SI"] + 0.09 * 100.0 * left["GC"])


def test_what_is_sold_to_restore_is_the_closed_form():
    pool = silver(8.0)
    size, equity, rate, cost = 400_000.0, 50_000.0, 0.18, 0.02
    share = restoring_share(CmeFutures(), pool, cost=cost)

    assert share == pytest.approx((rate * size - equity) / (size * (rate - cost)))


def test_restoring_to_initial_takes_more():
    pool = silver(8.0)
    once = restoring_share(CmeFutures(), pool)
    more = restoring_share(CmeFutures(), pool, initial=True)

    assert more == pytest.approx((0.198 * 400_000.0 - 50_000.0) / (400_000.0 * 0.198))
    assert more > once


@few
@given(at=st.floats(0.1, 0.999), power=st.integers(1, 4))
def test_a_bend_is_found_as_closely_as_a_line(at, power):
    found = first_below(lambda x: at**power - x**power, [k / 8 for k in range(9)])

    assert found == pytest.approx(at, rel=1e-9)


def test_a_fall_without_bottom_is_solved_by_halving():
    found = first_below(lambda x: -math.inf if x == 1.0 else 1.0 - 0.1 / (1.0 - x), [0.0, 1.0])

    assert found == pytest.approx(0.9)


def test_a_position_that_is_not_named_stays():
    pool = silver(4.0)

    assert moved(pool.opening, {"GC": -1.0}, 0.5, pool.positions).price == {"SI": 80.0}


def test_the_hike_that_calls_is_equity_by_value():
    assert calling_rate(CmeFutures(), silver(4.0), "SI") == pytest.approx(0.25)


def test_no_hike_calls_an_account_without_debt():
    assert math.isinf(calling_rate(CmeFutures(), silver(0.9), "SI"))


def test_an_account_in_call_is_called_below_the_rate_in_force():
    assert calling_rate(CmeFutures(), silver(8.0), "SI") == pytest.approx(0.125)


def abroad():
    """A hundred shares in Hong Kong at two times, the loan in dollars."""
    held = Position("s", "0700", 100.0, 500.0, currency="HKD")
    marks = Marks(FEB, {"0700": 500.0}, {"USD": 1.0, "HKD": 0.128})
    return Pool(BookAccount("s", "reg_t", 3_200.0), (held,), 3_200.0, marks)


def test_a_currency_that_falls_is_a_price_that_falls():
    fx, price = (moves(RegT(), abroad(), {name: -1.0}) for name in ("HKD", "0700"))

    assert fx.call == pytest.approx(price.call)
    assert fx.zero == pytest.approx(0.5)


def test_the_currency_of_the_loan_may_fall_as_far_as_it_likes():
    assert math.isinf(moves(RegT(), abroad(), {"USD": -1.0}).call)


def test_of_a_future_abroad_only_the_profit_is_exchanged():
    held = Position("f", "SI", 1.0, 80.0, Kind.FUTURE, multiplier=5000.0, currency="HKD")
    marks = Marks(FEB, {"SI": 80.0}, {"USD": 1.0, "HKD": 0.128})
    pool = Pool(BookAccount("f", "cme_futures", 9_999.0), (held,), 9_999.0, marks)
    after = moved(marks, {"HKD": -1.0}, 0.5, ())

    assert pool.equity_at(after) == 9_999.0


def test_an_inverse_fall_without_bottom_is_solved_as_closely():
    found = first_below(lambda x: 2.0 - 1.0 / (1.0 - x), [0.0, 1.0 - 1e-12])

    assert found == pytest.approx(0.5, rel=1e-10)
