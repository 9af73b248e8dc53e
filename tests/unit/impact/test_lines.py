"""Straight lines in the price and in its log, and the curve with a floor."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.core.errors import BadNumber
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.model.impact import IMPACT
from undertow.model.impact.exponential import Exponential
from undertow.model.impact.exponential_floor import ExponentialFloor
from undertow.model.impact.linear import Linear

MARKET: Market = calm_market(plain_instruments(("SI",)), np.array([100.0]))


def at(z: float) -> np.ndarray:
    return np.array([z])


@given(before=st.floats(-2.0, 0.9), after=st.floats(-2.0, 0.9))
def test_a_linear_law_pays_the_midpoint(before: float, after: float) -> None:
    path = Linear("path").fill_factor(at(before), at(after), MARKET)[0]
    mid = Linear("mid").fill_factor(at(before), at(after), MARKET)[0]

    assert path == pytest.approx(mid, rel=1e-12)


def test_a_linear_price_stops_before_zero() -> None:
    law = Linear()

    assert np.exp(law.log_factor(at(3.0), MARKET))[0] == pytest.approx(2.0**-30)
    assert law.slope(at(3.0), MARKET)[0] == 0.0
    assert law.path_average(at(0.0), at(10.0), MARKET)[0] == pytest.approx(0.05)


def test_the_closed_form_spiral_is_a_fixed_point_of_the_linear_law() -> None:
    """100 units, debt 90, cap 10, 5e-4 a unit, shock 0.5 %: 8.320393530739766 sold at 0.99084."""
    shocked, sold = 0.995, 8.320393530739766
    price = shocked * Linear("final").fill_factor(at(0.0), at(5e-4 * sold / shocked), MARKET)[0]

    assert price == pytest.approx(0.9908398032346302, rel=1e-12)
    assert (100 - sold) * price == pytest.approx(10 * (100 * price - 90), rel=1e-9)


@given(before=st.floats(-5.0, 5.0), sold=st.floats(0.01, 5.0))
def test_an_exponential_law_moves_the_price_by_the_same_factor_from_anywhere(
    before: float, sold: float
) -> None:
    law = Exponential("final")
    start, end = (np.exp(law.log_factor(at(z), MARKET))[0] for z in (before, before + sold))

    assert end / start == pytest.approx(np.exp(-sold))


def test_the_oxford_rule_sells_five_percent_for_five_percent() -> None:
    """β = −ln(1 − 0.05)/0.05; orders are settled at the mid of both ends."""
    beta = -np.log(0.95) / 0.05
    paid = Exponential("mid").fill_factor(at(0.0), at(beta * 0.05), MARKET)[0]

    assert paid == pytest.approx(0.975, rel=1e-12)


@given(sold=st.floats(0.0, 50.0), floor=st.floats(0.01, 0.9))
def test_cont_schaanning_is_reproduced(sold: float, floor: float) -> None:
    """Ψ(q) = (1 − B/p)(1 − e^{−q/δ}) with B/p the floor and z = q/δ."""
    law = ExponentialFloor(floor=floor)
    fall = (1 - floor) * (1 - np.exp(-sold))

    assert 1 - np.exp(law.log_factor(at(sold), MARKET))[0] == pytest.approx(fall, abs=1e-13)
    assert np.exp(law.log_factor(at(sold), MARKET))[0] >= floor * (1 - 1e-14)


def test_a_floor_near_zero_is_the_exponential_law() -> None:
    z = np.array([0.7])
    floored, plain = ExponentialFloor(floor=1e-8), Exponential()

    assert floored.log_factor(z, MARKET) == pytest.approx(plain.log_factor(z, MARKET), rel=1e-7)
    assert floored.slope(z, MARKET)[0] == pytest.approx(1.0, rel=1e-7)
    assert floored.path_average(at(0.0), z, MARKET) == pytest.approx(
        plain.path_average(at(0.0), z, MARKET), rel=1e-7
    )


def test_the_first_unit_costs_one_over_the_depth_when_depth_is_scaled_by_the_floor() -> None:
    floor, depth, sold = 0.5, 1000.0, 1e-3
    z = sold / ((1 - floor) * depth)
    fall = -np.expm1(ExponentialFloor(floor=floor).log_factor(at(z), MARKET)[0])

    assert fall / sold == pytest.approx(1 / depth, rel=1e-5)


@pytest.mark.parametrize("floor", [-0.1, 0.0, 1.0, float("nan")])
def test_a_floor_that_is_no_share_is_refused(floor: float) -> None:
    with pytest.raises(BadNumber, match="floor, a share of the price"):
        ExponentialFloor(floor=floor)


def test_a_scenario_builds_each_law_by_name() -> None:
    law = IMPACT.make("exponential_floor", {"floor": 0.4, "fill": "mid"})

    assert law == ExponentialFloor(floor=0.4, fill="mid")
