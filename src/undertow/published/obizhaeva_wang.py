"""Obizhaeva, Wang: how to sell into a book that refills exponentially.

Sell X over [0, T]: blocks X/(ρT + 2) at both ends, the constant rate ρX/(ρT + 2) between; this
costs X²/depth/(ρT + 2). Every cost is what the engine's clearing pays below the opening price.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.market import Market, plain_instruments
from undertow.core.shapes import Floats
from undertow.model.impact.linear import Linear
from undertow.published.check import Check, Row, claim, close, without_data
from undertow.published.stage import resting, sold_at_once, sold_over

LAW = Linear(fill="path")
SIZE = 1e-3
"""X in depths; small, so that the price stays well above zero."""


@dataclass(frozen=True, slots=True)
class Problem:
    """ρT, the horizon in resilience times, and the number of steps it is cut into."""

    horizon: float
    steps: int

    @property
    def block(self) -> float:
        """Share of X sold at once at either end by the best schedule; also its cost factor."""
        return 1.0 / (self.horizon + 2.0)

    @property
    def step(self) -> float:
        """Length of a step in resilience times."""
        return self.horizon / self.steps

    def book(self, copies: int) -> Market:
        """Independent copies of one stock: unit depth, unit resilience time."""
        names = tuple(f"copy {k}" for k in range(copies))
        return resting(plain_instruments(names, resilience=np.ones(copies)))

    def schedules(self) -> tuple[Floats, Floats]:
        """Shares of X: blocks [2, schedule] and flow between; the best, even, two blocks."""
        blocks = np.array([[self.block, 0.0, 0.5], [self.block, 0.0, 0.5]])
        return blocks, 1.0 - blocks.sum(axis=0)


def cost_factors(problem: Problem) -> Floats:
    """Cost of each schedule over X²/depth, every step a bar with its decay."""
    blocks, flow = problem.schedules()
    market = problem.book(3)
    lost = np.zeros(3)
    for units, days in [
        (blocks[0], 0.0),
        *[(flow / problem.steps, problem.step)] * problem.steps,
        (blocks[1], 0.0),
    ]:
        cleared = sold_over(market, SIZE * units, LAW, days=days)
        market = cleared.market
        lost += units * (1.0 - cleared.paid)
    return lost / SIZE


def responses(problem: Problem) -> Floats:
    """G[i, j]: fall of the price at step j, in X/depth, after X was sold at step i ≤ j.

    One copy of the stock per time of sale; between steps time passes and nobody trades.
    """
    points = problem.steps + 1
    market = problem.book(points)
    fall = np.empty((points, points))
    for now in range(points):
        units = np.zeros(points)
        units[now] = SIZE
        market = sold_at_once(market, units, LAW).market
        fall[:, now] = market.pressure / SIZE
        market = sold_over(market, np.zeros(points), LAW, days=problem.step).market
    return np.triu(fall) + np.triu(fall, 1).T


def best_of(kernel: Floats) -> tuple[Floats, float]:
    """The schedule x that minimises x'Gx/2 with Σx = 1, and that cost."""
    weights = np.linalg.solve(kernel, np.ones(len(kernel)))
    return weights / weights.sum(), float(0.5 / weights.sum())


def discretised(problem: Problem) -> Floats:
    """The published schedule on the grid: each point takes the flow of half a step on each side."""
    shares = np.full(problem.steps + 1, (1.0 - 2.0 * problem.block) / problem.steps)
    shares[[0, -1]] = problem.block + 0.5 * shares[1]
    return shares


def play() -> list[Row]:
    """A slow book and a fast one: costs of three schedules, and the optimum of the engine's G."""
    return [*_costs(Problem(2.0, 2_000)), *_costs(Problem(20.0, 10_000)), *_optimum()]


def _costs(problem: Problem) -> list[Row]:
    best, even, two = (float(c) for c in cost_factors(problem))
    head = f"ρT = {problem.horizon:g}"
    return [
        close(f"{head}: cost factor 1/(ρT + 2)", problem.block, best, within=1e-3, relative=True),
        claim(
            f"{head}: dearer than the best",
            "even flow, two half blocks",
            f"{best:.5f} < {even:.5f}, {two:.5f}",
            holds=best < min(even, two),
        ),
    ]


def _optimum() -> list[Row]:
    rows: list[Row] = []
    for problem in (Problem(2.0, 200), Problem(20.0, 200)):
        kernel, head = responses(problem), f"ρT = {problem.horizon:g}"
        shares, cost = best_of(kernel)
        rows += [
            close(f"{head}: best schedule of G", discretised(problem), shares, within=1e-4),
            close(f"{head}: its cost", problem.block, cost, within=1e-3, relative=True),
            claim(
                f"{head}: no round trip earns",
                "G positive definite",
                f"least eigenvalue {np.linalg.eigvalsh(kernel)[0]:.3g}",
                holds=bool(np.linalg.eigvalsh(kernel)[0] > 0.0),
            ),
        ]
    return rows


CHECK = Check(
    name="obizhaeva-wang",
    title="Best execution in a book that refills exponentially",
    source="Obizhaeva, Wang, J. Financial Markets 16 (2013) 1; closed form",
    play=without_data(play),
)
