"""The Liquidity Stress Index of days: from scores of proxies to one number, with its parts.

x (log of a multiple) -> u = max(0, (x - median)/(1.4826 MAD)) on the reference window
s_k = 1 - 2^(-u_k/half_k), u_k the mean over a segment's members, half_k its 99th percentile there
y = √((w∘s)' R (w∘s)), R an EWMA correlation floored at 0;  index = 100 h(y), piecewise linear
Contributions d_k = w_k s_k (R (w∘s))_k / y sum to y, since y is homogeneous (Euler).
Source: Hollo, Kremer and Lo Duca, ECB WP 1426 (2012), for the aggregation
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from undertow.core.history import History, Moments
from undertow.core.shapes import Floats
from undertow.studies.stress_panel import CLOCK, SEGMENTS, Anchors, Member, Peak, Scale, panel
from undertow.studies.stress_proxies import proxy

LAMBDA = 0.93
LOWEST = -3.0
"""A reading without any spread is as calm as this, so that −∞ is no outlier of a mean."""

LEVELS = (0.0, 20.0, 50.0, 100.0)
WARM_UP = 60
LEAST_SEGMENTS = 2
EQUAL = np.full(len(SEGMENTS), 1.0 / len(SEGMENTS))

Series = Mapping[str, Floats]
"""A series on the sessions, by member."""


@dataclass(frozen=True, slots=True)
class Stress:
    """The index on every session it can be said for.

    index: 0 to 100;  y: composite, 0 to 1
    parts: s by [session, segment], NaN where a segment is missing
    contributions: of y, by [session, segment], 0 where missing;  members: how many spoke
    correlation: R by [session, segment, segment];  series: x by member
    """

    days: Moments
    index: Floats
    y: Floats
    parts: Floats
    contributions: Floats
    members: Floats
    correlation: Floats
    series: Series

    def at(self, day: str | np.datetime64) -> int:
        """Place of the last session up to a day; −1 if there is none."""
        return int(np.searchsorted(self.days, np.array(day, "M8[D]"), "right")) - 1


def stress_index(history: History, held: Anchors) -> Stress:
    """The index of a history, with reference numbers that do not come from it."""
    days = sessions(history)
    series = {member.name: found for member, found in proxies(history, days)}
    series = {name: found for name, found in series.items() if name in held.scales}
    scores = {name: scored(found, held.scales[name]) for name, found in series.items()}
    means, signed, members = by_segment(scores, len(days))
    halves = np.array([held.halves[name] for name in SEGMENTS])
    parts = strained(means, halves)
    correlation = correlations(np.sign(signed) * strained(np.abs(signed), halves))
    y, contributions = composite(parts, correlation, EQUAL)
    y[: WARM_UP + 1] = np.nan
    y[np.isfinite(parts).sum(axis=1) < LEAST_SEGMENTS] = np.nan
    index = indexed(y, held)
    told = np.isfinite(y)
    return Stress(
        days[told], index[told], y[told], parts[told], contributions[told], members[told],
        correlation[told], {name: found[told] for name, found in series.items()},
    )  # fmt: skip


def sessions(history: History) -> Moments:
    """The sessions of the index."""
    if CLOCK not in history:
        return np.array([], dtype="datetime64[D]")
    return history[CLOCK].date


def proxies(history: History, days: Moments) -> list[tuple[Member, Floats]]:
    """Series of all members whose symbols are there."""
    if not len(days):
        return []
    found = ((member, proxy(member, history, days)) for member in panel())
    return [(member, series) for member, series in found if series is not None]


def scored(series: Floats, scale: Scale) -> Floats:
    """Robust two-sided scores; what is −∞ has the lowest."""
    return np.maximum(LOWEST, (series - scale.median) / scale.deviation)


def by_segment(scores: Series, count: int) -> tuple[Floats, Floats, Floats]:
    """Means over members that speak of max(0, score) and of the score, and how many speak."""
    shape = (count, len(SEGMENTS))
    above, signed, members = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for member in panel():
        if member.name in scores:
            found, at = scores[member.name], SEGMENTS.index(member.segment)
            known = np.isfinite(found)
            above[known, at] += np.maximum(0.0, found[known])
            signed[known, at] += found[known]
            members[known, at] += 1.0
    with np.errstate(invalid="ignore", divide="ignore"):
        return above / members, signed / members, members


def strained(scores: Floats, halves: Floats) -> Floats:
    """1 - 2^(-u/half): 0 at 0, 0.5 at the half, below 1 for ever and rising for ever."""
    return -np.expm1(-np.log(2.0) * scores / halves)


def correlations(signed: Floats) -> Floats:
    """R by session: EWMA of products over its own diagonal, at least 0, 1 on the diagonal.

    σ_ij ← 0.93 σ_ij + 0.07 d_i d_j where both are there; d is in (−1, 1) and 0 at the reference
    median, as CISS's rank less 0.5 is
    """
    count, width = signed.shape
    out = np.empty((count, width, width))
    state = np.zeros((width, width))
    known = np.isfinite(signed)
    values = np.where(known, signed, 0.0)
    for at in range(count):
        both = known[at][:, None] & known[at][None, :]
        fresh = LAMBDA * state + (1.0 - LAMBDA) * np.outer(values[at], values[at])
        state = np.where(both, fresh, state)
        out[at] = state
    sizes = np.sqrt(np.maximum(np.einsum("tii->ti", out), 1e-300))
    rho = np.clip(out / (sizes[:, :, None] * sizes[:, None, :]), 0.0, 1.0)
    rho[:, np.arange(width), np.arange(width)] = 1.0
    return rho


def composite(parts: Floats, correlation: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """y and its contributions; weights of missing segments go to the others in proportion."""
    known = np.isfinite(parts)
    present = np.where(known, weights, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        weighted = present / present.sum(axis=1, keepdims=True) * np.where(known, parts, 0.0)
        pull = np.einsum("tij,tj->ti", correlation, weighted)
        y = np.sqrt(np.einsum("ti,ti->t", weighted, pull))
        contributions = np.where(y[:, None] > 0.0, weighted * pull / y[:, None], 0.0)
    return y, contributions


def indexed(y: Floats, held: Anchors) -> Floats:
    """100 h(y): 0 -> 0, the reference median -> 20, its 95th percentile -> 50, 1 -> 100."""
    knots = [0.0, held.median, held.high, 1.0]
    return np.where(np.isfinite(y), np.interp(y, knots, LEVELS), np.nan)


def peak(stress: Stress, name: str, first: str, last: str) -> Peak | None:
    """The highest session of a span; None if there is none."""
    inside = slice(stress.at(first), stress.at(last) + 1)
    if inside.start < 0 or not len(stress.y[inside]):
        return None
    at = inside.start + int(np.argmax(stress.y[inside]))
    return Peak(name, float(stress.y[at]), str(stress.days[at]), first, last)


def rank_stability(stress: Stress, share: float = 0.2) -> float:
    """The lowest rank correlation with the index when one weight is a share more or less."""
    base = _ranks(stress.y)
    found = []
    for at in range(len(SEGMENTS)):
        for change in (-share, share):
            weights = EQUAL.copy()
            weights[at] *= 1.0 + change
            y, _ = composite(stress.parts, stress.correlation, weights)
            found.append(float(np.corrcoef(base, _ranks(y))[0, 1]))
    return min(found)


def _ranks(values: Floats) -> Floats:
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks
