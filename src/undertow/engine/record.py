"""Record: what the trace keeps of each bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from undertow.core.shapes import Floats, Rows
from undertow.core.trace import Paths, SegmentPaths
from undertow.engine.books import Settled
from undertow.engine.clear import Cleared
from undertow.engine.state import State

Watch: TypeAlias = Callable[[State, list[Rows], Cleared], None]
"""Called in each bar after settlement, with who was called and how orders were cleared.

The market is still the one at whose opening prices all was decided.
"""


@dataclass(slots=True)
class Record:
    """Rows of the trace, one per bar, stacked at the end.

    names: segments, then traders;  opening: ln of the prices before the first bar, without pressure
    watch: looks on;  what it may change are the rules of a desk, as a margin hike does
    """

    names: tuple[str, ...]
    opening: Floats
    watch: Watch | None = None
    price: list[Floats] = field(default_factory=list)
    news: list[Floats] = field(default_factory=list)
    forced: list[Floats] = field(default_factory=list)
    pressure: list[Floats] = field(default_factory=list)
    displayed: list[Floats] = field(default_factory=list)
    spread: list[Floats] = field(default_factory=list)
    units: list[Floats] = field(default_factory=list)
    margin: list[Floats] = field(default_factory=list)
    counts: list[Floats] = field(default_factory=list)
    money: list[Floats] = field(default_factory=list)

    def note(
        self,
        state: State,
        called: list[Rows],
        settled: list[Settled | None],
        traders: Floats,
        cleared: Cleared,
    ) -> None:
        """Keep one bar; `traders` are the units each one sold (net), [trader, instrument]."""
        market = state.market
        forced = state.shown_forced.sum(axis=1)
        self.price.append(market.price)
        self.forced.append(forced)
        self.news.append(np.log(market.price) - forced - self.opening)
        self.pressure.append(market.pressure)
        self.displayed.append(state.rules.makers.displayed(market))
        calm = np.where(market.instruments.spread > 0.0, market.instruments.spread, 1.0)
        self.spread.append(cleared.spread / calm)
        self.margin.append(_posted(state))
        units = sum((s.units for s in settled if s is not None), np.zeros(len(forced)))
        self.units.append(units + traders.sum(axis=0))
        self._segments(state, called, settled, traders * (cleared.paid * market.fx))
        if self.watch is not None:
            self.watch(state, called, cleared)

    def _segments(
        self, state: State, called: list[Rows], settled: list[Settled | None], money_of: Floats
    ) -> None:
        counts = np.zeros((len(self.names), 5))
        money = np.zeros((len(self.names), len(state.market.instruments)))
        for desk, places, done in zip(state.desks, called, settled, strict=True):
            if done is None and len(places) == 0 and len(desk.open) == 0:
                continue
            at = self.names.index(desk.segment.name)
            waiting = float(desk.live.weight_at(desk.open).sum())
            counts[at, :2] += (float(desk.live.weight_at(places).sum()), waiting)
            if done is not None:
                counts[at, 2:] += (done.unrescuable, done.bankrupt, done.bad_debt)
                money[at] += done.money
        for number in np.flatnonzero(money_of.any(axis=1)).tolist():
            at = self.names.index(state.rules.traders[number][0])
            money[at] += np.maximum(money_of[number], 0.0)
        self.counts.append(counts)
        self.money.append(money)

    def paths(self) -> Paths:
        """Paths per bar and instrument; news since the start."""
        stacked = [
            np.array(rows)
            for rows in (
                self.price, self.news, self.forced, self.pressure, self.displayed, self.spread,
                self.units, self.margin,
            )
        ]  # fmt: skip
        return Paths(*stacked)

    def by_segment(self) -> SegmentPaths:
        """Paths per bar and segment."""
        counts = np.array(self.counts)
        called, waiting, stuck, bankrupt, debt = (counts[:, :, k] for k in range(5))
        return SegmentPaths(called, waiting, stuck, bankrupt, debt, np.array(self.money))


def _posted(state: State) -> Floats:
    """Base currency of margin behind each instrument, at trigger rates (largest move)."""
    count = len(state.market.instruments)
    if not state.desks:
        return np.zeros(count)
    board = state.desks[0].board
    test, value = board.trigger, state.market.value[board.all.instruments]
    required = (value * test.rate + test.money).max(axis=0)
    return board.per_instrument(board.held * required, True, count)
