"""A feed replayed: what each block of messages shows, and the book second by second."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from undertow.core.errors import BadFile
from undertow.core.events import About, Events, RowPerEvent
from undertow.tape import book as lies
from undertow.tape import ladder
from undertow.tape import orders as kept
from undertow.tape.ladder import NEXT, ROW
from undertow.tape.seen import COLUMNS, SAMPLE_COLUMNS, SECOND, Counters, Sampled, Seen
from undertow.tape.told import told

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
        if counters[NEXT] < 0:
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
    book: lies.Book = field(default_factory=lambda: lies.empty_book(64, 256))
    before: RowPerEvent = field(default_factory=lambda: np.zeros((1, 4), dtype=np.int64))
    rooms: tuple[Seen, Seen] = field(default_factory=lambda: (_rows(0), _rows(0)))
    last: int = -1
    backwards: int = 0

    def __post_init__(self) -> None:
        self.book[lies.NEXT] = self.book[lies.CROSSED_SINCE] = -1
        self.book[lies.CLOSED] = self.about.opens_with_a_trade

    def shown(self, events: Events) -> Seen:
        """What a block shows, message by message; overwritten by the next but one."""
        events = self._in_time(events)
        other, room = self.rooms
        room = _rows(len(events.time)) if len(events.time) > len(room) else room
        self.rooms, seen = (room, other), room[: len(events.time)]
        self.samples.room_until(int(events.time[0]), self.last, self.book)
        rows = self.samples.rows
        if self.about.book == "ladder":
            ladder.replay_ladder(events, self.before, seen, rows, self.book)
            self.before = events.ladder[-1:].copy()
        else:
            told(events, seen)
            done = 0
            while done < len(seen):
                purge_ns = self.about.purge_ns
                done = kept.replay_orders(seen, done, self.book, rows, purge_ns)
                self._make_room()
        return seen

    @property
    def sampled(self) -> Sampled:
        """The samples so far."""
        return self.samples.rows[: int(self.book[ROW])]

    @property
    def named(self) -> bool:
        """Whether some orders have named their makers."""
        return self.about.book == "orders" and bool(self.book[lies.NAMES])

    @property
    def odd(self) -> Counter[str]:
        """What could not be taken as it came, by reason."""
        counters = self.book if self.about.book != "ladder" else np.zeros_like(self.book)
        return Counter(
            times_that_ran_backwards=self.backwards,
            of_orders_that_are_not_in_the_book=int(counters[lies.UNKNOWN]),
            orders_that_were_there_already=int(counters[lies.TWICE_BORN]),
            ghost_orders_taken_out_of_a_crossed_book=int(counters[lies.PURGED]),
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
        old = self.book
        deep, slots = int(old[lies.DEEP]), int(old[lies.SLOTS])
        deep *= 1 + (max(int(old[lies.BIDS]), int(old[lies.ASKS])) + 1 >= deep)
        slots *= 1 + (2 * int(old[lies.LIVE]) >= slots)
        if (deep, slots) != (int(old[lies.DEEP]), int(old[lies.SLOTS])):
            self.book = lies.larger_book(old, deep, slots)


def _rows(count: int) -> Seen:
    return np.zeros((count, COLUMNS), dtype=np.int64)
