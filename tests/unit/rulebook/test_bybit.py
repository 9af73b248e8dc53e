"""Bybit: printed prices are where the generic solver puts them, linear and inverse."""

import math
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.book import Book, BookAccount, Kind, Marks, Mode, Position
from undertow.model.rulebook import (
    Pool,
    mark_liquidation_price,
    moves,
    pools,
    price_at,
    rates_of,
    restoring_share,
)
from undertow.model.rulebook.bybit import (
    Bybit,
    average_entry,
    bankruptcy_price,
    charged,
    deleverages,
    liquidation_price,
    pnl_ratio,
)

DAY, LATER = date(2025, 6, 30), date(2026, 6, 30)
RATES = rates_of("bybit")
few = settings(max_examples=40, deadline=None)
SIDES = st.sampled_from([1.0, -1.0])


def linear(units, entry=80_000.0, **more):
    return Position("b", "BTCUSDT", units, entry, Kind.PERPETUAL, entry, currency="USDT", **more)


def inverse(dollars, entry=50_000.0, **more):
    return Position("b", "BTCUSD", dollars, entry, Kind.INVERSE, entry, currency="BTC", **more)


def alone(held, margin, day=DAY):
    one = replace(held, mode=Mode.ISOLATED, isolated_margin=margin)
    book = Book((one,), (BookAccount("b", "bybit", 0.0, held.currency),), day, {"USDT": 1.0})
    return pools(book, book.accounts[0])[0]


def solved(pool, symbol, side):
    along = {symbol: -side}
    return price_at(pool, along, symbol, moves(Bybit(), pool, along).liquidation)


def test_the_printed_example_of_inverse_cross_margin():
    held = inverse(10_000.0, 8_000.0)

    assert bankruptcy_price(held, margin=0.5, fee=0.00075) == pytest.approx(5_718.57, abs=0.005)
    assert liquidation_price(held, margin=0.5, rate=0.005, fee=0.00075) == pytest.approx(
        5_739.50, rel=1e-4
    )


def test_the_inverse_example_of_isolated_margin_before_and_after_2026():
    held = inverse(60_000.0)

    assert liquidation_price(held, margin=0.12, rate=0.005) == pytest.approx(45_662.10, abs=0.005)
    assert mark_liquidation_price(held, margin=0.12, rate=0.005) == pytest.approx(
        50_000.0 * 1.005 / 1.1
    )


def test_a_bankruptcy_price_is_entry_less_margin():
    assert bankruptcy_price(linear(1.0, 10_000.0), margin=200.0) == pytest.approx(9_800.0)
    assert bankruptcy_price(linear(-1.0, 10_000.0), margin=200.0) == pytest.approx(10_200.0)
    assert bankruptcy_price(inverse(8_000.0, 8_000.0), margin=0.5) == pytest.approx(8_000.0 / 1.5)


@few
@given(side=SIDES, units=st.floats(0.001, 20.0), leverage=st.floats(1.5, 50.0))
def test_the_solver_finds_the_printed_price_of_linear_contracts(side, units, leverage):
    held = linear(side * units)
    value = units * held.entry
    tiers = RATES.tiers(("BTCUSDT",), "maintenance", DAY)
    printed = liquidation_price(
        held, margin=value / leverage, rate=tiers.rate(value), amount=tiers.amount(value)
    )
    found = solved(alone(held, value / leverage), "BTCUSDT", side)

    assert found == pytest.approx(printed, rel=1e-8)


@few
@given(side=SIDES, dollars=st.floats(100.0, 1e6), leverage=st.floats(1.5, 50.0))
@pytest.mark.parametrize(
    ("day", "price"), [(DAY, liquidation_price), (LATER, mark_liquidation_price)]
)
def test_the_solver_finds_the_printed_price_of_inverse_contracts(
    day, price, side, dollars, leverage
):
    held = inverse(side * dollars)
    margin = dollars / held.entry / leverage
    printed = price(held, margin=margin, rate=0.005)
    found = solved(alone(held, margin, day), "BTCUSD", side)

    assert found == pytest.approx(printed, rel=1e-8)


def test_a_short_with_coins_enough_is_never_liquidated():
    held = inverse(-10_000.0, 50_000.0)

    assert math.isinf(bankruptcy_price(held, margin=0.2))
    assert math.isnan(solved(alone(held, 0.25), "BTCUSD", -1.0))


