"""Daily prices of a user's own file, long or wide: closes, and lows and highs where it has them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from undertow.core.errors import BadDate, BadFile, BadNumber
from undertow.core.shapes import Floats
from undertow.data.books._cells import day, number

PRICES = ("close", "low", "high")


class Daily(NamedTuple):
    """Prices of one symbol, dates rising.

    low, high: of each day, both or neither
    """

    dates: NDArray[np.datetime64]
    close: Floats
    low: Floats | None = None
    high: Floats | None = None


Closes = Mapping[str, Daily]
_Row = tuple[str, date, tuple[float, ...]]


def read_closes(file: Path) -> Closes:
    """Prices by symbol.

    Long: columns date, symbol, close, and if it has them low and high, of which a symbol needs all;
    wide: date and one column a symbol. Blank cells are days without a price. An error names file
    and line.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            found = _sorted(_cells(csv.reader(text), file.name), file.name)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{file} cannot be read ({error}); give a CSV file in UTF-8.") from error
    return found


def _cells(lines: Iterator[list[str]], name: str) -> Iterator[_Row]:
    head = [cell.strip() for cell in next(lines, [])]
    small = [cell.lower() for cell in head]
    if "date" not in small:
        raise BadFile(f"{name} has no column date; write date,symbol,close.")
    at, is_long = small.index("date"), {"symbol", "close"} <= set(small)
    wanted = [small.index(one) for one in PRICES if one in small]
    for line, cells in enumerate(lines, 2):
        try:
            if is_long:
                named = [(cells[small.index("symbol")].strip(), [cells[k] for k in wanted])]
            else:
                named = [(head[k], [cell]) for k, cell in enumerate(cells) if k != at]
            yield from ((s, day(cells[at]), _prices(p)) for s, p in named if p[0].strip())
        except (BadNumber, BadDate, IndexError) as error:
            raise BadFile(f"{name} line {line} cannot be read: {error}") from error


def _prices(cells: list[str]) -> tuple[float, ...]:
    """The close, and the low and the high if both are written."""
    written = [number(cell) for cell in cells if cell.strip()]
    if len(written) < len(PRICES):
        return (written[0],)
    close, low, high = written
    if not low <= close <= high:
        raise BadNumber(f"a close of {close:g} is not between {low:g} and {high:g}; mend the row.")
    return close, low, high


def _sorted(rows: Iterator[_Row], name: str) -> Closes:
    by_symbol: dict[str, dict[date, tuple[float, ...]]] = {}
    for symbol, on, prices in rows:
        if on in by_symbol.setdefault(symbol, {}):
            raise BadFile(f"{name} has two closes of {symbol!r} on {on}; keep one.")
        by_symbol[symbol][on] = prices
    return {symbol: _daily(prices) for symbol, prices in by_symbol.items()}


def _daily(prices: Mapping[date, tuple[float, ...]]) -> Daily:
    days = sorted(prices)
    known = min(len(prices[on]) for on in days)
    columns = (np.array([prices[on][k] for on in days]) for k in range(known))
    return Daily(np.array(days, dtype="datetime64[D]"), *columns)
