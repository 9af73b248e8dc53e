"""Daily closing prices of a user's own file, long or wide."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from undertow.core.errors import BadDate, BadFile, BadNumber
from undertow.core.shapes import Floats
from undertow.data.books._cells import day, number

Closes = Mapping[str, tuple[NDArray[np.datetime64], Floats]]


def read_closes(file: Path) -> Closes:
    """Dates and closes by symbol, dates rising.

    Long: columns date, symbol, close;  wide: date and one column a symbol. Blank cells are days
    without a price. An error names file and line.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            found = _sorted(_cells(csv.reader(text), file.name), file.name)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{file} cannot be read ({error}); give a CSV file in UTF-8.") from error
    return found


def _cells(lines: Iterator[list[str]], name: str) -> Iterator[tuple[str, date, float]]:
    head = [cell.strip() for cell in next(lines, [])]
    small = [cell.lower() for cell in head]
    if "date" not in small:
        raise BadFile(f"{name} has no column date; write date,symbol,close.")
    at = small.index("date")
    is_long = {"symbol", "close"} <= set(small)
    for line, cells in enumerate(lines, 2):
        try:
            if is_long:
                named = [(cells[small.index("symbol")].strip(), cells[small.index("close")])]
            else:
                named = [(head[k], cell) for k, cell in enumerate(cells) if k != at]
            yield from ((s, day(cells[at]), number(price)) for s, price in named if price.strip())
        except (BadNumber, BadDate, IndexError) as error:
            raise BadFile(f"{name} line {line} cannot be read: {error}") from error


def _sorted(rows: Iterator[tuple[str, date, float]], name: str) -> Closes:
    by_symbol: dict[str, dict[date, float]] = {}
    for symbol, on, price in rows:
        if on in by_symbol.setdefault(symbol, {}):
            raise BadFile(f"{name} has two closes of {symbol!r} on {on}; keep one.")
        by_symbol[symbol][on] = price
    return {
        symbol: (
            np.array(sorted(closes), dtype="datetime64[D]"),
            np.array([closes[on] for on in sorted(closes)]),
        )
        for symbol, closes in by_symbol.items()
    }
