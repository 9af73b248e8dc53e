"""The smile of a chain, and what gamma becomes where volatility moves with spot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core import black
from undertow.core.chain import Chain
from undertow.core.shapes import Flags, Floats

FARTHEST = 2.5
"""Deviations of the forward that a smile is fitted within; beyond them it is flat."""
FEWEST = 5
"""Strikes that a smile is fitted to at least, two on each side."""
ASTRAY = 5.0
"""Distance from the fit, in robust deviations, from which on a price is left out."""
MAD = 1.4826
LEAST = 0.1
"""Lowest share of its own volatility that a contract keeps."""


@dataclass(frozen=True, slots=True)
class Smile:
    """Of each contract, the smile of its expiry: σ(z) = σ₀ + slope·z + bend·z², z = ln(K/F)/width.

    slope, bend: per year;  width: σ₀√T;  root: √T
    known: whether the expiry has enough strikes; else slope and bend are 0
    """

    slope: Floats
    bend: Floats
    width: Floats
    root: Floats
    known: Flags

    def of(self, kept: Flags) -> Smile:
        """These contracts alone."""
        return Smile(
            self.slope[kept], self.bend[kept], self.width[kept], self.root[kept], self.known[kept]
        )

    def level(self, moneyness: Floats) -> Floats:
        """σ(z) − σ₀ at ln(K/F)."""
        z = self._z(moneyness)
        return np.asarray(self.slope * z + self.bend * z * z)

    def bent(self, moneyness: Floats) -> tuple[Floats, Floats]:
        """First and second derivative of the level by ln(K/F)."""
        z = self._z(moneyness)
        inside = np.abs(z) < FARTHEST
        first = np.where(inside, (self.slope + 2.0 * self.bend * z) / self.width, 0.0)
        return first, np.where(inside, 2.0 * self.bend / self.width**2, 0.0)

    def _z(self, moneyness: Floats) -> Floats:
        return np.clip(moneyness / self.width, -FARTHEST, FARTHEST)


@dataclass(frozen=True, slots=True)
class Skewed:
    """Contracts whose volatility keeps to moneyness: as spot moves, each slides along its smile.

    spot: now;  forward, strike, spread (σ√T): of each contract, now
    """

    spot: float
    forward: Floats
    strike: Floats
    spread: Floats
    smile: Smile

    def value(self, spot: float, call: Flags) -> Floats:
        """Price of each contract at a spot, without the discount between spot and forward."""
        forward = self.forward * (spot / self.spot)
        found = black.value(forward, self.strike, self._spread(spot)[0], call)
        return np.asarray(found * self.spot / self.forward)

    def gamma(self, spot: float) -> Floats:
        """Change of the whole delta for one unit of spot, the smile moving with it.

        Γ + 2·vanna·s′ + volga·s′² + vega·s″,  s = σ√T,  s′ = −√T σ′/S,  s″ = √T (σ″ + σ′)/S²
        vega = S φ(d₁);  vanna = −φ(d₁) d₂/s;  volga = S φ(d₁) d₁ d₂/s;  σ′, σ″ by ln(K/F)
        Source: the chain rule; that a smile keeps to moneyness is the sticky-delta regime of Derman
        (1999), Regimes of volatility, Goldman Sachs Quantitative Strategies.
        """
        forward = self.forward * (spot / self.spot)
        spread, first, second = self._spread(spot)
        d1 = black.distance(forward, self.strike, spread)
        d2 = d1 - spread
        weight = black.density(d1)
        plain = weight / (spot * spread)
        vanna, volga = -weight * d2 / spread, spot * weight * d1 * d2 / spread
        return np.asarray(
            plain + 2.0 * vanna * first + volga * first * first + spot * weight * second
        )

    def _spread(self, spot: float) -> tuple[Floats, Floats, Floats]:
        """σ√T at a spot, and its first and second derivative by spot."""
        now = np.log(self.strike / self.forward)
        there = now - np.log(spot / self.spot)
        smile = self.smile
        moved = self.spread + smile.root * (smile.level(there) - smile.level(now))
        held = moved < LEAST * self.spread
        slope, bend = smile.bent(there)
        first = np.where(held, 0.0, -smile.root * slope / spot)
        second = np.where(held, 0.0, smile.root * (bend + slope) / spot**2)
        return np.maximum(moved, LEAST * self.spread), first, second


def smile_of(chain: Chain, forward: Floats, volatility: Floats, years: Floats) -> Smile:
    """Fitted for each expiry to the options out of the money, those near it weighing most.

    Weighted least squares of σ on 1, z and z², weight φ(z), |z| ≤ 2.5; once more without what lies
    far off.
    """
    size = len(chain)
    smile = Smile(
        np.zeros(size), np.zeros(size), np.ones(size), np.sqrt(years), np.zeros(size, dtype=bool)
    )
    outside = np.where(chain.call, chain.strike >= forward, chain.strike < forward)
    for expiry in np.unique(chain.expiry):
        own = chain.expiry == expiry
        used = own & outside & np.isfinite(volatility)
        if not used.any():
            continue
        x = np.log(chain.strike[used] / forward[used])
        at_money = float(volatility[used][np.argmin(np.abs(x))])
        width = at_money * float(np.sqrt(years[own][0]))
        fitted = _fitted(x / width, volatility[used])
        if fitted is not None:
            smile.slope[own], smile.bend[own], smile.width[own] = *fitted, width
            smile.known[own] = True
    return smile


def _fitted(z: Floats, volatility: Floats) -> tuple[float, float] | None:
    """Slope and bend at the money; None where too few strikes are near."""
    near = np.abs(z) <= FARTHEST
    for _ in range(2):
        sides = [len(np.unique(z[near & side])) for side in (z < 0.0, z >= 0.0)]
        if sum(sides) < FEWEST or min(sides) < 2:
            return None
        root = np.sqrt(black.density(z[near]))
        powers = np.stack([np.ones(near.sum()), z[near], z[near] ** 2], axis=1)
        found = np.linalg.lstsq(powers * root[:, None], volatility[near] * root, rcond=None)[0]
        off = np.abs(volatility - (found[0] + found[1] * z + found[2] * z * z))
        usual = MAD * float(np.median(off[near]))
        trimmed = near & (off <= max(ASTRAY * usual, 1e-12))
        if trimmed.sum() == near.sum():
            break
        near = trimmed
    return float(found[1]), float(found[2])
