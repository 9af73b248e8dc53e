"""Who left the book, and how fast it came back."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from undertow.core.answers.orderbook import ResilienceAnswer, WithdrawalAnswer
from undertow.core.shapes import Floats
from undertow.studies._orderbook_windows import CUT
from undertow.studies.orderbook_feed import Passed
from undertow.tape import flows as flow

SHOCK = 3.0
"""Multiple of the baseline from which on a wide spread is a shock."""
AFTER = 60
"""Seconds over which it is watched."""
SHOWN = (1, 10, 60)
FASTEST, SLOWEST = 10.0, 1e-4
"""Rates per second between which the fit is sought."""


def withdrawal(feed: Passed) -> WithdrawalAnswer:
    """Makers' quantity within 10 bp of the mid in the worst window, and how it went.

    Where nobody is known to make, all quantity: the total withdrawal, which is the loss of depth.
    """
    profile, unit = feed.profile, feed.about.quantity_unit
    near, makers = profile.depth("within_10bps"), profile.depth("makers")
    total = float(near.sum())
    windows = _learned(profile.by_window(makers), named=feed.named)
    held = windows[np.isfinite(windows)]
    median = float(np.median(held)) if len(held) else math.nan
    known = bool(total and makers.any() and median)
    if not known:
        windows = profile.by_window(near)
        median = float(np.nanmedian(windows)) if total else math.nan
    if not total or not median or profile.cut("within_10bps") > CUT:
        return WithdrawalAnswer("none", 0.0, *(math.nan,) * 2, "", *(math.nan,) * 4)
    worst = int(np.nanargmin(windows))
    first = flow.NEAR_ADDED + flow.MAKERS * known
    told = unit if feed.about.tells_cancels else math.nan
    row = feed.measures.flowed.met[worst, first : first + flow.MAKERS] * told
    added, cancelled, filled = row.tolist()
    net = max(cancelled - added, 0.0)
    return WithdrawalAnswer(
        identity=("named" if feed.named else "behaviour") if known else "none",
        coverage=float(makers.sum()) / total if known else 0.0,
        median=median,
        worst=1.0 - float(windows[worst]) / median,
        window=feed.moment(feed.begin_of(worst)),
        added=added,
        cancelled=cancelled,
        filled=filled,
        by_cancel=net / (net + filled) if net + filled else math.nan,
    )


def _learned(windows: Floats, *, named: bool) -> Floats:
    """The windows without the first ones, in which makers' sizes were still being learned."""
    held = windows[np.isfinite(windows)]
    if named or not len(held):
        return windows
    usual = np.flatnonzero(windows >= 0.5 * np.median(held))
    return np.where(np.arange(len(windows)) < usual[0], np.nan, windows)


def resilience(feed: Passed, baseline: float) -> ResilienceAnswer:
    """The mean way back of the spread after it was at least SHOCK times its baseline."""
    seconds, spread = feed.profile.seconds(), feed.profile.spread()
    paths = _ways_back(seconds, spread / baseline) if baseline > 0.0 else []
    if not paths:
        return ResilienceAnswer(0, math.nan, {f"{t}s": math.nan for t in SHOWN})
    excess = np.nanmean(np.array(paths), axis=0) - 1.0
    gone = {f"{t}s": float(1.0 - excess[t] / excess[0]) for t in SHOWN}
    return ResilienceAnswer(len(paths), half_life(excess), gone)


def _ways_back(seconds: NDArray[np.int64], multiple: Floats) -> list[Floats]:
    """The multiple, second by second, after each shock; those of one shock do not overlap."""
    found, free = [], -1
    shocks = np.flatnonzero(multiple >= SHOCK)
    for at in shocks.tolist():
        begin = int(seconds[at])
        if begin < free or begin + AFTER > seconds[-1]:
            continue
        path = np.full(AFTER + 1, np.nan)
        inside = slice(at, int(np.searchsorted(seconds, begin + AFTER, side="right")))
        path[seconds[inside] - begin] = multiple[inside]
        found.append(path)
        free = begin + AFTER + 1
    return found


def half_life(excess: Floats) -> float:
    """ln 2/k of the A e^{−kt} nearest to an excess by second; inf if it does not come back."""
    times = np.arange(len(excess), dtype=np.float64)
    held = np.isfinite(excess)
    rates = np.geomspace(SLOWEST, FASTEST, 400)
    for _ in range(3):
        best = int(np.argmin(_errors(rates, times[held], excess[held])))
        low, high = rates[max(best - 1, 0)], rates[min(best + 1, len(rates) - 1)]
        rates = np.geomspace(low, high, 100)
    rate = float(rates[len(rates) // 2])
    return math.inf if rate < 1.1 * SLOWEST else math.log(2.0) / rate


def _errors(rates: Floats, times: Floats, excess: Floats) -> Floats:
    """Squares that are left at the best A, for each rate."""
    shapes = np.exp(-rates[:, None] * times)
    best = (shapes @ excess) / (shapes * shapes).sum(axis=1)
    rest: Floats = ((excess - shapes * best[:, None]) ** 2).sum(axis=1)
    return rest
