"""Filtered historical simulation: real surprises at today's volatility.

    σ²_{t+1} = (1 − α − β)·s² + α·r_t² + β·σ_t²     z_t = r_t/σ_t

Source: Barone-Adesi, Giannopoulos, Vosper (1999), VaR without correlations; Engle (1982),
Bollerslev (1986). α + β = 1 is RiskMetrics' exponentially weighted mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.random import default_rng

from undertow.core.errors import BadNumber
from undertow.core.numbers import within
from undertow.core.shapes import Floats
from undertow.studies.returns import DailyReturns

BURN_IN = 60
"""First days, whose volatility is mostly what the filter began with."""

LEAST = 2 * BURN_IN
"""Fewest daily returns that can be taken apart."""

ALPHAS = (0.02, 0.04, 0.06, 0.08, 0.1, 0.13, 0.16)
PERSISTENCES = (0.9, 0.95, 0.97, 0.98, 0.99, 0.995)
"""Grid of α and of α + β among which `fitted` chooses."""


@dataclass(frozen=True, slots=True)
class Volatility:
    """How volatility follows returns.

    alpha: weight of the last square;  beta: of the last variance;  alpha + beta ≤ 1
    """

    alpha: float = 0.06
    beta: float = 0.94

    def __post_init__(self) -> None:
        within("alpha, the weight of the last squared return,", self.alpha, 0.0, 1.0)
        within("beta, the weight of the last variance,", self.beta, 0.0, 1.0)
        if self.alpha + self.beta > 1.0 + 1e-12:
            raise BadNumber(
                f"alpha + beta is {self.alpha + self.beta:g}; give at most 1, or volatility has no "
                "bounds."
            )

    def next(self, variance: Floats, squared: Floats, usual: Floats) -> Floats:
        """Variance of the day after one with this squared return."""
        kept = max(0.0, 1.0 - self.alpha - self.beta)
        return kept * usual + self.alpha * squared + self.beta * variance


@dataclass(frozen=True, slots=True)
class Walks:
    """Drawn paths, log prices over the opening's, [path, day, symbol].

    low, high: the lowest and the highest of each day, both or neither
    """

    close: Floats
    low: Floats | None = None
    high: Floats | None = None


@dataclass(frozen=True, slots=True)
class Filtered:
    """Returns taken apart.

    surprise: z without its mean, [day, symbol]
    lowest, highest: the same of each day's extremes from the close before, None if not known
    variance: of the next day, [symbol]
    usual: long-run variance, [symbol]
    """

    volatility: Volatility
    surprise: Floats
    variance: Floats
    usual: Floats
    lowest: Floats | None = None
    highest: Floats | None = None

    def paths(self, days: int, paths: int, *, block: int = 5, seed: int = 0) -> Floats:
        """Cumulated log returns at each close, [path, day, symbol]; nothing drifts."""
        return self.walks(days, paths, block=block, seed=seed).close

    def walks(self, days: int, paths: int, *, block: int = 5, seed: int = 0) -> Walks:
        """Paths, and the extremes of their days where the history knows them.

        Surprises are drawn by date for all symbols together, `block` days in a row (around the
        end of the history to its beginning); volatility lives on along each path.
        """
        rng, known = default_rng(seed), len(self.surprise)
        blocks = -(-days // block)
        first = rng.integers(known, size=(paths, blocks))
        dates = ((first[:, :, None] + np.arange(block)) % known).reshape(paths, -1)[:, :days]
        variance = np.broadcast_to(self.variance, (paths, len(self.variance))).copy()
        moves = np.empty((paths, days, len(self.variance)))
        sigma = np.empty_like(moves)
        for day in range(days):
            sigma[:, day] = np.sqrt(variance)
            moves[:, day] = sigma[:, day] * self.surprise[dates[:, day]]
            variance = self.volatility.next(variance, moves[:, day] ** 2, self.usual)
        close = np.cumsum(moves, axis=1)
        if self.lowest is None or self.highest is None:
            return Walks(close)
        low, high = (close - moves + sigma * z[dates] for z in (self.lowest, self.highest))
        return Walks(close, low, high)


def filtered(returns: DailyReturns, volatility: Volatility) -> Filtered:
    """Take returns apart; BadNumber if they are too few for the filter to settle."""
    if len(returns.log) < LEAST:
        raise BadNumber(f"{len(returns.log)} daily returns are too few; give at least {LEAST}.")
    squares = returns.log**2
    usual = squares.mean(axis=0)
    variance = np.empty((len(squares) + 1, squares.shape[1]))
    variance[0] = squares[:BURN_IN].mean(axis=0)
    for day, squared in enumerate(squares):
        variance[day + 1] = volatility.next(variance[day], squared, usual)
    sigma = np.sqrt(np.maximum(variance[:-1], 1e-300))
    surprise = (returns.log / sigma)[BURN_IN:]
    mean = surprise.mean(axis=0)
    lowest, highest = (
        None if each is None else (each / sigma)[BURN_IN:] - mean
        for each in (returns.low, returns.high)
    )
    return Filtered(volatility, surprise - mean, variance[-1], usual, lowest, highest)


def fitted(returns: DailyReturns) -> Volatility:
    """The likeliest of a grid of GARCH(1,1) with the sample's own long-run variance.

    max Σ −½(ln σ² + r²/σ²) over all symbols together: one volatility rule for the book
    """
    rules = [Volatility(a, p - a) for a, p in product(ALPHAS, PERSISTENCES)]
    alpha = np.array([[one.alpha] for one in rules])
    beta = np.array([[one.beta] for one in rules])
    squares = np.maximum(returns.log**2, 1e-300)
    usual = squares.mean(axis=0)
    variance = np.broadcast_to(usual, (len(rules), len(usual)))
    likelihood = np.zeros(len(rules))
    for squared in squares:
        likelihood -= (np.log(variance) + squared / variance).sum(axis=1)
        variance = (1.0 - alpha - beta) * usual + alpha * squared + beta * variance
    return rules[int(np.argmax(likelihood))]
