"""How a venue's engine closes a position of a book: in steps, the fewest that end the call."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from undertow.core.book import Marks, Position
from undertow.core.errors import UnknownName
from undertow.core.shapes import PerSlot
from undertow.model.liquidation import LIQUIDATION
from undertow.model.liquidation.base import Called, LiquidationPolicy
from undertow.model.liquidation.base import Terms as Offer
from undertow.model.rulebook import Rulebook

Shares = tuple[float, ...]

ROUNDING = 1e-9
MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class InSteps(LiquidationPolicy):
    """Closes what frees most margin first, and of each position as many whole steps as it takes.

    steps: per slot, the shares of it that are closed after each step, rising to 1; empty where it
    is closed in any amount
    Limits: seconds lie between steps, and a bar is longer: all steps of a bar have its price.
    """

    steps: tuple[Shares, ...]

    def sales(self, called: Called, terms: Offer, out: PerSlot) -> None:
        """Write what ends the call, and the rest of each step begun."""
        LIQUIDATION.make("margin_relief_first", {}).sales(called, terms, out)
        for slot, shares in enumerate(self.steps[: out.shape[1]]):
            held = np.abs(called.quantity[:, slot])
            begun = (out[:, slot] > 0.0) & (len(shares) > 0)
            done = out[begun, slot] / held[begun]
            ends = np.array([*shares, 1.0])
            stop = ends[np.searchsorted(ends, done - ROUNDING).clip(max=len(shares))]
            most = terms.sellable[called.column[begun, slot]]
            out[begun, slot] = np.minimum(stop, most) * held[begun]


def steps_of(rulebook: Rulebook, position: Position, marks: Marks) -> Shares:
    """Shares of a position that are closed after each step at these prices, the last one 1.

    Empty where the regime closes any amount.
    """
    if not position.quantity:
        return ()
    return tuple(_steps(rulebook, position, marks.price[position.symbol], marks.on))


def _steps(rulebook: Rulebook, position: Position, price: float, on: date) -> Iterator[float]:
    whole = rest = abs(position.quantity)
    for number in range(MOST_STEPS):
        # A hair less: what stands on the edge of a tier is in the lower one.
        left = replace(position, quantity=math.copysign(rest * (1.0 - ROUNDING), position.quantity))
        step = _first(rulebook, left, price, on, cooling=number > 0)
        if math.isnan(step):
            return
        rest = abs(left.quantity) - step
        if rest <= 2.0 * ROUNDING * whole:
            break
        yield 1.0 - rest / whole
    yield 1.0


def _first(
    rulebook: Rulebook, position: Position, price: float, on: date, *, cooling: bool
) -> float:
    """The first step; all of what the venue lists no tiers of."""
    try:
        return rulebook.first_order(position, price, on, cooling=cooling)
    except UnknownName:
        return abs(position.quantity)
