"""Obizhaeva, Wang, J. Financial Markets 16 (2013) 1: closed form, played on the engine."""

import numpy as np
import pytest

from published_answers import missed
from undertow.published.obizhaeva_wang import (
    CHECK,
    Problem,
    best_of,
    cost_factors,
    discretised,
    responses,
)


@pytest.mark.parametrize("horizon", ["ρT = 2:", "ρT = 20:"])
@pytest.mark.parametrize("what", ["cost factor", "dearer", "best schedule", "its cost", "no round"])
def test_a_claim_of_the_closed_form_holds(horizon, what):
    assert missed(CHECK, f"{horizon} {what}") == []


@pytest.mark.parametrize("horizon", [0.5, 2.0, 8.0])
def test_the_response_is_the_exponential_kernel(horizon):
    problem = Problem(horizon, 20)
    steps = np.arange(21)
    kernel = np.exp(-problem.step * np.abs(steps[:, None] - steps))

    assert responses(problem) == pytest.approx(kernel, rel=1e-11)


def test_every_other_schedule_is_dearer():
    problem = Problem(4.0, 40)
    kernel = responses(problem)
    shares, cost = best_of(kernel)
    rng = np.random.default_rng(0)
    for _ in range(50):
        other = shares + 0.02 * (noise := rng.standard_normal(41)) - 0.02 * noise.mean()

        assert other.sum() == pytest.approx(1.0)
        assert 0.5 * other @ kernel @ other > cost


def test_the_published_schedule_is_nearly_the_best_on_a_grid():
    problem = Problem(2.0, 400)
    kernel, shares = responses(problem), discretised(problem)

    assert shares.sum() == pytest.approx(1.0, abs=1e-12)
    assert 0.5 * shares @ kernel @ shares == pytest.approx(best_of(kernel)[1], rel=1e-5)


def test_a_finer_clock_comes_nearer_to_the_cost():
    gaps = [abs(cost_factors(Problem(2.0, n))[0] - 0.25) for n in (250, 500, 1000)]

    assert gaps[1] == pytest.approx(0.5 * gaps[0], rel=0.01)
    assert gaps[2] == pytest.approx(0.5 * gaps[1], rel=0.01)


def test_a_book_that_hardly_refills_wants_two_half_blocks():
    shares, cost = best_of(responses(Problem(1e-3, 50)))

    assert shares[[0, -1]] == pytest.approx([0.5, 0.5], abs=1e-3)
    assert cost == pytest.approx(0.5, abs=1e-3)


def test_a_book_that_refills_at_once_wants_even_flow():
    shares, cost = best_of(responses(Problem(2_000.0, 50)))

    assert shares == pytest.approx(np.full(51, 1 / 51), rel=1e-6)
    assert cost < 0.01
