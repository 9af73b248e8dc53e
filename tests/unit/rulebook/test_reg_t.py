"""Reg T: half to open, a quarter to keep, more for shorts, funds and houses."""

from datetime import date

import pytest

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook import Pool, Seller, Timing, too_levered
from undertow.model.rulebook.reg_t import RegT, call_at, fund_rate

DAY = date(2026, 1, 30)


def pool(*held, equity=50_000.0, **account):
    marks = Marks(DAY, {p.symbol: p.price for p in held})
    return Pool(BookAccount("m", "reg_t", equity, **account), held, equity, marks)


def levels(*held, rulebook=None, **given):
    one = pool(*held, **given)
    return (rulebook or RegT()).levels(one, one.opening)


def shares(count, price=100.0, **more):
    return Position("m", "XYZ", count, price, **more)


def test_a_long_stock_takes_half_to_open_and_a_quarter_to_keep():
    found = levels(shares(1000.0))

    assert (found.initial, found.maintenance, found.liquidation) == (50_000.0, 25_000.0, 25_000.0)


@pytest.mark.parametrize(
    ("price", "a_share"),
    [(100.0, 30.0), (20.0, 6.0), (10.0, 5.0), (5.0, 5.0), (4.0, 4.0), (2.0, 2.5), (1.0, 2.5)],
)
def test_a_short_stock_takes_a_share_or_money_a_share(price, a_share):
    assert levels(shares(-100.0, price)).maintenance == pytest.approx(100.0 * a_share)


@pytest.mark.parametrize(
    ("side", "leverage", "rate"),
    [(1, 2, 0.5), (1, 3, 0.75), (1, -2, 0.5), (-1, 2, 0.6), (-1, 3, 0.9), (-1, 4, 1.0)],
)
def test_a_leveraged_fund_takes_its_multiple_up_to_all(side, leverage, rate):
    fund = shares(side * 100.0, kind=Kind.ETF, leverage=leverage)

    assert levels(fund).maintenance == pytest.approx(rate * 10_000.0)
    assert fund_rate(0.25 if side > 0 else 0.3, leverage) == pytest.approx(rate)


def test_opening_never_takes_less_than_keeping():
    fund = shares(100.0, kind=Kind.ETF, leverage=3.0)

    assert levels(fund).initial == levels(fund).maintenance == pytest.approx(7_500.0)


def test_a_house_rate_calls_earlier_and_the_minimum_sells():
    found = levels(shares(1000.0), broker_rate=0.4)

    assert found.maintenance == pytest.approx(40_000.0)
    assert found.liquidation == pytest.approx(25_000.0)


def test_a_broker_that_sells_at_once_sells_at_its_own_rate():
    found = levels(shares(1000.0), broker_rate=0.4, rulebook=RegT(at_once=True))

    assert found.liquidation == found.maintenance == pytest.approx(40_000.0)


def test_a_line_of_its_own_house_rate_goes_before_the_accounts():
    found = levels(shares(1000.0, broker_rate=0.6), broker_rate=0.4)

    assert found.maintenance == pytest.approx(60_000.0)


def test_five_times_overnight_is_not_allowed_and_two_times_is():
    five, two = (pool(shares(1000.0), equity=100_000.0 / times) for times in (5.0, 2.0))

    assert RegT().findings(two, two.opening) == ()
    assert str(RegT().findings(five, five.opening)[0]) == (
        "reg_t does not allow 5 times leverage: to open it takes 50,000.00 of equity, "
        "and the account has 20,000.00."
    )


def test_stock_that_fell_after_it_was_bought_may_be_kept():
    held = pool(shares(1000.0), equity=35_000.0)

    assert RegT().findings(held, held.opening) == ()


def test_futures_are_not_carried():
    held = pool(Position("m", "SI", 1.0, 80.0, Kind.FUTURE))

    assert str(RegT().findings(held, held.opening)[0]) == (
        "reg_t does not carry future such as SI."
    )


def test_the_sentence_on_leverage_has_all_three_numbers():
    held = pool(shares(10.0), equity=400.0)
    said = too_levered(held, RegT().levels(held, held.opening), held.gross(held.opening))

    assert {"leverage", "initial", "equity", "regime"} == set(said.values)


def test_a_hike_moves_longs_and_never_lowers_shorts():
    hiked = RegT().hiked("XYZ", 0.28, DAY)

    assert levels(shares(1000.0), rulebook=hiked).maintenance == pytest.approx(28_000.0)
    assert levels(shares(-1000.0), rulebook=hiked).maintenance == pytest.approx(30_000.0)


def test_the_value_of_a_call_is_the_loan_by_one_less_the_rate():
    assert call_at(8_000.0, 0.4) == pytest.approx(13_333.33, abs=0.01)


def test_terms_differ_for_a_broker_that_sells_at_once():
    slow, quick = RegT().terms(DAY), RegT(at_once=True).terms(DAY)

    assert (slow.tested, slow.sells, slow.grace_days) == (
        Timing.END_OF_DAY,
        Seller.OWNER_THEN_BROKER,
        3.0,
    )
    assert (quick.tested, quick.sells, quick.grace_days) == (Timing.TICK, Seller.BROKER, 0.0)


def test_an_account_with_nothing_left_is_infinitely_levered():
    held = pool(shares(10.0), equity=-1.0)

    assert "reg_t opens nothing without equity" in str(RegT().findings(held, held.opening)[0])
