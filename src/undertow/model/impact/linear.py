"""Price falls in a straight line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from undertow.core.market import Market
from undertow.core.shapes import PerInstrument
from undertow.model.impact._curves import (
    LEAST,
    floored,
    floored_slope,
    known_fill,
    line_mean,
    piecewise,
)
from undertow.model.impact.base import Fill, ImpactLaw


@dataclass(frozen=True, slots=True)
class Linear(ImpactLaw):
    """Each unit moves the price by the same amount.

    π(z) = 1 − z     buying is the same line: π(−z) = 1 + z
    fill: what sellers are paid; depth: units that would take the price to zero
    Limits: π stays at 2⁻³⁰ from z = 1 − 2⁻³⁰ on, so that a price is never zero or negative.
    Source: Kyle (1985); Obizhaeva, Wang (2013) with path fill; closed-form spiral with final fill.
    """

    fill: Fill = "path"

    def __post_init__(self) -> None:
        known_fill(self.fill)

    def log_factor(self, pressure: PerInstrument, market: Market) -> PerInstrument:
        """ln(1 − z)."""
        return floored(pressure)

    def path_average(
        self, before: PerInstrument, after: PerInstrument, market: Market
    ) -> PerInstrument:
        """The midpoint, and the floor beyond it."""
        line = partial(line_mean, np.ones_like(before))
        return piecewise(before, after, (1.0 - LEAST,), (line, _floor))

    def slope(self, pressure: PerInstrument, market: Market) -> PerInstrument:
        """1/(1 − z)."""
        return floored_slope(pressure, np.ones_like(pressure))


def _floor(low: PerInstrument, high: PerInstrument) -> PerInstrument:
    return np.full_like(low, LEAST)
