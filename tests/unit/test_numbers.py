"""The checks of numbers that people give."""

from __future__ import annotations

import math

import pytest

from undertow.core.errors import BadNumber
from undertow.core.numbers import finite, positive, within


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0, 1])
def test_a_number_inside_its_range_passes(value: float) -> None:
    assert within("rate", value, 0.0, 1.0) is None


@pytest.mark.parametrize("value", [-0.01, 1.01, math.nan, math.inf])
def test_a_number_outside_its_range_is_refused_with_the_range(value: float) -> None:
    with pytest.raises(BadNumber, match=f"rate is {value}; give a number from 0 to 1"):
        within("rate", value, 0.0, 1.0)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_what_must_be_positive_is_refused_otherwise(value: float) -> None:
    with pytest.raises(BadNumber, match=r"size .* above 0"):
        positive("size", value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_must_be_a_number_is_refused_otherwise(value: float) -> None:
    with pytest.raises(BadNumber, match="give a finite number"):
        finite("move", value)


def test_ordinary_numbers_pass() -> None:
    assert positive("size", 1e-300) is finite("move", -3.0) is None
