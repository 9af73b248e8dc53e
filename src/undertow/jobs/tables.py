"""The tables that a run is stored with: its trace, what really happened, hours, and ranges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from undertow.core.answers.bands import Bands
from undertow.core.clock import Clock
from undertow.core.trace import Trace
from undertow.data.store import Table, moments, trace_tables
from undertow.episodes import Episode
from undertow.jobs.system import System
from undertow.model.scenario import Listing
from undertow.model.venues.base import Phase


def tables_of(system: System, trace: Trace, bands: Bands | None = None) -> dict[str, Table]:
    """All tables of a run by name."""
    clock = system.scenario.clock
    times = [clock.time(bar) for bar in range(trace.rounds)]
    found = trace_tables(trace, times)
    found["actual"] = _actual_rows(system.episode)
    found["sessions"] = _session_rows(system.scenario.rules.listings, clock)
    if bands is not None:
        found["bands"] = _band_rows(bands)
    return found


def _actual_rows(episode: Episode) -> Table:
    """Dated prices of the window, and the last one before it."""
    rows = [
        (moment, symbol, fact.value)
        for symbol, one in episode.plan.instruments.items()
        for fact in episode.facts.all(one.path)
        if (moment := fact.moment) and _shown(episode, one.path, moment)
    ]
    return _columns(("time", "instrument", "price"), rows)


def _shown(episode: Episode, path: str, moment: datetime) -> bool:
    opening = episode.facts.opening(path).moment
    return moment <= episode.plan.end and (opening is None or moment >= opening)


def _session_rows(listings: tuple[Listing, ...], clock: Clock) -> Table:
    """When each venue is open, in one row a session."""
    rows = []
    for listing in listings:
        is_open = np.asarray(listing.venue.phases(clock)) != Phase.CLOSED
        edges = np.diff(np.concatenate([[0], is_open.astype(np.int8), [0]]))
        begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        pairs = zip(begins.tolist(), ends.tolist(), strict=True)
        rows += [(listing.name, clock.time(b), clock.time(e)) for b, e in pairs]
    return _columns(("venue", "begin", "end"), rows)


def _band_rows(bands: Bands) -> Table:
    """Lowest and highest share that forced selling had moved each price by, over all inputs."""
    count = len(bands.instruments)
    return {
        "time": np.repeat(moments(bands.times), count),
        "instrument": list(bands.instruments) * len(bands.times),
        "low": bands.low.ravel(),
        "high": bands.high.ravel(),
    }


def _columns(names: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> Table:
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}
