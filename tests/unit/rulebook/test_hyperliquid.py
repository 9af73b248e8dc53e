"""Hyperliquid: prices that the exchange returned, tiers, the vault, the queue."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook import Pool, Standing, by_growth, moves, price_at
from undertow.model.rulebook.hyperliquid import Hyperliquid, liquidation_price

DAY = date(2026, 1, 30)
THEN = date(2024, 10, 1)
few = settings(max_examples=40, deadline=None)


def perp(units, symbol="BTC", price=80_000.0):
    return Position("h", symbol, units, price, Kind.PERPETUAL, price, currency="USDC")


def pool_of(held, equity, day=DAY):
    account = BookAccount("h", "hyperliquid", equity, "USDC")
    return Pool(account, (held,), equity, Marks(day, {held.symbol: held.price}))


# Returned by the exchange in 2024 (freqtrade tests, numbers only): symbol, entry, units, margin.
RETURNED = (
    ("ETH", 2458.5, 0.015, 36.864593, 0.86915825),
    ("BTC", 63287.0, 0.00039, 24.673292, 22.37166537),
    ("SOL", 146.82, 0.16, 23.482979, 0.05269872),
    ("ETH", 2459.5, 0.0199, 24.454895, 1243.0411908),
    ("BTC", 62739.0, 0.00077, 24.137992, 31708.03843631),
    ("DOGE", 0.11586, 437.0, 25.29769, 0.05945697),
    ("ETH", 2642.8, -0.019, 25.091876, 3924.18322043),
    ("SOL", 155.89, -0.32, 24.924941, 228.07847866),
    ("BTC", 68595.0, -0.00069, 23.64871, 101849.99354283),
    ("SOL", 173.06, 0.6, 20.735658, 142.05186667),
    ("BTC", 67400.0, -0.00031, 20.887308, 133443.97317151),
    ("DOGE", 0.13284, 360.0, 15.943218, 0.09082388),
)


@pytest.mark.parametrize(("symbol", "entry", "units", "margin", "price"), RETURNED)
def test_the_prices_that_the_exchange_returned(symbol, entry, units, margin, price):
    pool = pool_of(perp(units, symbol, entry), margin, THEN)
    along = {symbol: -1.0 if units > 0.0 else 1.0}
    found = price_at(pool, along, symbol, moves(Hyperliquid(), pool, along).liquidation)

    assert found == pytest.approx(price, rel=1e-4)


@few
@given(
    side=st.sampled_from([1.0, -1.0]), units=st.floats(1.0, 5000.0), cushion=st.floats(0.06, 0.6)
)
def test_the_printed_formula_is_where_the_solver_puts_it_in_both_tiers(side, units, cushion):
    held = perp(side * units)
    pool, along = pool_of(held, cushion * units * 8e4), {"BTC": -side}
    found = price_at(pool, along, "BTC", moves(Hyperliquid(), pool, along).liquidation)
    tiers = Hyperliquid().tiers(("BTC",), DAY)
    there = units * found
    printed = liquidation_price(
        held,
        margin=pool.equity,
        most_leverage=0.5 / tiers.rate(there),
        share=0.5,
        amount=tiers.amount(there),
    )

    assert found == pytest.approx(printed, rel=1e-8)


def test_maintenance_is_half_of_initial_at_the_most_leverage():
    pool = pool_of(perp(0.5), 8_000.0)
    levels, chosen = (Hyperliquid(leverage).levels(pool, pool.opening) for leverage in (0.0, 5.0))

    assert levels.maintenance == pytest.approx(40_000.0 / 80.0)
    assert levels.initial == pytest.approx(40_000.0 / 40.0)
    assert chosen.initial == pytest.approx(8_000.0)


def test_a_large_position_has_the_rate_of_its_tier_less_the_deduction():
    pool = pool_of(perp(2_500.0), 2e7)
    levels = Hyperliquid().levels(pool, pool.opening)

    assert levels.maintenance == pytest.approx(2e8 * 0.025 - 1.5e8 * 0.0125)


def test_below_two_thirds_the_vault_takes_it():
    pool = pool_of(perp(0.5), 8_000.0)

    assert Hyperliquid().backstop(pool, pool.opening) == pytest.approx(500.0 * 2 / 3)


def test_a_fifth_of_a_large_position_is_sold_first_and_all_while_cooling():
    rules, large, small = Hyperliquid(), perp(2.0), perp(1.0)

    assert rules.first_order(large, 8e4, DAY) == pytest.approx(0.4)
    assert rules.first_order(large, 8e4, DAY, cooling=True) == 2.0
    assert rules.first_order(small, 8e4, DAY) == 1.0


def test_a_hike_is_of_the_maintenance():
    pool = pool_of(perp(0.5), 8_000.0)
    hiked = Hyperliquid().hiked("BTC", 0.1, DAY)

    assert hiked.levels(pool, pool.opening).maintenance == pytest.approx(4_000.0)


def test_a_house_rate_stands_in_for_a_market_of_others():
    held = replace(perp(1.0, "XYZ-AAPL", 250.0), broker_rate=0.05)
    pool = pool_of(held, 25.0)
    levels = Hyperliquid(leverage=5.0).levels(pool, pool.opening)

    assert (levels.maintenance, levels.initial) == pytest.approx((12.5, 50.0))


def test_who_gained_most_with_most_leverage_comes_first():
    long = Standing("l", 1.0, 50.0, 10.0)
    short, later = (Standing("s", -1.0, entry, 10.0) for entry in (90.0, 60.0))

    assert by_growth(long, 100.0) == pytest.approx(2.0 * 10.0)
    assert by_growth(short, 50.0) > by_growth(later, 50.0)
