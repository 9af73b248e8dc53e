"""Three banks with two fire-sale equilibria: a solver must find both."""

from __future__ import annotations

import numpy as np

from undertow.core.shapes import Floats
from undertow.engine.equilibrium import equilibrium
from undertow.model.impact.one_minus import OneMinus
from undertow.model.scenario import Scenario
from undertow.published.check import Check, Row, close, exactly, without_data
from undertow.published.stage import Holders, bonds_and_loans, cap, stage

EQUITY, BONDS = np.array([28.0, 80.0, 65.0]), np.array([145.0, 435.0, 300.0])
LOANS = np.array([1170.0, 1245.0, 1190.0])
LEVERAGE = 44.0
STEEPNESS = 2.2e-5
"""(κσ)²/ADV: selling a volume q costs a discount of √(STEEPNESS·q)."""


def scene() -> Scenario:
    """One class of bonds, as deep as there are bonds, so that pressure is the share sold."""
    assets = np.column_stack([BONDS, LOANS])
    holders = Holders("banks", assets, assets.sum(axis=1) - EQUITY, cap(LEVERAGE))
    total = BONDS.sum(keepdims=True)
    law = OneMinus(coefficient=float(np.sqrt(STEEPNESS * total[0])), fill="final", linear_below=0.0)
    return stage(bonds_and_loans(total), [holders], law)


def play() -> list[Row]:
    """In the least one bank sells out, in the greatest all three do."""
    least, greatest = equilibrium(scene()), equilibrium(scene(), start="greatest")
    return [
        *_fixed_point("least", least.discount, least.fractions[0], sellers=(1.0, 0.0, 0.0)),
        *_fixed_point("greatest", greatest.discount, greatest.fractions[0], sellers=(1.0,) * 3),
        close("least, printed", 0.0564801, float(least.discount[0]), within=5e-8),
        close("greatest, printed", 0.1391402, float(greatest.discount[0]), within=5e-8),
    ]


def _fixed_point(
    which: str, discount: Floats, sold: Floats, *, sellers: tuple[float, ...]
) -> list[Row]:
    volume = float(BONDS @ np.array(sellers))
    return [
        exactly(f"{which}: shares sold θ", sellers, tuple(sold[:, 0].tolist())),
        close(
            f"{which}: δ = √(2.2e-5·{volume:g})",
            float(np.sqrt(STEEPNESS * volume)),
            float(discount[0]),
            within=1e-12,
        ),
    ]


CHECK = Check(
    name="three-banks",
    title="Three banks with two equilibria",
    source=(
        "inputs: Martin-Summer-1090/syslosseval, commit 5c74f0c, MIT, after Breuer, Summer, "
        "Urosevic (2021); outputs: closed forms"
    ),
    play=without_data(play),
)
