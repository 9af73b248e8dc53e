"""Bars of market time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from undertow.core.errors import BadDate


@dataclass(frozen=True, slots=True)
class Clock:
    """Equal bars from `start` (UTC); bar `t` covers [start + t·step, start + (t+1)·step)."""

    start: datetime
    step: timedelta
    bars: int

    @property
    def end(self) -> datetime:
        """The moment the last bar ends."""
        return self.start + self.bars * self.step

    @property
    def days_per_bar(self) -> float:
        """Length of a bar in calendar days."""
        return self.step / timedelta(days=1)

    def time(self, bar: int) -> datetime:
        """The moment bar `bar` begins."""
        return self.start + bar * self.step

    def bar_at(self, moment: datetime, what: str) -> int:
        """First bar that begins at or after `moment`; BadDate if that is outside the window."""
        bar = -((self.start - moment) // self.step)
        if not 0 <= bar <= self.bars:
            raise BadDate(
                f"{what} at {moment.isoformat()} is outside the window {self.start:%Y-%m-%d %H:%M}"
                f" to {self.end:%Y-%m-%d %H:%M} UTC; move it inside or change start and end."
            )
        return bar


def utc(moment: datetime) -> datetime:
    """The same moment in UTC; a time without a zone is taken as UTC."""
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise BadDate(f"{moment} lies outside the calendar in UTC; choose another day.") from error
