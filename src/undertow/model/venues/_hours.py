"""Local sessions laid over bars: what the venues that open and close have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from undertow.core.clock import Clock
from undertow.core.errors import BadDate, UnknownName, unknown
from undertow.model.venues.base import Phase, PhasePerBar

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Session:
    """One stretch of trading in UTC; `settles` is None if no settlement is struck in it."""

    opens: datetime
    closes: datetime
    settles: datetime | None


@dataclass(frozen=True, slots=True)
class Hours:
    """When a venue trades, in local time.

    A session that opens at or after the settlement belongs to the next trading day (the next
    date from Monday to Friday), every other one to the date it opens on. A session whose trading
    day is a holiday does not take place; nor does one that opens on a holiday's date, unless
    `holiday_evenings`. A session that closes no later than it opens closes on the next date.
    """

    zone: ZoneInfo
    sessions: tuple[tuple[time, time], ...]
    weekdays: frozenset[int]
    settlement: time
    holidays: frozenset[date]
    early_closes: dict[date, time]
    holiday_evenings: bool

    def phases(self, clock: Clock) -> PhasePerBar:
        """OPEN where a bar begins in a session, CLOSING where its (begin, end] has a settlement."""
        phases = np.full(clock.bars, Phase.CLOSED, dtype=np.int64)
        sessions = tuple(self._sessions(clock))
        for session in sessions:
            first, last = bar_from(clock, session.opens), bar_from(clock, session.closes)
            phases[max(first, 0) : max(last, 0)] = Phase.OPEN
        ends = [bar_from(clock, s.settles) - 1 for s in sessions if s.settles]
        phases[[bar for bar in ends if 0 <= bar < clock.bars]] = Phase.CLOSING
        return phases

    def settled_by(self, moment: datetime) -> date:
        """The latest date whose settlement time is not after `moment`."""
        local = moment.astimezone(self.zone)
        at = min(self.settlement, self.early_closes.get(local.date(), self.settlement))
        return local.date() if local.time() >= at else local.date() - ONE_DAY

    def _sessions(self, clock: Clock) -> Iterator[Session]:
        day = clock.start.astimezone(self.zone).date() - 2 * ONE_DAY
        last = clock.end.astimezone(self.zone).date()
        while day <= last:
            for opens, closes in self.sessions:
                if session := self._session(day, opens, closes):
                    yield session
            day += ONE_DAY

    def _session(self, day: date, opens: time, closes: time) -> Session | None:
        trading_day = self._trading_day(day, opens)
        shut = trading_day in self.holidays or (day in self.holidays and not self.holiday_evenings)
        if shut or day.weekday() not in self.weekdays:
            return None
        end = self.early_closes.get(trading_day)
        start = self._at(day, opens)
        stop = self._at(day if closes > opens else day + ONE_DAY, closes)
        settles = self._at(trading_day, self.settlement)
        if end is not None:
            stop, settles = (min(moment, self._at(trading_day, end)) for moment in (stop, settles))
        if stop <= start:
            return None
        return Session(start, stop, settles if start < settles <= stop else None)

    def _trading_day(self, day: date, opens: time) -> date:
        if opens < self.settlement:
            return day
        following = day + ONE_DAY
        while following.weekday() >= SATURDAY:
            following += ONE_DAY
        return following

    def _at(self, day: date, local: time) -> datetime:
        # Compared in UTC: within one zone, Python compares wall clocks and misses clock changes.
        return datetime.combine(day, local, self.zone).astimezone(ZoneInfo("UTC"))


def bar_from(clock: Clock, moment: datetime) -> int:
    """First bar that begins at or after `moment`; may lie outside the clock."""
    return -((clock.start - moment) // clock.step)


def zone_named(name: str) -> ZoneInfo:
    """The time zone; UnknownName if there is none of this name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownName(
            f"time zone {name!r} is not known; use an IANA name such as 'America/New_York'."
        ) from error


def hour(text: str) -> time:
    """A local time written HH:MM; BadDate if it is none."""
    try:
        return time.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise BadDate(f"{text!r} is not a local time; write HH:MM, as in '09:30'.") from error


def weekday_set(names: Sequence[str]) -> frozenset[int]:
    """Weekdays as numbers, Monday 0."""
    for name in names:
        if name not in WEEKDAYS:
            raise unknown("weekday", name, WEEKDAYS)
    return frozenset(WEEKDAYS.index(name) for name in names)


def session_times(
    sessions: Sequence[Sequence[str]], settlement: str
) -> tuple[tuple[time, time], ...]:
    """Sessions as times; BadDate if the settlement is struck in none of them."""
    times = tuple((hour(opens), hour(closes)) for opens, closes in sessions)
    at = hour(settlement)
    if not any(_strikes(opens, closes, at) for opens, closes in times):
        raise BadDate(
            f"settlement at {settlement} lies in no session; put it at or before a session's close."
        )
    return times


def _strikes(opens: time, closes: time, at: time) -> bool:
    if closes > opens:
        return opens < at <= closes
    return at > opens or at <= closes
