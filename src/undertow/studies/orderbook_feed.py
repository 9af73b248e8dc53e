"""A feed that has gone by: what was added up of it, and the book second by second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from undertow.core.errors import BadFile
from undertow.core.events import About
from undertow.core.shapes import Floats
from undertow.data.orderbooks._ahead import ahead
from undertow.data.orderbooks.base import Opened
from undertow.tape import weigh as weight
from undertow.tape.measures import Measures
from undertow.tape.profile import Profile, profile_of
from undertow.tape.replay import Replay
from undertow.tape.seen import TIME

DAY_NS = 86_400 * 10**9


@dataclass(frozen=True, slots=True)
class Passed:
    """A feed that has gone by.

    begin, end: times of the first and the last message, ns;  odd: what was passed over, by reason
    named: makers are those that the feed names
    """

    about: About
    measures: Measures
    profile: Profile
    begin: int
    end: int
    odd: dict[str, int]
    named: bool

    @property
    def windows(self) -> int:
        """How many windows there are, from the first to the last message."""
        return self.measures.weighed.count

    def begin_of(self, window: int) -> int:
        """Time at which a window begins, ns."""
        return (self.measures.weighed.first + window) * self.measures.window_ns

    def moment(self, at: int) -> str:
        """A time as it is written: UTC, or the feed's own clock where it has a day or none."""
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at // 1000)
        if at >= DAY_NS:
            return moment.isoformat()
        day = f"{self.about.day}T" if self.about.day else ""
        return f"{day}{moment.time().isoformat()}"

    def mean(self, column: int) -> Floats:
        """Mean by time of each window; NaN where its book was never open."""
        rows = self.measures.weighed.met
        held = rows[:, weight.NS]
        made: Floats = rows[:, column] / held
        return made


def passed(opened: Opened, window_ns: int) -> Passed:
    """Let a feed go by; BadFile if there is not one message.

    A block is read and replayed in a thread beside while the one before it is measured here.
    """
    replay, measures = Replay(opened.about), Measures(opened.about, window_ns)
    begin = end = -1
    for seen in ahead(replay.shown(events) for events in opened.blocks if len(events.time)):
        begin = int(seen[0, TIME]) if begin < 0 else begin
        measures.take(seen)
        end = int(seen[-1, TIME])
    if begin < 0:
        raise BadFile("the files hold no message that can be replayed; check them and --format.")
    measures.end()
    odd = {name: n for name, n in {**opened.skipped, **replay.odd}.items() if n}
    grid, windows = measures.weighed.grid, measures.weighed.count
    profile = profile_of(replay.sampled, grid, windows, opened.about.quantity_unit)
    return Passed(opened.about, measures, profile, begin, end, odd, replay.named)
