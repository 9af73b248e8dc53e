"""GARCH(1,1) by maximum likelihood, and DCC(1,1) of two series on top of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from undertow.core.errors import BadNumber
from undertow.core.shapes import Floats
from undertow.studies._downhill import lowest

FEWEST = 100
MEAN, BACKCAST = "mean", "backcast"
"""What stands before the first return: the mean squared residual, or that of the first ones."""
FIRST, FADES = 75, 0.94


@dataclass(frozen=True, slots=True)
class Garch:
    """r = μ + e, σ²_t = ω + α e²_{t−1} + β σ²_{t−1}.

    variance: σ² of each day;  residual: e;  likelihood: log, of normal returns
    """

    mean: float
    omega: float
    alpha: float
    beta: float
    variance: Floats
    residual: Floats
    likelihood: float


@dataclass(frozen=True, slots=True)
class Dcc:
    """Correlation of two series by day: Q_t = (1−a−b) Q̄ + a z z′ + b Q_{t−1}, R from Q."""

    a: float
    b: float
    correlation: Floats
    likelihood: float


def fit_garch(returns: Floats, presample: str = MEAN) -> Garch:
    """The likeliest parameters; BadNumber if there are too few returns or they do not move.

    presample: MEAN is the benchmark of Fiorentini, Calzolari and Panattoni (1996); BACKCAST, which
    some packages do unasked, gives other parameters of the same data.
    """
    if len(returns) < FEWEST or not np.std(returns) > 0.0:
        raise BadNumber(
            f"{len(returns)} returns are too few, or do not move; a GARCH needs {FEWEST} that do."
        )
    scale = float(np.std(returns))
    scaled = returns / scale
    fixed = _backcast(scaled - scaled.mean()) if presample == BACKCAST else None
    start = np.array([scaled.mean(), math.log(0.05), math.log(0.1 / 0.05), math.log(0.85 / 0.05)])
    best = lowest(lambda p: -_fitted(scaled, p, fixed)[1], start)
    variance, likelihood = _fitted(scaled, best, fixed)
    mean, omega, alpha, beta = _parameters(best)
    return Garch(
        mean=mean * scale,
        omega=omega * scale**2,
        alpha=alpha,
        beta=beta,
        variance=variance * scale**2,
        residual=returns - mean * scale,
        likelihood=likelihood - len(returns) * math.log(scale),
    )


def _parameters(p: Floats) -> tuple[float, float, float, float]:
    """Any four numbers as a mean and parameters that are above 0 and stationary."""
    weights = np.exp(np.clip(p[2:], -30.0, 30.0))
    whole = 1.0 + float(weights.sum())
    return (
        float(p[0]), math.exp(min(float(p[1]), 30.0)), float(weights[0]) / whole,
        float(weights[1]) / whole,
    )  # fmt: skip


def _fitted(returns: Floats, p: Floats, fixed: float | None) -> tuple[Floats, float]:
    """Variance by day and the log likelihood."""
    mean, omega, alpha, beta = _parameters(p)
    square = (returns - mean) ** 2
    before = float(square.mean()) if fixed is None else fixed
    driven = omega + alpha * np.concatenate([[before], square[:-1]])
    variance = _recursion(driven, beta, before)
    logs = math.log(2.0 * math.pi) + np.log(variance) + square / variance
    return variance, -0.5 * float(logs.sum())


def _recursion(driven: Floats, weight: float, before: float) -> Floats:
    """x_t = driven_t + weight · x_{t−1}."""
    steps = accumulate(driven.tolist(), lambda x, d: d + weight * x, initial=before)
    return np.fromiter(steps, np.float64, len(driven) + 1)[1:]


def _backcast(residual: Floats) -> float:
    weights = FADES ** np.arange(min(FIRST, len(residual)))
    return float((weights * residual[: len(weights)] ** 2).sum() / weights.sum())


def fit_dcc(first: Garch, second: Garch) -> Dcc:
    """The likeliest a and b for the standardised residuals of two series (Engle 2002)."""
    z = [one.residual / np.sqrt(one.variance) for one in (first, second)]
    start = np.array([math.log(0.03 / 0.07), math.log(0.9 / 0.07)])
    best = lowest(lambda p: -_correlated(z[0], z[1], p)[1], start)
    correlation, likelihood = _correlated(z[0], z[1], best)
    a, b = _shares(best)
    return Dcc(a, b, correlation, likelihood)


def _shares(p: Floats) -> tuple[float, float]:
    weights = np.exp(np.clip(p, -30.0, 30.0))
    whole = 1.0 + float(weights.sum())
    return float(weights[0]) / whole, float(weights[1]) / whole


def dcc_path(x: Floats, y: Floats, a: float, b: float) -> Floats:
    """Correlation of each day, from products up to the day before."""
    products = [(one, float(one.mean())) for one in (x * x, y * y, x * y)]
    xx, yy, xy = (
        _recursion((1.0 - a - b) * usual + a * np.concatenate([[usual], one[:-1]]), b, usual)
        for one, usual in products
    )
    return np.asarray(xy / np.sqrt(xx * yy))


def _correlated(x: Floats, y: Floats, p: Floats) -> tuple[Floats, float]:
    rho = dcc_path(x, y, *_shares(p))
    left = np.maximum(1.0 - rho * rho, 1e-12)
    logs = np.log(left) + (x * x + y * y - 2.0 * rho * x * y) / left
    return rho, -0.5 * float(logs.sum())
