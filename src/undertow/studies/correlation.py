"""How two markets move together: rolling, EWMA and DCC, and a crisis against quiet days."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from undertow.core.answers.measured import (
    Contagion,
    CorrelationAnswer,
    CorrelationNow,
    DccFit,
)
from undertow.core.answers.said import Amount, Said
from undertow.core.errors import BadDate, BadNumber
from undertow.core.history import History, Moments
from undertow.core.shapes import Floats
from undertow.studies.garch import FEWEST, fit_dcc, fit_garch
from undertow.studies.price_doubts import price_warnings

NORMAL_95 = 1.959963984540054
ONE_SIDED = 1.6448536269514722
YIELDS = ("^TNX", "^TYX", "^FVX", "^IRX", "DGS", "DFII")
FEWEST_IN_SPAN = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """A pair on a day.

    first, second: symbols, the first is the source;  window: days;  decay: λ of the EWMA
    quiet, crisis: first and last days, None for neither;  idiosyncratic: λ of Corsetti et al.
    """

    first: str
    second: str
    on: date
    window: int = 60
    decay: float = 0.94
    quiet: tuple[date, date] | None = None
    crisis: tuple[date, date] | None = None
    idiosyncratic: float = 0.0


def correlation_answer(history: History, asked: Asked) -> CorrelationAnswer:
    """Three estimates on the day, each with its interval and its place in its own past."""
    known = history.until(asked.on)
    days, x, y = _returns(known, asked)
    rolling = _rolling(x, y, asked.window)
    smooth = _ewma(x, y, asked.decay)
    fits = fit_garch(x), fit_garch(y)
    joint = fit_dcc(*fits)
    now = _now(rolling, float(asked.window), asked.window)
    contagion = None
    if asked.crisis is not None:
        contagion = _contagion(days, x, y, asked)
    return CorrelationAnswer(
        symbols=(asked.first, asked.second),
        on=asked.on,
        window=asked.window,
        rolling=now,
        ewma=_now(smooth, _worth(asked.decay, len(x)), asked.window),
        dcc=_now(joint.correlation, _worth(joint.b, len(x)), asked.window),
        fit=DccFit(joint.a, joint.b, len(x)),
        sign_changed=_changed(rolling, asked.window),
        contagion=contagion,
        said=tuple(_said(asked, now, contagion)),
        warnings=(
            *price_warnings(known, (asked.first, asked.second)),
            *_warnings(days, asked, contagion),
        ),
    )


def _returns(history: History, asked: Asked) -> tuple[Moments, Floats, Floats]:
    for symbol in (asked.first, asked.second):
        if symbol not in history:
            raise BadNumber(f"{symbol} has no close up to {asked.on}; name a later day with --on.")
    days, closes = history.together([asked.first, asked.second])
    if np.any(closes <= 0.0):
        day, which = np.argwhere(closes <= 0.0)[0]
        raise BadNumber(
            f"{(asked.first, asked.second)[which]} has a close of {closes[day, which]:g} on"
            f" {days[day]}, which has no logarithm; leave the row out, or name days without it."
        )
    moves = np.diff(np.log(closes), axis=0)
    fewest = max(FEWEST, 2 * asked.window)
    if len(moves) < fewest:
        raise BadNumber(
            f"{asked.first} and {asked.second} have {len(moves)} returns in common up to"
            f" {asked.on}; {fewest} are the least."
        )
    return days[1:], moves[:, 0], moves[:, 1]


def _rolling(x: Floats, y: Floats, window: int) -> Floats:
    """Correlation of each window; the first stands on the day it is full."""
    a, b = (np.lib.stride_tricks.sliding_window_view(one, window) for one in (x, y))
    a, b = (one - one.mean(axis=1, keepdims=True) for one in (a, b))
    size = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    return np.asarray((a * b).sum(axis=1) / np.where(size > 0.0, size, np.nan))


def _ewma(x: Floats, y: Floats, decay: float) -> Floats:
    """Products that fade by `decay` a day (RiskMetrics), without the first, young ones."""
    xx, yy, xy = (_faded(one, decay) for one in (x * x, y * y, x * y))
    young = round(3.0 / (1.0 - decay))
    found = xy / np.sqrt(np.maximum(xx * yy, np.finfo(np.float64).tiny))
    return np.asarray(found[min(young, len(found) - 2) :])


def _faded(products: Floats, decay: float) -> Floats:
    found = np.empty(len(products))
    level = float(products[0])
    for k, one in enumerate(products.tolist()):
        level = decay * level + (1.0 - decay) * one
        found[k] = level
    return found


def _worth(decay: float, days: int) -> float:
    """Independent days that a mean fading by `decay` is worth."""
    return min((1.0 + decay) / max(1.0 - decay, 1e-9), float(days))


def _now(path: Floats, returns: float, window: int) -> CorrelationNow:
    """The newest value of a path, its interval and its place in the path."""
    known = path[np.isfinite(path)]
    low, high = fisher(float(path[-1]), returns)
    return CorrelationNow(
        value=float(path[-1]),
        low=low,
        high=high,
        returns=returns,
        percentile=float(np.mean(known[:-1] < known[-1])),
        before=float(path[-1 - window]) if len(path) > window else float("nan"),
    )


def fisher(rho: float, returns: float) -> tuple[float, float]:
    """Interval (95 %) of a correlation: tanh(artanh ρ ± 1.96/√(n − 3))."""
    if returns <= 3.0 or not abs(rho) < 1.0:
        return float("nan"), float("nan")
    half = NORMAL_95 / math.sqrt(returns - 3.0)
    return math.tanh(math.atanh(rho) - half), math.tanh(math.atanh(rho) + half)


def forbes_rigobon(rho: float, delta: float) -> float:
    """ρ/√(1 + δ(1 − ρ²)): what a correlation would be without the larger variance of the source."""
    return rho / math.sqrt(1.0 + delta * (1.0 - rho * rho))


def corsetti(rho: float, delta: float, idiosyncratic: float) -> float:
    """ρ√((1 + δ)/(1 + δρ²(1 + λ))): what a quiet ρ becomes when the source's variance grows.

    λ: own over common variance of the source, the same in both; the other's own variance stays.
    """
    grown = (1.0 + delta) / (1.0 + delta * rho * rho * (1.0 + idiosyncratic))
    return rho * math.sqrt(grown)


def rises(quiet: float, crisis: float, n_quiet: float, n_crisis: float) -> bool:
    """Whether the crisis is higher: difference of artanh over its deviation, 5 % one sided."""
    deviation = math.sqrt(1.0 / (n_quiet - 3.0) + 1.0 / (n_crisis - 3.0))
    bounded = (math.atanh(max(-0.999999, min(0.999999, one))) for one in (crisis, quiet))
    late, early = bounded
    return (late - early) / deviation > ONE_SIDED


def _contagion(days: Moments, x: Floats, y: Floats, asked: Asked) -> Contagion:
    crisis = asked.crisis or (asked.on, asked.on)
    quiet = asked.quiet or (days[0].item(), crisis[0] - timedelta(days=1))
    if quiet[0] <= crisis[1] and crisis[0] <= quiet[1]:
        raise BadDate(
            f"the quiet days {quiet[0]}:{quiet[1]} and the crisis {crisis[0]}:{crisis[1]} overlap;"
            " name days that one of them has alone."
        )
    before, late = (_span(days, x, y, span) for span in (quiet, crisis))
    delta = float(np.var(late[0], ddof=1) / np.var(before[0], ddof=1) - 1.0)
    early, now = _in_span(*before), _in_span(*late)
    bound = corsetti(early.value, delta, asked.idiosyncratic)
    counts = early.returns, now.returns
    adjusted = [forbes_rigobon(one, delta) for one in (now.value, now.low, now.high)]
    return Contagion(
        quiet=early,
        crisis=now,
        delta=delta,
        adjusted=adjusted[0],
        adjusted_low=adjusted[1],
        adjusted_high=adjusted[2],
        threshold=bound,
        idiosyncratic=asked.idiosyncratic,
        raw_rises=rises(early.value, now.value, *counts),
        adjusted_rises=rises(early.value, adjusted[0], *counts),
        beyond_threshold=rises(bound, now.value, *counts),
    )


def _span(days: Moments, x: Floats, y: Floats, span: tuple[date, date]) -> tuple[Floats, Floats]:
    kept = (days >= np.datetime64(span[0])) & (days <= np.datetime64(span[1]))
    if kept.sum() < FEWEST_IN_SPAN or not min(np.std(x[kept]), np.std(y[kept])) > 0.0:
        raise BadNumber(
            f"{span[0]}:{span[1]} has {kept.sum()} returns that move; {FEWEST_IN_SPAN} are the"
            " least."
        )
    return x[kept], y[kept]


def _in_span(x: Floats, y: Floats) -> CorrelationNow:
    rho = float(np.corrcoef(x, y)[0, 1])
    nothing = float("nan")
    return CorrelationNow(rho, *fisher(rho, float(len(x))), float(len(x)), nothing, nothing)


def _changed(rolling: Floats, window: int) -> bool:
    """Whether the sign is another one than a window before, both intervals without 0."""
    if len(rolling) <= window:
        return False
    (low, high), (old_low, old_high) = (
        fisher(float(rho), float(window)) for rho in (rolling[-1], rolling[-1 - window])
    )
    return (low > 0.0 > old_high) or (high < 0.0 < old_low)


def _said(asked: Asked, now: CorrelationNow, found: Contagion | None) -> Iterator[Said]:
    yield Said(
        "On {on} {first} and {second} correlate {rho} over {window} days ({low} to {high}), above"
        " {percentile} of their own past.",
        {
            "on": asked.on.isoformat(),
            "first": asked.first,
            "second": asked.second,
            "rho": f"{now.value:+.2f}".replace("-", "−"),
            "window": Amount(asked.window, "count"),
            "low": f"{now.low:+.2f}".replace("-", "−"),
            "high": f"{now.high:+.2f}".replace("-", "−"),
            "percentile": Amount(now.percentile, "share"),
        },
    )
    if found is None:
        return
    if not found.raw_rises:
        yield Said("In the crisis it is not higher than in quiet days.")
    elif found.adjusted_rises or found.beyond_threshold:
        yield Said(
            "In the crisis it is higher than in quiet days, also after a correction for the larger"
            " moves of the source."
        )
    else:
        yield Said(
            "In the crisis it is higher than in quiet days, but not more than the larger moves of"
            " the source explain."
        )


def _warnings(days: Moments, asked: Asked, found: Contagion | None) -> Iterator[Said]:
    for symbol in (asked.first, asked.second):
        if symbol.startswith(YIELDS):
            yield Said(
                "{symbol} is a yield: it moves against the price of its bond, so the sign turns.",
                {"symbol": symbol},
            )
    if days[-1] < np.datetime64(asked.on):
        yield Said("The newest day that both have is {day}.", {"day": str(days[-1])})
    if asked.crisis and asked.quiet and asked.quiet[0] > asked.crisis[1]:
        yield Said("The quiet days lie after the crisis: they were not known in it.")
    for first, last in (span for span in (asked.quiet, asked.crisis) if span):
        if np.datetime64(first) < days[0] or np.datetime64(last) > np.datetime64(asked.on):
            yield Said(
                "Of {first}:{last} only the days from {begin} to {end} are known.",
                {
                    "first": first.isoformat(),
                    "last": last.isoformat(),
                    "begin": str(days[0]),
                    "end": asked.on.isoformat(),
                },
            )
    if found is not None and found.crisis.returns < 30.0:
        yield Said(
            "The crisis has {count} {count:return|returns} only: the interval is"
            " wide and both corrections are weak.",
            {"count": Amount(found.crisis.returns, "count")},
        )
    if found is not None and found.adjusted_rises != found.beyond_threshold:
        yield Said(
            "The two corrections disagree: it depends on how much of the source's variance is its"
            " own."
        )
