"""`undertow gauge`: read prices, gauge them as of a day, wrap it in the one JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path

import numpy as np

from undertow.core.answers.gauge import GaugeAnswer, GaugeHistory
from undertow.core.errors import BadDate, BadFile, NotWritable
from undertow.core.history import FIELDS, History
from undertow.core.shapes import Floats
from undertow.data.history import read_history
from undertow.jobs.answer import Json, digest, told, wrapped
from undertow.jobs.days import utc_now
from undertow.report.gauge_page import gauge_page
from undertow.report.words import speaker
from undertow.studies.gauge import gauge, gauge_history, levels, light
from undertow.studies.gauge_beside import SEGMENT, beside_panel
from undertow.studies.stress_books import Window, books, read_windows
from undertow.studies.stress_index import Stress
from undertow.studies.stress_panel import anchors, panel
from undertow.studies.windows import expanding_percentiles

PICTURED_SINCE = date(2000, 1, 1)
INDEX = "index"


@dataclass(frozen=True, slots=True)
class GaugeRequest:
    """What is asked of which prices. on: the day, today if None

    books: answers of `measure orderbook --json`;  calm: such answers that scales come from
    """

    data: Path
    on: date | None = None
    books: tuple[Path, ...] = ()
    calm: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Gauged:
    """An answer, the series behind it, and what went in."""

    answer: GaugeAnswer
    stress: Stress
    beside: Mapping[str, Floats]
    inputs: dict[str, Json]

    def json(self) -> dict[str, Json]:
        """The one JSON."""
        names = (one.name for one in fields(self.answer) if one.name != "said")
        found = {name: told(getattr(self.answer, name)) for name in names}
        return wrapped("gauge", self.inputs, {"outcome": self.answer.outcome, **found})


def gauge_of(request: GaugeRequest) -> Gauged:
    """Read and gauge."""
    on = request.on or utc_now().date()
    symbols = {name for member in panel() for name in member.symbols}
    symbols |= {name for one in beside_panel() for name in one.symbols}
    history = read_history(request.data)
    known = history.of(name for name in history.symbols if name in symbols).until(on)
    found = gauge(known, on, anchors())
    answer = found.answer
    if request.books:
        windows, calm = (_windows(files) for files in (request.books, request.calm))
        answer = replace(
            answer, books=books([w for w in windows if _had_begun(w, on)], calm, found.stress)
        )
    files = (*request.books, *request.calm)
    inputs: dict[str, Json] = {
        "sha256": digest((*_bytes(known), *(file.read_bytes() for file in files))),
        "seed": None,
        "data": request.data.name,
        "on": on.isoformat(),
        "books": [file.name for file in request.books],
        "books_reference": [file.name for file in request.calm],
    }
    return Gauged(answer, found.stress, found.beside, inputs)


def _windows(files: tuple[Path, ...]) -> list[Window]:
    found: list[Window] = []
    for file in files:
        try:
            told_ = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise BadFile(
                f"{file} cannot be read as JSON; give an answer of `undertow measure orderbook"
                " --json`."
            ) from error
        found += read_windows(told_ if isinstance(told_, dict) else {}, file.name)
    return found


def _had_begun(window: Window, on: date) -> bool:
    """Whether a window is of the day or one before; one without a day is taken as given."""
    return len(window.begin) <= 10 or window.begin[:10] <= on.isoformat()


def _bytes(history: History) -> Iterator[bytes]:
    """What is gauged and nothing else: prices after the day change no hash."""
    for symbol in history.symbols:
        yield symbol.encode()
        yield history[symbol].date.tobytes()
        yield from (getattr(history[symbol], name).tobytes() for name in FIELDS)


def write_history(gauged: Gauged, since: date, file: Path) -> int:
    """Every indicator on every session from a day on, as Parquet; how many rows.

    Columns date, name, segment, level, percentile, change, light; the index is `index`, points of
    a segment are `points SEGMENT`.
    """
    import polars as pl
    from polars.exceptions import PolarsError

    last = gauged.answer.session
    if since > last:
        raise BadDate(f"--since {since} is after the last session, {last}; name an earlier day.")
    tables = [
        _table(name, segment, values, gauged.stress, since)
        for name, segment, values in _series(gauged)
    ]
    rows = pl.concat([pl.DataFrame(table) for table in tables])
    try:
        rows.write_parquet(file)
    except (OSError, PolarsError) as error:
        reason = str(getattr(error, "strerror", None) or error).partition(" (os error")[0]
        raise NotWritable(
            f"the history cannot be written to {str(file)!r} ({reason}); choose another file with"
            " --out."
        ) from error
    return len(rows)


def _series(gauged: Gauged) -> Iterator[tuple[str, str, np.ndarray]]:
    stress = gauged.stress
    yield INDEX, "", stress.index
    whole = gauge_history(stress, date.min)
    for at, segment in enumerate(whole.segments):
        yield f"points {segment}", segment, whole.points[:, at]
    for member in panel():
        yield member.name, member.segment, levels(member, stress)
    for name, values in gauged.beside.items():
        yield name, SEGMENT, values


def _table(
    name: str, segment: str, values: np.ndarray, stress: Stress, since: date
) -> dict[str, object]:
    shares = expanding_percentiles(values)
    counts = np.cumsum(~np.isnan(values))
    changes = np.full(len(values), np.nan)
    changes[5:] = values[5:] - values[:-5]
    shown = (stress.days >= np.datetime64(since)) & ~np.isnan(values)
    lights = [light(s, n) for s, n in zip(shares[shown], counts[shown], strict=True)]
    return {
        "date": stress.days[shown],
        "name": [name] * len(lights),
        "segment": [segment] * len(lights),
        "level": values[shown],
        "percentile": shares[shown],
        "change": changes[shown],
        "light": lights,
    }


def pictured(gauged: Gauged) -> GaugeHistory:
    """The index since 2000, for the picture."""
    return gauge_history(gauged.stress, PICTURED_SINCE)


def draw_gauge(gauged: Gauged, file: Path, lang: str) -> Path:
    """Write the page; NotWritable where that fails."""
    text = gauge_page(gauged.answer, pictured(gauged), speaker(lang))
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NotWritable(
            f"the page cannot be written to {str(file)!r} ({error.strerror}); choose another file"
            " with --page."
        ) from error
    return file
