"""The closed-form spiral: one asset, one holder at the leverage cap, linear impact.

All units are sold at the final price p = p₁ − κs and leverage is Λ again:  κs² − Bs + C = 0,
B = p₁ − (Λ − 1)qκ, C = Λd − (Λ − 1)qp₁;  small shocks are amplified by 1/(1 − ρ), ρ = (Λ − 1)κq/p₁.
"""

from __future__ import annotations

import numpy as np

from undertow.core.market import plain_instruments
from undertow.engine.equilibrium import Equilibrium, equilibrium
from undertow.engine.run import until_calm
from undertow.model.impact.linear import Linear
from undertow.model.scenario import Scenario
from undertow.published.check import Check, Row, claim, close, without_data
from undertow.published.stage import Holders, cap, resting, shocked, stage

UNITS, DEBT, LEVERAGE, KAPPA, FALL = 100.0, 90.0, 10.0, 5e-4, 0.005


def scene(fall: float = FALL, kappa: float = KAPPA) -> Scenario:
    """Price 1 falls by `fall` before anybody acts; κ is the price's fall per unit sold."""
    after = 1.0 - fall
    instruments = plain_instruments(("asset",), depth=np.array([after / kappa]))
    holder = Holders("holder", np.full((1, 1), UNITS), np.array([DEBT]), cap(LEVERAGE))
    return stage(shocked(resting(instruments), after), [holder], Linear("final"))


def ratio() -> float:
    """ρ = (Λ − 1)κq, what each unit of loss makes in further loss while prices are near one."""
    return (LEVERAGE - 1.0) * KAPPA * UNITS


def smallest_root(fall: float = FALL, kappa: float = KAPPA) -> float:
    """s* of the quadratic; 0 if the cap is not touched."""
    price = 1.0 - fall
    b = price - (LEVERAGE - 1.0) * UNITS * kappa
    c = LEVERAGE * DEBT - (LEVERAGE - 1.0) * UNITS * price
    return max(0.0, float((b - np.sqrt(b * b - 4.0 * kappa * c)) / (2.0 * kappa)))


def leverage_after(found: Equilibrium) -> float:
    """Assets over equity once everything is sold at the final price."""
    price, sold = float(found.price[0]), float(found.sold[0])
    return (UNITS - sold) * price / (UNITS * price - DEBT)


def play() -> list[Row]:
    """The worked value, the amplification of a small shock, and the sequential rival."""
    found = equilibrium(scene(), tolerance=1e-15)
    price = float(found.price[0])
    small = equilibrium(scene(1e-8), tolerance=1e-17)
    trace = until_calm(scene())
    sold, last = float(trace.paths.sold.sum()), float(trace.paths.price[-1, 0])
    return [
        close("units sold", 8.320393530739766, float(found.sold[0]), within=1e-11),
        close("price", 0.9908398032346302, price, within=1e-14),
        close("leverage after", 10.0, leverage_after(found), within=1e-12),
        close(
            "loss over shock, small: 1/(1 − ρ)",
            1.0 / (1.0 - ratio()),
            (1.0 - float(small.price[0])) / 1e-8,
            within=1e-5,
            relative=True,
        ),
        claim(
            "in rounds, each paid at its own price",
            "sells less, ends higher, still falls",
            f"{sold:.4f} units, price {last:.6f}",
            holds=smallest_root() > sold > 0.0 and price < last < 1.0 - FALL,
        ),
    ]


CHECK = Check(
    name="spiral",
    title="Loss spiral of one holder at the leverage cap, in closed form",
    source="derived for the project's model notes (2.1); Brunnermeier, Pedersen, RFS 22 (2009)",
    play=without_data(play),
)
