"""Intervals of a share, and bands of a count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from undertow.studies.intervals import counts_between, wilson

some = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize(
    ("value", "trials", "low", "high"),
    [(0.0, 10, 0.0, 0.2775), (1.0, 10, 0.7225, 1.0), (81 / 263, 263, 0.2553, 0.3662)],
)
def test_wilson_is_what_is_published(value: float, trials: int, low: float, high: float) -> None:
    """Newcombe (1998), Two-sided confidence intervals for the single proportion, table 1."""
    found = wilson(value, trials)

    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@some
@given(st.floats(0.0, 1.0), st.integers(1, 10_000))
def test_more_trials_say_more(value: float, trials: int) -> None:
    few, many = wilson(value, trials), wilson(value, 4 * trials)

    assert 0.0 <= few.low <= value <= few.high <= 1.0
    assert many.high - many.low < few.high - few.low


@some
@given(st.floats(0.0, 1.0), st.integers(1, 120))
def test_events_of_one_chance_are_binomial(chance: float, count: int) -> None:
    low, high = counts_between(np.full(count, chance))
    expected = binom(count, chance)

    assert expected.cdf(low - 1) <= 0.025 + 1e-9
    assert expected.sf(high) <= 0.025 + 1e-9
    assert (low == 0) or expected.cdf(low) > 0.025 - 1e-9


def test_unequal_chances_have_a_narrower_band_than_their_mean() -> None:
    mixed = np.array([0.0, 1.0] * 50)

    assert counts_between(mixed) == (50, 50)
    assert counts_between(np.full(100, 0.5)) == (40, 60)
