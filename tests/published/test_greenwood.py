"""Greenwood, Landier, Thesmar, J. Financial Economics 115 (2015) 471: identities and one bank.

Formulas only: the European figures of the paper need data that no public repository holds.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from published_answers import missed, rows
from undertow.published.greenwood import CHECK, System, losses, measured, published, system


def test_the_one_bank_formula_gives_3_8_percent_of_equity():
    assert missed(CHECK, "one bank: AV") == []


def test_rounds_and_equilibrium_amplify_a_small_shock_by_the_same_factor():
    assert missed(CHECK, "one bank: loss over shock") == []


@pytest.mark.parametrize("book", [0, 1, 2])
def test_the_parts_by_seller_and_by_holder_add_up_to_the_whole(book):
    assert missed(CHECK, f"books {book}") == []


@pytest.mark.parametrize(
    "limit", ["no debt", "infinite depth", "l three times", "shock twice", "banks split in two"]
)
def test_a_limit_holds(limit):
    assert missed(CHECK, limit) == []


@given(seed=st.integers(0, 10_000), fall=st.floats(1e-4, 0.03))
@settings(max_examples=15, deadline=None)
def test_one_round_of_the_engine_is_the_papers_matrix_on_any_book(seed, fall):
    given_system = system(seed)
    paper, ours = published(given_system, fall), measured(given_system, fall)

    assert ours.aggregate == pytest.approx(paper.aggregate, rel=1e-9)
    assert ours.systemicness == pytest.approx(paper.systemicness, rel=1e-9)
    assert ours.indirect == pytest.approx(paper.indirect, rel=1e-9)
    assert ours.systemicness.sum() == pytest.approx(paper.aggregate, rel=1e-9)


def test_banks_without_a_common_asset_hurt_only_themselves():
    holdings = np.diag([100.0, 200.0, 300.0])
    apart = System(holdings, np.array([10.0, 10.0, 20.0]), np.full(3, 1e-5))

    assert losses(apart, 0.01, [0])[1:].tolist() == [0.0, 0.0]
    assert losses(apart, 0.01, [0])[0] > 0.0


def test_a_bank_that_never_acts_still_loses_on_what_others_sell():
    both = System(np.full((2, 1), 100.0), np.array([5.0, 5.0]), np.array([1e-4]))
    seller, holder = losses(both, 0.01, [0])

    assert holder == pytest.approx(seller, rel=1e-12)
    assert holder > 0.0


def test_the_check_says_that_no_published_figure_is_met():
    assert "no published figure" in CHECK.source
    assert all(row.holds for row in rows(CHECK).values())
