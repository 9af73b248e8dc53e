"""Three banks with two equilibria.

Inputs: Martin-Summer-1090/syslosseval, commit 5c74f0c, MIT; outputs are closed forms.
"""

import numpy as np
import pytest

from published_answers import missed
from undertow.engine.equilibrium import equilibrium
from undertow.engine.run import How, until_calm
from undertow.published.three_banks import BONDS, CHECK, EQUITY, LEVERAGE, LOANS, scene


@pytest.mark.parametrize("which", ["least", "greatest"])
def test_the_solver_finds_the_fixed_point_of_the_closed_form(which):
    assert missed(CHECK, which) == []


def test_the_two_fixed_points_are_not_the_same():
    least, greatest = equilibrium(scene()), equilibrium(scene(), start="greatest")

    assert greatest.discount[0] > 2.0 * least.discount[0]


@pytest.mark.parametrize(("which", "sellers"), [("least", 1), ("greatest", 3)])
def test_each_fixed_point_is_a_state_in_which_exactly_its_sellers_are_above_the_cap(which, sellers):
    discount = equilibrium(scene(), start=which).discount[0]
    equity = EQUITY - BONDS * discount
    above = (BONDS * (1.0 - discount) + LOANS) / equity > LEVERAGE

    assert int(above.sum()) == sellers


def test_sellers_sell_out_because_even_their_loans_alone_are_too_much():
    for which in ("least", "greatest"):
        found = equilibrium(scene(), start=which)
        equity = EQUITY - BONDS * found.discount[0]
        sells = found.fractions[0][:, 0] > 0.0

        assert (LOANS[sells] / equity[sells] > LEVERAGE).all()


def test_rounds_end_at_the_least_one_or_below():
    trace = until_calm(scene(), how=How(threads=1))
    fall = 1.0 - trace.paths.price[-1][0]

    assert not trace.truncated
    assert 0.0 < fall <= np.sqrt(2.2e-5 * 145.0) + 1e-12
