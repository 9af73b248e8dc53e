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


@dataclass(frozen=True, slots=True)
class BySign:
    """One figure under three assumptions about who holds what.

    naive: dealers are long calls and short puts;  reversed: short calls and long puts
    all_short: dealers have sold everything, the worst bound
    """

    naive: float
    reversed: float
    all_short: float


@dataclass(frozen=True, slots=True)
class Counted:
    """Contracts by what is known of them.

    contracts: not yet expired;  interest: open of them;  unknown_interest: without a figure of open
    interest, left out;  recomputed: whose volatility is from the price;  borrowed: from the other
    right of the same strike;  without_volatility: left out, with `lost_interest` open
    """

    contracts: int
    expired: int
    interest: float
    unknown_interest: int
    recomputed: int
    borrowed: int
    without_volatility: int
    lost_interest: float


@dataclass(frozen=True, slots=True)
class GammaAnswer:
    """`measure gamma`: what dealers must trade when the underlying moves.

    net_usd_per_1pct: dollars of gamma for a move of 1 %, Σ sign · OI · Γ · multiplier · S² · 0.01;
    below 0 dealers sell into a fall;  net_shares_per_1pct: the same over S;  call_usd_per_1pct,
    put_usd_per_1pct: of calls and of puts, both without sign, with the file's gamma where it agrees
    with ours;  model_*: with ours everywhere, as the flip is
    flip: spot nearest to now where the naive net is zero;  flip_low, flip_high: with volatilities
    a tenth lower and higher;  flips: all of them between 0.7 and 1.3 of spot
    adv_shares: shares a day, as given;  share_of_adv: |naive shares for 1 %| over them
    calls_above: share of call interest with strikes up to 5 % above spot
    squeeze: whether the naive net is below 0 and its share of volume, or the calls above, are large
    """

    underlying: str
    moment: datetime
    spot: float
    net_usd_per_1pct: BySign
    net_shares_per_1pct: BySign
    call_usd_per_1pct: float
    put_usd_per_1pct: float
    model_call_usd_per_1pct: float
    model_put_usd_per_1pct: float
    flip: float | None
    flip_low: float | None
    flip_high: float | None
    flips: tuple[float, ...]
    adv_shares: float | None
    share_of_adv: float | None
    calls_above: float
    squeeze: bool
    counted: Counted
    rate: float
    said: tuple[Said, ...]
    warnings: tuple[Said, ...]
