"""Looks on while a book goes through a run, and notes where its accounts stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from undertow.core.answers.within import ForcedSale
from undertow.core.clock import Clock
from undertow.core.shapes import Flags, Floats, Rows
from undertow.engine.clear import Cleared
from undertow.engine.desk import Desk
from undertow.engine.state import State
from undertow.model.rulebook import Levels
from undertow.studies.book_margin import in_steps, kept_up
from undertow.studies.standing import Standing


@dataclass(slots=True)
class Followed:
    """One pool's way through a run, [bar].

    name: of its segment;  standing: where it stands now;  tests: bars in which it is tested, None
    for all;  levels: after the sales of each bar;  called: whether it was called
    owed: base currency
    """

    name: str
    standing: Standing
    tests: Flags | None = None
    levels: list[Levels] = field(default_factory=list)
    called: list[bool] = field(default_factory=list)
    sales: list[ForcedSale] = field(default_factory=list)
    owed: float = 0.0

    @property
    def equity(self) -> Floats:
        """Equity after each bar's sales, account's currency."""
        return np.array([one.equity for one in self.levels])

    @property
    def left(self) -> float:
        """Equity at the end without what is owed, account's currency."""
        return float(self.levels[-1].equity) - self.owed / self.standing.per_unit


@dataclass(slots=True)
class BookWatch:
    """A `Watch` of all pools of a book; it keeps their rules up to what they hold.

    beneath: F of every instrument, per bar
    """

    clock: Clock
    followed: tuple[Followed, ...]
    beneath: list[Floats] = field(default_factory=list)

    def __call__(self, state: State, called: list[Rows], cleared: Cleared) -> None:
        """Note one bar."""
        bar = len(self.beneath)
        self.beneath.append(state.market.fundamental)
        numbers = {desk.segment.name: number for number, desk in enumerate(state.desks)}
        for one in self.followed:
            number = numbers[one.name]
            desk = state.desks[number]
            self._note(one, desk, (state, cleared), bar)
            tested = one.tests is None or bool(one.tests[bar])
            short = one.levels[-1].equity < one.levels[-1].maintenance
            one.called.append(len(called[number]) > 0 or (tested and short))

    def _note(self, one: Followed, desk: Desk, now: tuple[State, Cleared], bar: int) -> None:
        value, before = now[0].market.value, one.standing
        units, cash = desk.live.quantity[0].copy(), float(desk.live.cash[0])
        one.owed = float(desk.near.group.owed[0])
        one.sales += _sales(one, units, now, self.clock.time(bar))
        stands = before.after(value, units, cash, before.pool.opening.on)
        levels = stands.levels(value)
        one.levels.append(levels)
        one.standing = stands.after(value, units, cash, self.clock.time(bar + 1).date())
        kept = kept_up(desk.segment, one.standing, levels, one.tests)
        desk.segment = in_steps(kept, one.standing, one.standing.marks(value))


def _sales(
    one: Followed, units: Floats, now: tuple[State, Cleared], moment: datetime
) -> list[ForcedSale]:
    """What was closed in this bar, position by position."""
    (state, cleared), before, found = now, one.standing, []
    market = state.market
    for slot in np.flatnonzero(units != before.units).tolist():
        placed, closed = before.opening.placed[slot], float(before.units[slot] - units[slot])
        at, position = placed.instrument, before.first.positions[placed.position]
        side = 1.0 if closed > 0.0 else -1.0
        dealt = float((cleared.paid[at] - side * cleared.half_spread[at]) * market.fx[at])
        # Book prices move as the instrument's value does, whatever its quotation.
        quoted = before.first.opening.price[position.symbol] / float(before.opening.value[at])
        found.append(
            ForcedSale(
                time=moment,
                account=position.account,
                symbol=position.symbol,
                quantity=-closed / placed.units * position.quantity,
                price=quoted * dealt,
                mark=float(quoted * market.value[at]),
                usd=abs(closed) * dealt,
            )
        )
    return found
