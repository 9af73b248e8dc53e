"""Margins that do not follow the price: per contract and by entry value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plain_margin import priced, required
from undertow.core.columns import Columns, Way
from undertow.core.errors import BadNumber
from undertow.model.margin.money_per_contract import MoneyPerContract
from undertow.model.margin.percent_of_entry import PercentOfEntry


def opened(*entries: float, way: Way = Way.PLEDGED) -> Columns:
    size = len(entries)
    return Columns(
        instrument=np.zeros(size, dtype=np.int64),
        way=np.full(size, way, dtype=np.int64),
        entry=np.array(entries),
        released=np.ones(size),
    )


@pytest.mark.parametrize(("maintenance", "initial"), [(25_000, 27_500), (32_500, 35_750)])
def test_comex_silver_of_december_2025(maintenance: float, initial: float) -> None:
    """CME: heightened-risk initial is 110 % of maintenance; 5,000 ounces a contract."""
    rule = MoneyPerContract({"SI": maintenance}, {"SI": 5000.0}, target=1.1)
    market = priced(SI=75.0)

    assert required(rule, market, [5000.0]) == pytest.approx(maintenance)
    assert required(rule, market, [5000.0], target=True) == pytest.approx(initial)


@pytest.mark.parametrize(
    ("maintenance", "initial"),
    [(9500, 12_825), (12_000, 16_200), (14_000, 18_900), (18_500, 24_975)],
)
def test_comex_silver_of_2011(maintenance: float, initial: float) -> None:
    """Reuters factbox of 24 September 2011: speculators paid 135 %."""
    rule = MoneyPerContract({"SI": maintenance}, {"SI": 5000.0}, target=1.35)

    assert required(rule, priced(SI=35.0), [5000.0], target=True) == pytest.approx(initial)


def test_a_called_futures_account_deposits_up_to_its_initial_margin() -> None:
    """Textbook: 10,000 at entry 40 on 1,000 units, price 35, margins 9,000 and 6,500."""
    rule = MoneyPerContract({"CL": 6500}, {"CL": 1000.0}, target=9000 / 6500)
    market = priced(CL=35.0)
    balance = 10_000 + 1000 * (35 - 40)

    assert balance < required(rule, market, [1000.0])
    assert required(rule, market, [1000.0], target=True) - balance == pytest.approx(4000)


def test_fixed_money_does_not_follow_the_price() -> None:
    rule = MoneyPerContract({"SI": 25_000}, {"SI": 5000.0})
    cheap, dear = (required(rule, priced(SI=price), [5000.0]) for price in (20.0, 120.0))

    assert cheap == dear == 25_000


def test_fixed_money_is_converted_at_the_day_s_rate() -> None:
    rule = MoneyPerContract({"AG": 70_000}, {"AG": 15.0})
    market = replace(priced(AG=25_000.0), fx=np.array([1 / 7]))

    assert required(rule, market, [-15.0]) == pytest.approx(10_000)


def test_a_hike_of_a_contract_is_in_money() -> None:
    rule = MoneyPerContract({"SI": 25_000}, {"SI": 5000.0}).hiked("SI", 32_500)

    assert required(rule, priced(SI=75.0), [5000.0]) == pytest.approx(32_500)


def test_other_pledged_instruments_are_paid_in_full() -> None:
    rule = MoneyPerContract({"SI": 25_000}, {"SI": 5000.0}, target=1.1)
    market = priced(SI=75.0, NVDA=180.0)

    assert required(rule, market, [0.0, 10.0], target=True) == pytest.approx(1800.0)


def test_a_margin_without_a_contract_size_is_refused() -> None:
    with pytest.raises(BadNumber, match="no contract size; add it to contract"):
        MoneyPerContract({"SI": 25_000}, {})


@pytest.mark.parametrize("sum_", [0.0, -1.0, float("nan"), float("inf")])
def test_a_sum_that_is_none_is_refused(sum_: float) -> None:
    with pytest.raises(BadNumber, match="give a finite number above 0"):
        MoneyPerContract({"SI": sum_}, {"SI": 5000.0})


@pytest.mark.parametrize(
    ("value", "rate", "margin", "close_out"),
    [(50_000, 1 / 30, 1667, 833), (10_000, 0.20, 2000, 1000)],
)
def test_margin_and_close_out_of_contracts_for_difference(
    value: float, rate: float, margin: float, close_out: float
) -> None:
    """Brokers' ESMA pages: 30:1 and 5:1, closed out at 50 %."""
    rule = PercentOfEntry({"CFD": rate}, close_out=0.5)
    found = [
        required(rule, priced(CFD=1.0), [value], columns=opened(1.0), target=target)
        for target in (True, False)
    ]

    assert found == pytest.approx([margin, close_out], abs=1.0)


def test_each_vintage_is_margined_at_its_own_entry() -> None:
    rule = PercentOfEntry({"GC": 0.05}, close_out=0.5)
    needed = required(
        rule, priced(GC=4700.0), [1.0, -2.0], columns=opened(4000.0, 5000.0), target=True
    )

    assert needed == pytest.approx(0.05 * (4000 + 2 * 5000))


def test_a_pledged_position_without_an_entry_price_is_named() -> None:
    rule = PercentOfEntry({"GC": 0.05}, close_out=0.5)

    with pytest.raises(BadNumber, match=r"'GC' is pledged .* give its entry"):
        rule.table(priced(GC=4700.0), opened(4000.0, float("nan")), target=False)


def test_free_positions_need_no_entry_price() -> None:
    rule = PercentOfEntry({"GC": 0.05}, close_out=0.5)
    table = rule.table(priced(GC=4700.0), opened(float("nan"), way=Way.FREE), target=False)

    assert not table.money.any()


@pytest.mark.parametrize("close_out", [0.0, 1.1, float("nan")])
def test_a_close_out_that_is_no_share_is_refused(close_out: float) -> None:
    with pytest.raises(BadNumber, match="close_out"):
        PercentOfEntry({"GC": 0.05}, close_out=close_out)
