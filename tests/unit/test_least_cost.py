"""The barrier finds what scipy finds, where offsets make slack a worst case of many."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from undertow.studies._hedging import least
from undertow.studies._least_cost import Costs, cheapest

few = settings(max_examples=12, deadline=None)


def problem(seed, n, scenarios):
    """A book of worst cases that is short of 1 and can be closed."""
    draw = np.random.default_rng(seed)
    losses = draw.normal(0.3, 1.0, (scenarios, n))
    equity = losses.sum(axis=1).max() - 1.0
    costs = Costs(
        draw.uniform(0.5, 5.0, n), draw.uniform(0.0, 0.01, n), draw.uniform(1e-3, 0.02, n)
    )

    def slack(x):
        return float(equity - (losses @ (1.0 - x)).max())

    return slack, costs, equity


@few
@given(seed=st.integers(0, 10_000), n=st.integers(1, 6), scenarios=st.integers(1, 12))
def test_nothing_cheaper_is_found_by_scipy(seed, n, scenarios):
    slack, costs, equity = problem(seed, n, scenarios)
    ours = cheapest(slack, costs)
    starts = [np.full(n, share) for share in (0.5, 0.9, 0.99)]

    def left(x):
        return slack(x) - costs.each(np.clip(x, 0.0, 1.0)).sum()

    theirs = [
        minimize(
            lambda x: 10.0 * costs.each(np.clip(x, 0.0, 1.0)).sum(), start, method="SLSQP",
            bounds=[(0.0, 1.0)] * n, constraints=[{"type": "ineq", "fun": left}],
            options={"ftol": 1e-12, "maxiter": 300},
        )
        for start in starts
    ]  # fmt: skip
    reached = [costs.each(np.clip(t.x, 0.0, 1.0)).sum() for t in theirs if left(t.x) > -1e-7]

    if ours is None:
        assert equity - costs.each(np.ones(n)).sum() < 0.0
        return
    assert left(ours) == pytest.approx(0.0, abs=1e-9)
    assert not reached or costs.each(ours).sum() <= min(reached) * (1 + 1e-3) + 1e-6


def test_the_one_that_releases_most_for_its_cost_is_sold():
    costs = Costs(np.array([1.0, 1.0]), np.array([0.001, 0.01]), np.zeros(2))
    shares = cheapest(lambda x: -0.3 + x[0] + x[1], costs)

    assert shares == pytest.approx([0.3 / 0.999, 0.0], abs=1e-4)


def test_costs_that_bend_are_shared_until_their_slopes_are_alike():
    costs = Costs(np.ones(3), np.zeros(3), np.array([0.01, 0.01, 0.02]))
    shares = cheapest(lambda x: -0.9 + x.sum(), costs)
    slopes = costs.slope(shares)

    assert shares.sum() == pytest.approx(0.9 + costs.each(shares).sum())
    assert slopes == pytest.approx([slopes[0]] * 3, rel=1e-4)
    assert shares[0] == pytest.approx(4.0 * shares[2], rel=1e-3)


def test_two_legs_of_a_spread_are_closed_together():
    costs = Costs(np.ones(2), np.full(2, 0.001), np.full(2, 0.001))
    shares = cheapest(lambda x: 0.4 - abs(x[0] - x[1]) * 5.0 - (2.0 - x.sum()) * 0.5, costs)

    assert shares[0] == pytest.approx(shares[1], rel=1e-3)


def test_nothing_is_found_where_selling_costs_more_than_it_releases():
    costs = Costs(np.ones(2), np.full(2, 0.5), np.zeros(2))

    assert cheapest(lambda x: -1.0 + 0.4 * x.sum(), costs) is None


@given(need=st.floats(0.01, 10.0), gain=st.floats(0.01, 10.0))
def test_the_least_of_a_hedge_is_what_is_short_by_what_each_gains(need, gain):
    assert least(lambda u: gain * u - need, 1.0) == pytest.approx(need / gain, rel=1e-9)


def test_a_hedge_that_peaks_below_what_is_short_cannot_do_it():
    assert least(lambda u: u - u**1.5 - 0.2, 1.0) is None
    assert least(lambda u: u - u**1.5 - 0.1, 1.0) == pytest.approx(0.17024, rel=1e-3)
