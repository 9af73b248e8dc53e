"""A feed replayed: what each block of messages shows, and the book second by second."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from undertow.core.errors import BadFile
from undertow.core.events import About, Events, RowPerEvent
from undertow.tape import ladder
from undertow.tape import orders as kept
from undertow.tape.ladder import NEXT, ROW
from undertow.tape.seen import COLUMNS, SAMPLE_COLUMNS, SECOND, Counters, Sampled, Seen

LONGEST_GAP = 7 * 86_400
"""Seconds without a message that a feed may have."""
FARTHEST_BACK = 60 * SECOND
"""How far a time may lie before the one before it; such a row is taken at the later time."""


@dataclass(slots=True)
class Samples:
    """The book at every whole second, from the first after the first message to the last."""

    rows: Sampled = field(default_factory=lambda: np.zeros((0, SAMPLE_COLUMNS), dtype=np.int64))

    def room_until(self, begin: int, end: int, counters: Counters) -> None:
        """Make room for the seconds of a block."""
        if not counters[NEXT]:
            counters[NEXT] = -(-begin // SECOND) * SECOND
        due = (end - max(int(counters[NEXT]), begin)) // SECOND + 2
        if due > LONGEST_GAP:
            raise BadFile(
                f"{due / 86_400:.0f} days lie between messages; give a file of one stretch of time."
            )
        due = (end - int(counters[NEXT])) // SECOND + 2
        need = int(counters[ROW]) + max(due, 0)
        if need > len(self.rows):
            more = np.zeros((max(need, 2 * len(self.rows)), SAMPLE_COLUMNS), dtype=np.int64)
            more[: len(self.rows)] = self.rows
            self.rows = more


@dataclass(slots=True)
class Replay:
    """A book that goes along with its messages.

    before: the last row of the ladder of the block before;  last: the time of its last message
    backwards: messages that came with an earlier time than one before them
    """

    about: About
    samples: Samples = field(default_factory=Samples)
    counters: Counters = field(default_factory=lambda: np.zeros(kept.COUNTERS, dtype=np.int64))
    orders: kept.Orders = field(default_factory=lambda: _slots(1 << 8))
    levels: kept.Levels = field(default_factory=lambda: np.zeros((2, 3, 64), dtype=np.int64))
    sizes: kept.Sizes = field(default_factory=lambda: np.zeros((kept.SIZES, 5), dtype=np.int32))
    before: RowPerEvent = field(default_factory=lambda: np.zeros((1, 4), dtype=np.int64))
    room: Seen = field(default_factory=lambda: np.zeros((0, COLUMNS), dtype=np.int64))
    last: int = -1
    backwards: int = 0

    def __post_init__(self) -> None:
        self.counters[kept.CROSSED_SINCE] = -1
        self.counters[kept.CLOSED] = self.about.opens_with_a_trade

    def shown(self, events: Events) -> Seen:
        """What a block shows, message by message; overwritten by the next one."""
        events = self._in_time(events)
        if len(events.time) > len(self.room):
            self.room = np.zeros((len(events.time), COLUMNS), dtype=np.int64)
        seen = self.room[: len(events.time)]
        self.samples.room_until(int(events.time[0]), self.last, self.counters)
        rows = self.samples.rows
        if self.about.book == "ladder":
            ladder.replay_ladder(events, self.before, seen, rows, self.counters)
            self.before = events.ladder[-1:].copy()
        else:
            kept.told(events, seen)
            done = 0
            while done < len(seen):
                book = (self.orders, self.levels, self.sizes, self.counters)
                done = kept.replay_orders(seen, done, book, rows, self.about.purge_ns)
                self._make_room()
        return seen

    @property
    def sampled(self) -> Sampled:
        """The samples so far."""
        return self.samples.rows[: int(self.counters[ROW])]

    @property
    def odd(self) -> Counter[str]:
        """What could not be taken as it came, by reason."""
        counters = self.counters if self.about.book != "ladder" else np.zeros_like(self.counters)
        return Counter(
            times_that_ran_backwards=self.backwards,
            of_orders_that_are_not_in_the_book=int(counters[kept.UNKNOWN]),
            orders_that_were_there_already=int(counters[kept.TWICE_BORN]),
            ghost_orders_taken_out_of_a_crossed_book=int(counters[kept.PURGED]),
        )

    def _in_time(self, events: Events) -> Events:
        """In file order; a time before an earlier one becomes that one, and is counted."""
        time = np.maximum.accumulate(np.maximum(events.time, self.last))
        late = time - events.time
        if late.any():
            worst = int(late.max())
            if worst > FARTHEST_BACK:
                raise BadFile(
                    f"time runs backwards by {worst / 1e9:,.0f} s; give one stretch of time, in its"
                    " order."
                )
            self.backwards += int(np.count_nonzero(late))
            events = events._replace(time=time)
        self.last = int(time[-1])
        return events

    def _make_room(self) -> None:
        """Twice the room for orders or levels where it has become scarce."""
        if 4 * int(self.counters[kept.LIVE]) >= len(self.orders):
            wider = _slots(2 * len(self.orders))
            kept.rehashed(self.orders, wider)
            self.orders = wider
        count = self.levels.shape[2]
        if int(self.counters[kept.BIDS : kept.BIDS + 2].max()) + 1 >= count:
            deeper = np.zeros((2, 3, 2 * count), dtype=np.int64)
            deeper[:, :, :count] = self.levels
            self.levels = deeper


def _slots(count: int) -> kept.Orders:
    return np.zeros((count, kept.ORDER_COLUMNS), dtype=np.int64)
