"""Readers of minute quotes: LEAN's three layouts, and a plain table."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from undertow.core.errors import BadFile, unknown
from undertow.core.quotes import Quotes

DAY_MS = 86_400_000
NAMED = re.compile(r"(\d{8})_([a-z0-9.]+)_minute_quote(?:_(\d{6}))?\.csv", re.IGNORECASE)
PLAIN = ("time", "bid", "ask", "bid_size", "ask_size")
WIDTH = 11
MOST = 1e15
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


LEAN = {
    "lean-crypto": Layout("UTC"),
    "lean-future": Layout("UTC", dated=True),
    "lean-equity": Layout("America/New_York", unit=1e-4),
}
FORMATS = (*LEAN, "plain")


def read_quotes(file: Path, form: str, expiry: str | None = None) -> Quotes:
    """The minute quotes of a file.

    LEAN rows are milliseconds since midnight, open, high, low, close of the bid, its size, and the
    same of the ask; the day and the symbol stand in the name inside the zip. plain: columns time
    (UTC), bid, ask, bid_size, ask_size. expiry: month of a future, as 201312, else the first.
    """
    if form not in FORMATS:
        raise unknown("format", form, FORMATS)
    if form == "plain":
        return _plain(file)
    name, text = _member(file, expiry)
    return _lean(name, text, LEAN[form])


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
        _signs(known, where)
        yield (time, *known) if len(known) == len(sides) else (time,)


def _signs(sides: list[float], where: str) -> None:
    """Refuse prices that are not above 0 and sizes below 0."""
    if len(sides) == 4 and (min(sides[0], sides[2]) <= 0.0 or min(sides[1], sides[3]) < 0.0):
        raise BadFile(f"{where} has a price not above 0 or a size below 0 ({sides}); mend it.")
    if not np.all(np.abs(sides) < MOST):
        raise BadFile(f"{where} has a number that is not finite, or no price; mend it.")


def _utc(day: date, ms: np.ndarray, clock: str) -> np.ndarray:
    """Milliseconds since local midnight as moments in UTC."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(clock))
    noon = midnight.replace(hour=12)
    # A clock that changes does so at night: the offset of noon holds while anything trades.
    offset = noon.utcoffset()
    start = np.datetime64(day, "ms") - np.timedelta64(offset or 0, "ms")
    return np.asarray(start + ms.astype("timedelta64[ms]"))


def _plain(file: Path) -> Quotes:
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            lines = csv.reader(text)
            head = [cell.strip().lower() for cell in next(lines, [])]
            rows = [(lines.line_num, cells) for cells in lines if cells]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{file} cannot be read ({error}); give a CSV file in UTF-8.") from error
    lacking = [name for name in PLAIN if not rows or name not in head]
    if lacking:
        raise BadFile(f"{file} has no column {lacking[0]}, or no row; write {','.join(PLAIN)}.")
    at = [head.index(name) for name in PLAIN]
    found = [_plain_row(cells, at, f"{file.name} line {line}", len(head)) for line, cells in rows]
    time = np.array([moment for moment, _ in found], dtype="datetime64[ms]")
    back = np.flatnonzero(np.diff(time) <= np.timedelta64(0, "ms"))
    if len(back):
        raise BadFile(f"{file.name} line {rows[back[0] + 1][0]} goes back in time; sort it.")
    both = np.array([len(sides) == 4 for _, sides in found])
    if not both.any():
        raise BadFile(f"{file.name} has no row with both a bid and an ask; give another file.")
    bid, ask, bid_size, ask_size = np.array([sides for _, sides in found if sides]).T
    skipped = int((~both).sum())
    return Quotes(file.stem, time[both], bid, ask, bid_size, ask_size, skipped=skipped)


def _plain_row(
    cells: list[str], at: list[int], where: str, width: int
) -> tuple[np.datetime64, list[float]]:
    """Moment in UTC and both sides; no sides where one of them is not written."""
    if len(cells) != width:
        raise BadFile(f"{where} has {len(cells)} cells and the head {width}; mend it.")
    written = [cells[k].strip() for k in at]
    try:
        moment = datetime.fromisoformat(written[0])
        known = [float(text) for text in written[1:] if text]
    except ValueError as error:
        raise BadFile(f"{where} cannot be read ({error}); mend it.") from error
    _signs(known, where)
    utc = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return np.datetime64(utc, "ms"), known if len(known) == len(PLAIN) - 1 else []
