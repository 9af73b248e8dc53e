"""Means, medians and correlations over sessions that have ended; NaN is no value."""

from __future__ import annotations

from bisect import bisect_right, insort

import numpy as np

from undertow.core.shapes import Floats

LEAST = 60
"""Pairs of returns before a correlation is said."""


def trailing_mean(values: Floats, window: int) -> Floats:
    """Mean over the last sessions, this one included; NaN where fewer than half have a value."""
    known = np.isfinite(values)
    total = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    count = np.concatenate([[0], np.cumsum(known)])
    sums = total[window:] - total[:-window]
    counts = count[window:] - count[:-window]
    out = np.full(len(values), np.nan)
    enough = counts >= max(1, window // 2)
    out[window - 1 :][enough] = sums[enough] / counts[enough]
    return out


def trailing_median(values: Floats, window: int) -> Floats:
    """Median over the sessions before this one; NaN where fewer than half have a value."""
    import polars as pl

    known = np.where(np.isfinite(values), values, np.nan)
    series = pl.Series(known).fill_nan(None)
    found = series.rolling_median(window, min_samples=max(1, window // 2)).shift(1)
    return found.cast(pl.Float64).fill_null(float("nan")).to_numpy().copy()


def ewma_correlation(a: Floats, b: Floats, lam: float) -> Floats:
    """σ_xy ← λ σ_xy + (1−λ) x y without means; ρ = σ_ab / √(σ_aa σ_bb), NaN before 60 pairs.

    A session without both keeps what was.
    """
    both = np.isfinite(a) & np.isfinite(b)
    x, y = a[both], b[both]
    moments = [decayed(product, lam) for product in (x * x, y * y, x * y)]
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = moments[2] / np.sqrt(moments[0] * moments[1])
    rho[:LEAST] = np.nan
    count = np.cumsum(both)
    return np.concatenate([[np.nan], rho])[count]


def decayed(values: Floats, lam: float) -> Floats:
    """v ← λ v + (1−λ) x from v = 0."""
    out = np.empty(len(values))
    state = 0.0
    for at, value in enumerate(values.tolist()):
        state = lam * state + (1.0 - lam) * value
        out[at] = state
    return out


def expanding_percentiles(values: Floats) -> Floats:
    """Share of all values up to each one, it included, that are not above it; NaN where it is."""
    out = np.full(len(values), np.nan)
    past: list[float] = []
    for at, value in enumerate(values.tolist()):
        if value == value:  # noqa: PLR0124 - not NaN
            insort(past, value)
            out[at] = bisect_right(past, value) / len(past)
    return out
