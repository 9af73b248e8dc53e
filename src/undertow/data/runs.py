"""Run folders, read back: the summary and the tables that `data/store.py` writes."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from undertow.core.answers.tables import Tables
from undertow.core.errors import BadFile

if TYPE_CHECKING:
    from polars import DataFrame

REMEDY = "name a folder that `undertow run` stored."
COLUMNS = {
    "instruments": (
        "time", "instrument", "price", "log_news", "log_forced", "depth_of_normal",
        "spread_of_normal",
    ),
    "segments": ("time", "segment", "called", "bankrupt", "bad_debt_usd", "forced_usd"),
    "sales": ("time", "segment", "instrument", "usd"),
    "contagion": ("seller", "origin", "sold", "usd"),
}  # fmt: skip
OPTIONAL = {
    "bands": ("time", "instrument", "low", "high"),
    "actual": ("time", "instrument", "price"),
    "sessions": ("venue", "begin", "end"),
}


def read_run(folder: Path) -> tuple[dict[str, object], Tables]:
    """The summary and the tables of a stored run; BadFile if the folder is none.

    `titles` of the episode stored with it are added to the summary where it has none.
    Tables that older runs lack (bands, actual, sessions) are None.
    """
    stored = _summary(folder)
    summary = {"titles": _titles(folder), **stored}
    needed = {name: _frame(folder, name, columns) for name, columns in COLUMNS.items()}
    extra = {
        name: _frame(folder, name, columns)
        for name, columns in OPTIONAL.items()
        if (folder / f"{name}.parquet").exists()
    }
    return summary, Tables(**needed, **extra)


def _summary(folder: Path) -> dict[str, object]:
    file = folder / "summary.json"
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(
            f"{str(folder)!r} is not a run (summary.json: {error.strerror}); {REMEDY}"
        ) from error
    except ValueError as error:
        raise BadFile(f"{str(file)!r} is not JSON ({error}); {REMEDY}") from error
    if not isinstance(found, dict) or found.get("command") != "run":
        raise BadFile(f"{str(file)!r} is not the summary of a run; {REMEDY}")
    return found


def _titles(folder: Path) -> dict[str, str]:
    """What the stored episode calls its instruments and segments; empty if it does not say."""
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*.toml")):
        raw = _toml(file)
        tables = [raw.get(part) for part in ("instruments", "segments", "traders")]
        for table in (one for one in tables if isinstance(one, dict)):
            found |= {
                name: str(one["title"])
                for name, one in table.items()
                if isinstance(one, dict) and "title" in one
            }
    return found


def _toml(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadFile(f"{str(file)!r} cannot be read ({error}); {REMEDY}") from error


def _frame(folder: Path, name: str, columns: tuple[str, ...]) -> DataFrame:
    import polars

    file = folder / f"{name}.parquet"
    try:
        frame = polars.read_parquet(file)
    except (OSError, polars.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BadFile(f"{str(file)!r} cannot be read ({reason}); {REMEDY}") from error
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise BadFile(f"{str(file)!r} has no column {missing[0]!r}; {REMEDY}")
    return frame
