"""A venue that never closes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

import numpy as np

from undertow.core.clock import Clock
from undertow.model.venues._hours import hour
from undertow.model.venues.base import Phase, PhasePerBar, Venue


@dataclass(frozen=True, slots=True)
class AlwaysOpen(Venue):
    """Trading day and night, every day of the week, without limits.

    CLOSING where (begin, end] of a bar contains the settlement time; the bar that ends at
    midnight settles the day by default. Crypto spot and perpetuals: reference margin.md 3.

    settlement: HH:MM, UTC
    """

    settlement: str = "00:00"

    def __post_init__(self) -> None:
        hour(self.settlement)

    @classmethod
    def example(cls, instruments: int) -> Self:
        """Settled at midnight UTC."""
        return cls()

    def phases(self, clock: Clock) -> PhasePerBar:
        """OPEN throughout, CLOSING once a day."""
        at = hour(self.settlement)
        anchor = clock.start.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
        since = (clock.start - anchor) // timedelta(microseconds=1)
        step, day = (span // timedelta(microseconds=1) for span in (clock.step, timedelta(days=1)))
        days = (since + step * np.arange(clock.bars + 1, dtype=np.int64)) // day
        return np.where(np.diff(days) > 0, Phase.CLOSING, Phase.OPEN).astype(np.int64)
