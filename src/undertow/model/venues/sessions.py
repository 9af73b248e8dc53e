"""A venue with opening hours and without price limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from undertow.core.clock import Clock
from undertow.model.venues._hours import Hours, hour, session_times, weekday_set, zone_named
from undertow.model.venues.base import PhasePerBar, Venue


@dataclass(frozen=True, slots=True)
class Sessions(Venue):
    """Trading in sessions of local time, on clocks that change with the seasons.

    COMEX 18:00–17:00 New York, opening Sunday to Thursday, settled 13:30; NYSE 09:30–16:00;
    KRX 09:00–15:30 Seoul: reference margin.md 3. Sessions are facts of an episode, dated there.
    A session that opens after the settlement belongs to the next date from Monday to Friday, and
    falls out if that is a holiday; the evening of a holiday itself is traded.

    zone: IANA name;  sessions: pairs of local HH:MM, may cross midnight
    weekdays: "Mon" … "Sun", days on which sessions open
    settlement: local HH:MM; the bar whose (begin, end] contains it is CLOSING
    holidays: trading days without trading;  early_closes: pairs of trading day and local HH:MM
    """

    zone: str
    sessions: Sequence[Sequence[str]]
    weekdays: Sequence[str]
    settlement: str
    holidays: Sequence[date] = ()
    early_closes: Sequence[tuple[date, str]] = ()

    def __post_init__(self) -> None:
        self._hours()

    @classmethod
    def example(cls, instruments: int) -> Self:
        """New York stocks."""
        return cls(
            zone="America/New_York",
            sessions=(("09:30", "16:00"),),
            weekdays=("Mon", "Tue", "Wed", "Thu", "Fri"),
            settlement="16:00",
        )

    def phases(self, clock: Clock) -> PhasePerBar:
        """OPEN where a bar begins in a session, CLOSING where a settlement is struck."""
        return self._hours().phases(clock)

    def _hours(self) -> Hours:
        return Hours(
            zone=zone_named(self.zone),
            sessions=session_times(self.sessions, self.settlement),
            weekdays=weekday_set(self.weekdays),
            settlement=hour(self.settlement),
            holidays=frozenset(self.holidays),
            early_closes={day: hour(close) for day, close in self.early_closes},
            holiday_evenings=True,
        )
