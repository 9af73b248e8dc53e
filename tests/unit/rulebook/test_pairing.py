"""The cheapest pairing of options and stock: printed facts, edges, and every pairing tried."""

from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from strategies_options import SPOTS, by_trying_all, option_accounts, option_legs
from undertow.model.rulebook._pairing import gross_margin, net_margin
from undertow.model.rulebook._strategies import (
    Leg,
    Shares,
    collared,
    naked,
    protected,
    strangle,
    written,
)

IBM = Shares(97.73)
OWNED = Shares(97.73, 10_000.0, 0.5 * 97.73)


def leg(right, strike, price, quantity, **more):
    return Leg(right, strike, price, quantity, **more)


CONDOR = (
    leg("P", 567, 4.78, 1), leg("P", 572, 5.61, -1),
    leg("C", 602, 5.23, -1), leg("C", 607, 3.68, 1),
)  # fmt: skip


@pytest.mark.parametrize(
    ("right", "strike", "price", "spot", "rate", "gross"),
    [
        ("C", 192, 14, 196, 0.2, 5_320),
        ("P", 192, 14, 196, 0.2, 4_920),
        ("C", 192, 14, 180, 0.2, 3_800),
        ("P", 200, 1.2, 209, 0.2, 3_400),
        ("P", 3800, 0.05, 4550, 0.15, 38_005),
        ("C", 5000, 0.05, 4550, 0.15, 45_505),
    ],
)
def test_a_naked_option_takes_its_premium_and_a_share_of_what_it_is_on(
    right, strike, price, spot, rate, gross
):
    short = leg(right, strike, price, -1, rate=rate)

    assert naked(short, spot) == pytest.approx(gross)
    assert gross_margin((short,), Shares(spot)) == pytest.approx(gross)
    assert net_margin((short,), Shares(spot)) == pytest.approx(gross - 100 * price)


@pytest.mark.parametrize(
    ("legs", "stock", "net"),
    [
        ((leg("C", 100, 1.68, 100), leg("P", 100, 3.18, -100)), IBM, 212_260),
        ((leg("P", 95, 1.02, 100), leg("C", 105, 0.40, -100)), IBM, 132_960),
        ((leg("C", 95, 4.53, 100), leg("C", 105, 0.40, -100)), IBM, 41_300),
        ((leg("C", 100, 1.68, -100),), OWNED, 471_850),
        ((leg("P", 95, 1.02, 100),), OWNED, 498_850),
        ((leg("P", 95, 1.02, 100), leg("C", 105, 0.40, -100)), OWNED, 494_850),
        (CONDOR, Shares(587.88), 262),
        ((leg("P", 120, 0.8, 1), leg("P", 125, 1.24, -1)), Shares(125), 456),
    ],
)
def test_strategies_take_what_cboe_and_brokers_print(legs, stock, net):
    assert net_margin(legs, stock) == pytest.approx(net)


C300, C310, C320, C330 = (("C", 300, 112), ("C", 310, 102), ("C", 320, 92), ("C", 330, 82))
P300, P310, P320 = (("P", 300, 0.02), ("P", 310, 0.02), ("P", 320, 0.03))


@pytest.mark.parametrize(
    ("held", "units", "printed"),
    [
        ({C300: -1}, 100, 19_325), ({C300: 1}, -100, 3_000), ({P300: -1}, -100, 12_331),
        ({P300: 1}, 100, 10_276), ({C300: -1, C310: 1}, 0, 1_000), ({C300: 1, C310: -1}, 0, 0),
        ({P310: -1, P300: 1}, 0, 1_000), ({P310: 1, P300: -1}, 0, 0),
        ({C300: -1, P300: -1}, 0, 20_624),
        ({C300: 1, C310: -2, C320: 1}, 0, 0), ({C300: -1, C310: 2, C320: -1}, 0, 1_000),
        ({P300: 1, P310: -2, P320: 1}, 0, 0), ({P300: -1, P310: 2, P320: -1}, 0, 1_000),
        ({P300: 1, P310: -1, C320: -1, C330: 1}, 0, 1_001),
        ({P300: -1, P310: 1, C320: 1, C330: -1}, 0, 0),
        ({C300: 1, C320: -1, P300: -1, P320: 1}, 0, 0),
        ({C300: -1, C320: 1, P300: 1, P320: -1}, 0, 2_000),
        ({P300: -1}, 0, 3_000),
    ],
)  # fmt: skip
def test_interactive_brokers_asks_for_about_the_same(held, units, printed):
    """Observed for QuantConnect Lean's tests (Apache-2.0), SPY near 410; its price then varied."""
    legs = tuple(leg(*series, float(count)) for series, count in held.items())
    each = 0.0 if not units else 102.5 if units > 0 else 123.0
    found = gross_margin(legs, Shares(410.0, float(units), each, protected=0.1))

    assert found == pytest.approx(printed, rel=0.07, abs=1e-6)


