"""Several stresses as one, the more the more of them come together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from undertow.core.shapes import Floats

MIDDLE = 0.5
"""Around which stresses vary together: the middle of ranks."""


def composite(stress: Floats, weights: Floats, correlation: Floats) -> Floats:
    """(w ∘ s)′ R (w ∘ s) of each day; stress: [day, segment], correlation: [day, …, …]."""
    weighted = stress * weights
    return np.einsum("ti,tij,tj->t", weighted, correlation, weighted)


def contributions(stress: Floats, weights: Floats, correlation: Floats) -> Floats:
    """w_i s_i (R (w ∘ s))_i of each segment: they add up to the composite."""
    weighted = stress * weights
    return np.asarray(weighted * np.einsum("tij,tj->ti", correlation, weighted))


def correlations(stress: Floats, decay: float, middle: float = MIDDLE) -> Floats:
    """EWMA of products around the middle, as correlations, [day, segment, segment].

    σ_ij,t = decay · σ_ij,t−1 + (1 − decay) · s̃_i s̃_j,  s̃ = s − middle;  the first day starts it.
    """
    return np.stack(list(_smoothed(stress - middle, decay)))


def _smoothed(away: Floats, decay: float) -> Iterator[Floats]:
    # A diagonal start: one day's product would be a correlation of ±1 between all.
    covariance = np.diag(np.maximum(away[0] ** 2, 1e-4))
    for row in away:
        covariance = decay * covariance + (1.0 - decay) * np.outer(row, row)
        root = np.sqrt(np.diag(covariance))
        yield covariance / np.outer(root, root)


def ranks(values: Floats) -> Floats:
    """Share of the days so far, this one with them, that are not above it (recursive ECDF)."""
    found = np.full(values.shape, np.nan)
    seen: list[float] = []
    for at in np.flatnonzero(np.isfinite(values)).tolist():
        place = int(np.searchsorted(seen, values[at], side="right"))
        seen.insert(place, float(values[at]))
        found[at] = (place + 1) / len(seen)
    return found
