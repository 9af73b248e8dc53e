"""Averages of simple curves, exact in closed form and stable where both ends are close."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, get_args

import numpy as np

from undertow.core.errors import unknown
from undertow.core.shapes import Floats
from undertow.model.impact.base import Fill

LEAST = 2.0**-30
"""No law takes a price below this share of F, and no slope is taken nearer to zero pressure."""

FAR = 1e150
"""Pressure that is never reached; its square is still a number."""

Mean: TypeAlias = Callable[[Floats, Floats], Floats]


def known_fill(fill: Fill) -> None:
    """UnknownName unless `fill` is one of the four."""
    if fill not in get_args(Fill):
        raise unknown("fill", fill, get_args(Fill))


def floored(fall: Floats) -> Floats:
    """ln of 1 − fall, which never goes below `LEAST`."""
    return np.log1p(-np.minimum(fall, 1.0 - LEAST))


def floored_slope(fall: Floats, slope: Floats) -> Floats:
    """−d ln(1 − fall)/dz, from d fall/dz; nothing falls any more at the floor."""
    left = 1.0 - np.minimum(fall, 1.0 - LEAST)
    return np.where(left > LEAST, slope / left, 0.0)


def floor_pressure(steepness: Floats) -> Floats:
    """Where 1 − s·z reaches the floor; very far, but finite, where s is 0."""
    reach = np.full_like(steepness, FAR)
    np.divide(1.0 - LEAST, steepness, out=reach, where=steepness > 1.0 / FAR)
    return reach


def exponential_mean(steepness: Floats, low: Floats, high: Floats) -> Floats:
    """Average of e^{−s·z} over [low, high], s ≥ 0."""
    return np.exp(-steepness * low) * _decay(steepness * (high - low))


def line_mean(steepness: Floats, low: Floats, high: Floats) -> Floats:
    """Average of 1 − s·z over [low, high]."""
    return 1.0 - 0.5 * steepness * (low + high)


def root_exponential_mean(steepness: Floats, low: Floats, high: Floats) -> Floats:
    """Average of e^{−s·√|z|} over [low, high] on one side of zero; s < 0 on the negative side.

    With u = √|low|, d = √|high| − u, x = s·d:  2e^{−su}(u·∫e^{−xt}dt + d·∫t·e^{−xt}dt)/(2u + d)
    """
    start, end = np.sqrt(np.abs(low)), np.sqrt(np.abs(high))
    step = (np.abs(high) - np.abs(low)) / _nonzero(start + end)
    inner = start * _decay(steepness * step) + step * _ramp(steepness * step)
    return 2.0 * np.exp(-steepness * start) * inner / _nonzero(start + end)


def root_mean(low: Floats, high: Floats) -> Floats:
    """Average of √|z| over [low, high] on one side of zero."""
    start, end = np.sqrt(np.abs(low)), np.sqrt(np.abs(high))
    return (start * start + start * end + end * end) / (1.5 * _nonzero(start + end))


def piecewise(
    before: Floats, after: Floats, cuts: Sequence[float | Floats], means: Sequence[Mean]
) -> Floats:
    """Average over the path of a curve with one closed form between each two cuts."""
    low, high = np.minimum(before, after), np.maximum(before, after)
    whole = high - low
    edges = (-np.inf, *cuts, np.inf)
    total, crossed = np.zeros_like(whole), np.zeros_like(whole)
    for start, end, mean in zip(edges[:-1], edges[1:], means, strict=True):
        a, b = np.clip(low, start, end), np.clip(high, start, end)
        inside = ((start <= low) & (low < end)).astype(np.float64)
        share = np.where(whole > 0.0, (b - a) / _nonzero(whole), inside)
        total += share * mean(a, b)
        crossed += share
    return total / crossed


def root(pressure: Floats, linear_below: float) -> Floats:
    """f(z) = ±√|z|, and the line through zero and √z* below |z| = z*."""
    size = np.abs(pressure)
    line = size / np.sqrt(linear_below) if linear_below > 0.0 else size
    return np.copysign(np.where(size < linear_below, line, np.sqrt(size)), pressure)


def root_slope(pressure: Floats, linear_below: float) -> Floats:
    """df/dz; without a linear start it is taken no nearer to zero than `LEAST`."""
    size = np.maximum(np.abs(pressure), LEAST)
    if linear_below <= 0.0:
        return 0.5 / np.sqrt(size)
    return np.where(size < linear_below, 1.0 / np.sqrt(linear_below), 0.5 / np.sqrt(size))


def _nonzero(x: Floats) -> Floats:
    return np.where(x == 0.0, 1.0, x)


def _decay(x: Floats) -> Floats:
    """∫₀¹ e^{−xt} dt for x ≥ 0."""
    return np.where(x > 0.0, -np.expm1(-x) / np.where(x > 0.0, x, 1.0), 1.0)


def _ramp(x: Floats) -> Floats:
    """∫₀¹ t·e^{−xt} dt for x ≥ 0; its series where the closed form would cancel."""
    small = np.minimum(x, 0.5)
    series = np.zeros_like(small)
    for power in range(15, -1, -1):
        # Horner on Σ (−x)^n/(n!(n + 2)): each step divides by the next factor of n!.
        series = 1.0 / (power + 2) - small / (power + 1) * series
    large = np.maximum(x, 0.5)
    closed = (1.0 - np.exp(-large) * (1.0 + large)) / (large * large)
    return np.where(x < 0.5, series, closed)
