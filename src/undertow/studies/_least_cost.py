"""The cheapest shares to close such that every cut holds: a convex problem, by a barrier.

    min Σ Vᵢ(hᵢxᵢ + kᵢxᵢ^1.5)   such that   aⱼ + Rⱼ·x − cost(x) ≥ 0,   0 ≤ x ≤ 1

Slack is concave in x where rates rise with size and offsets are worst losses, so that planes that
touch it (cuts, Kelley 1960) lie above it and the answer is the cheapest of all. Money from
outside, dear enough to be the last resort, keeps the problem solvable.
Source: Boyd and Vandenberghe, Convex Optimization (2004), chapter 11.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from undertow.core.shapes import Floats, Rows

DEAREST = 1e4
"""Price of money from outside, per unit: a share is closed before it if it costs less."""
GAP = 1e-9
ASIDE = 1e-4
GOLDEN = 0.6180339887498949
TINY = 1e-5
NEWTON = 60
ROUNDS = 80

Slack = Callable[[Floats], float]


@dataclass(frozen=True, slots=True)
class Costs:
    """Cost of closing a share of each position: value·(half_spread·x + impact·x^1.5).

    value: account's currency;  half_spread: share;  impact: share lost if all is closed at once
    """

    value: Floats
    half_spread: Floats
    impact: Floats

    def of(self, places: Rows) -> Costs:
        """Of some positions only."""
        return Costs(self.value[places], self.half_spread[places], self.impact[places])

    def each(self, x: Floats) -> Floats:
        """Cost by position."""
        paid: Floats = self.value * (self.half_spread * x + self.impact * x**1.5)
        return paid

    def slope(self, x: Floats) -> Floats:
        """First derivative by position."""
        paid: Floats = self.value * (self.half_spread + 1.5 * self.impact * np.sqrt(x))
        return paid

    def bend(self, x: Floats) -> Floats:
        """Second derivative by position."""
        paid: Floats = self.value * 0.75 * self.impact / np.sqrt(x)
        return paid


@dataclass(frozen=True, slots=True)
class Cuts:
    """Planes over the slack before cost: level + slopes·x, one row a plane."""

    level: Floats
    slopes: Floats

    def with_one(self, level: float, slope: Floats) -> Cuts:
        """One plane more."""
        return Cuts(np.append(self.level, level), np.vstack([self.slopes, slope]))


def cheapest(slack: Slack, costs: Costs) -> Floats | None:
    """Shares to close at least cost so that slack less cost is 0; None if no shares do.

    slack: of the account before cost, given shares closed; negative at 0, concave
    """
    n = len(costs.value)
    scale = max(-slack(np.zeros(n)), 1e-12)
    unit = Costs(costs.value / scale, costs.half_spread, costs.impact)

    def short(x: Floats) -> float:
        return slack(x) / scale

    def left(x: Floats) -> float:
        return short(x) - float(unit.each(x).sum())

    cuts = Cuts(np.empty(0), np.empty((0, n)))
    for x in (np.zeros(n), np.full(n, 0.5), np.ones(n)):
        cuts = cuts.with_one(*_plane(short, x))
    best: Floats | None = None
    for _ in range(ROUNDS):
        x, outside = _solved(unit, cuts)
        if outside > 1e-6:
            break
        if left(x) >= 0.0:
            best = x
            break
        cuts = cuts.with_one(*_plane(short, x))
    best = _evenly(left, n) if best is None else best
    return None if best is None else _shrunk(left, _tidy(left, best))


def _evenly(left: Slack, n: int) -> Floats | None:
    """The same share of all, where planes do not lead to the answer."""
    for share in np.linspace(0.0, 1.0, 101)[1:]:
        if left(np.full(n, share)) >= 0.0:
            return np.full(n, share)
    return None


def _tidy(left: Slack, x: Floats) -> Floats:
    """The same without shares too small to deal, a little more of the rest."""
    kept: Floats = np.where(x > TINY, np.minimum(1.0, x * (1.0 + 100.0 * TINY)), 0.0)
    return kept if left(kept) >= 0.0 else x


def _shrunk(left: Slack, x: Floats) -> Floats:
    """The part of a set of shares at which nothing is left over."""
    low, high = 0.0, 1.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if left(middle * x) >= 0.0 else (middle, high)
    return high * x


def _plane(short: Slack, x: Floats) -> tuple[float, Floats]:
    """Level and slopes of the plane that touches the slack at some shares."""
    # Beside the point: on a kink, differences one by one belong to no single plane.
    golden = np.modf(GOLDEN * (1.0 + np.arange(len(x))))[0]
    x = np.clip(x, 2.0 * ASIDE, 1.0 - 2.0 * ASIDE) + ASIDE * (golden - 0.5)
    at, step = short(x), 0.01 * ASIDE
    slopes = np.empty(len(x))
    for i in range(len(x)):
        there = x.copy()
        there[i] += step
        slopes[i] = (short(there) - at) / (there[i] - x[i])
    return at - float(slopes @ x), slopes


def _solved(costs: Costs, cuts: Cuts) -> tuple[Floats, float]:
    """Cheapest shares under the cuts, with a little to spare, and money needed from outside."""
    n = len(costs.value)
    widened = Costs(
        np.append(costs.value, 1.0),
        np.append(costs.half_spread, DEAREST),
        np.append(costs.impact, 0.0),
    )
    slopes = np.hstack([cuts.slopes, np.full((len(cuts.level), 1), 1.0 + DEAREST)])
    planes = Cuts(cuts.level - 100.0 * GAP, slopes)
    start = np.full(n + 1, 0.5)
    start[n] = 1.0 + max(0.0, -float((planes.level + cuts.slopes @ start[:n]).min()))
    start[n] += float(costs.each(start[:n]).sum())
    top = np.append(np.ones(n), 4.0 * start[n])
    z, weight, planes_count = start, 1.0, len(cuts.level) + 2 * (n + 1)
    while planes_count / weight > GAP:
        z = _centred(z, weight, (widened, planes, top))
        weight *= 20.0
    return z[:n], float(z[n])


def _centred(z: Floats, weight: float, problem: tuple[Costs, Cuts, Floats]) -> Floats:
    """Newton's method on weight·cost − Σ log of what each bound leaves."""
    costs, cuts, top = problem
    for _ in range(NEWTON):
        room = cuts.level + cuts.slopes @ z - costs.each(z).sum()
        steep = cuts.slopes - costs.slope(z)
        slope = weight * costs.slope(z) - (steep / room[:, None]).sum(axis=0)
        slope += 1.0 / (top - z) - 1.0 / z
        bend = np.diag(
            costs.bend(z) * (weight + (1.0 / room).sum()) + 1.0 / z**2 + 1.0 / (top - z) ** 2
        )
        scaled = steep / room[:, None]
        step = np.linalg.solve(bend + scaled.T @ scaled, -slope)
        if -float(slope @ step) < 1e-10:
            return z
        z = _stepped(z, step, weight, problem)
    return z


def _stepped(z: Floats, step: Floats, weight: float, problem: tuple[Costs, Cuts, Floats]) -> Floats:
    """As much of the step as stays inside and lowers the barrier."""
    costs, cuts, top = problem

    def height(at: Floats) -> float:
        if (at <= 0.0).any() or (at >= top).any():
            return np.inf
        room = cuts.level + cuts.slopes @ at - costs.each(at).sum()
        if (room <= 0.0).any():
            return np.inf
        logs = np.log(room).sum() + np.log(at).sum() + np.log(top - at).sum()
        return float(weight * costs.each(at).sum() - logs)

    now, part = height(z), 1.0
    while part > 1e-12:
        there: Floats = z + part * step
        if height(there) < now:
            return there
        part *= 0.5
    return z
