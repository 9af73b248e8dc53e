"""How far a price must move before a call: closed forms and the table of dated rates.

Source of rates: CME advisories of 13 January to 6 February 2026 (COMEX gold and silver); SEC
release 34-46576 (portfolio margin ranges); ESMA 2018.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from plain_margin import priced, required
from undertow.core.columns import Columns, Way
from undertow.model.margin import MarginRule
from undertow.model.margin.money_per_contract import MoneyPerContract
from undertow.model.margin.percent_of_entry import PercentOfEntry
from undertow.model.margin.percent_of_notional import PercentOfNotional
from undertow.model.margin.product_groups import ProductGroups

OPENED_AT_ONE = Columns(
    instrument=np.zeros(1, dtype=np.int64),
    way=np.full(1, Way.PLEDGED, dtype=np.int64),
    entry=np.ones(1),
    released=np.ones(1),
)
LEVERAGES = st.floats(1.1, 10.0)
RATES = st.floats(0.001, 0.09)


def move_to_call(rule: MarginRule, leverage: float, *, short: bool = False) -> float:
    """Adverse move at which equity 1 with `leverage` at price 1 equals the requirement."""
    side = -1.0 if short else 1.0
    units = side * leverage

    def slack(move: float) -> float:
        market = priced(SI=1.0 - side * move)
        needed = required(rule, market, [units], columns=OPENED_AT_ONE)
        return 1.0 - leverage * move - needed

    return float(brentq(slack, -0.5, 0.99, xtol=1e-14))


@given(leverage=LEVERAGES, rate=RATES)
def test_a_long_on_current_value_is_called_at_its_closed_form(leverage: float, rate: float) -> None:
    expected = (1 / leverage - rate) / (1 - rate)

    assert move_to_call(PercentOfNotional({"SI": rate}), leverage) == pytest.approx(expected)


@given(leverage=LEVERAGES, rate=RATES)
def test_a_short_on_current_value_is_called_at_its_closed_form(
    leverage: float, rate: float
) -> None:
    expected = (1 / leverage - rate) / (1 + rate)
    rule = PercentOfNotional({"SI": rate})

    assert move_to_call(rule, leverage, short=True) == pytest.approx(expected)


@given(leverage=LEVERAGES, rate=RATES, short=st.booleans())
def test_fixed_money_is_called_at_the_same_move_on_both_sides(
    leverage: float, rate: float, short: bool
) -> None:
    rule = MoneyPerContract({"SI": 100 * rate}, {"SI": 100.0})

    assert move_to_call(rule, leverage, short=short) == pytest.approx(1 / leverage - rate)


@given(leverage=LEVERAGES, rate=RATES, close_out=st.floats(0.2, 1.0))
def test_a_share_of_the_entry_value_is_called_like_fixed_money(
    leverage: float, rate: float, close_out: float
) -> None:
    rule = PercentOfEntry({"SI": rate}, close_out=close_out)

    assert move_to_call(rule, leverage) == pytest.approx(1 / leverage - close_out * rate)


@pytest.mark.parametrize(
    ("rate", "percent"),
    [(0.09, 12.09), (0.11, 10.11), (0.15, 5.88), (0.18, 2.44), (0.05, 15.79), (0.004, 19.68)],
)
def test_five_times_leverage_is_called_where_the_dated_rates_say(
    rate: float, percent: float
) -> None:
    found = 100 * move_to_call(PercentOfNotional({"SI": rate}), 5.0)

    assert found == pytest.approx(percent, abs=0.005)


@pytest.mark.parametrize(
    ("down", "up", "percent"), [(0.15, 0.15, 5.88), (0.08, 0.06, 13.04)], ids=["stock", "S&P"]
)
def test_portfolio_margin_at_five_times_leverage(down: float, up: float, percent: float) -> None:
    rule = ProductGroups({"SI": (down, up)})

    assert 100 * move_to_call(rule, 5.0) == pytest.approx(percent, abs=0.005)


@pytest.mark.parametrize(
    ("leverage", "initial", "percent"),
    [(20, 0.05, 2.5), (10, 0.10, 5.0), (30, 1 / 30, 1.67), (5, 0.20, 10.0), (5, 0.05, 17.5)],
)
def test_retail_contracts_for_difference_are_closed_out_at_half_their_margin(
    leverage: float, initial: float, percent: float
) -> None:
    rule = PercentOfEntry({"SI": initial}, close_out=0.5)

    assert 100 * move_to_call(rule, float(leverage)) == pytest.approx(percent, abs=0.005)


@pytest.mark.parametrize(
    ("rate", "leverage"), [(0.05, 8.58), (0.09, 6.51), (0.15, 4.77), (0.18, 4.21), (0.25, 3.31)]
)
def test_leverage_at_which_seven_percent_is_a_call(rate: float, leverage: float) -> None:
    rule = PercentOfNotional({"SI": rate})
    found = brentq(lambda x: move_to_call(rule, x) - 0.07, 1.5, 12.0)

    assert found == pytest.approx(leverage, abs=0.005)


def test_a_hike_calls_an_account_that_the_fall_alone_did_not() -> None:
    """5x long silver after −7 %: called at 15 %, not at 11 %."""
    fallen, equity = priced(SI=0.93), 0.65
    before = PercentOfNotional({"SI": 0.11})
    after = before.hiked("SI", 0.15)

    assert required(before, fallen, [5.0]) < equity < required(after, fallen, [5.0])


@pytest.mark.parametrize(
    ("rate", "percent"), [(0.05, 0.53), (0.09, 0.99), (0.15, 1.76), (0.18, 2.20)]
)
def test_an_account_at_the_heightened_risk_minimum_has_a_tenth_of_its_margin_to_lose(
    rate: float, percent: float
) -> None:
    rule = PercentOfNotional({"SI": rate}, target=1.1)
    minimum = required(rule, priced(SI=1.0), [1.0], target=True)

    assert 100 * move_to_call(rule, 1 / minimum) == pytest.approx(percent, abs=0.005)
