"""Indicators of several symbols: limiting cases and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.errors import BadNumber
from undertow.indicators._composite import composite, contributions, correlations, ranks
from undertow.indicators._fevd import shares
from undertow.indicators.absorption import absorbed
from undertow.indicators.turbulence import distances


def noise(seed: int, days: int, assets: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 0.01, (days, assets))


def test_assets_that_are_one_are_absorbed_whole() -> None:
    moves = np.tile(noise(1, 50, 1).T, (5, 1))

    assert absorbed(moves, 0.2) == pytest.approx(1.0)


def test_assets_that_are_strangers_are_absorbed_by_their_number() -> None:
    assert absorbed(noise(1, 20_000, 10).T, 0.2) == pytest.approx(0.2, abs=0.01)


def test_a_short_half_life_forgets_the_time_when_assets_were_one() -> None:
    apart, one = noise(1, 300, 4), np.tile(noise(2, 300, 1), (1, 4))
    moves = np.vstack([one, apart]).T

    assert absorbed(moves, 0.25, half_life=20.0) < 0.5 < absorbed(moves, 0.25)


def test_mean_distance_in_sample_is_exactly_k_times_t_minus_1_over_t() -> None:
    moves = noise(5, 500, 5)

    assert distances(moves, moves).mean() == pytest.approx(5.0 * 499.0 / 500.0, rel=1e-12)


def test_a_singular_covariance_has_no_distance() -> None:
    twins = np.tile(noise(1, 50, 1), (1, 2))

    assert np.isnan(distances(twins[:1], twins)).all()


@pytest.mark.parametrize("kind", ["generalised", "cholesky"])
def test_strangers_are_hardly_connected_and_rows_add_up(kind: str) -> None:
    found = shares(noise(1, 20_000, 4), 1, 10, kind)

    assert found.table.sum(axis=1) == pytest.approx(100.0)
    assert found.total == pytest.approx(0.0, abs=0.2)
    assert found.net.sum() == pytest.approx(0.0, abs=1e-9)


def test_only_cholesky_depends_on_the_order() -> None:
    moves = noise(1, 500, 3) @ np.array([[1.0, 0.5, 0.2], [0.0, 1.0, 0.7], [0.0, 0.0, 1.0]])
    order = [2, 0, 1]
    gaps = {
        kind: shares(moves, 2, 10, kind).total - shares(moves[:, order], 2, 10, kind).total
        for kind in ("generalised", "cholesky")
    }

    assert gaps["generalised"] == pytest.approx(0.0, abs=1e-9)
    assert abs(gaps["cholesky"]) > 0.1


def test_without_lags_the_share_is_the_squared_correlation() -> None:
    moves = noise(1, 20_000, 2) @ np.array([[1.0, 0.6], [0.0, 0.8]])
    rho = np.corrcoef(moves.T)[0, 1]
    found = shares(moves, 1, 1, "generalised")

    assert found.table[0, 1] == pytest.approx(100.0 * rho**2 / (1.0 + rho**2), rel=1e-2)


@pytest.mark.parametrize("kind", ["generalised", "cholesky"])
def test_what_its_own_past_tells_to_the_last_digit_has_no_connectedness(kind: str) -> None:
    values = noise(1, 200, 3)
    values[:, 2] = 0.01 * (-1.0) ** np.arange(200)
    still = noise(1, 200, 3)
    still[:, 1] = 0.0

    assert np.isnan(shares(values, 2, 10, kind).table).all()
    assert np.isnan(shares(still, 2, 10, kind).table).all()
    assert np.isfinite(shares(noise(1, 200, 3), 2, 10, kind).table).all()


def test_too_few_days_and_an_unknown_kind_are_refused() -> None:
    with pytest.raises(BadNumber, match="too few"):
        shares(noise(1, 10, 4), 2, 10, "generalised")
    with pytest.raises(BadNumber, match="no decomposition"):
        shares(noise(1, 100, 2), 1, 5, "choleski")


def test_a_composite_of_equals_is_the_square_and_of_strangers_the_sum_of_squares() -> None:
    stress, weights = np.full((1, 5), 0.8), np.array([0.15, 0.15, 0.25, 0.30, 0.15])
    together = composite(stress, weights, np.ones((1, 5, 5)))
    apart = composite(stress, weights, np.eye(5)[None])

    assert together[0] == pytest.approx(0.64)
    assert apart[0] == pytest.approx(0.64 * (weights**2).sum())


@given(seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_contributions_add_up_and_correlations_are_correlations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    stress, weights = rng.uniform(0.0, 1.0, (40, 4)), np.full(4, 0.25)
    matrix = correlations(stress, 0.93)
    whole = composite(stress, weights, matrix)

    assert contributions(stress, weights, matrix).sum(axis=1) == pytest.approx(whole, rel=1e-12)
    assert np.abs(matrix).max() <= 1.0 + 1e-12
    assert np.linalg.eigvalsh(matrix).min() > -1e-12
    assert (whole <= 1.0).all()


def test_ranks_look_back_only() -> None:
    found = ranks(np.array([3.0, 1.0, np.nan, 2.0, 4.0]))

    np.testing.assert_allclose(found, [1.0, 0.5, np.nan, 2.0 / 3.0, 1.0])
