"""The answer of `undertow fetch`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from undertow.core.answers.said import Said


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a check finds in fetched prices.

    check: impossible, flat, missing, difference, clock or known;  count: rows it is about
    first, last: of these rows, None if it is about the whole;  worst: share, or correlation, or NaN
    """

    check: str
    symbol: str
    count: int
    first: date | None
    last: date | None
    worst: float
    said: Said


@dataclass(frozen=True, slots=True)
class Fetched:
    """One symbol that was fetched. moment: when the raw answer came;  sha256: of it

    cached: the answer is one that was kept;  skipped: rows that were left out, since they stand
    twice or run backwards;  doubts: what the checks of quality find
    as_of: the day on which the values were known, None for as they are now
    """

    symbol: str
    rows: int
    first: datetime
    last: datetime
    file: str
    raw: str
    moment: datetime
    sha256: str
    cached: bool
    skipped: int
    doubts: tuple[Doubt, ...]
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class FetchAnswer:
    """What came of a fetch. failed: a sentence by symbol that gave nothing."""

    said: tuple[Said, ...]
    provider: str
    fetched: tuple[Fetched, ...]
    failed: dict[str, str]

    @property
    def outcome(self) -> str:
        """What it comes to, in English."""
        return " ".join(map(str, self.said))
