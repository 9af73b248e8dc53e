"""Caccioli, Bouchaud, Farmer, arXiv 1204.0922: exit is solvent below 3/(2I) only."""

import numpy as np
import pytest

from published_answers import missed
from undertow.engine.run import until_calm
from undertow.published.critical_leverage import (
    CHECK,
    CRITICAL,
    IMPACT,
    equity_after_exit,
    equity_on_the_way,
    scene,
)


def test_ten_percent_impact_means_a_critical_leverage_of_15():
    assert pytest.approx(15.0) == CRITICAL


def test_nothing_is_left_exactly_at_the_critical_leverage():
    assert missed(CHECK, "equity after exit") == []


def test_something_is_left_below_it_and_a_debt_above_it():
    assert missed(CHECK, "just below") == []
    assert missed(CHECK, "just above") == []


def test_the_debt_is_booked_as_bad_debt():
    assert missed(CHECK, "bad debt") == []


def test_equity_on_the_way_out_is_the_papers_curve():
    assert missed(CHECK, "equity on the way") == []


@pytest.mark.parametrize("leverage", [2.0, 5.0, 10.0, 14.9, 15.1, 20.0, 40.0])
def test_equity_after_exit_is_one_over_leverage_less_two_thirds_of_impact(leverage):
    expected = 1.0 / leverage - 2.0 * IMPACT / 3.0

    assert equity_after_exit(leverage) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(("leverage", "owes"), [(14.99, False), (15.01, True)])
def test_the_trace_says_who_owes(leverage, owes):
    trace = until_calm(scene(leverage))

    assert (trace.by_segment.bad_debt.sum() > 0.0) == owes
    assert trace.by_segment.bankrupt.sum() == float(owes)
    assert trace.closes


def test_the_first_units_sold_raise_leverage():
    before, after = 5.0, equity_on_the_way(5.0, np.array([0.01]))[0]
    price = 1.0 - IMPACT * np.sqrt(0.01)

    assert 0.99 * price / after > before


def test_the_way_out_does_not_depend_on_the_size_of_the_steps():
    coarse = equity_on_the_way(5.0, np.array([0.5, 1.0]))
    fine = equity_on_the_way(5.0, np.linspace(0.01, 1.0, 100))

    assert coarse[0] == pytest.approx(fine[49], abs=1e-14)
    assert coarse[1] == pytest.approx(fine[99], abs=1e-14)
