"""Drive the engine and keep its working state, which a trace does not show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.shapes import Floats
from undertow.core.trace import Paths, SegmentPaths
from undertow.engine.pace import round_of, timetable
from undertow.engine.pool import Pool
from undertow.engine.prices import forced_log
from undertow.engine.record import Record
from undertow.engine.state import State, near_lists, opened
from undertow.engine.step import step
from undertow.model.scenario import Scenario


@dataclass(frozen=True)
class Played:
    """The state after the last bar, and what was recorded on the way."""

    state: State
    paths: Paths
    by_segment: SegmentPaths
    names: tuple[str, ...]

    def per_account(self, name: str) -> Floats:
        """One field of all accounts, group after group."""
        return np.concatenate([getattr(d.group, name).ravel() for d in self.state.desks])


def played(scenario: Scenario, *, plain: bool = True, bars: int | None = None) -> Played:
    """Play the bars of the clock (or the first few) with the engine's own step."""
    clock = scenario.clock
    table = timetable(clock, scenario.rules, len(scenario.market.instruments))
    state, record = _begin(scenario, clock.bars, plain=plain)
    with Pool() as pool:
        for bar in range(clock.bars if bars is None else bars):
            step(state, table.pace(bar), clock.time(bar + 1), record, pool)
    return Played(state, record.paths(), record.by_segment(), record.names)


def played_rounds(scenario: Scenario, rounds: int) -> Played:
    """Play so many rounds within one date."""
    state, record = _begin(scenario, rounds, plain=True)
    with Pool() as pool:
        for number in range(rounds):
            pace = round_of(number, len(state.market.price))
            step(state, pace, scenario.clock.start, record, pool)
    return Played(state, record.paths(), record.by_segment(), record.names)


def _begin(scenario: Scenario, bars: int, *, plain: bool) -> tuple[State, Record]:
    state = opened(scenario, bars=bars, ledger=True)
    near_lists(state, plain=plain)
    market = state.market
    before = np.log(market.price) - forced_log(state.rules.impact, market)
    names = (*state.segments, *(name for name, _ in state.rules.traders))
    return state, Record(names, before)
