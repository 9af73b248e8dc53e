"""The stress index of windows of an order book, and its link to the index of days.

The steps are those of the index of days; what differs is what is scored and the reference:
spread   ln(spread multiple)
depth    -ln(1 - loss within 10 bp), -ln(1 - withdrawal)
flow     ln of cancelled over filled quantity against the baseline's
Impact and the cross-market segment are not measured by window and are missing.
Link: the value of the index of days at the same quantile, over days that have both.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from undertow.core.answers.gauge import BookStress, BookWindow
from undertow.core.answers.said import Amount, Said
from undertow.core.errors import BadFile
from undertow.core.shapes import Floats
from undertow.studies.stress_index import EQUAL, Stress, composite, correlations, strained
from undertow.studies.stress_panel import SEGMENTS

MEMBERS = ("spread", "depth", "withdrawal", "flow")
OF = {"spread": "spread", "depth": "depth", "withdrawal": "depth", "flow": "flow"}
LEAST_WINDOWS, LEAST_DAYS = 20, 20
MAD_TO_SIGMA, AT_HALF = 1.4826, 0.99
NAN = math.nan


@dataclass(frozen=True, slots=True)
class Window:
    """What a window says, in logs; NaN where it says nothing. begin: its day and time, or time"""

    symbol: str
    begin: str
    readings: Mapping[str, float]


def read_windows(told: Mapping[str, object], name: str) -> list[Window]:
    """Windows of an answer of `measure orderbook --json`; BadFile where it is something else."""
    rows, baseline = told.get("windows"), told.get("baseline")
    if not isinstance(rows, list) or not isinstance(baseline, dict):
        raise BadFile(f"{name} is no answer of `undertow measure orderbook --json`; give one.")
    usual = _odds(_number(baseline.get("cancel_share_quantity")))
    symbol = str(told.get("symbol") or "")
    return [_window(row, usual, symbol) for row in rows]


def books(windows: Sequence[Window], calm: Sequence[Window], daily: Stress) -> BookStress:
    """Windows on the scale of calm ones, or of their own where there are none."""
    held = calm or windows
    if len(held) < LEAST_WINDOWS:
        raise BadFile(
            f"{len(held)} windows are too few for a scale; give at least {LEAST_WINDOWS}, or"
            " shorter windows."
        )
    scales = {name: _scale(_column(held, name)) for name in MEMBERS}
    halves = _halves(_means(held, scales, above=True))
    parts = strained(_means(windows, scales, above=True), halves)
    signed = _means(windows, scales, above=False)
    correlation = correlations(np.sign(signed) * strained(np.abs(signed), halves))
    y, contributions = composite(parts, correlation, EQUAL)
    index, days = linked(windows, y, daily)
    found = tuple(
        _told(window, (y[at], index[at]), parts[at], contributions[at])
        for at, window in enumerate(windows)
        if math.isfinite(y[at])
    )
    if not found:
        raise BadFile("no window has a reading; give a feed whose book was open.")
    return _answer(found, held, "files" if calm else "own", days)


def linked(windows: Sequence[Window], y: Floats, daily: Stress) -> tuple[Floats, int]:
    """The index of days at the quantile of each y; NaN with fewer than 20 days that have both."""
    worst: dict[str, float] = {}
    for window, value in zip(windows, y.tolist(), strict=True):
        day = window.begin[:10]
        if len(window.begin) > 10 and math.isfinite(value):
            worst[day] = max(value, worst.get(day, 0.0))
    places = {day: daily.at(day) for day in worst} if len(daily.days) else {}
    both = {day: at for day, at in places.items() if at >= 0 and str(daily.days[at]) == day}
    if len(both) < LEAST_DAYS:
        return np.full(len(y), NAN), len(both)
    own = np.sort([worst[day] for day in both])
    others = np.sort(daily.index[list(both.values())])
    return np.where(np.isfinite(y), np.interp(y, own, others), NAN), len(both)


def _window(row: Mapping[str, object], usual: float, symbol: str) -> Window:
    cancels = _odds(_number(row.get("cancel_share_quantity")))
    readings = {
        "spread": _log(_number(row.get("spread_multiple"))),
        "depth": -_log(1.0 - _number(row.get("within_10bps_loss"))),
        "withdrawal": -_log(1.0 - _number(row.get("withdrawal"))),
        "flow": _log(cancels / usual) if usual > 0.0 else NAN,
    }
    return Window(symbol, str(row.get("begin", "")), readings)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else NAN


def _log(value: float) -> float:
    return math.log(value) if value > 0.0 else NAN


def _odds(share: float) -> float:
    """Cancelled quantity for each that is filled; NaN where nothing is filled."""
    return share / (1.0 - share) if share < 1.0 else NAN


def _column(windows: Sequence[Window], name: str) -> Floats:
    return np.array([window.readings[name] for window in windows])


def _scale(values: Floats) -> tuple[float, float]:
    """Median and deviation; NaN where there are too few readings or they do not differ."""
    known = values[np.isfinite(values)]
    if len(known) < LEAST_WINDOWS:
        return NAN, NAN
    median = float(np.median(known))
    deviation = MAD_TO_SIGMA * float(np.median(np.abs(known - median)))
    return (median, deviation) if deviation > 0.0 else (NAN, NAN)


def _means(
    windows: Sequence[Window], scales: Mapping[str, tuple[float, float]], *, above: bool
) -> Floats:
    """Mean score of each segment's members that speak, [window, segment]."""
    total = np.zeros((len(windows), len(SEGMENTS)))
    count = np.zeros_like(total)
    for name, (median, deviation) in scales.items():
        scores = (_column(windows, name) - median) / deviation
        known, at = np.isfinite(scores), SEGMENTS.index(OF[name])
        total[known, at] += np.maximum(0.0, scores[known]) if above else scores[known]
        count[known, at] += 1.0
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / count


