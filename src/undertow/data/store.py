"""Run folders: one folder per run, written whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from undertow.core.compiled import home
from undertow.core.errors import NotWritable, UnknownName, unknown
from undertow.core.trace import Trace

Table: TypeAlias = dict[str, object]
"""Columns by name."""


def run_name(moment: datetime, scenario: str, digest: str) -> str:
    """`<utc>-<scenario>-<hash>`, the name of a run's folder."""
    return f"{moment:%Y%m%dT%H%M%SZ}-{scenario}-{digest[:8]}"


def runs_folder() -> Path:
    """Where runs are stored unless another folder is asked for."""
    return home() / "runs"


def find_run(name: str, parent: Path) -> Path:
    """The folder behind a path, the name of a run in `parent`, or `last` for the newest there."""
    stored = sorted(p.name for p in parent.glob("[!.]*") if p.is_dir()) if parent.is_dir() else []
    if name == "last" and stored:
        return parent / stored[-1]
    for folder in (Path(name), parent / name):
        if folder.is_dir():
            return folder
    if not stored:
        raise UnknownName(
            f"there is no run {name!r}, and none is stored in {str(parent)!r}; name the folder of"
            " one, or make one with `undertow run`."
        )
    raise unknown("run", name, stored, str(parent))


@dataclass(slots=True)
class Place:
    """Where a run is being written, and from the end of the writing on, where it stands."""

    path: Path


@contextmanager
def whole_folder(parent: Path, name: str) -> Iterator[Place]:
    """A folder to write into; it appears under its name only when everything went well."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=parent))
    except OSError as error:
        raise NotWritable(
            f"runs cannot be stored in {str(parent)!r} ({error.strerror}); "
            "choose another folder with --out or UNDERTOW_HOME."
        ) from error
    place = Place(partial)
    try:
        yield place
        partial.chmod(0o755)
        place.path = partial.replace(_unused(parent / name))
    except OSError as error:
        raise NotWritable(
            f"the run could not be stored in {str(parent)!r} ({error.strerror}); "
            "free some space or choose another folder with --out."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _unused(folder: Path) -> Path:
    number, place = 1, folder
    while place.exists():
        number += 1
        place = folder.with_name(f"{folder.name}-{number}")
    return place


def write_tables(folder: Path, tables: Mapping[str, Table]) -> None:
    """Write each table as a Parquet file of its name; times are in UTC."""
    import polars

    for name, columns in tables.items():
        file = folder / f"{name}.parquet"
        try:
            frame = polars.DataFrame(columns)
            in_utc = polars.col(polars.Datetime).dt.replace_time_zone("UTC")
            frame.with_columns(in_utc).write_parquet(file)
        except polars.exceptions.ComputeError as error:
            # A disk that is full in the middle of a table is no OSError to its writer.
            raise NotWritable(
                f"{file.name} could not be stored in {str(folder.parent)!r} ({error}); free some"
                " space or choose another folder with --out."
            ) from error


def write_texts(folder: Path, summary: Mapping[str, object], inputs: Mapping[str, bytes]) -> None:
    """Write the summary and the scenario's own files."""
    for name, content in inputs.items():
        (folder / name).write_bytes(content)
    text = json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")


def trace_tables(trace: Trace, times: list[datetime]) -> dict[str, Table]:
    """The tables of a trace; `times` are the beginnings of its bars."""
    return {
        "instruments": _instrument_rows(trace, times),
        "segments": _segment_rows(trace, times),
        "sales": _sale_rows(trace, times),
        "contagion": _contagion_rows(trace),
    }


def moments(times: Iterable[datetime]) -> NDArray[np.datetime64]:
    """Times in UTC as one array: a list of them takes a table ten times as long to take in."""
    return np.array(
        [moment.astimezone(UTC).replace(tzinfo=None) for moment in times], "datetime64[us]"
    )


def _instrument_rows(trace: Trace, times: list[datetime]) -> Table:
    bars, count = trace.paths.price.shape
    paths = trace.paths
    return {
        "time": np.repeat(moments(times), count),
        "instrument": list(trace.instruments) * bars,
        "price": paths.price.ravel(),
        "log_news": paths.news.ravel(),
        "log_forced": paths.forced.ravel(),
        "pressure": paths.pressure.ravel(),
        "depth_of_normal": paths.displayed.ravel(),
        "spread_of_normal": paths.spread.ravel(),
        "units_sold": paths.sold.ravel(),
        "margin_usd": paths.margin.ravel(),
    }


def _segment_rows(trace: Trace, times: list[datetime]) -> Table:
    paths = trace.by_segment
    bars, count = paths.called.shape
    return {
        "time": np.repeat(moments(times), count),
        "segment": list(trace.segments) * bars,
        "called": paths.called.ravel(),
        "open_calls": paths.open.ravel(),
        "unrescuable": paths.unrescuable.ravel(),
        "bankrupt": paths.bankrupt.ravel(),
        "bad_debt_usd": paths.bad_debt.ravel(),
        "forced_usd": paths.sold.sum(axis=2).ravel(),
    }


def _sale_rows(trace: Trace, times: list[datetime]) -> Table:
    sold = trace.by_segment.sold
    bars, segments, instruments = sold.nonzero()
    return {
        "time": moments(times)[bars],
        "segment": [trace.segments[k] for k in segments],
        "instrument": [trace.instruments[k] for k in instruments],
        "usd": sold[bars, segments, instruments],
    }


def _contagion_rows(trace: Trace) -> Table:
    matrix = trace.contagion
    sellers, origins, sold = matrix.by_seller.nonzero()
    return {
        "seller": [matrix.sellers[k] for k in sellers],
        "origin": [matrix.origins[k] for k in origins],
        "sold": [matrix.sold[k] for k in sold],
        "usd": matrix.by_seller[sellers, origins, sold],
    }
