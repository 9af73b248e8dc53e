"""Tiers: deductions by recursion, continuity at edges."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.errors import BadNumber
from undertow.model.rulebook import Tiers, tiers_up_to

WIDTHS = st.lists(st.floats(1.0, 1e6), min_size=1, max_size=6)
few = settings(max_examples=50, deadline=None)


@st.composite
def tables(draw):
    widths = draw(WIDTHS)
    rates = draw(st.lists(st.floats(0.001, 0.2), min_size=len(widths), max_size=len(widths)))
    edges = (0.0, *accumulate(widths[:-1]))
    return Tiers(edges, tuple(accumulate(rates)))


@few
@given(tiers=tables())
def test_the_requirement_has_no_jump_at_an_edge(tiers):
    for edge in tiers.above[1:]:
        below, above = tiers.required(edge), tiers.required(edge * (1 + 1e-12))

        assert above == pytest.approx(below, rel=1e-9)


@few
@given(tiers=tables(), size=st.floats(0.0, 1e7))
def test_each_part_of_a_size_pays_its_own_rate(tiers, size):
    edges = [*tiers.above, float("inf")]
    parts = (max(0.0, min(size, high) - low) for low, high in pairwise(edges))
    paid = sum(part * rate for part, rate in zip(parts, tiers.rates, strict=True))

    assert tiers.required(size) == pytest.approx(paid, rel=1e-9, abs=1e-6)


def test_bybits_illustration_adds_up():
    tiers = tiers_up_to((1000, 2000, 3000, 4000, 5000), (0.02, 0.025, 0.03, 0.035, 0.04))

    assert tiers.required(3500.0) == pytest.approx(92.5)


def test_an_edge_belongs_to_the_lower_tier():
    assert tiers_up_to((100.0, 200.0), (0.1, 0.2)).rate(100.0) == 0.1


@pytest.mark.parametrize(
    ("above", "rates"), [((1.0,), (0.1,)), ((0.0, 5.0, 5.0), (0.1, 0.2, 0.3)), ((0.0,), ())]
)
def test_tiers_that_do_not_rise_from_zero_are_refused(above, rates):
    with pytest.raises(BadNumber, match="do not rise from 0"):
        Tiers(above, rates)
