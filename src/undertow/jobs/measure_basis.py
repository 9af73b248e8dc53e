"""`undertow measure basis`: read quotes of a future and of its spot, and compare them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from undertow.core.answers.said import Said
from undertow.core.errors import BadDate, BadNumber
from undertow.core.history import Moments
from undertow.core.numbers import positive
from undertow.core.quotes import Quotes, joined
from undertow.core.shapes import Flags
from undertow.data.quotes import read_quotes
from undertow.jobs.answer import Json
from undertow.jobs.measured import Answered, inputs_of
from undertow.studies.basis import Asked, basis_answer

DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})(?::|\.\.)(\d{4}-\d{2}-\d{2})")
HOURS = re.compile(r"(\d{1,2}:\d{2})-(\d{1,2}:\d{2})")
REGULAR = {"lean-equity": "9:30-16:00"}
"""Sessions of the spot in its own clock, where its format says which market it is."""


@dataclass(frozen=True, slots=True)
class BasisRequest:
    """Files and formats of both sides.

    reference: A:B, first and last day;  session: HH:MM-HH:MM in the clock of the spot's file
    expiry: contract month such as 201312, else the first of each file
    """

    future: tuple[Path, ...]
    spot: tuple[Path, ...]
    reference: str
    multiplier: float = 1.0
    session: str = ""
    expiry: str | None = None
    future_form: str = "lean-future"
    spot_form: str = "lean-equity"


def measure_basis(request: BasisRequest) -> Answered:
    """Basis and its deviations from the reference."""
    positive("--multiplier", request.multiplier)
    first, last = days(request.reference)
    futures = [read_quotes(one, request.future_form, request.expiry) for one in request.future]
    spots = [read_quotes(one, request.spot_form) for one in request.spot]
    future, spot = _joined(futures), _joined(spots)
    session = request.session or REGULAR.get(request.spot_form, "")
    kept = _within(spot, session) if session else spot
    answer = basis_answer(future, spot, kept, Asked(first, last, request.multiplier))
    alone = (
        *_alone(request.future, futures, spot),
        *_alone(request.spot, spots, future),
    )
    answer = replace(answer, warnings=(*alone, *answer.warnings))
    asked: dict[str, Json] = {
        "future": [file.name for file in request.future],
        "spot": [file.name for file in request.spot],
        "expiry": future.expiry,
        "multiplier": request.multiplier,
        "reference": request.reference,
        "session": session,
        "clocks": [future.clock, spot.clock],
    }
    return Answered("basis", answer, inputs_of((*request.future, *request.spot), asked))


def days(text: str) -> tuple[date, date]:
    """First and last day of A:B."""
    found = DAYS.fullmatch(text.strip())
    try:
        first, last = (date.fromisoformat(one) for one in found.groups()) if found else (None, None)
    except ValueError:
        first = last = None
    if first is None or last is None or last < first:
        raise BadDate(f"{text!r} are no days; write 2013-10-07:2013-10-09.")
    return first, last


def _alone(files: Sequence[Path], parts: Sequence[Quotes], other: Quotes) -> Iterator[Said]:
    """Files that share no minute with the other side."""
    for file, part in zip(files, parts, strict=True):
        if not np.isin(part.time, other.time).any():
            yield Said(
                "{file} shares no minute with {symbol} and is not used.",
                {"file": file.name, "symbol": other.symbol},
            )


def _joined(parts: Sequence[Quotes]) -> Quotes:
    """Files of one side; BadNumber if they are not of one instrument and one contract."""
    names = sorted({part.symbol for part in parts})
    if len(names) > 1:
        raise BadNumber(f"the files are of {' and '.join(names)}; give one instrument a side.")
    months = sorted({part.expiry for part in parts})
    if len(months) > 1:
        raise BadNumber(
            f"the nearest months of the files are {' and '.join(months)}, and their joint is a"
            f" jump; choose one with --expiry {months[0]}."
        )
    return joined(tuple(parts))


def _hours(session: str) -> tuple[time, time]:
    found = HOURS.fullmatch(session)
    try:
        if found:
            start, end = (time.fromisoformat(one.zfill(5)) for one in found.groups())
            if start < end:
                return start, end
    except ValueError:
        pass
    raise BadDate(f"{session!r} is no session; write 09:30-16:00.")


def _within(spot: Quotes, session: str) -> Quotes:
    """Minutes of a session, day by day in the clock of the file."""
    return spot.where(in_session(spot.time, session, spot.clock))


def in_session(moments: Moments, session: str, clock: str) -> Flags:
    """Which moments in UTC are within the hours HH:MM-HH:MM of a clock, the end left out."""
    start, end = _hours(session)
    zone, utc = ZoneInfo(clock), ZoneInfo("UTC")
    minutes, at = np.unique(moments.astype("datetime64[m]"), return_inverse=True)
    known = (stamp.replace(tzinfo=utc).astimezone(zone).time() for stamp in minutes.tolist())
    inside = np.array([start <= one < end for one in known], dtype=bool)
    return np.asarray(inside[at])
