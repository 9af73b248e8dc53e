"""LEAN's minute quotes: a CSV file, bare or in a zip, of a symbol and a day."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from undertow.core.errors import BadFile, unknown
from undertow.core.quotes import Quotes
from undertow.data.quotes._sides import checked

DAY_MS = 86_400_000
NAMED = re.compile(r"(\d{8})_([a-z0-9.]+)_minute_quote(?:_(\d{6}))?\.csv", re.IGNORECASE)
WIDTH = 11
MANY = 50
"""Prices from which on it is no chance that all are whole hundreds."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a format writes.

    clock: zone of its times;  unit: price of one unit of its numbers
    dated: whether each contract month has a file of its own
    """

    clock: str
    unit: float = 1.0
    dated: bool = False


def read_lean(file: Path, expiry: str | None, layout: Layout) -> Quotes:
    """The minute quotes of a file of LEAN's."""
    name, text = _member(file, expiry)
    return _lean(name, text, layout)


def _member(file: Path, expiry: str | None) -> tuple[str, str]:
    """Name and text of the quotes in a zip, or of a bare CSV file."""
    try:
        if file.suffix != ".zip":
            return file.name, file.read_text(encoding="utf-8")
        with zipfile.ZipFile(file) as packed:
            name = _chosen(packed.namelist(), file, expiry)
            return name, packed.read(name).decode("utf-8")
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError, EOFError) as error:
        raise BadFile(f"{file} cannot be read ({error}); give a whole zip or CSV file.") from error


def _chosen(names: list[str], file: Path, expiry: str | None) -> str:
    """The quotes of the contract that is wanted, else of the first month."""
    quotes = [m for n in sorted(names, reverse=True) if (m := NAMED.fullmatch(n))]
    held = sorted({f"{m[2].upper()} of {m[1]}" for m in quotes})
    if len(held) > 1:
        raise BadFile(f"{file} holds {', '.join(held)}; give one symbol and one day a file.")
    found = {m[3]: m[0] for m in quotes}
    if not found:
        raise BadFile(
            f"{file} holds {', '.join(names[:2]) or 'nothing'}, no minute quotes; give a"
            " minute_quote file."
        )
    if expiry and expiry not in found:
        raise unknown("contract month", expiry, (str(m) for m in found), file.name)
    return found[expiry] if expiry else found[min(found, key=str)]


def _lean(name: str, text: str, layout: Layout) -> Quotes:
    named = NAMED.fullmatch(name)
    if named is None or (named[3] is not None) != layout.dated:
        wanted = "a contract month" if layout.dated else "no contract month"
        raise BadFile(
            f"{name} is not named as this format names its files (day, symbol, minute_quote,"
            f" {wanted}); check --format."
        )
    day = _day(named[1], name)
    rows = list(_rows(text, name))
    kept = [row for row in rows if len(row) == 5]
    if not kept:
        raise BadFile(f"{name} has no row with both a bid and an ask; give another file.")
    time, bid, bid_size, ask, ask_size = np.array(kept).T
    _fits(np.concatenate([bid, ask]), layout, name)
    return Quotes(
        symbol=named[2].upper(),
        time=_utc(day, time.astype(np.int64), layout.clock),
        bid=bid * layout.unit,
        ask=ask * layout.unit,
        bid_size=bid_size,
        ask_size=ask_size,
        clock=layout.clock,
        skipped=len(rows) - len(kept),
        expiry=named[3] or "",
    )


def _day(text: str, name: str) -> date:
    try:
        return datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        raise BadFile(f"{name} is of no day ({text}); name it such as 20170904_…") from None


def _fits(prices: np.ndarray, layout: Layout, name: str) -> None:
    """Refuse prices in the other layout's ticks: those of equities are whole cents in 1/10,000."""
    cents = bool(np.all(prices % 100.0 == 0.0)) and len(prices) >= MANY
    if layout.unit == 1.0 and cents and not layout.dated:
        raise BadFile(f"{name} is in ten-thousandths, as equities are; check --format.")
    if layout.unit != 1.0 and not bool(np.all(prices % 1.0 == 0.0)):
        raise BadFile(f"{name} is not in ten-thousandths, as equities are; check --format.")


def _rows(text: str, name: str) -> Iterator[tuple[float, ...]]:
    """Time, bid, its size, ask, its size; the time alone where one side is missing."""
    before = -1.0
    for line, cells in enumerate(csv.reader(io.StringIO(text)), 1):
        where = f"{name} line {line}"
        if len(cells) != WIDTH:
            raise BadFile(f"{where} has {len(cells)} cells, minute quotes have {WIDTH}.")
        try:
            numbers = [float(cell) if cell else None for cell in cells]
        except ValueError as error:
            raise BadFile(f"{where} cannot be read ({error}); write numbers.") from error
        time, *sides = (numbers[at] for at in (0, 4, 5, 9, 10))
        if time is None or not before < time < DAY_MS:
            raise BadFile(f"{where} is at {cells[0]!r} ms, after {before:.0f}; sort by time.")
        before = time
        known = [value for value in sides if value is not None]
        checked(known, where)
        yield (time, *known) if len(known) == len(sides) else (time,)


def _utc(day: date, ms: np.ndarray, clock: str) -> np.ndarray:
    """Milliseconds since local midnight as moments in UTC."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(clock))
    noon = midnight.replace(hour=12)
    # A clock that changes does so at night: the offset of noon holds while anything trades.
    offset = noon.utcoffset()
    start = np.datetime64(day, "ms") - np.timedelta64(offset or 0, "ms")
    return np.asarray(start + ms.astype("timedelta64[ms]"))
