"""The cheapest whole numbers: against a solver that others wrote."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from undertow.model.rulebook._program import Program, cheapest, relaxed


def program(cost, *, equal=(), totals=(), most=(), limits=(), whole=True):
    n = len(cost)
    return Program(
        np.array(cost, float),
        np.array(equal, float).reshape(-1, n),
        np.array(totals, float),
        np.array(most, float).reshape(-1, n),
        np.array(limits, float),
        np.full(n, whole),
    )


@st.composite
def programs(draw):
    n, rows = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    some = st.lists(st.integers(-3, 5), min_size=n, max_size=n)
    cost = draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    most = draw(st.lists(some, min_size=rows, max_size=rows))
    limits = draw(st.lists(st.integers(-6, 12), min_size=rows, max_size=rows))
    return program(
        cost, equal=[[1] * n], totals=[draw(st.integers(0, 6))], most=most, limits=limits
    )


def by_scipy(one):
    found = milp(
        one.cost,
        integrality=one.whole.astype(int),
        constraints=[
            LinearConstraint(one.equal, one.totals, one.totals),
            LinearConstraint(one.most, -np.inf, one.limits),
        ],
    )
    return found.fun if found.x is not None else math.inf


def test_one_thing_that_must_be_done_costs_what_it_costs():
    least, x = cheapest(program([3.0], equal=[[1]], totals=[4]))

    assert least == pytest.approx(12.0)
    assert x == pytest.approx([4.0])


def test_the_cheaper_of_two_goes_first_up_to_its_limit():
    least, x = cheapest(program([1.0, 2.0], equal=[[1, 1]], totals=[5], most=[[1, 0]], limits=[3]))

    assert least == pytest.approx(7.0)
    assert x == pytest.approx([3.0, 2.0])


def test_whole_numbers_cost_more_than_fractions_where_halves_would_do():
    given_ = {"equal": [[1, 1]], "totals": [1], "most": [[2, 0], [0, 2]], "limits": [1, 3]}
    halves, _ = relaxed(program([0.0, 2.0], **given_))
    whole, _ = cheapest(program([0.0, 2.0], **given_))

    assert halves == pytest.approx(1.0)
    assert whole == pytest.approx(2.0)


def test_what_cannot_be_has_no_cost():
    least, _ = cheapest(program([1.0], equal=[[1]], totals=[3], most=[[1]], limits=[2]))

    assert math.isinf(least)


@settings(max_examples=150, deadline=None)
@given(one=programs())
def test_the_cheapest_is_that_of_another_solver(one):
    least, x = cheapest(one)

    assert least == pytest.approx(by_scipy(one), abs=1e-7)
    if math.isfinite(least):
        assert np.all(one.most @ x <= one.limits + 1e-7)
        assert one.equal @ x == pytest.approx(one.totals)
        assert x == pytest.approx(np.round(x), abs=1e-6)