def test_all_twenty_printed_deductions_follow_from_the_tiers():
    tiers = RATES.tiers(("BTCUSDT",), "maintenance", DAY)

    assert tiers.amounts[1:4] == pytest.approx((1_200.0, 3_020.0, 4_300.0))
    assert tiers.amounts[-1] == pytest.approx(1_482_000.0)


def test_average_entries_are_harmonic_only_for_inverse_contracts():
    fills = ((50.0, 10_000.0), (50.0, 15_000.0))

    assert average_entry(fills, inverse=True) == pytest.approx(12_000.0)
    assert average_entry(fills) == pytest.approx(12_500.0)


def test_a_unified_account_reserves_the_fee_and_values_at_the_mark():
    account = BookAccount("b", "bybit", 10_000.0, "USDT")
    marks = Marks(DAY, {"BTCUSDT": 90_000.0})
    levels = Bybit().levels(Pool(account, (linear(0.5),), 10_000.0, marks), marks)

    assert levels.maintenance == pytest.approx(45_000.0 * (0.005 + 0.00055))


def test_linear_and_inverse_positions_share_one_unified_account():
    account = BookAccount("b", "bybit", 10_000.0)
    marks = Marks(DAY, {"BTCUSDT": 8e4, "BTCUSD": 8e4}, {"USD": 1.0, "USDT": 1.0, "BTC": 8e4})
    held = (linear(0.5), inverse(-40_000.0, 80_000.0))
    pool = Pool(account, held, 10_000.0, marks)
    needed = Bybit().levels(pool, marks).maintenance

    assert needed == pytest.approx(2 * 40_000.0 * 0.00555)
    assert pool.equity_at(replace(marks, price={"BTCUSDT": 7e4, "BTCUSD": 7e4})) == pytest.approx(
        10_000.0 - 5_000.0 + 40_000.0 * (1 / 7e4 - 1 / 8e4) * 8e4
    )


def test_a_house_rate_stands_in_for_a_symbol_without_tiers():
    account = BookAccount("b", "bybit", 1_000.0, "USDT", broker_rate=0.02)
    held = replace(linear(10.0, 100.0), symbol="XYZUSDT")
    marks = Marks(DAY, {"XYZUSDT": 100.0})
    levels = Bybit(leverage=5.0).levels(Pool(account, (held,), 1_000.0, marks), marks)

    assert levels.maintenance == pytest.approx(1_000.0 * 0.02055)
    assert levels.initial == pytest.approx(1_000.0 * 0.20055)


@pytest.mark.parametrize(
    ("ratio", "balance", "was", "goes"),
    [
        (-0.3, 1.0, False, True),
        (-0.29, 1.0, False, False),
        (-0.29, 1.0, True, True),
        (-0.24, 1.0, True, False),
        (0.0, 0.0, False, True),
    ],
)
def test_deleveraging_starts_at_30_per_cent_and_ends_above_25(ratio, balance, was, goes):
    assert deleverages(ratio, balance, RATES, DAY, was=was) is goes


def test_winners_bear_what_exceeds_30_per_cent_of_the_pool():
    assert pnl_ratio(-600_000.0, 2e6) == pytest.approx(-0.3)
    assert charged(350_000.0, 1e6, -0.3) == pytest.approx(50_000.0)
    assert charged(200_000.0, 1e6, -0.3) == 0.0


def test_the_engine_goes_down_one_tier_at_a_time():
    rules = Bybit()

    assert rules.first_order(linear(30.0, 1e5), 1e5, DAY) == pytest.approx(4.0)
    assert rules.first_order(linear(10.0, 1e5), 1e5, DAY) == pytest.approx(10.0)


@few
@given(units=st.floats(0.1, 60.0), short=st.floats(0.01, 0.9))
def test_a_step_down_lessens_the_shortage_and_one_sale_can_end_it(units, short):
    rules, account = Bybit(), BookAccount("b", "bybit", 0.0, "USDT")
    marks = Marks(DAY, {"BTCUSDT": 8e4})
    full = Pool(account, (linear(units),), 0.0, marks)
    called = replace(full, equity=(1.0 - short) * rules.levels(full, marks).maintenance)
    share = rules.first_order(called.positions[0], 8e4, DAY) / units
    whole = restoring_share(rules, called)

    def lacking(part):
        levels = rules.levels(called.scaled(1.0 - part), marks)
        return levels.maintenance - levels.equity

    assert lacking(share) < lacking(0.0)
    assert lacking(whole) == pytest.approx(0.0, abs=1e-6 * units)
