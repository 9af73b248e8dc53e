"""The two square-root laws: in the log price and in the price itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.core.errors import BadNumber
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.model.impact.one_minus import OneMinus
from undertow.model.impact.square_root import SquareRoot, calibrated_depth


def market_of(sigma: float = 0.02) -> Market:
    return calm_market(plain_instruments(("SI",), sigma=np.array([sigma])), np.array([100.0]))


def at(z: float) -> np.ndarray:
    return np.array([z])


@given(z=st.floats(1e-3, 1e3))
def test_above_the_linear_start_log_price_falls_by_sigma_times_the_root(z: float) -> None:
    assert SquareRoot().log_factor(at(z), market_of())[0] == pytest.approx(-0.02 * z**0.5)


@given(z=st.floats(0.0, 1e-3))
def test_below_it_impact_is_linear(z: float) -> None:
    found = SquareRoot(coefficient=1.5).log_factor(at(z), market_of())[0]

    assert found == pytest.approx(-1.5 * 0.02 * z / np.sqrt(1e-3))


@given(z=st.floats(-10.0, 10.0))
def test_buying_moves_the_log_price_up_as_much_as_selling_moves_it_down(z: float) -> None:
    law = SquareRoot()

    assert law.log_factor(at(-z), market_of())[0] == -law.log_factor(at(z), market_of())[0]


@given(z=st.floats(-10.0, 10.0))
def test_buying_moves_the_price_up_as_much_as_selling_moves_it_down(z: float) -> None:
    law = OneMinus()
    up, down = (np.exp(law.log_factor(at(x), market_of()))[0] for x in (-z, z))

    assert up - 1.0 == pytest.approx(1.0 - down, abs=1e-12)


def test_volatility_is_the_frozen_one() -> None:
    wild = replace(market_of(), sigma=np.array([0.5]))
    calm = market_of()

    for law in (SquareRoot(), OneMinus()):
        assert law.log_factor(at(1.0), wild)[0] == law.log_factor(at(1.0), calm)[0]


def test_a_day_s_volume_costs_about_one_sigma_and_two_thirds_of_it_on_the_way() -> None:
    """∫√z dz over [0, 1] is 2/3; exact for the discount, nearly so for its log."""
    discount = OneMinus(fill="path", coefficient=1.0)
    log = SquareRoot(linear_below=1e-9)

    assert discount.fill_factor(at(0.0), at(1.0), market_of())[0] == pytest.approx(1 - 0.04 / 3)
    assert log.fill_factor(at(0.0), at(1.0), market_of())[0] == pytest.approx(
        1 - 0.04 / 3, abs=0.02**2
    )


@pytest.mark.parametrize("gap", [0.0, 1e-15, 1e-12, 1e-9, 1e-6])
def test_the_path_average_does_not_cancel_on_short_paths(gap: float) -> None:
    """The slope times half the gap is all there is beyond the price itself."""
    law, market, z = SquareRoot(), market_of(0.001), 0.25
    exact = np.exp(law.log_factor(at(z), market)) * (1 - law.slope(at(z), market) * gap / 2)

    assert law.path_average(at(z), at(z + gap), market)[0] == pytest.approx(exact[0], rel=1e-15)


def test_a_path_across_zero_is_the_weighted_mean_of_both_sides() -> None:
    law, market = SquareRoot(), market_of(0.1)
    left = law.path_average(at(-0.5), at(0.0), market)[0]
    right = law.path_average(at(0.0), at(1.5), market)[0]

    assert law.path_average(at(-0.5), at(1.5), market)[0] == pytest.approx(
        0.25 * left + 0.75 * right, rel=1e-14
    )


def test_the_slope_is_finite_at_rest() -> None:
    assert SquareRoot().slope(at(0.0), market_of())[0] == pytest.approx(0.02 / np.sqrt(1e-3))
    assert OneMinus().slope(at(0.0), market_of())[0] == pytest.approx(1.5 * 0.02 / 2 * 2.0**15)


def test_a_linear_start_of_the_discount_has_its_own_slope() -> None:
    law = OneMinus(linear_below=1e-3)

    assert law.slope(at(0.0), market_of())[0] == pytest.approx(1.5 * 0.02 / np.sqrt(1e-3))


@pytest.mark.parametrize("linear_below", [0.0, 1e-3, 10.0])
def test_a_discount_stops_at_its_floor_and_its_average_counts_it(linear_below: float) -> None:
    """Volatility 200 %: the floor is reached at z = 1/9, or where the linear start says."""
    law, market = OneMinus(coefficient=1.5, linear_below=linear_below), market_of(2.0)
    reached = 1 / 9 if linear_below < 1 / 9 else np.sqrt(linear_below) / 3
    far = law.path_average(at(0.0), at(100 * reached), market)[0]
    near = law.path_average(at(0.0), at(reached), market)[0]

    assert np.exp(law.log_factor(at(1.1 * reached), market))[0] == pytest.approx(2.0**-30)
    assert law.slope(at(1.1 * reached), market)[0] == 0.0
    assert far == pytest.approx(near / 100, rel=1e-6)


def test_without_volatility_nothing_moves() -> None:
    for law in (SquareRoot(), OneMinus(), OneMinus(linear_below=0.1)):
        assert law.path_average(at(-3.0), at(5.0), market_of(0.0))[0] == pytest.approx(
            1.0, rel=1e-15
        )
        assert law.slope(at(0.5), market_of(0.0))[0] == 0.0


def test_critical_leverage_under_a_square_root_is_three_halves_over_the_impact() -> None:
    """Caccioli, Bouchaud, Farmer (2012): full exit at impact 10 % leaves equity 0 at 15 times."""
    law = OneMinus(fill="path", coefficient=1.0)
    paid = law.fill_factor(at(0.0), at(1.0), market_of(0.10))[0]
    leverage = 15.0

    assert paid - (1 - 1 / leverage) == pytest.approx(0.0, abs=1e-12)


def test_depth_is_the_daily_volume_where_pressure_does_not_decay() -> None:
    volume = np.array([3.0e5, 2.0e6])

    np.testing.assert_array_equal(calibrated_depth(volume, np.array([np.inf, np.inf])), volume)


@given(volume=st.floats(1.0, 1e9), days=st.floats(1e-3, 1e3))
def test_depth_follows_the_resilience(volume: float, days: float) -> None:
    found = calibrated_depth(np.array([volume]), np.array([days]))[0]

    assert found == pytest.approx(volume * days * (1 - np.exp(-1 / days)), rel=1e-9)
    assert found <= volume


@given(days=st.floats(0.05, 50.0))
def test_a_day_s_even_sale_of_the_volume_still_ends_at_one_sigma(days: float) -> None:
    """At depth(τ) the pressure after selling V evenly over a day is 1, whatever τ."""
    depth = calibrated_depth(np.ones(1), np.array([days]))[0]
    steps = 20_000
    decay = np.exp(-1 / (steps * days))
    pressure = (1 / (steps * depth)) * (1 - decay**steps) / (1 - decay)

    assert pressure == pytest.approx(1.0, rel=2e-3)


@pytest.mark.parametrize("linear_below", [0.0, -1.0, float("nan")])
def test_the_logarithmic_law_needs_a_linear_start(linear_below: float) -> None:
    with pytest.raises(BadNumber, match="linear_below"):
        SquareRoot(linear_below=linear_below)


@pytest.mark.parametrize("coefficient", [-0.1, float("nan"), float("inf")])
def test_a_coefficient_outside_its_range_is_refused(coefficient: float) -> None:
    for law in (SquareRoot, OneMinus):
        with pytest.raises(BadNumber, match="coefficient"):
            law(coefficient=coefficient)
