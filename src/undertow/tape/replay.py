"""A feed replayed: what each block of messages shows, and the book second by second."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from undertow.core.errors import BadFile
from undertow.core.events import About, Events, RowPerEvent
from undertow.tape import ladder
from undertow.tape.seen import COLUMNS, SAMPLE_COLUMNS, SECOND, Counters, Sampled, Seen

LONGEST_GAP = 7 * 86_400
"""Seconds without a message that a feed may have."""


@dataclass(slots=True)
class Samples:
    """The book at every whole second, from the first after the first message to the last."""

    counters: Counters = field(default_factory=lambda: np.zeros(2, dtype=np.int64))
    rows: Sampled = field(default_factory=lambda: np.zeros((0, SAMPLE_COLUMNS), dtype=np.int64))

    def room_until(self, begin: int, end: int) -> None:
        """Make room for the seconds of a block."""
        if not self.counters[ladder.NEXT]:
            self.counters[ladder.NEXT] = -(-begin // SECOND) * SECOND
        due = (end - int(self.counters[ladder.NEXT])) // SECOND + 2
        if due > LONGEST_GAP:
            raise BadFile(
                f"the times of {due / 86_400:.0f} days lie in one block of messages; give a file of"
                " one stretch of time."
            )
        need = int(self.counters[ladder.ROW]) + max(due, 0)
        if need > len(self.rows):
            more = np.zeros((max(need, 2 * len(self.rows)), SAMPLE_COLUMNS), dtype=np.int64)
            more[: len(self.rows)] = self.rows
            self.rows = more

    @property
    def met(self) -> Sampled:
        """The rows that were filled."""
        return self.rows[: int(self.counters[ladder.ROW])]


@dataclass(slots=True)
class Replay:
    """A book that goes along with its messages."""

    about: About
    samples: Samples = field(default_factory=Samples)
    before: RowPerEvent = field(default_factory=lambda: np.zeros((1, 4), dtype=np.int64))
    last: int = -1
    odd: Counter[str] = field(default_factory=Counter)

    def shown(self, events: Events) -> Seen:
        """What a block shows, message by message."""
        seen = np.zeros((len(events.time), COLUMNS), dtype=np.int64)
        self.samples.room_until(int(events.time[0]), int(events.time[-1]))
        ladder.replay_ladder(events, self.before, seen, self.samples.rows, self.samples.counters)
        self.before = events.ladder[-1:].copy()
        self.last = int(events.time[-1])
        return seen
