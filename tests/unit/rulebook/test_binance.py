"""Binance: the printed liquidation price is where the generic solver puts it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.book import Book, BookAccount, Kind, Marks, Mode, Position
from undertow.core.errors import BadNumber
from undertow.model.rulebook import Pool, moves, pools, price_at, rates_of
from undertow.model.rulebook.binance import (
    Binance,
    adl_rank,
    bankruptcy_price,
    isolated,
    liquidation_price,
)

DAY = date(2026, 1, 30)
few = settings(max_examples=40, deadline=None)


def bitcoin(units, entry=80_000.0):
    return Position("b", "BTCUSDT", units, entry, Kind.PERPETUAL, entry, currency="USDT")


def alone(units, leverage, entry=80_000.0):
    held = isolated(bitcoin(units, entry), leverage)
    book = Book((held,), (BookAccount("b", "binance", 0.0, "USDT"),), DAY)
    return pools(book, book.accounts[0])[0]


def test_the_faq_example_of_isolated_margin():
    held = bitcoin(109.488, 32_481.98)
    found = liquidation_price(held, wallet=1_535_443.01, rate=0.025, amount=16_300.0)

    assert found == pytest.approx(18_778.73, abs=0.005)


def test_the_faq_example_of_cross_margin():
    held = Position("b", "ETHUSDT", 3683.979, 1456.84, Kind.PERPETUAL, 1456.84)
    found = liquidation_price(
        held, wallet=1_535_443.01, rate=0.1, amount=135_365.0, others=-56_354.56848 - 71_200.811444
    )

    assert found == pytest.approx(1153.26, abs=0.005)


@few
@given(size=st.floats(0.001, 500.0), leverage=st.floats(1.5, 15.0), short=st.booleans())
def test_the_solver_finds_the_printed_price_through_all_tiers(size, leverage, short):
    pool = alone(-size if short else size, leverage)
    held = pool.positions[0]
    along = {"BTCUSDT": 1.0 if short else -1.0}
    found = price_at(pool, along, "BTCUSDT", moves(Binance(), pool, along).liquidation)
    tiers = rates_of("binance").tiers(held.names, "maintenance", DAY)
    there = size * found
    printed = liquidation_price(
        held, wallet=held.isolated_margin, rate=tiers.rate(there), amount=tiers.amount(there)
    )

    assert found == pytest.approx(printed, rel=1e-8) or found == held.entry


def test_bankruptcy_is_where_the_margin_is_gone():
    pool = alone(-2.0, 4.0)
    held = pool.positions[0]
    found = moves(Binance(), pool, {"BTCUSDT": 1.0}).zero

    assert bankruptcy_price(held, wallet=held.isolated_margin) == pytest.approx(100_000.0)
    assert price_at(pool, {"BTCUSDT": 1.0}, "BTCUSDT", found) == pytest.approx(100_000.0)


def test_the_tiers_of_2024_give_the_printed_deductions():
    tiers = rates_of("binance").tiers(("BTCUSDT",), "maintenance", DAY)

    assert tiers.amounts[1:4] == pytest.approx((50.0, 950.0, 11_450.0))
    assert tiers.amounts[-1] == pytest.approx(421_481_450.0)


def test_older_tiers_hold_on_older_days():
    older = rates_of("binance").tiers(("BTCUSDT",), "maintenance", date(2021, 5, 19))

    assert older.rate(2e6) == 0.025


def test_a_chosen_leverage_asks_for_more_to_open_and_no_more_to_keep():
    pool = alone(0.5, 5.0)
    chosen, most = (Binance(leverage).levels(pool, pool.opening) for leverage in (5.0, 0.0))

    assert chosen.initial == pytest.approx(8_000.0)
    assert most.initial == pytest.approx(40_000.0 / 125.0)
    assert chosen.maintenance == most.maintenance


def test_cross_positions_share_their_equity_and_isolated_ones_do_not():
    account = BookAccount("b", "binance", 10_000.0, "USDT")
    cross = (bitcoin(0.1), replace(bitcoin(-0.05), symbol="BTCUSDT"))
    book = Book((*cross, isolated(bitcoin(0.2), 10.0)), (account,), DAY)
    shared, one = pools(book, account)

    assert shared.equity == 10_000.0
    assert len(shared.positions) == 2
    assert one.equity == pytest.approx(1_600.0)
    assert one.positions[0].mode is Mode.ISOLATED


def test_isolated_equity_is_its_margin_and_its_profit():
    held = replace(isolated(bitcoin(0.2), 10.0), price=84_000.0)
    book = Book((held,), (BookAccount("b", "binance", 0.0, "USDT"),), DAY)

    assert pools(book, book.accounts[0])[0].equity == pytest.approx(1_600.0 + 800.0)


def test_an_isolated_position_without_margin_is_refused():
    held = replace(bitcoin(0.2), mode=Mode.ISOLATED)
    book = Book((held,), (BookAccount("b", "binance", 0.0, "USDT"),), DAY)

    with pytest.raises(BadNumber, match="give isolated_margin and entry"):
        pools(book, book.accounts[0])


def test_winners_with_leverage_are_deleveraged_first():
    ranks = [adl_rank(0.5, 10.0), adl_rank(0.5, 2.0), adl_rank(-0.1, 10.0), adl_rank(-0.1, 2.0)]

    assert ranks == sorted(ranks, reverse=True)


def test_the_fee_of_a_liquidation_is_a_dated_row():
    assert Binance().close_fee(bitcoin(1.0), DAY) == 0.003
    assert Binance().close_fee(replace(bitcoin(1.0), symbol="SOLUSDT"), DAY) == 0.005


def test_margin_in_another_currency_is_exchanged():
    account = BookAccount("b", "binance", 10_000.0, "EUR")
    marks = Marks(DAY, {"BTCUSDT": 80_000.0}, {"USDT": 1.0, "EUR": 1.25})
    levels = Binance().levels(Pool(account, (bitcoin(0.5),), 10_000.0, marks), marks)

    assert levels.maintenance == pytest.approx(40_000.0 * 0.004 / 1.25)


def test_a_position_in_two_lines_is_in_the_tier_of_their_sum():
    account = BookAccount("b", "binance", 1e6, "USDT")
    marks = Marks(DAY, {"BTCUSDT": 80_000.0})
    one, two = (
        Pool(account, held, 1e6, marks)
        for held in ((bitcoin(20.0),), (bitcoin(12.0), bitcoin(8.0)))
    )

    assert Binance().levels(one, marks) == Binance().levels(two, marks)
    assert Binance().breaks(one, DAY) == Binance().breaks(two, DAY)


def coin(contracts, entry=50_000.0, symbol="BTCUSD_PERP"):
    return Position("b", symbol, contracts, entry, Kind.INVERSE, entry, 100.0, "BTC")


def coins(*held, equity=1.0, price=50_000.0):
    account = BookAccount("b", "binance", equity, "BTC")
    return Pool(account, held, equity, Marks(DAY, {p.symbol: price for p in held}))


@few
@given(contracts=st.floats(1.0, 500_000.0), share=st.floats(0.02, 0.5), short=st.booleans())
def test_the_solver_finds_the_price_of_coin_margin_through_all_tiers(contracts, share, short):
    held = coin(-contracts if short else contracts)
    wallet = share * contracts * 100.0 / 50_000.0
    pool = coins(held, equity=wallet)
    along = {"BTCUSD_PERP": 1.0 if short else -1.0}
    found = price_at(pool, along, "BTCUSD_PERP", moves(Binance(), pool, along).liquidation)
    tiers = rates_of("binance").tiers(("BTCUSD",), "maintenance", DAY)
    there = contracts * 100.0 / found
    printed = liquidation_price(
        held, wallet=wallet, rate=tiers.rate(there), amount=tiers.amount(there)
    )

    assert found == pytest.approx(printed, rel=1e-8) or found == held.entry


def test_a_delivery_contract_has_the_tiers_of_its_coin():
    perpetual, delivery = (
        Binance().levels(
            coins(coin(1000.0, symbol=symbol)), coins(coin(1.0, symbol=symbol)).opening
        )
        for symbol in ("BTCUSD_PERP", "BTCUSD_260327")
    )

    assert perpetual == delivery
    assert perpetual.maintenance == pytest.approx(2.0 * 0.004)


def test_coin_margin_has_kinks_where_its_value_in_coin_enters_a_tier():
    pool = coins(coin(5_000.0))

    assert min(abs(p - 100_000.0) for p in Binance().breaks(pool, DAY)["BTCUSD_PERP"]) < 1e-6


def test_a_long_and_a_short_of_one_symbol_each_pay_by_their_own_tier():
    account = BookAccount("b", "binance", 1e6, "USDT")
    marks = Marks(DAY, {"BTCUSDT": 80_000.0})
    hedged, long, short = (
        Binance().levels(Pool(account, held, 1e6, marks), marks).maintenance
        for held in (
            (bitcoin(10.0), bitcoin(-8.0)), (bitcoin(10.0),), (bitcoin(-8.0),),
        )
    )  # fmt: skip

    assert hedged == pytest.approx(long + short)


def test_a_hedged_pool_keeps_its_equity_wherever_the_price_goes():
    account = BookAccount("b", "binance", 1e5, "USDT")
    pool = Pool(account, (bitcoin(1.0), bitcoin(-1.0)), 1e5, Marks(DAY, {"BTCUSDT": 80_000.0}))

    assert moves(Binance(), pool, {"BTCUSDT": -1.0}).zero == float("inf")
