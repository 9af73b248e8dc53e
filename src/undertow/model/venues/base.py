"""The contract of a venue."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from typing import Annotated, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from undertow.core.clock import Clock
from undertow.core.shapes import Floats

PhasePerBar: TypeAlias = Annotated[NDArray[np.int64], "bar"]


class Phase(IntEnum):
    """What a bar is to a venue."""

    CLOSED = 0
    OPEN = 1
    CLOSING = 2
    """The bar a trading day ends with: it is open, and the settlement is struck at its end."""


@dataclass(frozen=True, slots=True)
class Brake:
    """The venue's price limits for the instruments it lists, in the venue's own order.

    low, high: price limits now (0 and inf where there are none; equal while suspended)
    settlement: price the limits are measured from;  locked: +1, −1 or 0 for the last trading day
    run: trading days in a row locked on the same side;  memory: the rule's own sums
    """

    low: Floats
    high: Floats
    settlement: Floats
    locked: Floats
    run: Floats
    memory: Floats


class Venue(ABC):
    """When one can trade, and when one cannot; a frozen rule, its brake is passed in and out.

    Prices never leave [low, high]; at the low nobody can sell, at the high nobody can buy.
    Limits and settlement change at the end of a `CLOSING` bar only.
    """

    __slots__ = ()

    @classmethod
    @abstractmethod
    def example(cls, instruments: int) -> Self:
        """A small valid member that lists so many instruments: for docs and contract tests."""

    @abstractmethod
    def phases(self, clock: Clock) -> PhasePerBar:
        """`Phase` of each bar of the clock; a bar reads only its own time."""

    def opened(self, settlement: Floats, moment: datetime) -> Brake:
        """The brake at `moment` (UTC), from the previous settlement of each listed instrument."""
        none = np.zeros(len(settlement))
        return Brake(
            low=none,
            high=np.full(len(settlement), np.inf),
            settlement=np.array(settlement, dtype=np.float64),
            locked=none,
            run=none,
            memory=none,
        )

    def after(self, brake: Brake, price: Floats, phase: int, moment: datetime) -> Brake:
        """The brake after a bar that ended at `price` and `moment` (UTC)."""
        if phase != Phase.CLOSING:
            return brake
        return replace(brake, settlement=np.array(price, dtype=np.float64))
