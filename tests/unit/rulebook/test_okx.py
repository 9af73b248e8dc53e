"""OKX and Gate: the fee to close is reserved, large positions go down in steps."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.core.errors import BadDate, UnknownName
from undertow.model.rulebook import Pool, moves, price_at, rates_of
from undertow.model.rulebook.gate import Gate
from undertow.model.rulebook.okx import Okx, deleverages, liquidation_price

DAY = date(2026, 1, 30)
few = settings(max_examples=40, deadline=None)
SIDES = st.sampled_from([1.0, -1.0])


def swap(contracts, symbol="BTC-USDT-SWAP", price=80_000.0, multiplier=0.01):
    return Position(
        "o", symbol, contracts, price, Kind.PERPETUAL, price, multiplier, currency="USDT"
    )


def pool_of(held, equity, regime="okx", day=DAY):
    account = BookAccount("o", regime, equity, held.currency)
    return Pool(account, (held,), equity, Marks(day, {held.symbol: held.price}))


@pytest.mark.parametrize(
    ("short", "leverage", "entry", "price"),
    [
        (True, 5.0, 10.0, 11.87413417771621),
        (True, 3.0, 10.0, 13.193482419684678),
        (True, 5.0, 8.0, 9.499307342172967),
        (False, 5.0, 10.0, 8.085708510208207),
        (False, 3.0, 10.0, 6.738090425173506),
    ],
)
def test_the_published_prices_of_isolated_positions(short, leverage, entry, price):
    held = swap(-1.0 if short else 1.0, price=entry, multiplier=1.0)
    found = liquidation_price(held, margin=entry / leverage, rate=0.01, fee=0.0006)

    assert found == pytest.approx(price, rel=1e-12)


@few
@given(side=SIDES, coins=st.floats(0.01, 60.0), leverage=st.floats(1.5, 12.0))
def test_okx_s_price_is_where_the_solver_puts_it(side, coins, leverage):
    held = swap(side * coins * 100.0)
    margin = coins * held.price / leverage
    pool, along = pool_of(held, margin), {held.symbol: -side}
    rate = rates_of("okx").tiers(held.names, "maintenance", DAY).rate(coins)
    found = moves(Okx(), pool, along).liquidation
    printed = liquidation_price(held, margin=margin, rate=rate, fee=0.0005)

    assert price_at(pool, along, held.symbol, found) == pytest.approx(printed, rel=1e-9)


@few
@given(side=SIDES, coins=st.floats(0.01, 60.0), leverage=st.floats(1.5, 9.0))
def test_gate_s_price_is_where_the_solver_puts_it_through_all_tiers(side, coins, leverage):
    held = swap(side * coins, "BTC_USDT", multiplier=1.0)
    margin = coins * held.price / leverage
    pool, along = pool_of(held, margin, "gate"), {held.symbol: -side}
    found = price_at(pool, along, held.symbol, moves(Gate(), pool, along).liquidation)
    tiers = rates_of("gate").tiers(held.names, "maintenance", DAY)
    there = coins * found
    printed = liquidation_price(
        held, margin=margin, rate=tiers.rate(there), fee=0.0005, amount=tiers.amount(there)
    )

    assert found == pytest.approx(printed, rel=1e-8) or found == held.price


def test_inverse_contracts_are_tiered_by_dollars():
    held = replace(
        swap(1_000.0, "BTC-USD-SWAP", 50_000.0, 100.0), kind=Kind.INVERSE, currency="BTC"
    )
    pool = pool_of(held, 0.4)
    levels = Okx().levels(pool, pool.opening)
    printed = liquidation_price(held, margin=0.4, rate=0.004, fee=0.0005)
    found = moves(Okx(), pool, {held.symbol: -1.0}).liquidation

    assert levels.maintenance == pytest.approx(2.0 * 0.0045)
    assert price_at(pool, {held.symbol: -1.0}, held.symbol, found) == pytest.approx(printed)


def test_okx_s_whole_position_has_the_rate_of_its_tier():
    small, large = (
        Okx().levels(pool_of(swap(n), 1e6), pool_of(swap(n), 1e6).opening).maintenance
        for n in (299.0, 301.0)
    )

    assert small == pytest.approx(2.99 * 8e4 * 0.0045)
    assert large == pytest.approx(3.01 * 8e4 * 0.0055)


def test_okx_sells_two_tiers_from_the_third_and_all_below():
    rules = Okx()

    assert rules.first_order(swap(1_000.0), 8e4, DAY) == pytest.approx(700.0)
    assert rules.first_order(swap(1_300.0), 8e4, DAY) == pytest.approx(700.0)
    assert rules.first_order(swap(500.0), 8e4, DAY) == pytest.approx(500.0)


def test_okx_deleverages_when_the_fund_is_30_per_cent_below_its_peak():
    rates = rates_of("okx")

    assert deleverages(70.0, 100.0, rates, DAY)
    assert not deleverages(71.0, 100.0, rates, DAY)


def test_gate_charges_each_part_at_its_own_tier_and_the_fee():
    pool = pool_of(swap(0.5, "BTC_USDT", multiplier=1.0), 1e4, "gate")
    levels = Gate().levels(pool, pool.opening)

    assert levels.maintenance == pytest.approx(20_000 * 0.004 + 20_000 * 0.0045 + 40_000 * 0.0005)
    assert Gate().first_order(pool.positions[0], 8e4, DAY) == pytest.approx(0.25)


def test_gate_before_its_tiers_and_unknown_symbols_are_refused():
    pool = pool_of(swap(0.5, "BTC_USDT", multiplier=1.0), 1e4, "gate", date(2024, 1, 2))
    strange = pool_of(swap(0.5, "XYZ_USDT"), 1e4, "gate")

    with pytest.raises(BadDate, match="choose a later date"):
        Gate().levels(pool, pool.opening)
    with pytest.raises(UnknownName, match="XYZ_USDT"):
        Gate().levels(strange, strange.opening)


@pytest.mark.parametrize("rules", [Okx(leverage=4.0), Gate(leverage=4.0)])
def test_a_house_rate_stands_in_where_there_are_no_tiers(rules):
    held = replace(swap(1.0, "XYZ", 100.0, 1.0), broker_rate=0.03)
    pool = pool_of(held, 50.0)
    levels = rules.levels(pool, pool.opening)

    assert levels.maintenance == pytest.approx(100.0 * 0.0305)
    assert levels.initial == pytest.approx(100.0 * 0.2505)
