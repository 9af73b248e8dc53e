"""The engine's test of a book's account is its rulebook's, to rounding, wherever prices go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small import system
from small_books import DAY, chips, coins, gold, joined, silver
from undertow.core.book import Book, BookAccount, Kind, Position
from undertow.core.columns import pledged_columns
from undertow.core.errors import InputError
from undertow.core.market import Market
from undertow.model.margin import MARGIN
from undertow.model.rulebook import RULEBOOK, Seller, Timing, rulebook_of
from undertow.model.scenario import Listing, Scenario
from undertow.model.venues import VENUES
from undertow.studies.book_margin import BookMargin, bars_tested, kept_up, regime_of, segment_of
from undertow.studies.placed import all_pools, follows, placed_in
from undertow.studies.standing import Opening, Standing, standing

some = settings(max_examples=25, deadline=None)
PRICES = st.tuples(st.floats(30.0, 300.0), st.floats(20.0, 200.0))
SYMBOLS = {"SI": "A", "GC": "B", "NVDA": "A", "BTCUSDT": "B"}
BOOKS = (
    silver(),
    silver(-3.0),
    chips(),
    chips(-2000.0),
    coins(),
    coins(-700.0, wallet=9e6),
    joined(silver(account="g"), replace(gold(), accounts=())),
)


def placed(book: Book, market: Market, on: date = DAY) -> Standing:
    account, pool, _ = next(iter(all_pools(book)))
    at = Opening(market.value, placed_in(pool, market, SYMBOLS), follows(book, market, SYMBOLS))
    return standing(rulebook_of(account), pool, at, on)


def small(**more: object) -> Scenario:
    return system(price=(100.0, 50.0), **more)


def priced(market: Market, prices: tuple[float, float]) -> Market:
    return replace(market, price=np.array(prices))


def required(stands: Standing, market: Market, *, target: bool = False) -> float:
    rule = BookMargin(stands, called=True, initial=True)
    count = len(stands.units)
    columns = replace(pledged_columns(count), instrument=stands.opening.instruments)
    table = rule.table(market, columns, target=target)
    size = np.abs(stands.units) * market.value[stands.opening.instruments]
    return float(size @ table.rate[0, ::2])


@some
@given(st.sampled_from(BOOKS), PRICES)
def test_the_table_asks_for_what_the_rulebook_asks(book: Book, prices: tuple) -> None:
    stands = placed(book, small().market)
    market = priced(small().market, prices)
    levels = stands.levels(market.value)

    assert required(stands, market) == pytest.approx(levels.maintenance)
    assert required(stands, market, target=True) == pytest.approx(levels.initial)


@some
@given(st.sampled_from(BOOKS), PRICES)
def test_the_engine_sees_the_equity_that_the_book_has(book: Book, prices: tuple) -> None:
    stands = placed(book, small().market)
    value = priced(small().market, prices).value

    assert stands.linear(value) == pytest.approx(stands.levels(value).equity, rel=1e-9, abs=1e-3)


@some
@given(st.sampled_from(BOOKS), PRICES, PRICES, st.floats(0.0, 1.0))
def test_after_a_sale_table_and_equity_are_those_of_what_is_left(
    book: Book, sold_at: tuple, later: tuple, left: float
) -> None:
    stands = placed(book, small().market)
    value = priced(small().market, sold_at).value
    units, own = left * stands.units, stands.opening.instruments
    # Sold a hundredth below the mark.
    paid = float(
        (stands.units - units) @ value[own] - 0.01 * abs(stands.units - units) @ value[own]
    )
    after = stands.after(value, units, stands.cash + paid, DAY)
    market = priced(small().market, later)
    levels = after.levels(market.value)

    assert required(after, market) == pytest.approx(levels.maintenance, abs=1e-4)
    assert after.linear(market.value) == pytest.approx(levels.equity, rel=1e-9, abs=1e-2)
    assert [p.quantity for p in after.pool.positions] == pytest.approx(
        [left * p.quantity for p in stands.first.positions]
    )


def test_what_an_option_loses_is_asked_for_in_cash() -> None:
    put = Position(
        "s", "P", -5.0, 6.0, Kind.OPTION, underlying="NVDA", volatility=0.5,
        expiry=date(2026, 4, 30), strike=180.0, right="P", multiplier=100.0,
    )  # fmt: skip
    book = chips()
    stands = placed(replace(book, positions=(*book.positions, put)), small().market)
    market = priced(small().market, (80.0, 50.0))
    levels = stands.levels(market.value)
    missing = stands.linear(market.value) - levels.equity

    assert missing > 1000.0
    assert required(stands, market) == pytest.approx(levels.maintenance + missing)


def test_nothing_is_asked_of_a_book_of_nothing() -> None:
    stands = placed(silver(0.0, equity=0.0), small().market)

    assert required(stands, small().market) == 0.0


def test_a_standing_that_nothing_has_changed_is_the_same_one() -> None:
    stands = placed(silver(), small().market)
    value = small().market.value

    assert stands.after(value, stands.units.copy(), stands.cash, DAY) is stands
    assert stands.after(value, stands.units, stands.cash, DAY + timedelta(1)) is not stands


def test_a_rate_of_a_later_day_is_asked_from_that_day_on() -> None:
    stands = placed(silver(), small().market)
    value = small().market.value
    hiked = stands.after(value, stands.units, stands.cash, date(2026, 2, 9))
    before, after = (one.levels(value).maintenance for one in (stands, hiked))

    assert (before, after) == pytest.approx((0.11 * 1.1e6, 0.18 * 1.1e6))


def test_what_expires_keeps_its_time_in_a_run_of_another_date() -> None:
    future = replace(silver().positions[0], expiry=DAY + timedelta(30))
    book = replace(silver(), positions=(future,))
    stands = placed(book, small().market, on=DAY - timedelta(100))

    assert stands.first.positions[0].expiry == DAY - timedelta(70)


def test_the_call_tests_where_the_owner_may_act_and_else_the_closing() -> None:
    for name in RULEBOOK.members():
        pool = RULEBOOK.member(name).example_pool()
        terms = RULEBOOK.make(name, {}).terms(pool.opening.on)
        rule = regime_of(placed(silver(), small().market), terms, None).rule

        assert isinstance(rule, BookMargin)
        assert rule.called == (terms.sells is Seller.OWNER_THEN_BROKER)


def test_an_account_with_nothing_left_is_not_given_time() -> None:
    scenario = small(bars=48)
    stands = placed(silver(), scenario.market)
    segment = segment_of("book", stands, scenario)
    tests = segment.regime.tests
    well = stands.levels(scenario.market.value)
    broke = replace(well, equity=-1.0)

    assert tests is not None
    assert segment.regime.grace_days == 1.0
    assert kept_up(segment, stands, well, tests) is segment
    assert kept_up(segment, stands, broke, tests).regime.grace_days == 0.0
    assert kept_up(segment, stands, broke, tests).regime.tests is None


def test_its_rates_are_not_hiked_as_a_crowds_are() -> None:
    with pytest.raises(InputError, match="hike its rulebook"):
        BookMargin(placed(silver(), small().market)).hiked("A", 0.5)


def test_no_family_of_crowds_lists_it() -> None:
    assert "book_margin" not in MARGIN.members()


def test_an_account_is_tested_at_the_settlements_of_its_venue() -> None:
    day = VENUES.make(
        "sessions",
        {
            "zone": "UTC",
            "sessions": [["08:00", "20:00"]],
            "weekdays": ["Mon", "Tue", "Wed", "Thu", "Fri"],
            "settlement": "15:00",
        },
    )
    scenario = small(bars=48)
    listed = replace(scenario.rules, listings=(Listing("day", day, np.array([0])),))
    scenario = replace(scenario, rules=listed)
    daily = bars_tested(Timing.END_OF_DAY, scenario, [0])
    twice = bars_tested(Timing.TWO_CYCLES, scenario, [0])

    assert daily is not None
    assert twice is not None
    assert np.flatnonzero(daily).tolist() == [14, 38]
    assert np.flatnonzero(twice).tolist() == [14, 19, 38, 43]
    assert bars_tested(Timing.TICK, scenario, [0]) is None


def test_without_a_settlement_the_day_ends_at_midnight() -> None:
    daily = bars_tested(Timing.END_OF_DAY, small(bars=50), [0])

    assert daily is not None
    assert np.flatnonzero(daily).tolist() == [23, 47]


def test_a_regime_of_no_account_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="reg_q"):
        rulebook_of(BookAccount("a", "reg_q", 1.0))
