"""A feed's windows against a baseline: its own windows, or those of earlier days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from undertow.core import events as ev
from undertow.core.answers.orderbook import BaselineAnswer, WindowAnswer
from undertow.core.errors import BadFile
from undertow.core.shapes import Floats
from undertow.studies.orderbook_feed import DAY_NS, Passed
from undertow.tape import flows as flow
from undertow.tape import weigh as weight

SAME_TIME = 20
"""Earlier days from which on only windows of the same time of day are compared."""
CUT = 0.5
"""Share of the samples that a file's levels may not reach, so that something is said at all."""
BOUND = 0.5
"""Share of the time at one tick from which on a baseline is bound by it."""
MEASURED = ("spread", "touch", "lesser", "top10", "within_10bps", "within_50bps", "share", "ticks")


@dataclass(frozen=True, slots=True)
class Baseline:
    """What each window is compared with, and what is said of it.

    levels: by measure, one value for each window of the feed
    """

    levels: dict[str, Floats]
    answer: BaselineAnswer


def measured(feed: Passed) -> dict[str, Floats]:
    """Every measure, window by window."""
    unit, profile, rows = feed.about.quantity_unit, feed.profile, feed.measures.flowed.met
    gone = rows[:, flow.GONE_BY :]
    cancelled = gone[:, ev.CANCEL] + gone[:, ev.DELETE]
    nothing = np.full(len(profile.rows), np.nan)
    sampled = {
        name: profile.by_window(profile.depth(name) if profile.cut(name) <= CUT else nothing)
        for name in ("top10", "within_10bps", "within_50bps", "makers")
    }
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "spread": feed.mean(weight.SPREAD),
            "touch": feed.mean(weight.DEPTH) * unit,
            "lesser": feed.mean(weight.LESSER) * unit,
            "share": cancelled / (cancelled + gone[:, ev.FILL]),
            "ticks": feed.mean(weight.ONE_TICK),
            **sampled,
        }


def baseline_of(feed: Passed, days: Sequence[Passed]) -> Baseline:
    """Medians over the feed's own windows, or over those of earlier days.

    Of SAME_TIME days or more only windows of the same time of day count. Without days the feed is
    its own baseline.
    """
    ours = measured(feed)
    theirs = [measured(day) for day in days] or [ours]
    joined = {name: np.concatenate([one[name] for one in theirs]) for name in MEASURED}
    held = int(np.isfinite(joined["spread"]).sum())
    for day in days:
        if day.end - day.begin < feed.measures.window_ns:
            raise BadFile(
                f"a baseline of {(day.end - day.begin) / 1e9:,.0f} s is shorter than a window of"
                f" {feed.measures.window_ns / 1e9:,.0f} s; give a longer one, or a shorter"
                " --window."
            )
    if days and not held:
        raise BadFile("the baseline's files hold no window with an open book; give a longer one.")
    same = len(days) >= SAME_TIME
    levels = {
        name: _by_time(feed, days, theirs, name) if same else np.full(feed.windows, _median(values))
        for name, values in joined.items()
    }
    said = BaselineAnswer(
        of="files" if days else "own",
        n=held,
        same_time=same,
        spread_bps=_median(joined["spread"]),
        touch=_median(joined["touch"]),
        top10=_median(joined["top10"]),
        within_10bps=_median(joined["within_10bps"]),
        within_50bps=_median(joined["within_50bps"]),
        cancel_share_quantity=_median(joined["share"]),
        tick_bound=_median(joined["ticks"]) >= BOUND,
    )
    return Baseline(levels, said)


def _by_time(
    feed: Passed, days: Sequence[Passed], theirs: list[dict[str, Floats]], name: str
) -> Floats:
    """Of each window the median over the days' windows of the same time of day."""
    found: dict[int, list[float]] = {}
    for day, values in zip(days, theirs, strict=True):
        for window, value in enumerate(values[name].tolist()):
            found.setdefault(day.begin_of(window) % DAY_NS, []).append(value)
    times = [feed.begin_of(window) % DAY_NS for window in range(feed.windows)]
    return np.array([_median(np.array(found.get(time, [np.nan]))) for time in times])


def _median(values: Floats) -> float:
    held = values[np.isfinite(values)]
    return float(np.median(held)) if len(held) else float("nan")


def windows_of(feed: Passed, base: Baseline) -> tuple[WindowAnswer, ...]:
    """All windows, in order of time."""
    ours, levels, rows = measured(feed), base.levels, feed.measures.weighed.met
    flows = feed.measures.flowed.met
    near = levels["within_10bps"]
    with np.errstate(invalid="ignore", divide="ignore"):
        columns = (  # in the order of the answer's fields
            rows[:, weight.NS] / 1e9,
            ours["spread"],
            ours["spread"] / levels["spread"],
            ours["touch"],
            1.0 - ours["touch"] / levels["touch"],
            ours["within_10bps"],
            1.0 - ours["within_10bps"] / np.where(near == 0.0, np.nan, near),
            ours["share"],
            (flows[:, ev.FILL] + flows[:, ev.TRADE]).astype(np.int64),
            rows[:, weight.CROSSED_NS] / feed.measures.window_ns,
            1.0 - ours["makers"] / (_median(ours["makers"]) or np.nan),
            levels["ticks"] >= BOUND,
        )
    begins = [feed.moment(feed.begin_of(k)) for k in range(feed.windows)]
    return tuple(map(WindowAnswer, begins, *(column.tolist() for column in columns)))
