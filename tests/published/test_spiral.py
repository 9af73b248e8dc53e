"""The closed-form spiral of one levered holder: derived in the model notes (2.1)."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from published_answers import missed
from undertow.engine.equilibrium import equilibrium
from undertow.engine.run import until_calm
from undertow.published.spiral import (
    CHECK,
    DEBT,
    KAPPA,
    LEVERAGE,
    UNITS,
    leverage_after,
    ratio,
    scene,
    smallest_root,
)


def test_the_worked_value_is_met_to_the_last_digits():
    assert missed(CHECK, "units sold") == []
    assert missed(CHECK, "price") == []


def test_leverage_is_back_at_the_cap():
    assert missed(CHECK, "leverage after") == []


def test_a_small_shock_is_amplified_by_one_over_one_minus_rho():
    assert missed(CHECK, "loss over shock") == []
    assert ratio() == pytest.approx(0.45)


def test_selling_in_rounds_sells_less_than_selling_at_one_final_price():
    assert missed(CHECK, "in rounds") == []


def test_the_root_is_the_printed_one():
    assert smallest_root() == pytest.approx(8.320393530739766, abs=1e-12)


@given(fall=st.floats(1e-4, 6e-3), kappa=st.floats(1e-6, 6e-4))
@settings(max_examples=40, deadline=None)
def test_the_least_equilibrium_is_the_smallest_root(fall, kappa):
    b = 1.0 - fall - (LEVERAGE - 1.0) * UNITS * kappa
    c = LEVERAGE * DEBT - (LEVERAGE - 1.0) * UNITS * (1.0 - fall)
    assume(b > 0.1 and b * b - 4.0 * kappa * c > 0.1)
    found = equilibrium(scene(fall, kappa), tolerance=1e-14)

    assert found.sold[0] == pytest.approx(smallest_root(fall, kappa), rel=1e-9)
    assert leverage_after(found) == pytest.approx(LEVERAGE, rel=1e-9)


def test_without_a_fall_nobody_sells():
    found = equilibrium(scene(0.0))

    assert found.sold[0] == 0.0
    assert found.price[0] == 1.0


def test_beyond_the_threshold_there_is_no_solvent_solution_and_all_is_sold():
    kappa = 1.2 / ((LEVERAGE - 1.0) * UNITS)
    found = equilibrium(scene(0.005, kappa))

    assert np.isnan(_root_or_nan(0.005, kappa))
    assert found.sold[0] == UNITS


def _root_or_nan(fall, kappa):
    b = 1.0 - fall - (LEVERAGE - 1.0) * UNITS * kappa
    c = LEVERAGE * DEBT - (LEVERAGE - 1.0) * UNITS * (1.0 - fall)
    inside = b * b - 4.0 * kappa * c
    return np.nan if b <= 0.0 or inside < 0.0 else (b - np.sqrt(inside)) / (2.0 * kappa)


def test_rounds_come_to_rest_at_or_below_the_cap():
    trace = until_calm(scene())
    price, sold = trace.paths.price[-1, 0], trace.paths.sold[:, 0]
    cash = sold @ np.append(trace.paths.price[1:, 0], price) - DEBT
    held = (UNITS - sold.sum()) * price

    assert not trace.truncated
    assert trace.closes
    assert held / (held + cash) <= LEVERAGE * (1.0 + 1e-6)


def test_a_sale_lowers_the_price():
    found = equilibrium(scene())

    assert found.price[0] == pytest.approx(0.995 - KAPPA * found.sold[0], rel=1e-12)
    assert found.price[0] < 0.995
