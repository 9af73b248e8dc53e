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
SIDES = ("bid", "bid_size", "ask", "ask_size")


@dataclass(frozen=True, slots=True)
class Plain(QuoteLayout):
    """A CSV table with the columns time (UTC), bid, ask, bid_size, ask_size; prices as they are.

    2026-01-02T10:00,99.9,100.1,5,7
    A time without a zone is UTC. A row without one side is left out and counted. Other columns are
    passed over. The symbol is the name of the file.
    Source: our own.
    """

    def quotes(self, file: Path, expiry: str | None) -> Quotes:
        """No contract months: expiry is not looked at."""
        try:
            with file.open(encoding="utf-8-sig", newline="") as text:
                lines = csv.reader(text)
                head = [cell.strip().lower() for cell in next(lines, [])]
                rows = [(lines.line_num, cells) for cells in lines if cells]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise BadFile(f"{file} cannot be read ({error}); give a CSV file in UTF-8.") from error
        lacking = [name for name in COLUMNS if not rows or name not in head]
        if lacking:
            raise BadFile(
                f"{file} has no column {lacking[0]}, or no row; write {','.join(COLUMNS)}."
            )
        return _quotes(file, head, rows)


def _quotes(file: Path, head: list[str], rows: list[tuple[int, list[str]]]) -> Quotes:
    found = [_row(cells, head, f"{file.name} line {line}") for line, cells in rows]
    time = np.array([moment for moment, _ in found], dtype="datetime64[ms]")
    back = np.flatnonzero(np.diff(time) <= np.timedelta64(0, "ms"))
    if len(back):
        raise BadFile(f"{file.name} line {rows[back[0] + 1][0]} goes back in time; sort it.")
    both = np.array([bool(sides) for _, sides in found])
    if not both.any():
        raise BadFile(f"{file.name} has no row with both a bid and an ask; give another file.")
    bid, bid_size, ask, ask_size = np.array([sides for _, sides in found if sides]).T
    skipped = int((~both).sum())
    return Quotes(file.stem, time[both], bid, ask, bid_size, ask_size, skipped=skipped)


def _row(cells: list[str], head: list[str], where: str) -> tuple[np.datetime64, list[float]]:
    """Moment and both sides; no sides where a cell of one of them is empty."""
    if len(cells) != len(head):
        raise BadFile(f"{where} has {len(cells)} cells and the head {len(head)}; mend it.")
    try:
        found = datetime.fromisoformat(cells[head.index("time")].strip())
        written = (cells[head.index(name)].strip() for name in SIDES)
        sides = [float(text) for text in written if text]
    except ValueError as error:
        raise BadFile(f"{where} cannot be read ({error}); mend it.") from error
    checked(sides, where)
    utc = found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
    return np.datetime64(utc, "ms"), sides if len(sides) == len(SIDES) else []
