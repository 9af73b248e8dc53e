"""Black's formula for European options on a forward, for arrays, and its inverse."""

from __future__ import annotations

import math

import numpy as np

from undertow.core.shapes import Flags, Floats

HALVINGS = 60
WIDEST = 10.0
"""Highest volatility that is looked for, per year."""

_erfc = np.vectorize(math.erfc, otypes=[float])


def density(x: Floats) -> Floats:
    """Normal density."""
    return np.asarray(np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi))


def chance(x: Floats) -> Floats:
    """Normal distribution function."""
    return np.asarray(0.5 * _erfc(-x / math.sqrt(2.0)))


def distance(forward: Floats, strike: Floats, spread: Floats) -> Floats:
    """d₁ = ln(F/K)/(σ√T) + σ√T/2;  spread: σ√T."""
    return np.asarray(np.log(forward / strike) / spread + 0.5 * spread)


def value(forward: Floats, strike: Floats, spread: Floats, call: Flags) -> Floats:
    """Undiscounted price: F N(d₁) − K N(d₁ − σ√T) of a call, by parity of a put."""
    d1 = distance(forward, strike, spread)
    sign = np.where(call, 1.0, -1.0)
    above, below = chance(sign * d1), chance(sign * (d1 - spread))
    return np.asarray(sign * (forward * above - strike * below))


def gamma(spot: Floats, forward: Floats, strike: Floats, spread: Floats) -> Floats:
    """Change of delta for one unit of spot: φ(d₁)/(S σ√T), with no discount between S and F."""
    return np.asarray(density(distance(forward, strike, spread)) / (spot * spread))


def implied(price: Floats, forward: Floats, strike: Floats, years: Floats, call: Flags) -> Floats:
    """Volatility per year whose value is the undiscounted price; NaN where none is.

    By halving: a price at or below intrinsic value, or at or above the forward (put: the strike),
    has none.
    """
    sign = np.where(call, 1.0, -1.0)
    intrinsic = np.maximum(sign * (forward - strike), 0.0)
    most = np.where(call, forward, strike)
    found = np.full(price.shape, np.nan)
    ok = (price > intrinsic * (1.0 + 1e-9)) & (price < most) & (years > 0.0) & (price > 0.0)
    found[ok] = _halved(price[ok], forward[ok], strike[ok], np.sqrt(years[ok]), call[ok])
    return np.where(found < 0.999 * WIDEST, found, np.nan)


def _halved(price: Floats, forward: Floats, strike: Floats, root: Floats, call: Flags) -> Floats:
    low, high = np.zeros(price.shape), np.full(price.shape, WIDEST)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        below = value(forward, strike, middle * root, call) < price
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray(0.5 * (low + high))
