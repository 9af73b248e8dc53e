"""What `undertow measure` answers: each kind has its baseline, its measure and its warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from undertow.core.answers.fragility import Fragility
from undertow.core.answers.said import Said
from undertow.core.answers.secondary import Secondary


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


@dataclass(frozen=True, slots=True)
class IndicatorReading:
    """An indicator on a day beside its own past.

    usual: median of the readings before, low, high: 5 % and 95 % of them;  percentile: share of
    them below today's;  readings: their number;  worse: 1 if high is strained, −1 if low is
    """

    value: float
    unit: str
    date: date
    usual: float
    low: float
    high: float
    percentile: float
    readings: int
    worse: int


@dataclass(frozen=True, slots=True)
class DailyAnswer:
    """`measure daily`: indicators of each symbol, and of all together, by name.

    fragility: of valuations, where `--fundamentals` is given
    """

    on: date
    symbols: Mapping[str, Mapping[str, IndicatorReading]]
    together: Mapping[str, IndicatorReading]
    said: tuple[Said, ...]
    warnings: tuple[Said, ...]
    fragility: Fragility | None = None


@dataclass(frozen=True, slots=True)
class CorrelationNow:
    """One estimate of a correlation on a day.

    low, high: Fisher interval (95 %) with as many independent returns as `returns` says
    percentile: share of its own earlier values below it;  before: value one window earlier
    """

    value: float
    low: float
    high: float
    returns: float
    percentile: float
    before: float


@dataclass(frozen=True, slots=True)
class DccFit:
    """What DCC(1,1) was fitted with: weights of the last product and of the last correlation."""

    a: float
    b: float
    days: int


@dataclass(frozen=True, slots=True)
class Contagion:
    """A crisis against quiet days, corrected for what larger moves do to a correlation.

    delta: variance of the source (the first symbol) in the crisis / in quiet days − 1
    adjusted: Forbes–Rigobon ρ/√(1 + δ(1 − ρ²)) of the crisis, with the interval of ρ carried over
    threshold: Corsetti–Pericoli–Sbracia φ = ρ₀ √((1 + δ)/(1 + δ ρ₀² (1 + λ))) of the quiet days;
    idiosyncratic: λ, own over common variance of the source
    raw_rises, adjusted_rises, beyond_threshold: whether the crisis is higher (Fisher test, 5 % one
    sided) as it is, after the first and after the second correction
    """

    quiet: CorrelationNow
    crisis: CorrelationNow
    delta: float
    adjusted: float
    adjusted_low: float
    adjusted_high: float
    threshold: float
    idiosyncratic: float
    raw_rises: bool
    adjusted_rises: bool
    beyond_threshold: bool


@dataclass(frozen=True, slots=True)
class CorrelationAnswer:
    """`measure correlation`: how two markets move together on a day, and whether that is new.

    sign_changed: whether the rolling correlation has another sign than a window before, both
    intervals leaving 0 out;  contagion: None without days of a crisis
    """

    symbols: tuple[str, str]
    on: date
    window: int
    rolling: CorrelationNow
    ewma: CorrelationNow
    dcc: CorrelationNow
    fit: DccFit
    sign_changed: bool
    contagion: Contagion | None
    said: tuple[Said, ...]
    warnings: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """One measure of what a fund can pay.

    liquid: money, by this measure;  rcr: liquid / net redemption;  rcr_high: the same if what is
    not known were liquid;  gap: (redemption − liquid) / fund, below 0 there is a cushion
    band: ok from 1.5 on, watch from 1, warning from 0.5, else critical
    """

    liquid: float
    rcr: float
    rcr_high: float
    gap: float
    band: str


@dataclass(frozen=True, slots=True)
class CoverageAnswer:
    """`measure coverage`: whether a fund can pay what is redeemed.

    redemption: share of the fund;  net_redemption: money, without what is paid in kind
    hqla: by quality of assets;  hqla_capped: with the caps that Basel sets banks on level 2
    liquidation: by what a share of volume sells within the horizon
    largest_met: largest redemption that the second measure covers;  buckets: share of the fund that
    can be sold within 3 days, 5, 20, and later or not known
    top10, herfindahl: weight of the ten largest, Σ weight²
    secondary: of an ETF, what its participants can take; None where nothing is said of it
    """

    on: date
    holdings: int
    nav: float
    redemption: float
    in_kind: float
    net_redemption: float
    horizon_days: float
    participation: float
    hqla: Covered
    hqla_capped: Covered
    liquidation: Covered
    largest_met: float
    buckets: Mapping[str, float]
    top10: float
    herfindahl: float
    said: tuple[Said, ...]
    warnings: tuple[Said, ...]
    secondary: Secondary | None = None
