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


@dataclass(frozen=True, slots=True)
class Reference:
    """The minutes that say what is normal.

    n: of them;  n_effective: independent ones that they are worth, by their autocorrelation
    mean_bps, sd_bps: of the basis (sample);  median_bps, mad_bps: the same, robust (1.4826 · MAD)
    mean_low_bps, mean_high_bps: interval (95 %) of the mean, from `n_effective`
    """

    first: datetime
    last: datetime
    n: int
    n_effective: float
    mean_bps: float
    sd_bps: float
    median_bps: float
    mad_bps: float
    mean_low_bps: float
    mean_high_bps: float


@dataclass(frozen=True, slots=True)
class Extremes:
    """Highest and lowest of some minutes.

    persistent_*: of the median of five minutes in a row;  minutes_beyond: whose median is beyond
    the threshold
    """

    minutes: int
    z_max: float
    z_max_at: datetime
    z_min: float
    z_min_at: datetime
    robust_z_max: float
    robust_z_min: float
    persistent_z_max: float
    persistent_z_min: float
    minutes_beyond: int


@dataclass(frozen=True, slots=True)
class ClockCheck:
    """Correlation of minute returns with the spot as it is, and at the hour where it is highest."""

    minutes: int
    at_zero: float
    best_hours: int
    at_best: float


@dataclass(frozen=True, slots=True)
class BasisAnswer:
    """`measure basis`: 1e4 · (future / (multiplier · spot) − 1) against a reference before it.

    z_*, robust_z_*: over all minutes;  after: over those after the reference, None if there are
    none;  persistent: whether a five-minute median after the reference is beyond `threshold`
    """

    future: str
    spot: str
    z_max: float
    z_min: float
    robust_z_max: float
    robust_z_min: float
    persistent: bool
    threshold: float
    reference: Reference
    after: Extremes | None
    whole: Extremes
    clocks: ClockCheck
    said: tuple[Said, ...]
    warnings: tuple[Said, ...]
