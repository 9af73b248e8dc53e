"""What is said of how fragile valuations are: a vulnerability, kept apart from stress."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class FragilityPart:
    """One sign of fragile valuations on a day.

    rank: share of its readings so far that are no more fragile;  worse: 1 if high is fragile, −1
    if low is;  weight: in the level, of all parts that have a reading they add up to 1
    """

    name: str
    value: float
    unit: str
    date: date
    rank: float
    worse: int
    weight: float
    readings: int


@dataclass(frozen=True, slots=True)
class Fragility:
    """Valuation fragility: the weighted mean of the ranks of its parts.

    level: 0 to 1, NaN without any part;  percentile: share of its earlier days with the same parts
    that are below it;  days: their number;  missing: parts without a reading, by name
    loss_for_100bp: share of value that goes if the discount rate rises by 1 %, None if not known
    """

    level: float
    percentile: float
    days: int
    loss_for_100bp: float | None
    parts: tuple[FragilityPart, ...]
    missing: tuple[str, ...]
