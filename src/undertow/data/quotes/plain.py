"""Minute quotes as a plain table."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from undertow.core.errors import BadFile
from undertow.core.quotes import Quotes
from undertow.data.quotes._sides import checked
from undertow.data.quotes.base import QuoteLayout

COLUMNS = ("time", "bid", "ask", "bid_size", "ask_size")


@dataclass(frozen=True, slots=True)
class Plain(QuoteLayout):
    """A CSV table with the columns time (UTC), bid, ask, bid_size, ask_size; prices as they are.

    2026-01-02T10:00,99.9,100.1,5,7
    A time without a zone is UTC. Other columns are passed over. The symbol is the name of the file.
    Source: our own.
    """

    def quotes(self, file: Path, expiry: str | None) -> Quotes:
        """No contract months: expiry is not looked at."""
        try:
            with file.open(encoding="utf-8-sig", newline="") as text:
                rows = list(csv.DictReader(text))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise BadFile(f"{file} cannot be read ({error}); give a CSV file in UTF-8.") from error
        lacking = [name for name in COLUMNS if not rows or name not in rows[0]]
        if lacking:
            raise BadFile(
                f"{file} has no column {lacking[0]}, or no row; write {','.join(COLUMNS)}."
            )
        return _quotes(file, rows)


def _quotes(file: Path, rows: list[dict[str, str]]) -> Quotes:
    found = [_row(row, f"{file.name} line {line}") for line, row in enumerate(rows, 2)]
    time = np.array([moment for moment, _ in found], dtype="datetime64[ms]")
    back = np.flatnonzero(np.diff(time) <= np.timedelta64(0, "ms"))
    if len(back):
        raise BadFile(f"{file.name} line {back[0] + 3} goes back in time; sort it.")
    bid, ask, bid_size, ask_size = np.array([sides for _, sides in found]).T
    return Quotes(file.stem, time, bid, ask, bid_size, ask_size)


def _row(row: dict[str, str], where: str) -> tuple[np.datetime64, list[float]]:
    try:
        found = datetime.fromisoformat(row["time"])
        utc = found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
        bid, ask, bid_size, ask_size = (float(row[name]) for name in COLUMNS[1:])
    except (ValueError, TypeError) as error:
        raise BadFile(f"{where} cannot be read ({error}); mend it.") from error
    checked([bid, bid_size, ask, ask_size], where)
    return np.datetime64(utc, "ms"), [bid, ask, bid_size, ask_size]
