"""All that is measured while a feed goes by, kept in proportion to its time, not its messages."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from undertow.core.events import FILL, TRADE, About
from undertow.core.shapes import Floats
from undertow.tape import flows as flow
from undertow.tape import impact as hit
from undertow.tape import weigh as weight
from undertow.tape.grown import Values, Windows, of_spreads
from undertow.tape.seen import TIME, Counters, Seen


@dataclass(slots=True)
class Measures:
    """What has been added up so far.

    window_ns: width of the windows
    """

    about: About
    window_ns: int
    weighed: Windows = field(init=False)
    flowed: Windows = field(init=False)
    minutes: Windows = field(init=False)
    tens: Windows = field(init=False)
    spreads: Values = field(default_factory=of_spreads)
    depths: Values = field(init=False)
    weighing: Counters = field(init=False)
    flowing: Counters = field(init=False)
    hitting: Counters = field(init=False)
    waiting: Seen = field(init=False)
    sums: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.weighed = Windows(self.window_ns, weight.WEIGHED)
        self.flowed = Windows(self.window_ns, flow.COLUMNS)
        self.minutes, self.tens = Windows(hit.MINUTE, 2), Windows(hit.TEN_SECONDS, 2)
        self.depths = Values(self.about.quantity_unit)
        self.weighing = np.zeros(weight.COUNTERS, dtype=np.int64)
        self.weighing[weight.WAS] = -1
        self.flowing = np.zeros(1, dtype=np.int64)
        self.hitting = np.zeros(hit.COUNTERS, dtype=np.int64)
        self.hitting[hit.TRADES_ARE] = TRADE if self.about.prints else FILL
        self.hitting[hit.TAKERS_STAND] = self.about.takers_stand
        self.waiting = np.zeros((1 << 10, 5), dtype=np.int64)
        self.sums = np.zeros((len(hit.HORIZONS) + 1, 4))

    def take(self, seen: Seen) -> None:
        """Go on with a block."""
        begin, end = int(seen[0, TIME]), int(seen[-1, TIME])
        for windows in (self.weighed, self.flowed, self.minutes, self.tens):
            windows.reach(begin, end)
        self._weigh(seen)
        flow.flows(seen, self.flowing, self.flowed.rows, self.flowed.grid)
        self._hit(seen)

    def end(self) -> None:
        """The feed is over: trades that still wait are closed at the last mid."""
        hit.matured(self.waiting, self.hitting, self.sums, np.iinfo(np.int64).max)

    def _weigh(self, seen: Seen) -> None:
        for table in (self.spreads, self.depths):
            table.room_for(len(seen) + 1)
        shifts = (self.spreads.shift, self.depths.shift)
        grid = np.array((*self.weighed.grid, *shifts), dtype=np.int64)
        tables = (self.spreads.slots, self.depths.slots)
        weight.weigh(seen, self.weighing, self.weighed.rows, tables, grid)

    def _hit(self, seen: Seen) -> None:
        self._room_for(len(seen))
        first = np.array((self.minutes.first, self.tens.first), dtype=np.int64)
        buckets = (self.minutes.rows, self.tens.rows, first)
        hit.impact(seen, self.hitting, self.waiting, self.sums, buckets)

    def _room_for(self, more: int) -> None:
        """Let go of the trades that no horizon waits for, and make room for so many new ones."""
        done, tail = int(self.hitting[hit.HEAD :].min()), int(self.hitting[hit.TAIL])
        held = self.waiting[done:tail]
        if len(held) + more > len(self.waiting) or done:
            rows = max(len(self.waiting), 2 * (len(held) + more))
            room = np.zeros((rows, 5), dtype=np.int64)
            room[: len(held)] = held
            self.waiting = room
            self.hitting[hit.HEAD :] -= done
            self.hitting[hit.TAIL] -= done
