"""The answer of `undertow gauge`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from undertow.core.answers.said import Said
from undertow.core.shapes import Floats

Light: TypeAlias = Literal["green", "amber", "red", "grey"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One indicator on one day.

    level: in its own unit;  unit: what that is;  percentile: share of its own past, this day
    included, that is not above it;  change: of the level against five sessions before
    light: green below the 80th percentile of its past, amber below the 95th, else red; grey where
    it has no reading, or fewer than 252;  readings: how many it has so far
    """

    name: str
    segment: str
    symbol: str
    level: float
    unit: str
    percentile: float
    change: float
    light: Light
    readings: int


@dataclass(frozen=True, slots=True)
class SegmentReading:
    """A segment of the index. score: s, 0 to 1, NaN where it is missing

    weight: after missing segments gave theirs away;  contribution: of y, they sum to it
    points: of the index, in proportion to contributions;  members: that speak, of so many
    """

    name: str
    score: float
    weight: float
    contribution: float
    points: float
    members: int
    of: int


@dataclass(frozen=True, slots=True)
class PeakReading:
    """The highest session of a crisis by computation."""

    name: str
    day: date
    level: float


@dataclass(frozen=True, slots=True)
class LevelClaim:
    """What it means to say that a level is the peak of 2008.

    reached: whether a session of 2008 reaches it;  vix_2008: its highest close of that year
    vix_2020: its highest close of March 2020; NaN where the data have none
    """

    level: float
    reached: bool
    peak_2008: PeakReading
    peak_2020: PeakReading
    vix_2008: float
    vix_2020: float


@dataclass(frozen=True, slots=True)
class GaugeAnswer:
    """All indicators and the stress index as of a day.

    on: the day asked for;  session: the last one up to it;  index: 0 to 100;  y: 0 to 1
    percentile, change, light: as of a Reading;  missing: segments without a reading
    rank_stability: lowest rank correlation of the index with itself under weights ±20 %
    reference: first and last day of the window that scales come from
    books: windows of order books, if answers of them were given
    """

    said: tuple[Said, ...]
    on: date
    session: date
    index: float
    y: float
    percentile: float
    change: float
    light: Light
    segments: tuple[SegmentReading, ...]
    missing: tuple[str, ...]
    readings: tuple[Reading, ...]
    peaks: tuple[PeakReading, ...]
    claim: LevelClaim | None
    rank_stability: float
    reference: tuple[str, str]
    warnings: tuple[Said, ...]
    books: BookStress | None = None

    @property
    def outcome(self) -> str:
        """What it comes to, in English."""
        return " ".join(map(str, self.said))


@dataclass(frozen=True, slots=True)
class GaugeHistory:
    """The index through time, for a picture. points: of the index by [session, segment]"""

    days: tuple[date, ...]
    index: Floats
    points: Floats
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BookWindow:
    """One window of an order book on the scale of its reference windows.

    y: composite, 0 to 1;  index: 0 to 100 by the link to the index of days, NaN without a link
    parts, contributions: s and its share of y by segment; a segment that is absent is missing
    """

    symbol: str
    begin: str
    y: float
    index: float
    parts: dict[str, float]
    contributions: dict[str, float]


@dataclass(frozen=True, slots=True)
class BookStress:
    """Windows of order books as one index, linked to the index of days by equal quantiles.

    reference: `files` or `own`, the windows that scales come from;  first, last: their span;  n
    common_days: days that have both indices;  calibrated: whether they are enough for a link
    missing: segments that no window speaks of
    """

    reference: str
    first: str
    last: str
    n: int
    common_days: int
    calibrated: bool
    missing: tuple[str, ...]
    worst: BookWindow
    windows: tuple[BookWindow, ...]
    said: tuple[Said, ...]
    warnings: tuple[Said, ...]
