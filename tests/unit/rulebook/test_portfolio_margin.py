"""Portfolio margin: ten prices, groups, minimums; Cboe's printed figures within two percent."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook import Pool, Seller, Timing, adverse, moves
from undertow.model.rulebook.portfolio_margin import POINTS, PortfolioMargin, minimum

THEN, APRIL = date(2007, 2, 23), date(2007, 4, 20)
DAY = date(2026, 1, 30)
SPOTS = {"IBM": 97.73, "SPX": 1451.19}


def option(right, strike, price, contracts, on="IBM", **more):
    return Position(
        "m", f"{on} {right}{strike}", contracts, price, Kind.OPTION, multiplier=100.0,
        underlying=on, expiry=APRIL, strike=strike, right=right, **more,
    )  # fmt: skip


def stock(units, price=100.0, symbol="XYZ", **more):
    return Position("m", symbol, units, price, **more)


def pool(*held, on=DAY, equity=1e6, **quotes):
    marks = Marks(on, {**SPOTS, **quotes, **{p.symbol: p.price for p in held}})
    return Pool(BookAccount("m", "portfolio_margin", equity), held, equity, marks)


def needed(*held, rulebook=None, **more):
    one = pool(*held, **more)
    return (rulebook or PortfolioMargin()).levels(one, one.opening).maintenance


IBM_STOCK = stock(10_000.0, 97.73, "IBM")
TRUST = Position("m", "SPY", 100_000.0, 145.3, Kind.ETF, underlying="SPX")


@pytest.mark.parametrize(
    ("held", "printed"),
    [
        ((option("C", 100.0, 1.68, -100.0),), 115_429),
        ((option("C", 100.0, 1.68, 100.0), option("P", 100.0, 3.18, -100.0)), 154_313),
        ((option("P", 95.0, 1.02, 100.0), option("C", 105.0, 0.40, -100.0)), 91_118),
        ((option("C", 95.0, 4.53, 100.0), option("C", 105.0, 0.40, -100.0)), 40_881),
        ((IBM_STOCK, option("C", 100.0, 1.68, -100.0)), 129_804),
        ((IBM_STOCK, option("P", 95.0, 1.02, 100.0)), 37_538),
        ((IBM_STOCK, option("P", 95.0, 1.02, 100.0), option("C", 105.0, 0.4, -100.0)), 33_522),
        ((option("P", 1460.0, 22.55, -100.0, on="SPX"),), 948_203),
        ((TRUST, option("P", 1450.0, 18.72, 100.0, on="SPX")), 272_402),
    ],
)
def test_cboe_prints_the_same_within_two_percent(held, printed):
    assert needed(*held, on=THEN) == pytest.approx(printed, rel=0.02)


def test_two_hundred_bought_contracts_take_their_minimum():
    straddle = (option("P", 100.0, 3.18, 100.0), option("C", 100.0, 1.68, 100.0))

    assert needed(*straddle, on=THEN) == pytest.approx(7_500)
    assert minimum(-200.0, 100.0, 0.375) == 7_500


@pytest.mark.parametrize(
    ("held", "share"),
    [
        (stock(100.0), 0.15),
        (stock(-100.0), 0.15),
        (stock(100.0, symbol="SPY", kind=Kind.ETF), 0.08),
        (stock(-100.0, symbol="SPY", kind=Kind.ETF), 0.06),
        (stock(-100.0, symbol="IWM", kind=Kind.ETF), 0.10),
        (stock(100.0, kind=Kind.ETF, leverage=3.0), 0.45),
        (stock(100.0, broker_rate=0.3), 0.3),
        (stock(100.0, symbol="SSO", kind=Kind.ETF, underlying="SPX", leverage=2.0), 0.16),
    ],
)
def test_a_stock_or_fund_takes_its_range(held, share):
    assert needed(held) == pytest.approx(share * 10_000)


def test_a_fund_falls_no_further_than_to_nothing():
    assert needed(stock(100.0, leverage=10.0, kind=Kind.ETF)) == pytest.approx(10_000)


def test_there_are_ten_equal_steps():
    assert len(POINTS) == 10
    assert sum(POINTS) == pytest.approx(0.0)


def test_stocks_of_two_classes_do_not_offset():
    pair = (stock(100.0), stock(-100.0, symbol="ABC"))

    assert needed(*pair) == pytest.approx(3_000)


def test_classes_of_a_product_group_offset_by_its_share():
    pair = (
        stock(100.0, symbol="SPY", kind=Kind.ETF, group="broad_index_high_cap"),
        stock(-100.0, symbol="DIA", kind=Kind.ETF, group="broad_index_high_cap"),
    )

    assert needed(*pair) == pytest.approx(800 - 0.9 * 800)


def test_a_group_that_the_table_does_not_know_offsets_nothing():
    pair = (stock(100.0, group="tech"), stock(-100.0, symbol="ABC", group="tech"))

    assert needed(*pair) == pytest.approx(3_000)


def test_a_fund_and_the_options_on_its_index_are_one_class():
    put = option("P", 1450.0, 18.72, 100.0, on="SPX")
    apart = needed(TRUST, on=THEN) + needed(put, on=THEN)

    assert needed(TRUST, put, on=THEN) < 0.3 * apart


def test_the_option_on_a_doubled_fund_moves_twice_as_far():
    put = option("P", 60.0, 0.01, -100.0, on="SSO", volatility=0.01)
    held = replace(put, leverage=2.0)

    assert needed(put, SSO=80.0, on=THEN) == pytest.approx(3_750)
    assert needed(held, SSO=80.0, on=THEN) == pytest.approx(100 * 100 * (60 - 56), rel=0.02)


def test_a_hike_widens_the_range_both_ways():
    hiked = PortfolioMargin().hiked("SPY", 0.2, DAY)
    fund = stock(100.0, symbol="SPY", kind=Kind.ETF)

    assert needed(fund, rulebook=hiked) == pytest.approx(2_000)
    assert needed(replace(fund, quantity=-100.0), rulebook=hiked) == pytest.approx(2_000)


def test_five_times_a_stock_is_called_at_six_percent():
    held = pool(stock(1000.0), equity=20_000.0)
    found = moves(PortfolioMargin(), held, adverse(PortfolioMargin(), held, "XYZ"))

    assert found.call == pytest.approx((0.2 - 0.15) / 0.85)
    assert found.zero == pytest.approx(0.2)


def test_a_small_account_may_only_close():
    small = pool(stock(100.0), equity=50_000.0)

    assert [str(said) for said in PortfolioMargin().findings(small, small.opening)] == [
        "portfolio_margin lends from 100,000 of equity, and the account has 50,000."
    ]


def test_an_option_that_has_expired_is_found():
    held = pool(option("C", 100.0, 1.68, -1.0), on=DAY)

    assert [str(said) for said in PortfolioMargin().findings(held, held.opening)] == [
        "IBM C100.0 expired on 2007-04-20, and the book is of 2026-01-30."
    ]


def test_seven_times_a_stock_was_never_opened():
    held = pool(stock(10_000.0), equity=140_000.0)

    assert "does not allow 7.143 times leverage" in str(
        PortfolioMargin().findings(held, held.opening)[0]
    )


def test_a_broker_that_waits_tests_at_the_close():
    quick, slow = PortfolioMargin().terms(DAY), PortfolioMargin(at_once=False).terms(DAY)

    assert (quick.tested, quick.sells, quick.grace_days) == (Timing.TICK, Seller.BROKER, 0.0)
    assert (slow.tested, slow.sells, slow.grace_days) == (
        Timing.END_OF_DAY,
        Seller.OWNER_THEN_BROKER,
        3.0,
    )


@settings(max_examples=30, deadline=None)
@given(
    strikes=st.lists(st.sampled_from([90.0, 100.0, 110.0]), min_size=1, max_size=3),
    contracts=st.sampled_from([-3.0, -1.0, 1.0, 2.0]),
    units=st.sampled_from([0.0, 100.0, -100.0]),
)
def test_together_it_is_never_more_than_each_alone(strikes, contracts, units):
    held = tuple(
        option("CP"[k % 2], strike, 4.0, contracts, volatility=0.3)
        for k, strike in enumerate(dict.fromkeys(strikes))
    )
    held += (stock(units, 97.73, "IBM"),) if units else ()

    assert needed(*held, on=THEN) <= sum(needed(one, on=THEN) for one in held) + 1e-6


@settings(max_examples=30, deadline=None)
@given(strike=st.floats(60.0, 140.0), right=st.sampled_from("CP"), price=st.floats(1.0, 20.0))
def test_a_bought_option_never_loses_more_than_its_price_or_its_minimum(strike, right, price):
    intrinsic = max(0.0, (97.73 - strike) * (1 if right == "C" else -1))
    cost = 100 * (intrinsic + price)

    assert needed(option(right, strike, intrinsic + price, 1.0), on=THEN) <= max(cost, 37.5) + 1e-6
