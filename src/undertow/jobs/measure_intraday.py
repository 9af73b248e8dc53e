"""`undertow measure correlation --intraday`: read prices at their own moments, and compare them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from undertow.core.errors import BadDate, BadFile, BadNumber, unknown
from undertow.core.family import terminal_name
from undertow.core.history import DAY, Moments
from undertow.core.ticks import Ticks, merged
from undertow.data.quotes import QUOTES
from undertow.data.ticks import LEAN_TICK, read_ticks
from undertow.jobs.answer import Json
from undertow.jobs.measure_basis import REGULAR, in_session
from undertow.jobs.measure_correlation import pair_of
from undertow.jobs.measure_orderbook import window_ns
from undertow.jobs.measured import Answered, inputs_of
from undertow.studies.intraday import intraday_answer

HOURS = {**REGULAR, LEAN_TICK: REGULAR["lean-equity"]}


@dataclass(frozen=True, slots=True)
class IntradayRequest:
    """Files and a pair.

    pair: A,B;  form: how the files are written, two with a comma between if they differ; empty if
    they are long tables;  on: last day, else the newest;  window: days up to it
    every: as 30s, one observation of each such span;  session: HH:MM-HH:MM in the market's clock
    """

    files: tuple[Path, ...]
    pair: str
    form: str = ""
    on: str = ""
    window: int = 60
    every: str = ""
    session: str = ""


def measure_intraday(request: IntradayRequest) -> Answered:
    """The correlation of two prices that are seen at different moments."""
    names = pair_of(request.pair)
    every = 1e-9 * window_ns(request.every) if request.every else 0.0
    if request.window < 1:
        raise BadNumber(f"--window is {request.window}; give a number of days, at least 1.")
    forms = [one.strip() for one in request.form.split(",")]
    if len(forms) > len(names):
        raise BadNumber(f"--format {request.form} has {len(forms)} formats for two symbols.")
    known = [*map(terminal_name, QUOTES.members()), LEAN_TICK, ""]
    for form in forms:
        if form not in known:
            raise unknown("format", form, known[:-1])
    parts = [part for file in request.files for part in _read(file, forms, names)]
    sides = [_side(parts, name) for name in names]
    session = request.session or next((HOURS[form] for form in forms if form in HOURS), "")
    if session:
        clock = next((s.clock for s in sides if s.clock != "UTC"), "UTC")
        sides = [s.where(in_session(s.time, session, clock)) for s in sides]
    last = _last(request.on, sides)
    chosen = _window(sides, last, request.window)
    answer = intraday_answer(chosen[0], chosen[1], every)
    told: dict[str, Json] = {
        "files": [file.name for file in request.files],
        "pair": list(names),
        "format": request.form,
        "on": request.on,
        "window": request.window,
        "every": request.every,
        "session": session,
    }
    return Answered("correlation", answer, inputs_of(request.files, told))


def _read(file: Path, forms: Sequence[str], names: Sequence[str]) -> list[Ticks]:
    """What a file holds of the pair, by the first format that fits."""
    refused: BadFile | None = None
    held: list[str] = []
    for form in forms:
        try:
            found = read_ticks(file, form, names)
        except BadFile as error:
            refused = refused or error
            continue
        if kept := [one for one in found if one.symbol in names]:
            return kept
        held += [one.symbol for one in found]
    if refused and not held:
        raise refused
    raise BadFile(
        f"{file.name} is of {', '.join(sorted(set(held))[:5])}, not of {' or '.join(names)}; name"
        " the pair as the files do."
    )


def _side(parts: Sequence[Ticks], name: str) -> Ticks:
    own = tuple(part for part in parts if part.symbol == name)
    if not own:
        raise BadFile(f"no file holds {name}; give files of both symbols of --pair.")
    return merged(own)


def _last(text: str, sides: Sequence[Ticks]) -> np.datetime64:
    """The day that is named, else the newest that both have."""
    if text:
        try:
            return np.datetime64(date.fromisoformat(text))
        except ValueError:
            raise BadDate(f"{text!r} is no day; write 2026-02-05.") from None
    common = _common(sides)
    if not len(common):
        raise BadNumber(
            f"{sides[0].symbol} and {sides[1].symbol} share no day; give files of the same days."
        )
    return np.datetime64(common[-1])


def _window(sides: Sequence[Ticks], last: np.datetime64, window: int) -> list[Ticks]:
    """The last days, so many, that both have up to this one."""
    common = _common(sides)
    kept = common[common <= last][-window:]
    if not len(kept):
        raise BadNumber(
            f"{sides[0].symbol} and {sides[1].symbol} share no day up to {last}; name a later one."
        )
    end = kept[-1] + DAY
    return [side.where((side.time >= kept[0]) & (side.time < end)) for side in sides]


def _common(sides: Sequence[Ticks]) -> Moments:
    """Days in UTC on which both move: midnight alone, a day's last quote, is none."""
    first, second = (_moving(side) for side in sides)
    return np.intersect1d(first, second)


def _moving(side: Ticks) -> Moments:
    days, prices = np.unique(side.time.astype("datetime64[D]"), return_counts=True)
    return np.asarray(days[prices > 1])
