"""A venue whose price limits widen after a locked day, as in Shanghai."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

import numpy as np

from undertow.core.clock import Clock
from undertow.core.errors import BadNumber
from undertow.core.shapes import Floats
from undertow.model.venues._hours import Hours, hour, session_times, weekday_set, zone_named
from undertow.model.venues._limits import ROUNDING, bounds, widened
from undertow.model.venues.base import Brake, Phase, PhasePerBar, Venue


@dataclass(frozen=True, slots=True)
class PriceLimits(Venue):
    """Sessions, and daily limits around the previous settlement that widen after a locked day.

    low, high = settlement·(1 ∓ (base + widening[run − 1])), rounded down to the tick
    A day is locked if its last `lock_bars` bars end at the same limit; `run` counts locked days
    in a row on one side. A run longer than `widening` suspends the next day: low = high = price.
    The settlement is a day's volume-weighted average; here the plain average of the prices its
    open bars end at. The evening of a holiday is not traded. SHFE: widening (0.03, 0.05), night
    sessions from 21:00 belong to the next day, locked = the last five minutes: margin.md 1.6, 3.

    zone, sessions, weekdays, settlement, holidays, early_closes: as in `Sessions`
    limits: base per listed instrument, as a share;  ticks: smallest price step of each, or none
    changes: rows (date, position in the listing, base): set at that date's settlement, in force
    from the next trading day; widenings are not listed, they follow from the rule
    memory: [sum of prices, bars, bars in a row at a limit (signed)] × instrument, of this day
    """

    zone: str
    sessions: Sequence[Sequence[str]]
    weekdays: Sequence[str]
    settlement: str
    limits: Sequence[float]
    widening: Sequence[float]
    holidays: Sequence[date] = ()
    early_closes: Sequence[tuple[date, str]] = ()
    changes: Sequence[tuple[date, int, float]] = ()
    ticks: Sequence[float] = ()
    lock_bars: int = 1

    def __post_init__(self) -> None:
        self._hours()
        for limit in (*self.limits, *(row[2] for row in self.changes)):
            if not 0 < limit < 1:
                raise BadNumber(
                    f"price limit {limit} is no share between 0 and 1; write 9 % as 0.09."
                )
        for _, position, _ in self.changes:
            if not 0 <= position < len(self.limits):
                raise BadNumber(
                    f"a change of limit names position {position}, the venue lists "
                    f"{len(self.limits)} instruments; count from 0 in the order of the listing."
                )
        if self.ticks and len(self.ticks) != len(self.limits):
            raise BadNumber(
                f"{len(self.ticks)} ticks for {len(self.limits)} limits; give one each, or none."
            )

    @classmethod
    def example(cls, instruments: int) -> Self:
        """Shanghai silver's hours and its limit of February 2026 for every instrument."""
        return cls(
            zone="Asia/Shanghai",
            sessions=(
                ("21:00", "02:30"),
                ("09:00", "10:15"),
                ("10:30", "11:30"),
                ("13:30", "15:00"),
            ),
            weekdays=("Mon", "Tue", "Wed", "Thu", "Fri"),
            settlement="15:00",
            limits=(0.17,) * instruments,
            widening=(0.03, 0.05),
        )

    def phases(self, clock: Clock) -> PhasePerBar:
        """OPEN where a bar begins in a session, CLOSING where a settlement is struck."""
        return self._hours().phases(clock)

    def opened(self, settlement: Floats, moment: datetime) -> Brake:
        """Limits in force at `moment`, after a day that was not locked."""
        if len(settlement) != len(self.limits):
            raise BadNumber(
                f"the venue has {len(self.limits)} limits for {len(settlement)} listed "
                "instruments; give one limit each."
            )
        none = np.zeros(len(settlement))
        start = np.array(settlement, dtype=np.float64)
        low, high = self._bounds(start, self._base(self._hours().settled_by(moment)))
        return Brake(low, high, start, none, none, memory=np.zeros((3, len(settlement))))

    def after(self, brake: Brake, price: Floats, phase: int, moment: datetime) -> Brake:
        """The same limits within a day, the next day's after its settlement."""
        if phase == Phase.CLOSED:
            return brake
        total, bars, held = brake.memory
        side = _side(brake, price)
        held = np.where(side * held > 0, held + side, side)
        counted = replace(brake, memory=np.stack((total + price, bars + 1, held)))
        return counted if phase == Phase.OPEN else self._settled(counted, price, moment)

    def _settled(self, brake: Brake, price: Floats, moment: datetime) -> Brake:
        total, bars, held = brake.memory
        settlement = total / bars
        locked = np.where(np.abs(held) >= self.lock_bars, np.sign(held), 0.0)
        run = np.where(locked == 0, 0.0, np.where(locked == brake.locked, brake.run + 1, 1.0))
        suspended = run > len(self.widening)
        base = self._base(self._hours().settled_by(moment))
        low, high = self._bounds(settlement, widened(base, run, self.widening))
        return Brake(
            low=np.where(suspended, price, low),
            high=np.where(suspended, price, high),
            settlement=settlement,
            locked=locked,
            run=run,
            memory=np.zeros_like(brake.memory),
        )

    def _base(self, settled: date) -> Floats:
        base = np.array(self.limits, dtype=np.float64)
        for day, position, limit in sorted(self.changes):
            if day <= settled:
                base[position] = limit
        return base

    def _bounds(self, settlement: Floats, limit: Floats) -> tuple[Floats, Floats]:
        tick = np.array(self.ticks, dtype=np.float64) if self.ticks else None
        return bounds(settlement, limit, tick)

    def _hours(self) -> Hours:
        return Hours(
            zone=zone_named(self.zone),
            sessions=session_times(self.sessions, self.settlement),
            weekdays=weekday_set(self.weekdays),
            settlement=hour(self.settlement),
            holidays=frozenset(self.holidays),
            early_closes={day: hour(close) for day, close in self.early_closes},
            holiday_evenings=False,
        )


def _side(brake: Brake, price: Floats) -> Floats:
    """+1 at the high, −1 at the low, 0 between them or while suspended."""
    up = price >= brake.high * (1 - ROUNDING)
    down = price <= brake.low * (1 + ROUNDING)
    return np.asarray(up, dtype=np.float64) - np.asarray(down, dtype=np.float64)
