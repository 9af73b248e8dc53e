"""Least cost: the cheapest way to raise the need, checked against a general solver."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from strategies_liquidation import Situation, called_of, situations, terms_of
from undertow.model.liquidation import LIQUIDATION
from undertow.model.liquidation.least_cost import LeastCost

RIVALS = [n for n, m in LIQUIDATION.discover().items() if not m.whole and n != "least_cost"]


def small_problem(seed: int) -> Situation:
    """One account of four positions with spreads and slopes of the size of its releases."""
    rng = np.random.default_rng(seed)
    release = rng.uniform(0.2, 1.0, 4)
    spread, slope = release * rng.uniform(0.0, 0.8, 4), rng.uniform(0.01, 0.5, 4)
    terms = terms_of(np.ones(4), release, spread=spread, slope=slope)
    held = Situation(called_of(rng.uniform(0.5, 4.0, 4), 0.0), terms)
    return held.needing(held.raised(held.worth) * rng.uniform(0.05, 0.95))


def solved_slowly(situation: Situation) -> np.ndarray:
    """The same problem by sequential quadratic programming."""
    terms, need = situation.terms, situation.called.need[0]
    net = situation.net[0]
    found = minimize(
        lambda x: situation.cost(x[None])[0],
        situation.worth[0] * 0.9,
        jac=lambda x: terms.spread + terms.slope * x,
        bounds=[(0.0, most) for most in situation.worth[0]],
        constraints={
            "type": "ineq",
            "fun": lambda x: situation.raised(x[None])[0] - need,
            "jac": lambda x: net - terms.slope * x,
        },
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    return found.x[None]


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_general_solver_finds_the_same_sale(seed):
    problem = small_problem(seed)
    slow, fast = solved_slowly(problem), problem.sold_by(LeastCost())

    np.testing.assert_allclose(problem.raised(fast), problem.called.need, rtol=1e-12)
    np.testing.assert_allclose(problem.cost(fast), problem.cost(slow), rtol=1e-7)
    np.testing.assert_allclose(fast, slow, atol=2e-3)


@pytest.mark.parametrize("rival", RIVALS)
@settings(max_examples=60, deadline=None)
@given(situation=situations())
def test_no_other_policy_meets_the_need_more_cheaply(rival, situation):
    need, everything = situation.called.need, situation.raised(situation.worth)
    possible = need < everything * (1.0 - 1e-9)
    cheapest = situation.cost(situation.sold_by(LeastCost()))
    other = situation.cost(situation.sold_by(LIQUIDATION.member(rival)()))

    assert np.all(cheapest[possible] <= other[possible] * (1.0 + 1e-9) + 1e-12 * need[possible])


@settings(max_examples=200, deadline=None)
@given(situation=situations(most_rows=3))
def test_the_marginal_cost_of_slack_is_the_same_wherever_slack_is_raised(situation):
    """(spread + slope·x)/release: equal where sold in part, higher where unsold."""
    sold, worth = situation.sold_by(LeastCost()), situation.worth
    release = situation.net + situation.per_slot(situation.terms.spread)
    marginal = situation.per_slot(situation.terms.spread)
    marginal = marginal + situation.per_slot(situation.terms.slope) * sold
    live = worth > 0.0
    price = marginal / np.where(live, release, 1.0)
    for row in np.flatnonzero(situation.called.need > 0.0):
        begun = live[row] & (sold[row] > 1e-9 * worth[row])
        open_ = live[row] & (sold[row] < worth[row] * (1.0 - 1e-9))
        highest = max(price[row][begun], default=0.0)
        lowest = min(price[row][open_], default=1.0)

        assert highest <= lowest * (1.0 + 1e-6) + 1e-9


def test_the_textbook_case_of_two_slopes():
    """Without spread units are inverse to slope: 2 and 1, raising 2 − 0.2 + 1 − 0.1."""
    terms = terms_of(np.ones(2), np.ones(2), slope=np.array([0.1, 0.2]))
    sold = Situation(called_of([[9.0, 9.0]], 2.7), terms).sold_by(LeastCost())

    np.testing.assert_allclose(sold, [[2.0, 1.0]], rtol=1e-14)


def test_a_wide_spread_is_paid_only_when_depth_runs_out():
    """Slot 1 enters where slot 0's marginal cost per slack, 0.1·x, has reached its spread 0.3."""
    terms = terms_of(
        np.ones(2), np.ones(2), spread=np.array([0.0, 0.3]), slope=np.array([0.1, 0.0])
    )

    def sold(need):
        return Situation(called_of([[9.0, 9.0]], need), terms).sold_by(LeastCost())

    np.testing.assert_allclose(sold(2.55), [[3.0, 0.0]], atol=1e-14)
    np.testing.assert_allclose(sold(2.55 + 1.4), [[3.0, 2.0]], rtol=1e-14)
    np.testing.assert_allclose(sold(3.2 + 6.3), [[4.0, 9.0]], rtol=1e-14)


