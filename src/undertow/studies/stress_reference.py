"""The numbers that the stress index is held against, computed from a history once and written down.

Only `bench/anchors.py` asks for them; the index itself reads what that script wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from undertow.core.history import History, Moments
from undertow.studies.stress_index import (
    by_segment,
    peak,
    proxies,
    scored,
    sessions,
    stress_index,
)
from undertow.studies.stress_panel import SEGMENTS, Anchors, Scale

Flags: TypeAlias = NDArray[np.bool_]

MAD_TO_SIGMA = 1.4826
AT_HALF, AT_HIGH = 0.99, 0.95
LEAST = 252
COLUMNS = ("kind", "name", "value", "first", "last", "n", "day")


def reference(
    history: History, first: str, last: str, crises: Mapping[str, tuple[str, str]]
) -> Anchors:
    """Scales, halves, map and peaks. crises: first and last day by name."""
    days = sessions(history)
    window = (days >= np.datetime64(first)) & (days <= np.datetime64(last))
    scales = dict(_scales(history, days, window))
    scores = {
        member.name: scored(found, scales[member.name])
        for member, found in proxies(history, days)
        if member.name in scales
    }
    means, _, _ = by_segment(scores, len(days))
    halves = {
        name: float(np.nanquantile(means[window, at], AT_HALF)) for at, name in enumerate(SEGMENTS)
    }
    # Any map will do to find y; the real one follows from it.
    raw = Anchors(first, last, scales, halves, 0.2, 0.5, ())
    stress = stress_index(history, raw)
    inside = (stress.days >= np.datetime64(first)) & (stress.days <= np.datetime64(last))
    median, high = (float(np.quantile(stress.y[inside], q)) for q in (0.5, AT_HIGH))
    found = (peak(stress, name, *span) for name, span in crises.items())
    peaks = tuple(one for one in found if one is not None)
    return replace(raw, median=median, high=high, peaks=peaks)


def _scales(history: History, days: Moments, window: Flags) -> Iterator[tuple[str, Scale]]:
    """A member with too few readings, or without a spread in them, has no scale."""
    for member, series in proxies(history, days):
        inside = series[window]
        inside = inside[~np.isnan(inside)]
        if len(inside) < LEAST:
            continue
        median = float(np.median(inside))
        with np.errstate(invalid="ignore"):
            deviation = MAD_TO_SIGMA * float(np.median(np.abs(inside - median)))
        if np.isfinite(median) and np.isfinite(deviation) and deviation > 0.0:
            yield member.name, Scale(median, deviation, len(inside))


def rows(held: Anchors) -> Iterator[tuple[str, ...]]:
    """The numbers as a table."""
    span = (held.first, held.last)
    for name, scale in held.scales.items():
        yield ("median", name, repr(scale.median), *span, str(scale.n), "")
        yield ("deviation", name, repr(scale.deviation), *span, str(scale.n), "")
    for name, half in held.halves.items():
        yield ("half", name, repr(half), *span, "", "")
    for name, value in (("median", held.median), ("high", held.high)):
        yield ("map", name, repr(value), *span, "", "")
    for found in held.peaks:
        yield ("peak", found.name, repr(found.y), found.first, found.last, "", found.day)
