"""CME futures: money a contract, then a share of the value; more for heightened risk."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.core.errors import BadDate, UnknownName
from undertow.model.rulebook import Pool, RestoredTo, Timing, rates_of
from undertow.model.rulebook.cme_futures import CmeFutures, margin_call


def contracts(count, on, price=80.0, symbol="SI", **more):
    held = Position("f", symbol, count, price, Kind.FUTURE, multiplier=5000.0, **more)
    return Pool(BookAccount("f", "cme_futures", 1e6), (held,), 1e6, Marks(on, {symbol: price}))


def levels(pool, **chosen):
    return CmeFutures(**chosen).levels(pool, pool.opening)


@pytest.mark.parametrize(
    ("on", "maintenance", "initial"),
    [
        (date(2011, 4, 26), 9_500.0, 12_825.0),
        (date(2011, 9, 26), 18_500.0, 24_975.0),
        (date(2025, 12, 31), 32_500.0, 35_750.0),
        (date(2026, 1, 12), 32_500.0, 35_750.0),
    ],
)
def test_money_a_contract_until_the_twelfth_of_january(on, maintenance, initial):
    found = levels(contracts(1.0, on))

    assert found.maintenance == pytest.approx(maintenance)
    assert found.initial == pytest.approx(initial)


@pytest.mark.parametrize(
    ("on", "share"),
    [(date(2026, 1, 13), 0.09), (date(2026, 1, 30), 0.11), (date(2026, 2, 2), 0.15)],
)
def test_a_share_of_the_value_after(on, share):
    found = levels(contracts(-2.0, on))

    assert found.maintenance == pytest.approx(share * 2.0 * 5000.0 * 80.0)
    assert found.initial == pytest.approx(1.1 * found.maintenance)


def test_others_than_heightened_risk_open_at_maintenance():
    found = levels(contracts(1.0, date(2026, 2, 9)), heightened=False)

    assert found.initial == found.maintenance


def test_a_contract_of_a_month_takes_the_rate_of_its_product():
    month = contracts(1.0, date(2026, 2, 9), symbol="SIH6", underlying="SI")

    assert levels(month) == levels(contracts(1.0, date(2026, 2, 9)))


def test_longs_and_shorts_of_one_symbol_net():
    pool = contracts(3.0, date(2026, 2, 9))
    both = replace(pool, positions=(*pool.positions, replace(pool.positions[0], quantity=-2.0)))

    assert levels(both).maintenance == levels(contracts(1.0, date(2026, 2, 9))).maintenance


@pytest.mark.parametrize(("house", "share"), [(0.05, 0.18), (0.36, 0.36)])
def test_a_house_margin_counts_where_it_is_higher(house, share):
    found = levels(contracts(1.0, date(2026, 2, 9), broker_rate=house))

    assert found.maintenance == pytest.approx(share * 400_000.0)


def test_a_hike_to_a_share_replaces_money_a_contract():
    on = date(2026, 1, 5)
    pool = contracts(1.0, on)
    hiked = CmeFutures().hiked("SI", 0.22, on)

    assert hiked.levels(pool, pool.opening).maintenance == pytest.approx(0.22 * 400_000.0)


def test_a_hike_holds_against_later_rows_and_not_before_its_day():
    hiked = CmeFutures().hiked("SI", 0.22, date(2026, 1, 20))
    held = contracts(1.0, date(2026, 2, 9)).positions[0]

    assert hiked.maintenance(held, 80.0, date(2026, 3, 1)) == pytest.approx(88_000.0)
    assert hiked.maintenance(held, 80.0, date(2026, 1, 19)) == pytest.approx(36_000.0)


def test_a_day_before_all_rates_and_a_strange_product_are_refused():
    with pytest.raises(BadDate, match="'SI' on 2008-01-01"):
        levels(contracts(1.0, date(2008, 1, 1)))
    with pytest.raises(UnknownName, match="maintenance rate of 'XX'"):
        levels(contracts(1.0, date(2026, 2, 9), symbol="XX"))


def test_a_call_restores_initial_margin_and_below_it_nothing_is_due():
    assert margin_call(5_000.0, initial=9_000.0, maintenance=6_500.0) == 4_000.0
    assert margin_call(8_000.0, initial=9_000.0, maintenance=6_500.0) == 0.0


def test_it_is_settled_twice_a_day_and_restored_to_initial():
    terms = CmeFutures().terms(date(2026, 2, 9))

    assert (terms.tested, terms.restored_to) == (Timing.TWO_CYCLES, RestoredTo.INITIAL)
    assert terms.grace_days == 1.0


def test_silver_doubles_its_margin_rate_in_twenty_four_days():
    table, first = rates_of("cme_futures"), date(2026, 1, 13)
    before, after = (
        table.value(("SI",), "maintenance", day) for day in (first, first + timedelta(days=24))
    )

    assert after == pytest.approx(2.0 * before)


def test_contract_sizes_are_dated_rows():
    table = rates_of("cme_futures")

    assert table.value(("SI",), "multiplier", date(2026, 1, 30)) == 5000.0
    assert table.value(("GC",), "multiplier", date(2026, 1, 30)) == 100.0