def test_free_liquid_stock_is_sold_before_the_falling_future():
    """The cash machine: nobody assumes it. The future releases 15 % of its price, stock all."""
    price = np.array([100.0, 100.0])
    release = np.array([0.15, 1.0]) * price
    terms = terms_of(price, release, spread=0.001 * price, slope=np.full(2, 1e-4))
    sold = Situation(called_of([[50.0, 50.0]], 1500.0), terms).sold_by(LeastCost())

    assert sold[0, 0] == 0.0
    assert sold[0, 1] == pytest.approx(15.0, rel=2e-3)


def test_a_deep_hike_of_stock_costs_brings_the_future_back():
    """Where stocks have become seven times as dear to sell as futures, futures go first."""
    price = np.array([100.0, 100.0])
    spread = np.array([0.001, 0.007]) * price
    terms = terms_of(price, np.array([0.15, 1.0]) * price, spread=spread)
    sold = Situation(called_of([[50.0, 50.0]], 300.0), terms).sold_by(LeastCost())

    np.testing.assert_allclose(sold, [[300.0 / 14.9, 0.0]], rtol=1e-12)


def test_equals_without_slope_share_the_need():
    """Slots 0 and 2 cost the same share of their release, slot 1 more."""
    terms = terms_of(np.full(3, 10.0), np.array([1.0, 1.0, 2.0]), spread=np.array([0.25, 0.5, 0.5]))
    sold = Situation(called_of([[4.0, 4.0, 2.0]], 3.0), terms).sold_by(LeastCost())

    np.testing.assert_allclose(sold, [[2.0, 0.0, 1.0]], rtol=1e-14)


def test_where_nothing_costs_anything_it_sells_pro_rata():
    terms = terms_of(np.full(3, 10.0), np.array([1.0, 2.0, 4.0]))
    situation = Situation(called_of([[4.0, -3.0, 2.0]], 9.0), terms)
    other = situation.sold_by(LIQUIDATION.member("pro_rata")())

    np.testing.assert_allclose(situation.sold_by(LeastCost()), other, rtol=1e-14)


@pytest.mark.parametrize("slope", [1e-6, 1e-9, 1e-12, 1e-15, 1e-18])
def test_a_nearly_flat_market_is_solved_as_exactly_as_a_flat_one(slope):
    slopes = slope * np.array([1.0, 3.0, 2.0])
    terms = terms_of(np.full(3, 10.0), np.ones(3), spread=np.array([0.1, 0.1, 0.2]), slope=slopes)
    situation = Situation(called_of([[1e4, 1e4, 1e4]], 2.0e4), terms)
    sold = situation.sold_by(LeastCost())

    np.testing.assert_allclose(situation.raised(sold), 2.0e4, rtol=1e-14)
    np.testing.assert_allclose(sold[0, :2], 1e4, rtol=1e-2)
