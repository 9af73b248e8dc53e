"""Retail FX: 50:1 and 20:1 in the United States, 25:1 in Japan."""

from datetime import date

import pytest

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.core.errors import UnknownName
from undertow.model.rulebook import Pool, moves
from undertow.model.rulebook.japan_fx import JapanFx
from undertow.model.rulebook.us_fx import UsFx

DAY = date(2026, 1, 30)


def pool_of(symbol, equity, rate=float("nan"), day=DAY):
    held = Position("f", symbol, 100_000.0, 1.0, Kind.CFD, 1.0, broker_rate=rate)
    return Pool(BookAccount("f", "us_fx", equity), (held,), equity, Marks(day, {symbol: 1.0}))


@pytest.mark.parametrize(
    ("symbol", "deposit"), [("EURUSD", 2_000.0), ("NZD/JPY", 2_000.0), ("USDMXN", 5_000.0)]
)
def test_the_deposit_of_a_pair(symbol, deposit):
    pool = pool_of(symbol, 1e4)
    levels = UsFx().levels(pool, pool.opening)

    assert (levels.initial, levels.maintenance, levels.liquidation) == (deposit,) * 3


def test_at_fifty_times_any_fall_calls_and_two_per_cent_is_all():
    found = moves(UsFx(), pool_of("EURUSD", 2_000.0 * (1 + 1e-12)), {"EURUSD": -1.0})

    assert found.call == pytest.approx(0.0, abs=1e-9)
    assert found.zero == pytest.approx(0.02)


def test_no_pair_no_deposit():
    pool = pool_of("TEA", 1e4)

    with pytest.raises(UnknownName):
        UsFx().levels(pool, pool.opening)


def test_a_hike_is_of_one_pair_alone():
    rules, pool = UsFx().hiked("EURUSD", 0.1, DAY), pool_of("EURUSD", 1e4)
    other = pool_of("GBPUSD", 1e4)

    assert rules.levels(pool, pool.opening).maintenance == pytest.approx(10_000.0)
    assert rules.levels(other, other.opening).maintenance == pytest.approx(2_000.0)


def test_japan_asks_for_four_per_cent_and_cuts_at_half_of_it():
    pool = pool_of("USDJPY", 1e4)
    levels = JapanFx().levels(pool, pool.opening)

    assert (levels.maintenance, levels.liquidation) == pytest.approx((4_000.0, 2_000.0))
    assert JapanFx().terms(DAY).grace_days == 1.0


def test_japan_asked_for_two_per_cent_before_august_2011():
    pool = pool_of("USDJPY", 1e4, day=date(2011, 3, 17))

    assert JapanFx().levels(pool, pool.opening).maintenance == pytest.approx(2_000.0)


def test_a_dealer_s_own_margin_counts_where_it_is_more():
    pool = pool_of("USDJPY", 1e4, rate=0.08)

    assert JapanFx().levels(pool, pool.opening).maintenance == pytest.approx(8_000.0)
    assert UsFx().levels(pool, pool.opening).maintenance == pytest.approx(8_000.0)
