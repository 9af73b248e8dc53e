"""All indicators as of a day: level, percentile of their own past, change and a light."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from undertow.core.answers.gauge import (
    GaugeAnswer,
    GaugeHistory,
    LevelClaim,
    Light,
    PeakReading,
    Reading,
    SegmentReading,
)
from undertow.core.errors import BadDate, BadFile
from undertow.core.history import History
from undertow.core.shapes import Floats
from undertow.studies.gauge_beside import SEGMENT, Beside, beside_panel, beside_series
from undertow.studies.gauge_sentences import sentences, warnings
from undertow.studies.price_doubts import data_warnings
from undertow.studies.stress_index import (
    EQUAL,
    Stress,
    indexed,
    peak,
    rank_stability,
    stress_index,
)
from undertow.studies.stress_panel import CLOCK, SEGMENTS, Anchors, Member, panel

AMBER, RED = 0.80, 0.95
LEAST_READINGS = 252
CHANGE = 5
"""Sessions between a reading and the one it is compared with."""

CLAIMED = 82.7
"""The level that the story calls the peak of 2008."""

UNITS = {
    "corwin_schultz": "share of the price",
    "abdi_ranaldo": "share of the price",
    "parkinson": "per day",
    "level": "points",
    "amihud": "multiple of a year's median",
    "volume": "multiple of a year's median",
    "premium": "share of the price",
    "stock_bond": "atanh of correlation",
}
IN_LOGS = frozenset(UNITS) - {"stock_bond"}


@dataclass(frozen=True, slots=True)
class Gauge:
    """An answer, and the series behind it on the sessions of the index."""

    answer: GaugeAnswer
    stress: Stress
    beside: Mapping[str, Floats]


def gauge(history: History, on: date, held: Anchors) -> Gauge:
    """Everything as of the end of a day; nothing after it is looked at."""
    known = history.until(on)
    if CLOCK not in known:
        raise BadFile(
            f"the data hold no {CLOCK} up to {on}, whose sessions the index needs; add it."
        )
    stress = stress_index(known, held)
    if not len(stress.days):
        raise BadDate(f"no index can be said on {on}: the data begin too late; name a later day.")
    others = beside_series(known, stress.days)
    at = len(stress.days) - 1
    segments = _segments(stress, at)
    peaks = _peaks(stress, held)
    claim = _claim(peaks, known)
    answer = GaugeAnswer(
        said=(),
        on=on,
        session=stress.days[at].item(),
        index=float(stress.index[at]),
        y=float(stress.y[at]),
        percentile=percentile(stress.index),
        change=_change(stress.index),
        light=light(percentile(stress.index), len(stress.index)),
        segments=segments,
        missing=tuple(one.name for one in segments if math.isnan(one.score)),
        readings=(
            *(_reading(member, stress) for member in panel()),
            *(_beside(one, others, at + 1) for one in beside_panel()),
        ),
        peaks=peaks,
        claim=claim,
        rank_stability=rank_stability(stress),
        reference=(held.first, held.last),
        warnings=(),
    )
    answer = replace(
        answer, said=sentences(answer), warnings=(*warnings(answer), *data_warnings(known))
    )
    return Gauge(answer, stress, others)


def gauge_history(stress: Stress, since: date) -> GaugeHistory:
    """The index and its parts from a day on."""
    shown = stress.days >= np.datetime64(since)
    y = stress.y[shown][:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.where(y > 0.0, stress.contributions[shown] / y, 0.0)
    index = stress.index[shown]
    return GaugeHistory(
        tuple(stress.days[shown].tolist()), index, shares * index[:, None], SEGMENTS
    )


def levels(member: Member, stress: Stress) -> Floats:
    """A member's series in its own unit; NaN where the symbol is absent."""
    if member.name not in stress.series:
        return np.full(len(stress.days), np.nan)
    found = stress.series[member.name]
    return np.exp(found) if member.proxy in IN_LOGS else found


def percentile(values: Floats) -> float:
    """Share of all values that are not above the last one; NaN if that is none."""
    past = values[~np.isnan(values)]
    if not len(values) or math.isnan(values[-1]):
        return math.nan
    return float(np.mean(past <= values[-1]))


def light(share: float, readings: int) -> Light:
    """The traffic light of a percentile."""
    if math.isnan(share) or readings < LEAST_READINGS:
        return "grey"
    return "green" if share < AMBER else "amber" if share < RED else "red"


def _change(values: Floats) -> float:
    return float(values[-1] - values[-1 - CHANGE]) if len(values) > CHANGE else math.nan


def _reading(member: Member, stress: Stress) -> Reading:
    who = (member.name, member.segment, member.symbol, UNITS[member.proxy])
    return _told(who, levels(member, stress))


def _beside(one: Beside, series: Mapping[str, Floats], count: int) -> Reading:
    found = series.get(one.name, np.full(count, np.nan))
    return _told((one.name, SEGMENT, "+".join(one.symbols), one.unit), found)


def _told(who: tuple[str, str, str, str], found: Floats) -> Reading:
    """A reading of the last session. who: name, segment, symbol, unit"""
    share, count = percentile(found), int((~np.isnan(found)).sum())
    name, segment, symbol, unit = who
    return Reading(
        name=name,
        segment=segment,
        symbol=symbol,
        level=float(found[-1]),
        unit=unit,
        percentile=share,
        change=_change(found),
        light=light(share, count),
        readings=count,
    )


def _segments(stress: Stress, at: int) -> tuple[SegmentReading, ...]:
    known = np.isfinite(stress.parts[at])
    weights = np.where(known, EQUAL, 0.0) / EQUAL[known].sum()
    y, index = float(stress.y[at]), float(stress.index[at])
    return tuple(
        SegmentReading(
            name=name,
            score=float(stress.parts[at, k]),
            weight=float(weights[k]),
            contribution=float(stress.contributions[at, k]),
            points=float(stress.contributions[at, k]) / y * index if y > 0.0 else 0.0,
            members=int(stress.members[at, k]),
            of=sum(member.segment == name for member in panel()),
        )
        for k, name in enumerate(SEGMENTS)
    )


def _peaks(stress: Stress, held: Anchors) -> tuple[PeakReading, ...]:
    """Highest sessions of the crises that the data hold whole."""
    ended = (one for one in held.peaks if np.datetime64(one.last) <= stress.days[-1])
    found = (peak(stress, one.name, one.first, one.last) for one in ended)
    return tuple(
        PeakReading(one.name, date.fromisoformat(one.day), float(indexed(np.array(one.y), held)))
        for one in found
        if one is not None
    )


def _claim(peaks: tuple[PeakReading, ...], history: History) -> LevelClaim | None:
    by_name = {one.name: one for one in peaks}
    if not {"2008", "2020"} <= by_name.keys():
        return None
    was, later = by_name["2008"], by_name["2020"]
    return LevelClaim(
        CLAIMED, was.level >= CLAIMED, was, later,
        _highest_vix(history, "2008-01-01", "2008-12-31"),
        _highest_vix(history, "2020-03-01", "2020-03-31"),
    )  # fmt: skip


def _highest_vix(history: History, first: str, last: str) -> float:
    if "^VIX" not in history:
        return math.nan
    bars = history["^VIX"]
    inside = (bars.date >= np.datetime64(first)) & (bars.date <= np.datetime64(last))
    return float(bars.close[inside].max(initial=-math.inf)) if inside.any() else math.nan
