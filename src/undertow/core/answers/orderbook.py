"""The answer of `undertow measure orderbook`."""

from __future__ import annotations

from dataclasses import dataclass, field

from undertow.core.answers.said import Said


@dataclass(frozen=True, slots=True)
class Counted:
    """Messages of one kind.

    quantity: what they brought or took, in the feed's own units of size
    """

    count: int
    quantity: float


@dataclass(frozen=True, slots=True)
class Spread:
    """A spread in basis points over equal samples."""

    median: float
    mean: float
    p99: float
    max: float


@dataclass(frozen=True, slots=True)
class Fall:
    """The usual and the least of a depth. loss: 1 − min/median"""

    median: float
    min: float
    loss: float


@dataclass(frozen=True, slots=True)
class SpreadAnswer:
    """Quoted spread, 10⁴ (a − b)/m, basis points.

    time_* and p99: each state weighs as long as it stood;  event_*: each message weighs the same
    max: over all states;  tick: one tick in basis points at the end, NaN if there is none
    one_tick: share of the time at one tick
    sampled: at whole seconds, of the book itself where the feed says its best prices apart
    """

    time_median: float
    time_mean: float
    event_median: float
    event_mean: float
    p99: float
    event_p99: float
    max: float
    sampled: Spread
    tick: float
    one_tick: float


@dataclass(frozen=True, slots=True)
class DepthAnswer:
    """Quantity that stands, both sides together.

    median, mean, min: of the touch by time and over all messages, else of samples
    loss: of the touch 1 − D/D₀ of the thinnest window, D its mean by time, D₀ the baseline; of the
    others 1 − min/median, or as for the touch (D the mean of samples) where earlier days were given
    lesser_*: of the side that has less, by window
    windows: of the windows' D;  samples: of the book at whole seconds
    cut: share of the samples whose levels in the file do not reach so far; beyond one half of them
    nothing is said
    """

    median: float
    mean: float
    min: float
    loss: float
    lesser_median: float
    lesser_loss: float
    windows: Fall
    samples: Fall
    cut: float = 0.0


@dataclass(frozen=True, slots=True)
class TradeSpread:
    """Spread that trades paid, 2d(p − m)/m₀ in basis points; m₀ is the mid before the trade.

    mean: each trade weighs the same;  by_value: each unit of money does
    """

    mean: float
    by_value: float
    trades: int


@dataclass(frozen=True, slots=True)
class Slope:
    """A straight line fitted by least squares. slope: money of mid a unit of size"""

    slope: float
    r2: float
    n: int


@dataclass(frozen=True, slots=True)
class BaselineAnswer:
    """What the windows are compared with: medians over windows of the same length.

    of: `own` windows of this feed, or `files` of earlier days;  same_time: windows of the same time
    of day only;  n: windows;  tick_bound: at one tick for half the time or more
    """

    of: str
    n: int
    same_time: bool
    spread_bps: float
    touch: float
    top10: float
    within_10bps: float
    within_50bps: float
    cancel_share_quantity: float
    tick_bound: bool


@dataclass(frozen=True, slots=True)
class WindowAnswer:
    """One window, and its multiples of the baseline; NaN where its book was never open.

    begin: UTC, or time of day where the feed names no day;  seconds: of an open book
    crossed: share of the time;  fills: executions or prints
    tick_bound: the baseline is at its tick, so that a multiple below 1 cannot be and one above says
    ticks
    withdrawal: 1 − makers' quantity within 10 bp over its median
    """

    begin: str
    seconds: float
    spread_bps: float
    spread_multiple: float
    touch: float
    touch_loss: float
    within_10bps: float
    within_10bps_loss: float
    cancel_share_quantity: float
    fills: int
    crossed: float
    withdrawal: float
    tick_bound: bool


@dataclass(frozen=True, slots=True)
class WithdrawalAnswer:
    """Quantity of makers within 10 bp of the mid, and how the most of it went.

    identity: `named` by the feed, `behaviour` of order sizes, `none`: then all quantity counts, and
    the withdrawal is the loss of depth
    coverage: share of the quantity within 10 bp that is makers'
    worst: 1 − Q/median Q of the worst window;  window: its begin
    added, cancelled, filled: quantity within 10 bp in that window; none where levels tell nothing
    by_cancel: net cancels over net cancels and fills, net of what was added
    """

    identity: str
    coverage: float
    median: float
    worst: float
    window: str
    added: float
    cancelled: float
    filled: float
    by_cancel: float


@dataclass(frozen=True, slots=True)
class ResilienceAnswer:
    """How fast the spread comes back after it was at least three times its baseline.

    x(t) − x̄ = A e^{−kt} over 60 s, fitted to the mean of all events; half-life ln 2/k, seconds
    recovered: share of the excess that is gone after 1, 10 and 60 s
    """

    events: int
    half_life_s: float
    recovered: dict[str, float]


@dataclass(frozen=True, slots=True)
class OrderbookAnswer:
    """A feed of order-book messages, measured in one pass.

    begin, end: UTC, or time of day where the feed names no day
    cancel_share_*: cancelled over cancelled and filled, of what stood in the book; an order that is
    replaced has not gone
    cancels_per_fill: deletes and part cancels over trades, hidden ones included;  cancel_to_trade:
    the same with replacements
    order_to_trade: adds and all of these over trades
    kyle_lambda: slope of the mid's change on signed volume, by minute;  ofi_beta: on order-flow
    imbalance, by 10 s;  samples: seconds at which the book was open and looked at
    odd: what was passed over, dropped or out of place, by reason
    """

    format: str
    symbol: str
    begin: str
    end: str
    events: dict[str, Counted]
    spread_bps: SpreadAnswer
    depth: dict[str, DepthAnswer]
    effective_spread_bps: TradeSpread
    realised_spread_bps: dict[str, TradeSpread]
    price_impact_bps: dict[str, float]
    cancel_share_quantity: float
    cancel_share_count: float
    cancels_per_fill: float
    cancel_to_trade: float
    order_to_trade: float
    kyle_lambda: float
    kyle: Slope
    ofi_beta: float
    ofi: Slope
    withdrawal: WithdrawalAnswer
    resilience: ResilienceAnswer
    baseline: BaselineAnswer
    window_s: float
    samples: int
    crossed: dict[str, float]
    odd: dict[str, int]
    windows: tuple[WindowAnswer, ...]
    warnings: tuple[Said, ...]
    said: tuple[Said, ...] = field(default=())

    @property
    def outcome(self) -> str:
        """What was found, as sentences."""
        return " ".join(map(str, self.said))
