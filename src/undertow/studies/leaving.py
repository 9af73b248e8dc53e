"""The question: can I get out, what does it cost, and would it help?

A book is closed on its own, at most a share of each venue's volume, while the venue is open and
its price limit lets anyone out. What it costs comes from the impact law, the makers' spread and
the fee; under stress there is less depth and a wider spread. The cost decides whether selling ends
a call at all: where it costs more than the margin it frees, no sale does.
Limits: nobody else sells (`within` is for that); volume is a normal day's, stressed or not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from undertow.core.answers.leaving import Leaving, LeavingLine, Rescue, WayOut
from undertow.core.book import Book, BookAccount
from undertow.core.market import Market
from undertow.core.shapes import Floats, Rows
from undertow.model.rulebook import (
    Pool,
    RestoredTo,
    Rulebook,
    moved,
    moves,
    restoring_share,
    rulebook_of,
)
from undertow.model.scenario import Rules, Scenario
from undertow.studies.placed import all_pools, follows, units
from undertow.studies.way_out import Closed, Selling, Stress, closed


@dataclass(frozen=True, slots=True)
class Out:
    """Under what conditions a book is left.

    begin: the moment it starts, None for the scenario's start
    symbols: instruments by symbol, where the book's names are others
    rulebooks: by account, where they are not the shipped ones
    beyond: how much further than to the call prices are taken to go, share
    """

    selling: Selling = field(default_factory=Selling)
    stress: Stress = field(default_factory=Stress)
    begin: datetime | None = None
    symbols: Mapping[str, str] | None = None
    rulebooks: Mapping[str, Rulebook] | None = None
    beyond: float = 0.01


@dataclass(frozen=True, slots=True)
class Held:
    """One position that the market lists."""

    account: str
    symbol: str
    instrument: int
    units: float


def leaving(book: Book, scenario: Scenario, *, out: Out | None = None) -> Leaving:
    """Close a book in a scenario's markets, in normal and in stressed times.

    scenario: gives markets, venues, impact law and makers; its crowd stays out of it
    """
    out = out or Out()
    market, rules = scenario.market, scenario.rules
    begin = out.begin or scenario.clock.start
    held = _held(book, market, out)
    normal, stressed = (
        _way_out(held, there, rules, (out.selling, begin))
        for there in (market, out.stress.on(market))
    )
    listed = {one.symbol for one in held}
    return Leaving(
        begin=begin,
        participation=out.selling.participation,
        normal=normal,
        stressed=stressed,
        rescues=tuple(
            _rescue(account, pool, name, (normal, stressed), out)
            for account, pool, name in all_pools(book)
        ),
        without=tuple(sorted({p.symbol for p in book.positions} - listed)),
    )


def _held(book: Book, market: Market, out: Out) -> list[Held]:
    """All positions that are listed, wherever they are pledged."""
    marks, by = book.marks, follows(book, market, out.symbols)
    return [
        Held(p.account, p.symbol, by[p.symbol], units(p, marks, market.value[by[p.symbol]]))
        for p in book.positions
        if p.symbol in by
    ]


def _way_out(
    held: list[Held], market: Market, rules: Rules, of: tuple[Selling, datetime]
) -> WayOut:
    own: Rows = np.array([one.instrument for one in held], dtype=np.int64)
    count = np.array([one.units for one in held])
    usd = np.abs(count) * market.value[own]
    done = closed(count, own, market, rules, of)
    volumes = np.abs(count) / market.instruments.volume[own]
    gone = usd - done.left * market.value[own]
    lines = tuple(_line(one, at, (usd, volumes, gone), done) for at, one in enumerate(held))
    return WayOut(
        usd=float(usd.sum()),
        hours=float(done.last_hour.max(initial=0.0)),
        left_after_a_day=_share(float(done.left_after_a_day @ market.value[own]), usd.sum()),
        cost=_share(float(done.cost.sum()), gone.sum()),
        cost_usd=float(done.cost.sum()),
        lines=lines,
    )


def _line(one: Held, at: int, sizes: tuple[Floats, Floats, Floats], done: Closed) -> LeavingLine:
    usd, volumes, gone = (float(size[at]) for size in sizes)
    return LeavingLine(
        account=one.account,
        symbol=one.symbol,
        usd=usd,
        volumes=volumes,
        wait_hours=float(done.first_hour[at]),
        hours=float(done.last_hour[at]),
        left_after_a_day=_share(float(done.left_after_a_day[at]), abs(one.units)),
        cost=_share(float(done.cost[at]), gone),
        cost_usd=float(done.cost[at]),
    )


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0.0 else 0.0


def _rescue(
    account: BookAccount, pool: Pool, name: str, ways: tuple[WayOut, WayOut], out: Out
) -> Rescue:
    given = (out.rulebooks or {}).get(account.account)
    rulebook = rulebook_of(account) if given is None else given
    costs = [_cost_of(pool, way) for way in ways]
    against = {p.symbol: -math.copysign(1.0, p.quantity) for p in pool.positions}
    call = moves(rulebook, pool, against).call
    now = [_restoring(rulebook, pool, cost) for cost in costs]
    after = now
    if math.isfinite(call):
        there = moved(pool.opening, against, call + out.beyond, pool.positions)
        after = [_restoring(rulebook, pool.at(there), cost) for cost in costs]
    return Rescue(account.account, name, call, out.beyond, *now, *after)


def _restoring(rulebook: Rulebook, pool: Pool, cost: float) -> float:
    initial = rulebook.terms(pool.opening.on).restored_to is RestoredTo.INITIAL
    return restoring_share(rulebook, pool, cost=cost, initial=initial)


def _cost_of(pool: Pool, way: WayOut) -> float:
    """Cost of closing the pool's positions, share of their size; 0 where none is listed."""
    symbols = {p.symbol for p in pool.positions}
    mine = [
        line
        for line in way.lines
        if line.account == pool.account.account and line.symbol in symbols
    ]
    return _share(sum(line.cost_usd for line in mine), sum(line.usd for line in mine))
