"""The contract of a venue."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import IntEnum

from undertow.core.clock import Clock
from undertow.core.shapes import Flags, Floats


class Phase(IntEnum):
    """What a bar is to a venue."""

    CLOSED = 0
    OPEN = 1
    CLOSING = 2
    """The last bar of a trading day: it is open, and the settlement is struck at its end."""


@dataclass(frozen=True, slots=True)
class Brake:
    """The venue's price limits for the instruments it lists, in the venue's own order.

    low, high: price limits now (0 and inf where there are none)
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
    """When one can trade, and when one cannot; a frozen rule, its brake is passed in and out."""

    __slots__ = ()

    @abstractmethod
    def phases(self, clock: Clock) -> Flags | Floats:
        """`Phase` of each bar of the clock (int64 array)."""

    @abstractmethod
    def opened(self, settlement: Floats) -> Brake:
        """The brake at the start, from the previous settlement of each listed instrument."""

    @abstractmethod
    def after(self, brake: Brake, price: Floats, phase: int) -> Brake:
        """The brake after one bar that ended at `price`."""