def test_a_short_straddle_takes_the_greater_side_and_the_others_premium():
    put, call = leg("P", 100, 3.18, -1), leg("C", 100, 1.68, -1)

    assert strangle(put, call, 97.73) == pytest.approx(naked(put, 97.73) + 168)
    assert gross_margin((put, call), IBM) == pytest.approx(strangle(put, call, 97.73))


def test_a_straddle_takes_the_premium_of_whichever_side_is_the_lesser():
    put, call = leg("P", 120, 25, -1), leg("C", 100, 2, -1)

    assert strangle(put, call, 60.0) == pytest.approx(naked(put, 60.0) + 200)
    assert strangle(put, call, 200.0) == pytest.approx(naked(call, 200.0) + 2_500)


def test_a_condor_takes_its_wider_wing_once():
    wide = (leg("P", 560, 3, 1), *CONDOR[1:])

    assert gross_margin(CONDOR, Shares(587.88)) == pytest.approx(500)
    assert gross_margin(wide, Shares(587.88)) == pytest.approx(1_200)


def test_a_box_that_was_bought_is_paid_for_and_asks_no_more():
    box = (leg("C", 95, 6, 1), leg("C", 105, 1, -1), leg("P", 105, 8, 1), leg("P", 95, 3.1, -1))

    assert gross_margin(box, IBM) == pytest.approx(0.0, abs=1e-9)
    assert net_margin(box, IBM) == pytest.approx(990)


def test_a_bought_option_that_expires_first_covers_nothing():
    near = (leg("C", 105, 2, 1, expires=1), leg("C", 100, 4, -1, expires=2))
    far = (leg("C", 105, 2, 1, expires=2), leg("C", 100, 4, -1, expires=1))

    assert gross_margin(near, Shares(100)) == pytest.approx(naked(near[1], 100))
    assert gross_margin(far, Shares(100)) == pytest.approx(500)


def test_a_wide_spread_is_worse_than_no_spread():
    legs = (leg("P", 50, 0.1, 1), leg("P", 100, 3, -1))

    assert gross_margin(legs, Shares(100)) == pytest.approx(naked(legs[1], 100))


def test_one_bought_call_covers_the_sold_call_that_it_saves_most():
    legs = (leg("C", 100, 5, -1), leg("C", 130, 0.1, -1), leg("C", 105, 3, 1))

    assert gross_margin(legs, Shares(100)) == pytest.approx(500 + naked(legs[1], 100))


def test_a_covered_call_in_the_money_counts_stock_at_the_strike():
    stock = Shares(120.0, 100.0, 30.0)

    assert written(leg("C", 100, 21, -1), stock) == pytest.approx(2_500 + 2_000)
    assert net_margin((leg("C", 100, 21, -1),), stock) == pytest.approx(2_400)


def test_a_protected_stock_takes_a_tenth_of_the_strike_and_what_it_may_fall():
    stock = Shares(100.0, 100.0, 25.0, protected=0.1)

    assert protected(leg("P", 95, 1, 1), stock) == pytest.approx(950 + 500)
    assert protected(leg("P", 50, 1, 1), stock) == pytest.approx(2_500)
    assert gross_margin((leg("P", 95, 1, 1),), stock) == pytest.approx(1_450)


def test_a_conversion_takes_a_tenth_of_its_strike():
    stock = Shares(100.0, 100.0, 25.0, protected=0.1)
    put, call = leg("P", 100, 4, 1), leg("C", 100, 4, -1)

    assert collared(put, call, stock) == pytest.approx(1_000)
    assert net_margin((put, call), stock) == pytest.approx(1_000)


