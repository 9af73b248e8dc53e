"""Whether a book can be left: how long it takes, what it costs, and whether it would help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LeavingLine:
    """One position being closed.

    usd: its size;  volumes: its size in normal days' volumes
    wait_hours: until its venue lets the first unit through;  hours: until the last one, inf if
    not within the time looked at
    left_after_a_day: share of it still there 24 hours on;  cost: share of its size;  cost_usd
    """

    account: str
    symbol: str
    usd: float
    volumes: float
    wait_hours: float
    hours: float
    left_after_a_day: float
    cost: float
    cost_usd: float


@dataclass(frozen=True, slots=True)
class WayOut:
    """All positions closed together under one state of the markets.

    hours: until the last is gone, inf if not within the time looked at
    left_after_a_day: share of the book's size that cannot leave in 24 hours
    cost: of what was closed, share of its size, against the marks at the start
    """

    usd: float
    hours: float
    left_after_a_day: float
    cost: float
    cost_usd: float
    lines: tuple[LeavingLine, ...]


@dataclass(frozen=True, slots=True)
class Rescue:
    """Whether selling ends a call: shares of every position to be sold; 0 if there is no call.

    now, now_stressed: at today's prices, with the cost of each way out; inf where no sale ends it
    call_move: how far all prices go against the pool until it is called, share; inf if never
    after, after_stressed: once they went `beyond` further than that
    """

    account: str
    pool: str
    call_move: float
    beyond: float
    now: float
    now_stressed: float
    after: float
    after_stressed: float


@dataclass(frozen=True, slots=True)
class Leaving:
    """The way out from one moment on.

    participation: largest share of a venue's volume that the book may be
    without: symbols that the market does not list: nothing is said of them
    """

    begin: datetime
    participation: float
    normal: WayOut
    stressed: WayOut
    rescues: tuple[Rescue, ...]
    without: tuple[str, ...]
