"""Within the day: SMA, day trading power before June 2026, the intraday deficit after."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.model.rulebook import rates_of
from undertow.model.rulebook.reg_t import (
    REGIME,
    day_trading_power,
    deficit_counts,
    intraday_deficit,
    intraday_rule,
    memorandum,
)

BEFORE, SINCE = date(2026, 6, 3), date(2026, 6, 4)
RATES = rates_of(REGIME)
MONEY = st.floats(-1e6, 1e6)


def test_sma_falls_by_the_margin_of_what_is_bought():
    found = memorandum(10_000.0, cash=0.0, traded=10_000.0, equity=10_000.0, reg_t=10_000.0)

    assert found == 0.0


def test_sma_rises_with_equity_and_does_not_fall_with_it():
    risen = memorandum(0.0, cash=0.0, traded=0.0, equity=12_500.0, reg_t=11_250.0)
    fallen = memorandum(risen, cash=0.0, traded=0.0, equity=7_500.0, reg_t=8_750.0)

    assert (risen, fallen) == (1_250.0, 1_250.0)


@given(before=MONEY, cash=MONEY, traded=MONEY, equity=MONEY, reg_t=MONEY)
def test_sma_is_never_below_what_the_account_could_borrow(before, cash, traded, equity, reg_t):
    found = memorandum(before, cash=cash, traded=traded, equity=equity, reg_t=reg_t)

    assert found >= equity - reg_t
    assert found >= before + cash - traded


def test_the_excess_is_bought_four_times():
    assert day_trading_power(10_000.0, 0.25) == 40_000.0
    assert day_trading_power(-10_000.0, 0.25) == 0.0


def test_day_traders_are_counted_until_the_third_of_june_2026():
    before, since = (intraday_rule(RATES, day) for day in (BEFORE, SINCE))

    assert (before.counted, before.least) == (True, 25_000.0)
    assert (since.counted, since.least) == (False, 2_000.0)


def test_an_account_of_ten_thousand_may_day_trade_only_since():
    before, since = (intraday_rule(RATES, day) for day in (BEFORE, SINCE))

    assert before.buying_power(10_000.0, 0.0) == 10_000.0
    assert since.buying_power(10_000.0, 0.0) == 40_000.0


def test_the_deficit_of_a_day_is_its_worst_moment():
    path = [(10_000.0, 2_500.0), (9_000.0, 11_000.0), (9_500.0, 10_000.0), (9_500.0, 0.0)]

    assert intraday_deficit(path) == 2_000.0
    assert intraday_deficit([]) == 0.0


@pytest.mark.parametrize(
    ("deficit", "equity", "counts"),
    [
        (400.0, 10_000.0, False),
        (600.0, 10_000.0, True),
        (1_000.0, 1e6, False),
        (1_001.0, 1e6, True),
    ],
)
def test_a_small_deficit_does_not_count(deficit, equity, counts):
    assert deficit_counts(deficit, equity, RATES, SINCE) is counts


@given(path=st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), max_size=5))
def test_a_deficit_is_nothing_or_what_would_have_been_missing(path):
    found = intraday_deficit(path)

    assert found >= 0.0
    assert all(equity + found >= maintenance - 1e-6 for equity, maintenance in path)