def test_a_short_stock_is_covered_by_a_bought_call_and_covers_a_sold_put():
    stock = Shares(100.0, -100.0, 30.0, protected=0.1)

    assert gross_margin((leg("C", 105, 2, 1),), stock) == pytest.approx(1_050 + 500)
    assert gross_margin((leg("P", 105, 7, -1),), stock) == pytest.approx(3_000 + 500)


def test_stock_covers_whole_contracts_only():
    call = leg("C", 110, 1, -2)
    stock = Shares(100.0, 150.0, 25.0)

    assert gross_margin((call,), stock) == pytest.approx(3_750 + naked(call, 100.0))


def test_an_account_of_bought_options_owes_nothing_more():
    legs = (leg("C", 100, 2, 3), leg("P", 90, 1, 2))

    assert gross_margin(legs, Shares(100)) == 0.0
    assert net_margin(legs, Shares(100)) == pytest.approx(800)


def test_the_search_of_an_ordinary_book_takes_milliseconds():
    legs = tuple(replace(one, quantity=50 * one.quantity) for one in CONDOR)
    began = perf_counter()
    for k in range(20):
        net_margin(legs, Shares(580.0 + k))

    assert perf_counter() - began < 2.0


def test_a_book_of_many_legs_gets_a_pairing_that_holds_in_seconds():
    legs = tuple(
        leg(right, 80.0 + 5.0 * k, 1.0 + k, count, expires=k % 3)
        for k, (right, count) in enumerate(
            zip("PPCCPPCCPPCC", [3, -5, -4, 3, -1, 2] * 2, strict=True)
        )
    )
    began = perf_counter()
    found = gross_margin(legs, Shares(100.0, 300.0, 25.0, 0.1))
    halves = tuple(replace(one, quantity=one.quantity * 1.0000001) for one in legs)
    fractions = gross_margin(halves, Shares(100.0, 300.0, 25.0, 0.1))
    alone = sum(-one.quantity * naked(one, 100.0) for one in legs if one.quantity < 0)

    assert perf_counter() - began < 10.0
    assert fractions * (1 - 1e-6) <= found <= alone + 7_500.0


@settings(max_examples=120, deadline=None)
@given(account=option_accounts())
def test_no_pairing_is_cheaper_than_the_one_that_is_found(account):
    legs, stock = account

    assert gross_margin(legs, stock) == pytest.approx(by_trying_all(legs, stock), rel=1e-7)


@settings(max_examples=60, deadline=None)
@given(account=option_accounts(), more=option_legs(sides=(1,)))
def test_one_more_bought_option_never_asks_for_more(account, more):
    legs, stock = account

    assert gross_margin((*legs, more), stock) <= gross_margin(legs, stock) * (1 + 1e-9) + 1e-6


@settings(max_examples=60, deadline=None)
@given(account=option_accounts(), more=option_legs(sides=(-1,)))
def test_one_more_sold_option_never_asks_for_less_than_its_cover_gives(account, more):
    legs, stock = account
    saved = abs(stock.units) * stock.each if stock.protected is not None else 0.0

    assert gross_margin((*legs, more), stock) >= gross_margin(legs, stock) - saved - 1e-6


@settings(max_examples=60, deadline=None)
@given(account=option_accounts(), times=st.integers(2, 4))
def test_a_multiple_of_an_account_asks_for_at_most_the_multiple(account, times):
    legs, stock = account
    more = tuple(replace(one, quantity=times * one.quantity) for one in legs)
    larger = replace(stock, units=times * stock.units)

    assert gross_margin(more, larger) <= times * gross_margin(legs, stock) * (1 + 1e-9) + 1e-6


@settings(max_examples=60, deadline=None)
@given(account=option_accounts(), spot=SPOTS)
def test_the_requirement_is_continuous_in_the_price(account, spot):
    legs, stock = account
    # A short straddle takes the premium of its lesser side, which jumps where the sides are equal.
    assume(not {"C", "P"} <= {one.right for one in legs if one.quantity < 0.0})
    near = replace(stock, spot=spot), replace(stock, spot=spot * (1 + 1e-9))

    assert gross_margin(legs, near[1]) == pytest.approx(
        gross_margin(legs, near[0]), rel=1e-6, abs=1
    )
