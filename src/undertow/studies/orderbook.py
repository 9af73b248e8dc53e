"""An order book measured: what a feed showed as it went by becomes an answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from undertow.core import events as ev
from undertow.core.answers.orderbook import (
    Counted,
    DepthAnswer,
    Fall,
    OrderbookAnswer,
    Slope,
    Spread,
    SpreadAnswer,
    TradeSpread,
)
from undertow.core.shapes import Floats
from undertow.studies._orderbook_said import headline, warned
from undertow.studies._orderbook_stress import resilience, withdrawal
from undertow.studies._orderbook_windows import CUT, Baseline, baseline_of, measured, windows_of
from undertow.studies.orderbook_feed import Passed
from undertow.tape import flows as flow
from undertow.tape import impact as hit
from undertow.tape import weigh as weight
from undertow.tape.slopes import changes, line

NAMES = {
    ev.ADD: "add",
    ev.CANCEL: "cancel_part",
    ev.DELETE: "delete",
    ev.FILL: "fill",
    ev.HIDDEN: "hidden",
    ev.CROSS: "cross",
    ev.STATUS: "status",
    ev.TRADE: "trade",
    ev.LEVEL: "level",
    ev.CLEAR: "clear",
    ev.MODIFY: "modify",
    ev.QUOTE: "quote",
}
"""What kinds of messages are called in the answer."""


def orderbook_answer(feed: Passed, days: Sequence[Passed] = ()) -> OrderbookAnswer:
    """The answer about a feed, against its own windows or those of earlier days."""
    measures, base = feed.measures, baseline_of(feed, days)
    effective, realised = _paid(feed)
    share, by_count, cancels, replaced, orders = _ratios(feed)
    unit = feed.about.price_unit / feed.about.quantity_unit
    kyle, ofi = _slope(measures.minutes.met, unit), _slope(measures.tens.met, unit)
    answer = OrderbookAnswer(
        format=feed.about.format,
        symbol=feed.about.symbol,
        begin=feed.moment(feed.begin),
        end=feed.moment(feed.end),
        events=_events(feed),
        spread_bps=_spread(feed),
        depth=_depths(feed, base),
        effective_spread_bps=effective,
        realised_spread_bps=realised,
        price_impact_bps={name: effective.mean - one.mean for name, one in realised.items()},
        cancel_share_quantity=share,
        cancel_share_count=by_count,
        cancels_per_fill=cancels,
        cancel_to_trade=replaced,
        order_to_trade=orders,
        kyle_lambda=kyle.slope,
        kyle=kyle,
        ofi_beta=ofi.slope,
        ofi=ofi,
        withdrawal=withdrawal(feed),
        resilience=resilience(feed, base.answer.spread_bps),
        baseline=base.answer,
        window_s=measures.window_ns / 1e9,
        samples=len(feed.profile.rows),
        crossed=_crossed(feed),
        odd=feed.odd,
        windows=windows_of(feed, base),
        warnings=(),
    )
    answer = replace(answer, warnings=tuple(warned(answer, feed.about)))
    return replace(answer, said=tuple(headline(answer)))


def _events(feed: Passed) -> dict[str, Counted]:
    """Counts and quantities of every kind that was met."""
    rows, unit = feed.measures.flowed.met.sum(axis=0), feed.about.quantity_unit
    found = {}
    for kind, name in NAMES.items():
        count = int(rows[flow.COUNTED + kind])
        moved = rows[flow.ADDED + kind] if kind == ev.ADD else rows[flow.GONE_BY + kind]
        if count:
            found[name] = Counted(count, float(moved * unit))
    return found


def _ratios(feed: Passed) -> tuple[float, float, float, float, float]:
    """Cancels against fills, by quantity and by count, and messages against trades."""
    rows = feed.measures.flowed.met.sum(axis=0)
    counts, gone = rows[flow.COUNTED :], rows[flow.GONE_BY :]
    cancels = counts[ev.CANCEL] + counts[ev.DELETE]
    replaced = cancels + counts[ev.MODIFY]
    cancelled = gone[ev.CANCEL] + gone[ev.DELETE]
    trades = counts[ev.FILL] + counts[ev.HIDDEN]
    return (
        _over(cancelled, cancelled + gone[ev.FILL]),
        _over(cancels, cancels + counts[ev.FILL]),
        _over(cancels, trades),
        _over(replaced, trades),
        _over(counts[ev.ADD] + replaced, trades),
    )


def _over(part: float, whole: float) -> float:
    return float(part / whole) if whole else math.nan


def _spread(feed: Passed) -> SpreadAnswer:
    measures, sampled = feed.measures, feed.profile.spread()
    table, rows = measures.spreads, measures.weighed.met
    widest = float(rows[:, weight.WIDEST].max())
    open_ns = rows[:, weight.NS].sum()
    median = table.median(by_time=True)
    counters = measures.weighing
    twice = counters[weight.BID_WAS] + counters[weight.ASK_WAS]
    return SpreadAnswer(
        time_median=median,
        time_mean=_over(rows[:, weight.SPREAD].sum(), open_ns),
        event_median=table.median(by_time=False),
        event_mean=table.mean(by_time=False),
        p99=table.quantile(0.99, by_time=True),
        event_p99=table.quantile(0.99, by_time=False),
        max=widest if open_ns else math.nan,
        sampled=_sampled(sampled),
        tick=_over(2e4 * counters[weight.TICK], twice),
        one_tick=_over(rows[:, weight.ONE_TICK].sum(), open_ns),
    )


def _sampled(spread: Floats) -> Spread:
    if not len(spread):
        return Spread(*(math.nan,) * 4)
    found = (np.median(spread), spread.mean(), np.quantile(spread, 0.99), spread.max())
    return Spread(*map(float, found))


def _depths(feed: Passed, base: Baseline) -> dict[str, DepthAnswer]:
    ours = measured(feed)
    return {
        "touch": _touch(feed, ours, base),
        **{name: _depth(feed, name, base) for name in ("top10", "within_10bps", "within_50bps")},
    }


def _touch(feed: Passed, ours: dict[str, Floats], base: Baseline) -> DepthAnswer:
    table = feed.measures.depths
    return DepthAnswer(
        median=table.median(by_time=True),
        mean=table.mean(by_time=True),
        min=table.ends()[0],
        loss=_loss(ours["touch"], base.levels["touch"]),
        lesser_median=_median(feed.profile.lesser("touch")),
        lesser_loss=_loss(ours["lesser"], base.levels["lesser"]),
        windows=_fall(ours["touch"]),
        samples=_fall(feed.profile.depth("touch")),
    )


def _depth(feed: Passed, name: str, base: Baseline) -> DepthAnswer:
    profile, cut = feed.profile, feed.profile.cut(name)
    values, less = profile.depth(name), profile.lesser(name)
    if cut > CUT or not len(values):
        nothing = _fall(np.empty(0))
        return DepthAnswer(*(math.nan,) * 6, windows=nothing, samples=nothing, cut=cut)
    lesser, windows = profile.by_window(less), profile.by_window(values)
    samples = _fall(values)
    return DepthAnswer(
        median=samples.median,
        mean=float(values.mean()),
        min=samples.min,
        loss=samples.loss if base.answer.of == "own" else _loss(windows, base.levels[name]),
        lesser_median=_median(less),
        lesser_loss=_loss(lesser, np.full(len(lesser), _median(lesser))),
        windows=_fall(windows),
        samples=samples,
        cut=cut,
    )


def _fall(values: Floats) -> Fall:
    """Of windows or samples; NaN where there is none."""
    held = values[np.isfinite(values)]
    if not len(held):
        return Fall(*(math.nan,) * 3)
    median, least = float(np.median(held)), float(held.min())
    return Fall(median, least, _over(median - least, median))


def _loss(windows: Floats, levels: Floats) -> float:
    """1 − D/D₀ of the thinnest window."""
    with np.errstate(invalid="ignore", divide="ignore"):
        losses = 1.0 - windows / levels
    held = losses[np.isfinite(losses)]
    return float(held.max()) if len(held) else math.nan


def _median(values: Floats) -> float:
    held = values[np.isfinite(values)]
    return float(np.median(held)) if len(held) else math.nan


def _paid(feed: Passed) -> tuple[TradeSpread, dict[str, TradeSpread]]:
    """The effective spread, and the realised one after each horizon."""
    made = [
        TradeSpread(
            _over(row[hit.SUM], row[hit.TRADES]),
            _over(row[hit.BY_VALUE], row[hit.VALUE]),
            int(row[hit.TRADES]),
        )
        for row in feed.measures.sums
    ]
    names = (f"{seconds}s" for seconds in hit.HORIZONS)
    return made[0], dict(zip(names, made[1:], strict=True))


def _slope(buckets: Floats, unit: float) -> Slope:
    found = line(*changes(buckets))
    return Slope(found.slope * unit, found.r2, found.n)


def _crossed(feed: Passed) -> dict[str, float]:
    """Messages after which the book was crossed, and for how long it was, or had one side."""
    counters = feed.measures.weighing
    return {
        "states": float(counters[weight.STATES_CROSSED]),
        "seconds": float(counters[weight.CROSSED_FOR] / 1e9),
        "one_sided_seconds": float(counters[weight.ONE_SIDED_FOR] / 1e9),
        "samples_missed": float(feed.profile.missed),
    }
