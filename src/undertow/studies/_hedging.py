"""The least of one instrument that keeps an account from its call up to a move."""

from __future__ import annotations

from collections.abc import Callable

Spare = Callable[[float], float]

FIRST = 1e-6
MOST = 60
SPLITS = 200


def least(spare: Spare, size: float) -> float | None:
    """Smallest positive amount at which something is to spare; None if there is none.

    spare: concave in the amount, negative at 0;  size: an amount of the order of the account
    """
    before, amount, at_before = 0.0, FIRST * size, spare(0.0)
    for _ in range(MOST):
        at = spare(amount)
        if at >= 0.0:
            return _root(spare, before, amount)
        if at < at_before:
            top = _top(spare, 0.5 * before, amount)
            return _root(spare, 0.0, top) if spare(top) >= 0.0 else None
        before, amount, at_before = amount, 2.0 * amount, at
    return None


def _root(spare: Spare, low: float, high: float) -> float:
    for _ in range(SPLITS):
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        low, high = (low, middle) if spare(middle) >= 0.0 else (middle, high)
    return high


def _top(spare: Spare, low: float, high: float) -> float:
    for _ in range(SPLITS):
        third = (high - low) / 3.0
        if spare(low + third) < spare(high - third):
            low += third
        else:
            high -= third
    return 0.5 * (low + high)
