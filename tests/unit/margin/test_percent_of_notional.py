"""Margin as a share of current value, on printed examples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plain_margin import priced, required
from undertow.core.columns import pledged_columns
from undertow.core.errors import BadNumber, UnknownName
from undertow.model.margin import MARGIN
from undertow.model.margin.percent_of_notional import PercentOfNotional


def test_trigger_and_target_of_comex_silver_on_6_february_2026() -> None:
    """18 % maintenance, 19.8 % for heightened-risk clients (CME advisory)."""
    rule = PercentOfNotional({"SI": 0.18}, target=1.1)
    market = priced(SI=80.0)

    assert required(rule, market, [5000.0]) == pytest.approx(0.18 * 80 * 5000)
    assert required(rule, market, [5000.0], target=True) == pytest.approx(0.198 * 80 * 5000)


def test_the_house_call_of_the_investor_guide_is_800_dollars() -> None:
    """16,000 bought, 8,000 borrowed, worth 12,000: FINRA asks 3,000, the house 4,800."""
    market = priced(STOCK=12.0)
    finra = PercentOfNotional({"STOCK": 0.25})
    house = PercentOfNotional({"STOCK": 0.25}, markup=0.15)
    equity = 12_000 - 8_000

    assert required(finra, market, [1000.0]) == pytest.approx(3000)
    assert required(house, market, [1000.0]) - equity == pytest.approx(800)


@pytest.mark.parametrize(("price", "excess"), [(40.0, 5000.0), (45.0, 6875.0), (35.0, 3125.0)])
def test_interactive_brokers_securities_example(price: float, excess: float) -> None:
    """500 shares on 10,000 borrowed, 25 %."""
    needed = required(PercentOfNotional({"STOCK": 0.25}), priced(STOCK=price), [500.0])

    assert 500 * price - 10_000 - needed == pytest.approx(excess)


def test_shorts_pay_their_own_rate_and_the_same_where_none_is_given() -> None:
    rule = PercentOfNotional({"A": 0.25, "B": 0.25}, short_rates={"A": 0.30})
    market = priced(A=1.0, B=1.0)

    assert required(rule, market, [-100.0, 0.0]) == pytest.approx(30.0)
    assert required(rule, market, [0.0, -100.0]) == pytest.approx(25.0)


def test_a_hike_moves_both_sides_by_the_same_distance() -> None:
    rule = PercentOfNotional({"A": 0.25}, short_rates={"A": 0.30}).hiked("A", 0.40)

    assert rule.rates == {"A": 0.40}
    assert rule.short_rates["A"] == pytest.approx(0.45)


def test_a_hike_leaves_the_old_rule_as_it_was() -> None:
    rule = PercentOfNotional({"A": 0.25})
    rule.hiked("A", 0.40)

    assert rule.rates == {"A": 0.25}


def test_an_instrument_without_a_rate_must_be_paid_in_full() -> None:
    rule = PercentOfNotional({"SI": 0.15}, target=1.1)
    market = priced(SI=100.0, NVDA=180.0)

    assert required(rule, market, [0.0, 10.0]) == pytest.approx(1800.0)
    assert required(rule, market, [0.0, 10.0], target=True) == pytest.approx(1800.0)


def test_a_stated_default_takes_its_place() -> None:
    rule = PercentOfNotional({"SI": 0.15}, default=0.30)

    assert required(rule, priced(SI=100.0, NVDA=180.0), [0.0, 10.0]) == pytest.approx(540.0)


def test_no_long_position_requires_more_than_its_value() -> None:
    rule = PercentOfNotional({"A": 0.8}, target=1.5, markup=0.1)

    assert required(rule, priced(A=1.0), [100.0], target=True) == pytest.approx(100.0)
    assert required(rule, priced(A=1.0), [-100.0], target=True) == pytest.approx(135.0)


def test_the_requirement_of_a_foreign_position_is_in_the_base_currency() -> None:
    """SHFE silver in yuan at 7 yuan a dollar."""
    market = replace(priced(AG=25_000.0), fx=np.array([1 / 7]))

    assert required(PercentOfNotional({"AG": 0.21}), market, [1.0]) == pytest.approx(750.0)


def test_an_unknown_instrument_is_named_when_the_table_is_asked_for() -> None:
    rule = PercentOfNotional({"S1": 0.15})

    with pytest.raises(UnknownName, match=r"'S1' in the margin rule percent_of_notional.*SI"):
        rule.table(priced(SI=100.0), pledged_columns(1), target=False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rates": {"SI": float("nan")}},
        {"rates": {"SI": -0.1}},
        {"rates": {"SI": 15.0}},
        {"rates": {}, "target": 0.9},
        {"rates": {}, "markup": -0.1},
        {"rates": {}, "default": 1.5},
        {"rates": {}, "short_rates": {"SI": float("inf")}},
    ],
)
def test_numbers_outside_their_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadNumber, match="give a number from"):
        MARGIN.make("percent_of_notional", wrong)


def test_a_scenario_builds_the_rule_by_name() -> None:
    rule = MARGIN.make("percent_of_notional", {"rates": {"SI": 0.15}, "target": 1.1})

    assert rule == PercentOfNotional({"SI": 0.15}, target=1.1)
