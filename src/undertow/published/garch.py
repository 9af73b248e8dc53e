"""Fiorentini, Calzolari, Panattoni: the GARCH(1,1) benchmark, and the trap before its first day."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from undertow.core.shapes import Floats
from undertow.published.check import Check, Fixture, Row, claim, close
from undertow.studies.garch import BACKCAST, MEAN, Garch, fit_garch

RATES = "models/garch/dem2gbp.csv.gz"
BENCHMARK = np.array([-0.00619041, 0.0107613, 0.153134, 0.805974])
"""μ, ω, α, β."""
TRAP = np.array([-0.00607647, 0.00991511, 0.1454804, 0.8168403])
"""The same data with a backcast before the first return, as the arch package does by default."""
NAMES = ("mean", "omega", "alpha", "beta")


def play(data: Path) -> list[Row]:
    """Four parameters and the likelihood under the benchmark's start, four under the other one."""
    returns = np.array(gzip.decompress((data / RATES).read_bytes()).split()[1:], dtype=np.float64)
    ours, other = fit_garch(returns, MEAN), fit_garch(returns, BACKCAST)
    found, trapped = parameters(ours), parameters(other)
    rows = [
        close(name, float(BENCHMARK[k]), float(found[k]), within=2e-5, relative=True)
        for k, name in enumerate(NAMES)
    ]
    return [
        *rows,
        close("log likelihood", -1106.60788, ours.likelihood, within=1e-5),
        close("trap: parameters with a backcast", TRAP, trapped, within=1e-5),
        close("trap: log likelihood with a backcast", -1104.52, other.likelihood, within=5e-3),
        claim(
            "trap: the backcast is not the benchmark",
            "ω 8 % lower",
            f"ω {100.0 * (trapped[1] / found[1] - 1.0):+.1f} %",
            holds=bool(trapped[1] < 0.95 * found[1]),
        ),
    ]


def parameters(fit: Garch) -> Floats:
    """μ, ω, α, β."""
    return np.array([fit.mean, fit.omega, fit.alpha, fit.beta])


CHECK = Check(
    name="garch",
    title="GARCH(1,1) of 1,974 daily returns of the mark in pounds",
    source=(
        "Fiorentini, Calzolari, Panattoni, J. Applied Econometrics 11 (1996) 399; Bollerslev,"
        " Ghysels (1996) data in cran/fGarch, commit 4bec24c, GPL-2"
    ),
    play=play,
    fixtures=(Fixture(RATES, "d9efaf5e4a57c72dead9ab59d637c5fe07c53cd061a17395c761a9e7af9efe5a"),),
)
