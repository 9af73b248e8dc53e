"""Who is open when: venues with their instruments, and when margins are tested."""

from __future__ import annotations

from datetime import time
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from undertow.core.clock import Clock
from undertow.core.errors import BadDate
from undertow.core.market import Market
from undertow.core.shapes import Flags
from undertow.episodes.made import made, said_with_place
from undertow.episodes.schema import Plan
from undertow.episodes.schema_segments import Regime
from undertow.model.scenario import Listing
from undertow.model.venues import VENUES
from undertow.model.venues.base import Phase, PhasePerBar, Venue

PhasePerVenue: TypeAlias = dict[str, PhasePerBar]
OpenPerBar: TypeAlias = Annotated[NDArray[np.bool_], "bar instrument"]


def listings_of(plan: Plan, market: Market, clock: Clock, file: str) -> tuple[Listing, ...]:
    """Every venue with what it lists, opened once so that a venue that cannot open says so."""
    listings = []
    for name, choice in plan.venues.items():
        where = f"{file} [venues.{name}]"
        venue = made(VENUES, choice, where)
        own = [at for at, one in enumerate(plan.instruments.values()) if one.venue == name]
        listing = Listing(name, venue, np.array(own, dtype=np.int64))
        with said_with_place(where):
            venue.opened(market.settlement[listing.instruments], clock.start)
        listings.append(listing)
    return tuple(listings)


def phases_of(listings: tuple[Listing, ...], clock: Clock) -> PhasePerVenue:
    """`Phase` of each bar, by venue."""
    return {listing.name: _phases(listing.venue, clock) for listing in listings}


def _phases(venue: Venue, clock: Clock) -> PhasePerBar:
    return np.asarray(venue.phases(clock), dtype=np.int64)


def open_of(plan: Plan, phases: PhasePerVenue, clock: Clock) -> OpenPerBar:
    """Whether each instrument trades in each bar; without a venue it always does."""
    always = np.full(clock.bars, Phase.OPEN, dtype=np.int64)
    chosen = [always if i.venue is None else phases[i.venue] for i in plan.instruments.values()]
    return np.column_stack(chosen) != Phase.CLOSED


def tests_of(regime: Regime, phases: PhasePerVenue, clock: Clock, where: str) -> Flags | None:
    """The bars in which margins are tested; None for every bar."""
    if regime.tests == "every_bar":
        return None
    if regime.tests == "end_of_day":
        return phases[str(regime.settles_on)] == Phase.CLOSING
    opens = np.ones(clock.bars, dtype=np.bool_)
    if regime.settles_on is not None:
        opens = phases[regime.settles_on] != Phase.CLOSED
    return _cycles(tuple(regime.tests), opens, clock, where)


def _cycles(times: tuple[time, ...], opens: Flags, clock: Clock, where: str) -> Flags:
    """The first bar at or after each time of day (UTC), on dates with an open bar."""
    begins = [clock.time(bar) for bar in range(clock.bars)]
    days = {begin.date() for begin, is_open in zip(begins, opens, strict=True) if is_open}
    tested = np.zeros(clock.bars, dtype=np.bool_)
    for bar, begin in enumerate(begins):
        since = begin - clock.step
        due = (begin.replace(hour=t.hour, minute=t.minute, second=0) for t in times)
        tested[bar] = begin.date() in days and any(since < moment <= begin for moment in due)
    if not tested.any():
        raise BadDate(f"{where}: no bar is at its times of testing; choose other tests.")
    return tested