def _halves(means: Floats) -> Floats:
    """The 99th percentile of each segment; NaN where nothing ever is above the median."""
    found = np.full(len(SEGMENTS), NAN)
    for at in range(len(SEGMENTS)):
        known = means[np.isfinite(means[:, at]), at]
        if len(known):
            found[at] = float(np.quantile(known, AT_HALF)) or NAN
    return found


def _told(
    window: Window, levels: tuple[float, float], parts: Floats, contributions: Floats
) -> BookWindow:
    present = [at for at in range(len(SEGMENTS)) if math.isfinite(parts[at])]
    return BookWindow(
        window.symbol, window.begin, float(levels[0]), float(levels[1]),
        {SEGMENTS[at]: float(parts[at]) for at in present},
        {SEGMENTS[at]: float(contributions[at]) for at in present},
    )  # fmt: skip


def _answer(
    found: tuple[BookWindow, ...], held: Sequence[Window], reference: str, days: int
) -> BookStress:
    spoken = {name for one in found for name in one.parts}
    begins = sorted(window.begin for window in held)
    answer = BookStress(
        reference=reference, first=begins[0], last=begins[-1], n=len(held), common_days=days,
        calibrated=days >= LEAST_DAYS,
        missing=tuple(name for name in SEGMENTS if name not in spoken),
        worst=max(found, key=lambda one: one.y), windows=found, said=(), warnings=(),
    )  # fmt: skip
    return replace(answer, said=tuple(_said(answer)), warnings=tuple(_warnings(answer)))


def _said(answer: BookStress) -> Iterable[Said]:
    worst: dict[str, Amount | str | Said] = {
        "begin": answer.worst.begin,
        "y": Amount(answer.worst.y, "number"),
    }
    if answer.calibrated:
        yield Said(
            "The worst window of the order books is {begin}: y = {y}, which is {index} on the scale"
            " of days.",
            {**worst, "index": f"{answer.worst.index:.1f}"},
        )
    else:
        yield Said(
            "The worst window of the order books is {begin}: y = {y}, not calibrated to the index"
            " of days.",
            worst,
        )


def _warnings(answer: BookStress) -> Iterable[Said]:
    if not answer.calibrated:
        yield Said(
            "The order books and the index of days have {days} {days:day|days} in"
            " common; a link needs {least}.",
            {
                "days": Amount(answer.common_days, "count"),
                "least": Amount(LEAST_DAYS, "count"),
            },
        )
    if answer.reference == "own":
        yield Said(
            "The windows of the order books are their own reference; name calm ones with"
            " --books-reference."
        )
    for name in answer.missing:
        yield Said(
            "No window of the order books speaks of the segment {segment}.", {"segment": name}
        )
