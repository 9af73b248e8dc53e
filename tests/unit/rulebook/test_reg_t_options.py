"""Reg T with listed options: whole accounts, funds on an index, the roots of the solver."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.core.errors import BadNumber, UnknownName
from undertow.model.rulebook import Pool, adverse, black_scholes, moved, moves
from undertow.model.rulebook.portfolio_margin import PortfolioMargin
from undertow.model.rulebook.reg_t import RegT

DAY = date(2026, 1, 30)
APRIL = date(2026, 4, 17)


def option(right, strike, price, contracts, on="IBM", **more):
    return Position(
        "m", f"{on} {right}{strike} {contracts}", contracts, price, Kind.OPTION, multiplier=100.0,
        underlying=on, expiry=APRIL, strike=strike, right=right, **more,
    )  # fmt: skip


def stock(units, price=97.73, symbol="IBM", **more):
    return Position("m", symbol, units, price, **more)


def pool(*held, equity=1e6, **quotes):
    marks = Marks(DAY, {"IBM": 97.73, **quotes, **{p.symbol: p.price for p in held}})
    return Pool(BookAccount("m", "reg_t", equity), held, equity, marks)


def levels(*held, rulebook=None, **more):
    one = pool(*held, **more)
    return (rulebook or RegT()).levels(one, one.opening)


def test_a_naked_call_takes_a_fifth_less_what_it_is_out_of_the_money():
    found = levels(option("C", 100.0, 1.68, -100.0))

    assert found.initial == found.maintenance == pytest.approx(172_760)


def test_an_option_on_a_broad_index_takes_fifteen_percent():
    found = levels(option("P", 1460.0, 22.55, -100.0, on="SPX"), SPX=1451.19)

    assert found.maintenance == pytest.approx(2_176_785)


def test_an_option_of_a_group_of_indices_takes_fifteen_percent_too():
    found = levels(option("P", 100.0, 3.0, -1.0, on="KBW", group="broad_index"), KBW=100.0)

    assert found.maintenance == pytest.approx(1_500)


@pytest.mark.parametrize(
    ("held", "initial"),
    [
        ((stock(10_000.0), option("C", 100.0, 1.68, -100.0)), 471_850),
        ((stock(10_000.0), option("P", 95.0, 1.02, 100.0)), 498_850),
        (
            (stock(10_000.0), option("P", 95.0, 1.02, 100.0), option("C", 105.0, 0.4, -100.0)),
            494_850,
        ),
    ],
)
def test_opening_stock_with_options_takes_half_and_the_premium(held, initial):
    assert levels(*held).initial == pytest.approx(initial)


def test_keeping_a_protected_stock_takes_less_than_opening_it():
    found = levels(stock(10_000.0), option("P", 95.0, 1.02, 100.0))

    assert found.maintenance == pytest.approx(0.1 * 950_000 + 27_300 + 10_200)
    assert found.initial > found.maintenance


def test_lines_of_one_stock_cover_a_call_together():
    call = option("C", 100.0, 1.68, -1.0)

    assert levels(stock(60.0), stock(40.0), call).maintenance == pytest.approx(
        levels(stock(100.0), call).maintenance
    )


def test_a_fund_on_the_index_covers_a_written_call():
    spy = Position("m", "SPY", 100_000.0, 145.3, Kind.ETF, underlying="SPX")
    call = option("C", 1475.0, 14.32, -100.0, on="SPX")
    plain, doubled = (
        levels(replace(spy, leverage=times), call, SPX=1451.19) for times in (1.0, 2.0)
    )

    assert plain.initial == pytest.approx(7_265_000 - 143_200)
    assert doubled.initial > 7_265_000


def test_an_option_on_a_doubled_fund_takes_twice_the_share():
    put = option("P", 90.0, 1.0, -1.0, on="SSO")
    fund = Position("m", "SSO", 1.0, 90.0, Kind.ETF, leverage=2.0)
    by_line = levels(replace(put, leverage=2.0), SSO=90.0).maintenance

    assert by_line == pytest.approx(0.4 * 9_000)
    assert levels(put, fund).maintenance == pytest.approx(by_line + 0.5 * 90)


def test_a_house_rate_counts_on_the_stock_beneath():
    held = stock(100.0, broker_rate=0.4), option("C", 100.0, 1.68, -1.0)
    found = levels(*held)

    assert found.maintenance == pytest.approx(0.4 * 9_773 - 168)
    assert found.liquidation == pytest.approx(0.25 * 9_773 - 168)


def test_a_hike_of_the_stock_is_a_hike_of_naked_options_on_it():
    hiked = RegT().hiked("IBM", 0.4, DAY)

    assert levels(option("P", 97.73, 3.0, -1.0), rulebook=hiked).maintenance == pytest.approx(
        0.4 * 9_773
    )


def test_an_option_without_its_underlying_price_is_refused():
    with pytest.raises(UnknownName, match="price of underlying 'MSFT'"):
        levels(option("C", 100.0, 1.0, -1.0, on="MSFT"))


def test_an_option_without_a_strike_is_refused():
    with pytest.raises(BadNumber, match="has no strike or right"):
        levels(replace(option("C", 100.0, 1.0, -1.0), strike=float("nan")))


def test_money_of_another_currency_is_changed_at_its_rate():
    held = pool(option("C", 100.0, 1.68, -100.0, currency="EUR"))
    marks = replace(held.opening, fx={"USD": 1.0, "EUR": 1.1})
    found = RegT().levels(replace(held, opening=marks), marks)

    assert found.maintenance == pytest.approx(1.1 * 172_760)


def test_an_account_below_two_thousand_may_not_borrow():
    poor, paid = pool(stock(15.0), equity=1_000.0), pool(stock(10.0), equity=977.3)

    assert [str(said) for said in RegT().findings(poor, poor.opening)] == [
        "reg_t lends from 2,000 of equity, and the account has 1,000."
    ]
    assert RegT().findings(paid, paid.opening) == ()


def test_a_short_call_is_called_before_it_is_sold_and_sold_before_nothing_is_left():
    held = replace(option("C", 100.0, 1.68, -10.0), volatility=0.25)
    found = moves(RegT(), pool(held, equity=30_000.0), {"IBM": 1.0})

    assert 0.0 < found.call <= found.liquidation < found.zero < 1.0


def test_a_credit_spread_that_is_paid_for_is_never_called():
    spread = (option("P", 95.0, 1.02, 10.0), option("P", 100.0, 3.18, -10.0))
    fixed = tuple(replace(leg, volatility=0.25) for leg in spread)
    needed = levels(*fixed).maintenance
    found = moves(RegT(), pool(*fixed, equity=needed * 1.01), {"IBM": -1.0})

    assert needed == pytest.approx(2_840)
    assert found.call == float("inf")


def test_what_loses_on_both_sides_is_called_on_the_nearer_one():
    call, put = option("C", 130.0, 0.3, -10.0), option("P", 95.0, 2.0, -10.0)
    both = tuple(replace(leg, volatility=0.25) for leg in (call, put))
    bought = replace(option("C", 100.0, 3.0, 3.0), volatility=0.25)
    held = pool(*both, bought, equity=25_000.0)
    along = adverse(RegT(), held, "IBM")
    here, there = (
        moves(RegT(), held, {"IBM": sign}).call for sign in (along["IBM"], -along["IBM"])
    )

    assert here <= there


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_straddle_is_called_on_its_nearer_side(seed):
    strike = 80.0 + seed % 40
    legs = (option("C", strike, 6.0, -5.0), option("P", strike, 6.0, -5.0))
    held = pool(*(replace(leg, volatility=0.3) for leg in legs), equity=40_000.0)
    along = adverse(RegT(), held, "IBM")
    calls = {sign: moves(RegT(), held, {"IBM": sign}).call for sign in (1.0, -1.0)}

    assert calls[along["IBM"]] == min(calls.values())


@st.composite
def option_pools(draw):
    """A stock at 100 with one to three options at their Black–Scholes value, just not called."""
    held, prices = [], {"X": 100.0}
    for k in range(draw(st.integers(1, 3))):
        one = option(
            draw(st.sampled_from("CP")),
            draw(st.sampled_from([80.0, 95.0, 100.0, 105.0, 125.0])),
            0.0,
            draw(st.sampled_from([-2.0, -1.0, 1.0])),
            on="X",
            volatility=draw(st.sampled_from([0.15, 0.5])),
        )
        days = draw(st.sampled_from([3, 60]))
        one = replace(one, symbol=f"o{k}", expiry=DAY + timedelta(days=days))
        prices[one.symbol] = black_scholes(one, 100.0, one.volatility, DAY) + 0.01
        held.append(one)
    if units := draw(st.sampled_from([0.0, 100.0, -100.0])):
        held.append(stock(units, 100.0, "X"))
    return Pool(BookAccount("m", "reg_t", 0.0), tuple(held), 0.0, Marks(DAY, prices))


@settings(max_examples=12, deadline=None)
@given(
    held=option_pools(),
    rulebook=st.sampled_from([RegT(), PortfolioMargin()]),
    sign=st.sampled_from([1.0, -1.0]),
    cushion=st.sampled_from([1.02, 1.3]),
)
def test_nothing_is_called_before_the_call(held, rulebook, sign, cushion):
    needed = max(300.0, rulebook.levels(held, held.opening).maintenance)
    rich = replace(held, equity=cushion * needed)
    call = min(moves(rulebook, rich, {"X": sign}).call, 0.95 if sign < 0.0 else 2.0)
    for k in range(60):
        there = moved(rich.opening, {"X": sign}, call * k / 60.0, rich.positions)
        found = rulebook.levels(rich, there)

        assert found.equity >= found.maintenance - 1e-6 * needed
