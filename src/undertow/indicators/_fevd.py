"""Vector autoregressions and how the variance of their forecast errors is shared out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.errors import BadNumber
from undertow.core.shapes import Floats

GENERALISED, CHOLESKY = "generalised", "cholesky"
TOLD = 1e-12
"""Smallest own part of a variable's variance, below which rounding is all that is left of it."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of forecast variance in per cent, [of, from]; the rows add up to 100."""

    table: Floats

    @property
    def total(self) -> float:
        """What comes from others, on average over variables."""
        count = len(self.table)
        return float((self.table.sum() - np.trace(self.table)) / count)

    @property
    def given(self) -> Floats:
        """Given to others, by variable."""
        return np.asarray(self.table.sum(axis=0) - np.diag(self.table))

    @property
    def received(self) -> Floats:
        """Received from others, by variable."""
        return np.asarray(self.table.sum(axis=1) - np.diag(self.table))

    @property
    def net(self) -> Floats:
        """Given less received."""
        return np.asarray(self.given - self.received)


def shares(values: Floats, lags: int, horizon: int, kind: str) -> Shares:
    """Shares of a VAR with a constant, fitted by least squares to [date, variable].

    NaN where the past, or the others, tell a variable to the last digit: nothing is unexpected.
    """
    weights, covariance = _fitted(values, lags)
    if not _unexpected(values, covariance):
        return Shares(np.full(covariance.shape, np.nan))
    moving = _moving(weights, lags, horizon)
    if kind == GENERALISED:
        struck = moving @ covariance / np.sqrt(np.diag(covariance))
    elif kind == CHOLESKY:
        struck = moving @ np.linalg.cholesky(covariance)
    else:
        raise BadNumber(f"{kind!r} is no decomposition; write {GENERALISED} or {CHOLESKY}.")
    whole = np.einsum("hij,jk,hik->i", moving, covariance, moving)
    table = (struck**2).sum(axis=0) / whole[:, None]
    return Shares(100.0 * table / table.sum(axis=1, keepdims=True))


def _unexpected(values: Floats, covariance: Floats) -> bool:
    """Whether each variable has errors of its own, as a share of its variance."""
    own = values.std(axis=0)
    if not own.min() > 0.0:
        return False
    scaled = covariance / np.outer(own, own)
    return float(np.linalg.eigvalsh(scaled)[0]) > TOLD


def _fitted(values: Floats, lags: int) -> tuple[Floats, Floats]:
    """Weights [lag·variable, variable] without the constant, and covariance of residuals."""
    rows, count = len(values) - lags, values.shape[1]
    if rows <= count * lags + 1:
        raise BadNumber(
            f"{len(values)} days are too few for {count} variables with {lags} lags; give more."
        )
    before = [values[lags - k - 1 : len(values) - k - 1] for k in range(lags)]
    design = np.hstack([np.ones((rows, 1)), *before])
    fitted, *_ = np.linalg.lstsq(design, values[lags:], rcond=None)
    residuals = values[lags:] - design @ fitted
    return np.asarray(fitted[1:], dtype=np.float64), residuals.T @ residuals / rows


def _moving(weights: Floats, lags: int, horizon: int) -> Floats:
    """A_h of the moving average, A_0 = I, [step, variable, variable]."""
    count = weights.shape[1]
    phi = [weights[k * count : (k + 1) * count].T for k in range(lags)]
    found = [np.eye(count)]
    for h in range(1, horizon):
        terms = (phi[k] @ found[h - k - 1] for k in range(min(lags, h)))
        found.append(sum(terms, np.zeros((count, count))))
    return np.stack(found)
