"""What `undertow measure` answers: each kind has its baseline, its measure and its warnings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from undertow.core.answers.said import Said


class Measured(Protocol):
    """What every answer has.

    said: the outcome, sentence by sentence;  warnings: where a number cannot be trusted
    """

    @property
    def said(self) -> tuple[Said, ...]:
        """The outcome."""

    @property
    def warnings(self) -> tuple[Said, ...]:
        """Where a number cannot be trusted."""


@dataclass(frozen=True, slots=True)
class QuotesBaseline:
    """The calm days.

    spread_bps: median over hours of the mean spread;  depth_usd: of the median depth at the touch
    spread_low, spread_high: interval (95 %, by order statistics) of that median
    hours, minutes: what it rests on;  minute_median_bps: median over minutes
    tick: smallest step of prices;  at_tick: share of minutes whose spread is one tick
    """

    first: date
    last: date
    spread_bps: float
    spread_low: float
    spread_high: float
    depth_usd: float
    hours: int
    minutes: int
    minute_median_bps: float
    tick: float
    at_tick: float


@dataclass(frozen=True, slots=True)
class QuotesWorst:
    """The worst hours of the stress day.

    spread_hour, depth_hour: their starts in UTC;  max_minute_bps: widest minute
    mid_min: lowest mid;  mid_change: of that against the first mid of the baseline
    """

    spread_hour: datetime
    spread_bps: float
    depth_hour: datetime
    depth_usd: float
    max_minute_bps: float
    mid_min: float
    mid_change: float


@dataclass(frozen=True, slots=True)
class QuotesHour:
    """One hour of the stress day against the baseline; a loss of 0.8 leaves a fifth."""

    hour: datetime
    minutes: int
    spread_bps: float
    spread_multiple: float
    depth_usd: float
    depth_loss: float


@dataclass(frozen=True, slots=True)
class QuotesAnswer:
    """`measure quotes`: how much wider and thinner than normal.

    spread_multiple: mean spread of the worst hour / baseline, with the interval that the baseline
    leaves open;  depth_loss: 1 − median depth of the worst hour / baseline
    """

    symbol: str
    spread_multiple: float
    spread_multiple_low: float
    spread_multiple_high: float
    depth_loss: float
    baseline: QuotesBaseline
    worst: QuotesWorst
    hours: tuple[QuotesHour, ...]
    said: tuple[Said, ...]
    warnings: tuple[Said, ...]
