"""Cont, Schaanning, SSRN 2541114 (2017); J. Banking and Finance 104 (2019) 85. Formulas only."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from published_answers import missed
from undertow.engine.run import How, until_calm
from undertow.published.cont_schaanning import (
    BACK_TO,
    CHECK,
    MOST,
    books,
    losses,
    overlap,
    published_losses,
    scene,
    shares_sold,
)
from undertow.published.stage import after_rounds


@pytest.mark.parametrize("start", ["leverage ≤ Λ_max", "leverage = Λ_max", "a hair above"])
def test_nothing_at_all_is_sold_until_the_cap_is_breached(start):
    assert missed(CHECK, start) == []


def test_the_share_sold_and_the_losses_of_a_round_are_the_papers():
    assert missed(CHECK, "Γ") == []
    assert missed(CHECK, "losses of one round") == []


def test_the_overlap_matrix_comes_out_of_first_round_losses_symmetric_and_semidefinite():
    assert missed(CHECK, "Ω") == []


def test_disjoint_books_and_the_floor():
    assert missed(CHECK, "no common asset") == []
    assert missed(CHECK, "everything sold") == []


@given(seed=st.integers(0, 10_000), worst=st.floats(5.0, 33.0))
@settings(max_examples=25, deadline=None)
def test_at_or_below_the_cap_prices_do_not_move_by_one_bit(seed, worst):
    rng = np.random.default_rng(seed)
    calm = books(seed, rng.uniform(2.0, worst, 4) * (1.0 - 1e-12))
    trace = until_calm(scene(calm), how=How(threads=1))

    assert trace.rounds == 1
    assert trace.paths.sold.tolist() == [[0.0] * 6]
    assert trace.paths.price.tolist() == [[1.0] * 6]


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_one_round_loses_what_the_formulas_say_on_any_books(seed):
    some = books(seed, np.random.default_rng(seed).uniform(10.0, 60.0, 5))
    ours = losses(some, after_rounds(scene(some)))

    assert ours == pytest.approx(published_losses(some), rel=1e-9, abs=1e-9)


def test_a_target_nearer_the_cap_sells_less():
    some = books(5, np.array([34.0, 35.0, 36.0]))
    near, far = (after_rounds(scene(some, MOST, target)) for target in (MOST, BACK_TO))
    kept_near, kept_far = (s.desks[0].group.quantity[:, :-1].sum() for s in (near, far))

    assert kept_near > kept_far
    assert (shares_sold(some, MOST) < shares_sold(some, BACK_TO)).all()


def test_a_bank_without_equity_sells_all_it_can():
    some = books(6, np.array([30.0, 40.0]))
    broke = type(some)(some.marketable, some.illiquid, np.array([-1.0, 10.0]), some.depth)
    state = after_rounds(scene(broke))

    assert state.desks[0].group.quantity[0, :-1].tolist() == [0.0] * 5
    assert state.desks[0].group.quantity[0, -1] == broke.illiquid[0]


def test_overlap_grows_with_common_holdings_and_falls_with_depth():
    some = books(7, np.full(3, MOST))
    deeper = type(some)(some.marketable, some.illiquid, some.equity, 2.0 * some.depth)

    assert overlap(deeper) == pytest.approx(0.5 * overlap(some))
