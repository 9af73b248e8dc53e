"""`run` plays bars of market time; `until_calm` plays rounds within one date to rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from undertow.core.shapes import PerInstrument
from undertow.core.trace import Contagion, Trace, Waterfall
from undertow.engine.audit import Books, audit, opening_books
from undertow.engine.ledger import origin_names
from undertow.engine.pace import round_of, timetable
from undertow.engine.pool import Pool
from undertow.engine.prices import forced_log
from undertow.engine.record import Record, Watch
from undertow.engine.state import State, near_lists, opened
from undertow.engine.step import step
from undertow.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class How:
    """How to run; none of it changes an answer.

    threads: worker threads;  plain: scan every account in every bar instead of the near list
    ledger: book every sale over the origins of the seller's losses
    progress: called with (bar, bars) after each bar
    watch: looks on in each bar; one that changes rules changes the answer
    """

    threads: int = 2
    plain: bool = False
    ledger: bool = True
    progress: Callable[[int, int], None] | None = None
    watch: Watch | None = None


def run(scenario: Scenario, *, how: How | None = None) -> Trace:
    """Play every bar of the scenario's clock: one round a bar, as fast as the market does."""
    how = how or How()
    clock = scenario.clock
    table = timetable(clock, scenario.rules, len(scenario.market.instruments))
    state, record, books = _start(scenario, clock.bars, how)
    with Pool(how.threads) as pool:
        for bar in range(clock.bars):
            step(state, table.pace(bar), clock.time(bar + 1), record, pool)
            if how.progress is not None:
                how.progress(bar + 1, clock.bars)
    return _trace(scenario, state, record, books, truncated=False)


def until_calm(
    scenario: Scenario,
    *,
    shock: PerInstrument | None = None,
    max_rounds: int = 500,
    how: How | None = None,
) -> Trace:
    """Play rounds within one date until nothing more is sold; no time passes, nothing decays.

    shock: factor on each fundamental before the first round. The last round is the one that
    finds nothing to sell; a trace whose last allowed round still sold is marked truncated.
    """
    how = how or How()
    market = scenario.market
    shocked = market.fundamental * (np.ones(len(market.price)) if shock is None else shock)
    start = replace(scenario, market=replace(market, fundamental=shocked))
    state, record, books = _start(start, max_rounds, how)
    moment = scenario.clock.start
    sold = 1.0
    with Pool(how.threads) as pool:
        for number in range(max_rounds):
            pace = round_of(number, len(market.price))
            sold = step(state, pace, moment, record, pool)
            if sold == 0.0:
                break
    return _trace(scenario, state, record, books, truncated=sold != 0.0)


def _start(scenario: Scenario, bars: int, how: How) -> tuple[State, Record, Books]:
    state = opened(scenario, bars=bars, ledger=how.ledger)
    near_lists(state, plain=how.plain)
    names = (*state.segments, *(name for name, _ in state.rules.traders))
    market = state.market
    before = np.log(market.price) - forced_log(state.rules.impact, market)
    record = Record(names, before, how.watch)
    return state, record, opening_books(state)


def _trace(
    scenario: Scenario, state: State, record: Record, books: Books, *, truncated: bool
) -> Trace:
    names = scenario.market.instruments.names
    rounds = len(record.price)
    return Trace(
        scenario=scenario.name,
        instruments=names,
        segments=record.names,
        paths=record.paths(),
        by_segment=record.by_segment(),
        contagion=Contagion(origin_names(names), names, state.segments, state.booked),
        waterfall=Waterfall(
            {k: -v for k, v in state.absorber.insurance.items()},
            {k: -v for k, v in state.absorber.broker.items()},
        ),
        audit=audit(state, books),
        rounds=rounds,
        truncated=truncated,
        account_rounds=rounds * len(scenario.accounts),
        scanned=sum(desk.near.scanned for desk in state.desks),
    )
