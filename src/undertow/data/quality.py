"""What is wrong with prices, before anybody believes them: the checks of every fetch."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import numpy as np

from undertow.core.answers.fetched import Doubt
from undertow.core.answers.said import Amount, Said
from undertow.core.history import DAY, Bars, History, Moments
from undertow.core.shapes import Floats

TOLERANCE = 0.002
"""Closes of two sources that differ by less are the same."""

LAGS = range(-3, 4)
LEAST_RETURNS = 30
LEAST_CORRELATION = 0.3
LONG_WEEKEND_DAYS = 4
TRADES_ALWAYS = 0.2


def doubts(bars: Bars, others: History, against: History) -> tuple[Doubt, ...]:
    """All that the checks find. others: fetched with it;  against: another source's prices."""
    found = [impossible(bars), flat(bars), missing(bars, others), known(bars)]
    if bars.symbol in against:
        found += [difference(bars, against[bars.symbol]), clock(bars, against[bars.symbol])]
    return tuple(one for one in found if one is not None)


def impossible(bars: Bars) -> Doubt | None:
    """Rows whose low is above the high, or whose open or close is outside of both."""
    top, bottom = np.maximum(bars.open, bars.close), np.minimum(bars.open, bars.close)
    slack = 1e-6 * np.abs(bars.close)
    wrong = (bars.low > bars.high) | (top > bars.high + slack) | (bottom < bars.low - slack)
    said = Said(
        "{symbol}: {count} {count:row has|rows have} a close or an open outside of low and high.",
        _named(bars, wrong),
    )
    return _doubt("impossible", bars, wrong, said)


def flat(bars: Bars) -> Doubt | None:
    """Rows without a range, where others have one: a vendor's filling."""
    still = (bars.open == bars.high) & (bars.high == bars.low) & (bars.low == bars.close)
    if still.all():
        return None
    said = Said(
        "{symbol}: {count} {count:row has|rows have} no range (open, high, low"
        " and close are one); a vendor fills so.",
        _named(bars, still),
    )
    return _doubt("flat", bars, still, said)


def missing(bars: Bars, others: History) -> Doubt | None:
    """Sessions that most others had; alone, gaps that are longer than a long weekend."""
    sessions = _sessions(bars, others)
    if len(sessions):
        absent = sessions[~np.isin(sessions, bars.date)]
        said = Said(
            "{symbol}: {count} {count:session is|sessions are} missing that most of"
            " the others have.",
            {"symbol": bars.symbol, "count": Amount(len(absent), "count")},
        )
        return _at("missing", bars.symbol, absent, math.nan, said)
    longest = LONG_WEEKEND_DAYS * DAY if bars.step == DAY and not _always(bars) else bars.step
    after = np.diff(bars.date) > longest
    absent = bars.date[1:][after]
    said = Said(
        "{symbol}: {count} {count:gap is|gaps are} longer than one expects of it.",
        {"symbol": bars.symbol, "count": Amount(len(absent), "count")},
    )
    is_hourly = bars.step != DAY and not _always(bars)
    return None if is_hourly else _at("missing", bars.symbol, absent, math.nan, said)


def difference(bars: Bars, other: Bars) -> Doubt | None:
    """Days on which another source has another close."""
    _, mine, its = _common(bars, other)
    if not len(mine):
        return None
    gap = np.abs(mine / its - 1.0)
    apart = gap > TOLERANCE
    days, _, _ = _common(bars, other)
    said = Said(
        "{symbol}: {count} of {all} closes differ from the other source, at most by {worst}.",
        {
            "symbol": bars.symbol,
            "count": Amount(int(apart.sum()), "count"),
            "all": Amount(len(mine), "count"),
            "worst": Amount(float(gap.max()), "share"),
        },
    )
    return _at("difference", bars.symbol, days[apart], float(gap.max()), said)


