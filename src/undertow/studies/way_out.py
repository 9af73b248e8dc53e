"""Closes positions bar by bar at the project's impact laws, with nobody else in the market."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np

from undertow.core.clock import Clock
from undertow.core.market import Market
from undertow.core.numbers import positive, within
from undertow.core.shapes import Flags, Floats, PerInstrument, Rows
from undertow.core.trace import Trace
from undertow.engine.pace import timetable
from undertow.engine.prices import decayed, paid_price, pressed
from undertow.model.scenario import Rules

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stress:
    """A market in trouble.

    depth: share of the normal depth that is left;  sigma: multiple of the volatility that makers
    see, which widens the spread
    """

    depth: float | PerInstrument = 0.25
    sigma: float | PerInstrument = 2.0

    def on(self, market: Market) -> Market:
        """The market with less depth and a wider spread."""
        return replace(
            market,
            depth=self.depth * market.depth,
            available=self.depth * market.available,
            sigma=self.sigma * market.sigma,
        )


def stress_in(trace: Trace, *, least: float = 0.01) -> Stress:
    """The worst that each instrument saw in a run: its thinnest quotes, its widest spread.

    σ/σ₀ = spread·φ, as `Makers.spread` has it
    """
    shown = np.maximum(trace.paths.displayed, least)
    sigma = np.maximum((trace.paths.spread * shown).max(axis=0), 1.0)
    return Stress(np.minimum(shown.min(axis=0), 1.0), sigma)


@dataclass(frozen=True, slots=True)
class Selling:
    """How positions are closed.

    participation: largest share of the volume dealt meanwhile
    locked: trading days that an instrument's price limit lets nobody out, by name
    bar: step of the clock;  most_days: calendar days that are looked at
    """

    participation: float = 0.1
    locked: Mapping[str, int] = field(default_factory=dict)
    bar: timedelta = timedelta(minutes=30)
    most_days: int = 60

    def __post_init__(self) -> None:
        within("participation, a share of the volume,", self.participation, 1e-9, 1.0)
        positive("bar, in hours,", self.bar / HOUR)
        within("most_days, calendar days,", self.most_days, 1, 3650)

    def clock(self, begin: datetime) -> Clock:
        """The bars that are looked at."""
        return Clock(begin, self.bar, int(timedelta(days=self.most_days) / self.bar))


@dataclass(frozen=True, slots=True)
class Closed:
    """How far each position has got, [position]; hours since the beginning.

    left: units at the end, unsigned;  left_after_a_day: and after 24 hours
    cost: base currency
    """

    left: Floats
    left_after_a_day: Floats
    first_hour: Floats
    last_hour: Floats
    cost: Floats


def closed(
    units: Floats, own: Rows, market: Market, rules: Rules, of: tuple[Selling, datetime]
) -> Closed:
    """Close signed units of the instruments `own`, all side by side, as fast as allowed.

    Positions in one instrument share its volume in proportion to what is left of them; longs and
    shorts press against each other. Cost is against the marks at the start.
    """
    selling, begin = of
    clock = selling.clock(begin)
    table = timetable(clock, rules, len(market.instruments))
    is_free = _unlocked(table.open, table.closing, market, selling)
    left, side, mark = np.abs(units), np.sign(units), market.value[own]
    day, cost = left.copy(), np.zeros_like(left)
    first = last = np.where(left > 0.0, np.inf, 0.0)
    for bar in range(clock.bars):
        if not left.any():
            break
        days, hour = table.days[bar], (bar + 1) * clock.step / HOUR
        room = selling.participation * market.instruments.volume * days * is_free[bar]
        take = _shared(left, own, room)
        calm = decayed(market, days)
        sold = _by_instrument(own, side * take, len(days))
        market = pressed(calm, sold, days)
        received = _received((calm, market), rules, (side, own), (sold, days))
        cost += take * (side * (mark - received) + rules.fee * mark)
        left = np.where(take >= left, 0.0, left - take)
        first = np.where((take > 0.0) & np.isinf(first), hour - clock.step / HOUR, first)
        last = np.where((left == 0.0) & np.isinf(last), hour, last)
        if hour <= 24.0:
            day = left.copy()
    return Closed(left, day, first, last, cost)


def _unlocked(opens: Flags, closing: Flags, market: Market, selling: Selling) -> Flags:
    """Whether each instrument can be dealt in each bar: open, and its locked days are over."""
    names = market.instruments.names
    days = np.array([selling.locked.get(name, 0) for name in names])
    over: Rows = np.cumsum(closing, axis=0) - closing
    free: Flags = opens & (over >= days)
    return free


def _shared(left: Floats, own: Rows, room: PerInstrument) -> Floats:
    """What of each position is closed if its instrument has this much room."""
    wanted = np.bincount(own, left, len(room))
    share = np.minimum(1.0, room / np.where(wanted > 0.0, wanted, 1.0))
    return left * share[own]


def _by_instrument(own: Rows, each: Floats, count: int) -> PerInstrument:
    total: PerInstrument = np.bincount(own, each, count).astype(np.float64)
    return total


def _received(
    moved: tuple[Market, Market],
    rules: Rules,
    of: tuple[Floats, Rows],
    sold: tuple[PerInstrument, PerInstrument],
) -> Floats:
    """Base currency per unit, half the spread given up.

    moved: the market before and after;  sold: units per instrument, and days they took
    """
    (calm, after), (side, own), (units, days) = moved, of, sold
    speed = units / (calm.instruments.volume * np.where(days > 0.0, days, 1.0))
    paid = paid_price(rules.impact, calm, after, speed)
    half = 0.5 * rules.makers.spread(calm) * calm.price
    received: Floats = (paid[own] - side * half[own]) * calm.fx[own]
    return received
