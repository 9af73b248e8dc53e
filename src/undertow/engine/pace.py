"""How much time passes, and who may trade and be tested: bars of market time, or rounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from undertow.core.clock import Clock
from undertow.core.shapes import FlagPerInstrument, Floats, PerInstrument
from undertow.model.scenario import Rules
from undertow.model.venues.base import Phase, Venue


@dataclass(frozen=True, slots=True)
class Pace:
    """One bar as the step sees it.

    days: length in trading days per instrument (for a closed one, its overnight share)
    open, closing: whether each instrument trades, and strikes its settlement at the bar's end
    elapsed: length in calendar days; 0 in a round
    """

    bar: int
    days: PerInstrument
    open: FlagPerInstrument
    closing: FlagPerInstrument
    elapsed: float


@dataclass(frozen=True, slots=True)
class Timetable:
    """Phases and lengths of all bars, [bar, instrument]."""

    days: Floats
    open: np.ndarray
    closing: np.ndarray
    elapsed: float

    def pace(self, bar: int) -> Pace:
        """The pace of one bar."""
        return Pace(bar, self.days[bar], self.open[bar], self.closing[bar], self.elapsed)


def timetable(clock: Clock, rules: Rules, instruments: int) -> Timetable:
    """Phases of every bar; an instrument without a venue trades around the clock.

    An open bar lasts its share of the venue's usual trading day, a closed one `overnight` of that.
    """
    phase = np.full((clock.bars, instruments), int(Phase.OPEN), dtype=np.int64)
    bars_a_day = np.full(instruments, timedelta(days=1) / clock.step)
    for listing in rules.listings:
        phase[:, listing.instruments] = np.asarray(listing.venue.phases(clock))[:, None]
        bars_a_day[listing.instruments] = _bars_a_day(listing.venue, clock)
    is_open = phase != Phase.CLOSED
    length = np.where(is_open, 1.0, rules.overnight) / bars_a_day
    return Timetable(length, is_open, phase == Phase.CLOSING, clock.days_per_bar)


def _bars_a_day(venue: Venue, clock: Clock) -> float:
    """Open bars of the venue's usual trading day, wherever the window begins and ends.

    The mean over whole weeks that cover the window, so that a day cut off does not count.
    """
    week = timedelta(days=7)
    weeks = -(-(clock.end - clock.start) // week) + 1
    before = week / 2 // clock.step * clock.step
    around = Clock(clock.start - before, clock.step, int(weeks * week / clock.step))
    phases = np.asarray(venue.phases(around))
    days = int(np.count_nonzero(phases == Phase.CLOSING))
    return int(np.count_nonzero(phases)) / days if days else timedelta(days=1) / clock.step


def round_of(number: int, instruments: int) -> Pace:
    """A round within one date: no time passes, everything trades."""
    flags = np.ones(instruments, dtype=np.bool_)
    return Pace(number, np.zeros(instruments), flags, ~flags, 0.0)
