"""Thurner, Farmer, Geanakoplos: margin calls make fat tails and clustered volatility.

Noise traders spend ξ, ln ξ an AR(1) around ln NV; funds buy min(β(V − p), λ)·W of the asset when
it is cheap; the price clears by root-finding, so this one result does not use the engine's step.
With no funds p = ξ/N; with all funds at the cap p = (ξ + λΣC)/(N − λΣS): 1/(N − λS) in place of
1/N is the margin-call amplifier.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.shapes import Floats
from undertow.published.check import Check, Row, claim, close, without_data
from undertow.published.thurner_market import (
    Parameters,
    autoregress,
    clearing_price,
    simulate,
)

BETA = np.arange(5.0, 55.0, 5.0)
"""Aggressiveness of the ten funds."""


RHO, SIGMA = 0.99, 0.035
"""Persistence and innovation of the noise traders' log demand."""


@dataclass(frozen=True, slots=True)
class Tails:
    """Moments of log returns, and how many funds failed."""

    kurtosis: float
    worst: float
    clustering: float
    failed: int


def noise_path(steps: int, seed: int) -> Floats:
    """ξ: money of the noise traders, from its mean on."""
    rng = np.random.default_rng(seed)
    log = np.empty(steps)
    autoregress(SIGMA * rng.standard_normal(steps), RHO, log)
    return np.exp(log) * Parameters(1.0).supply


def tails(cap: float, steps: int = 20_000, seed: int = 0) -> Tails:
    """One run of ten funds under a leverage cap."""
    price = np.empty(steps)
    failed = simulate(noise_path(steps, seed), BETA, Parameters(cap), price)
    moves = np.diff(np.log(price))
    scaled = (moves - moves.mean()) / moves.std()
    return Tails(float((scaled**4).mean()), float(moves.min()), lag_one(np.abs(moves)), failed)


def lag_one(series: Floats) -> float:
    """Autocorrelation at lag one."""
    return float(np.corrcoef(series[1:], series[:-1])[0, 1])


def play() -> list[Row]:
    """Both closed forms, and what leverage does to returns."""
    return [*_no_funds(), *_at_the_cap(), *_leverage()]


def _no_funds() -> list[Row]:
    noise = noise_path(1_000_000, 1)
    price = np.empty(len(noise))
    simulate(noise, np.empty(0), Parameters(1.0), price)
    log, spread = np.log(price), SIGMA / np.sqrt(1.0 - RHO**2)
    return [
        close("no funds: p = ξ/N", 0.0, float(np.abs(price / noise * 1e3 - 1).max()), within=1e-12),
        close("no funds: sd of ln p, σ/√(1 − ρ²)", spread, float(log.std()), within=0.01),
        close("no funds: mean price", np.exp(spread**2 / 2), float(price.mean()), within=0.01),
        close(
            "no funds: autocorrelation of returns, −(1 − ρ)/2",
            -0.5 * (1.0 - RHO),
            lag_one(np.diff(log)),
            within=0.003,
        ),
    ]


def _at_the_cap() -> list[Row]:
    """ξ = 950, C = −28, S = 30, λ = 20; β so large that the cap binds."""
    shares, cash, given = np.array([30.0]), np.array([-28.0]), Parameters(20.0)
    beta = np.array([1e6])
    price = clearing_price(950.0, shares, cash, beta, given)
    nudged = clearing_price(950.001, shares, cash, beta, given)
    wealth = 30.0 * price - 28.0
    return [
        close("at the cap: price", 0.975, price, within=1e-12),
        close("at the cap: wealth", 1.25, wealth, within=1e-11),
        close("at the cap: holding, fewer than 30", 25.64, 20.0 * wealth / price, within=0.005),
        close("at the cap: dp/dξ = 1/(N − λS)", 1.0 / 400.0, (nudged - price) / 0.001, within=1e-9),
    ]


def _leverage() -> list[Row]:
    plain, *levered = (tails(cap, steps=100_000) for cap in (1.0, 5.0, 10.0, 20.0))
    return [
        claim(
            "λ = 1: near normal, hardly clustered, few failures (outflows only)",
            "kurtosis 3",
            _told([plain]),
            holds=plain.kurtosis < 3.5
            and abs(plain.clustering) < 0.06
            and 50 * plain.failed < min(t.failed for t in levered),
        ),
        claim(
            "λ = 5, 10, 20: fat tails",
            "kurtosis above that of λ = 1, deeper crashes",
            _told(levered),
            holds=all(t.kurtosis > 4.5 and t.worst < 1.5 * plain.worst for t in levered),
        ),
        claim(
            "λ = 5, 10, 20: clusters, failures",
            "|r| correlated in time",
            _told(levered),
            holds=all(t.clustering > 0.1 and t.failed > 0 for t in levered),
        ),
    ]


def _told(runs: list[Tails]) -> str:
    return "; ".join(
        f"kurtosis {t.kurtosis:.1f}, worst {t.worst:.2f}, acf {t.clustering:.2f}, {t.failed} failed"
        for t in runs
    )


CHECK = Check(
    name="thurner",
    title="Leverage causes fat tails and clustered volatility",
    source=(
        "Thurner, Farmer, Geanakoplos, Quantitative Finance 12 (2012) 695; parameters of "
        "kronrod/sfi-complexity-mooc, commit 1789f3a, MIT; closed forms derived in the model notes"
    ),
    play=without_data(play),
)