def clock(bars: Bars, other: Bars) -> Doubt | None:
    """Whether its moves go with another source's of the same bar, or of one before or after."""
    _, mine, its = _common(bars, other)
    if len(mine) < LEAST_RETURNS + max(LAGS) + 1:
        return None
    a, b = (np.diff(closes) / np.abs(closes[:-1]) for closes in (mine, its))
    found = {lag: _lagged(a, b, lag) for lag in LAGS}
    best = max(found, key=lambda lag: found[lag])
    if best == 0 or found[best] < LEAST_CORRELATION:
        return None
    said = Said(
        "{symbol}: it moves with the other source {lag} {lag:bar|bars} apart"
        " (correlation {best}), not in the same bar ({same}); its clock is off.",
        {
            "symbol": bars.symbol,
            "lag": f"{best:+d}".replace("-", "−"),
            "best": Amount(found[best], "number"),
            "same": Amount(found[0], "number"),
        },
    )
    return Doubt("clock", bars.symbol, len(a), None, None, found[best], said)


def known(bars: Bars) -> Doubt | None:
    """Closes that everybody knows, such as the VIX of 16 March 2020."""
    facts = _known_closes().get(bars.symbol, {})
    if bars.step != DAY:
        return None
    held = [(day, bars.close[at]) for at, day in enumerate(bars.date) if str(day) in facts]
    gaps = {day: abs(close / facts[str(day)] - 1.0) for day, close in held}
    wrong = [day for day, gap in gaps.items() if gap > TOLERANCE]
    if not wrong:
        return None
    said = Said(
        "{symbol}: the close of {day} is {close}, known is {fact}.",
        {
            "symbol": bars.symbol,
            "day": str(wrong[0]),
            "close": Amount(float(dict(held)[wrong[0]]), "price"),
            "fact": Amount(facts[str(wrong[0])], "price"),
        },
    )
    return _at("known", bars.symbol, np.array(wrong), max(gaps.values()), said)


def _lagged(a: Floats, b: Floats, lag: int) -> float:
    early, late = (a, b) if lag >= 0 else (b, a)
    size = len(a) - abs(lag)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = float(np.corrcoef(early[abs(lag) :], late[:size])[0, 1])
    return found if math.isfinite(found) else 0.0


def _sessions(bars: Bars, others: History) -> Moments:
    """Days of its own span on which at least half of the others trade; none if there are none."""
    rivals = [
        one.date[(one.date >= bars.date[0]) & (one.date <= bars.date[-1])]
        for name, one in others.bars.items()
        if name != bars.symbol and one.step == bars.step and not _always(one)
    ]
    if len(rivals) < 2 or _always(bars):
        return bars.date[:0]
    days, times = np.unique(np.concatenate(rivals), return_counts=True)
    return days[2 * times >= len(rivals)]


def _always(bars: Bars) -> bool:
    """Whether it trades at weekends."""
    weekday = (bars.date.astype("datetime64[D]").view("int64") - 4) % 7
    return bool(np.mean(weekday >= 5) > TRADES_ALWAYS)


def _common(bars: Bars, other: Bars) -> tuple[Moments, Floats, Floats]:
    days, mine, its = np.intersect1d(bars.date, other.date, return_indices=True)
    a, b = bars.close[mine], other.close[its]
    usable = np.isfinite(a) & np.isfinite(b) & (b != 0.0)
    return days[usable], a[usable], b[usable]


def _named(bars: Bars, rows: np.ndarray) -> Mapping[str, Amount | str | Said]:
    return {"symbol": bars.symbol, "count": Amount(int(rows.sum()), "count")}


def _doubt(check: str, bars: Bars, rows: np.ndarray, said: Said) -> Doubt | None:
    return _at(check, bars.symbol, bars.date[rows], math.nan, said)


def _at(check: str, symbol: str, days: Moments, worst: float, said: Said) -> Doubt | None:
    if not len(days):
        return None
    first, last = (day.astype("datetime64[D]").item() for day in (days[0], days[-1]))
    return Doubt(check, symbol, len(days), first, last, worst, said)


@cache
def _known_closes() -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for row in _rows():
        table.setdefault(row["symbol"], {})[row["date"]] = float(row["close"])
    return table


def _rows() -> Iterator[dict[str, str]]:
    text = (files("undertow.data") / "known_closes.csv").read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())
