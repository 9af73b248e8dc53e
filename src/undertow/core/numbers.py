"""Checks of numbers that people give, for the `__post_init__` of rules."""

from __future__ import annotations

import math

from undertow.core.errors import BadNumber


def within(what: str, value: float, low: float, high: float) -> None:
    """BadNumber unless low ≤ value ≤ high; NaN is refused."""
    if not low <= value <= high:
        raise BadNumber(f"{what} is {value}; give a number from {low:g} to {high:g}.")


def positive(what: str, value: float) -> None:
    """BadNumber unless 0 < value < ∞; NaN is refused."""
    if not 0.0 < value < math.inf:
        raise BadNumber(f"{what} is {value}; give a finite number above 0.")


def finite(what: str, value: float) -> None:
    """BadNumber if the value is NaN or infinite."""
    if not math.isfinite(value):
        raise BadNumber(f"{what} is {value}; give a finite number.")
