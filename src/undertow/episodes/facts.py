"""Facts about the world: each row of `facts.csv` has a unit, a status and a source.

A source that begins with # is a key of the table `sources.csv` beside it.
"""

from __future__ import annotations

import csv
import io
import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from undertow.core.clock import utc
from undertow.core.errors import BadDate, BadFile, BadNumber, MissingSource, unknown
from undertow.core.shapes import Floats

HEADER = ("id", "time_utc", "value", "unit", "status", "low", "high", "source", "note")
SOURCES = "sources.csv"
STATUSES = ("official", "data", "reported", "assumed")
UNDATED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fact:
    """One number, what it is measured in, when it held and who says so.

    moment: UTC, None for a number without a date;  low, high: its range, NaN where none is stated
    status: one of `STATUSES`; an assumed number without a range may be wrong by half
    """

    id: str
    moment: datetime | None
    value: float
    unit: str
    status: str
    low: float
    high: float
    source: str
    note: str
    line: int

    @property
    def range(self) -> tuple[float, float]:
        """Lowest and highest believable value: as stated, ±50 % if assumed, else the value."""
        slack = 0.5 * abs(self.value) if self.status == "assumed" else 0.0
        low = self.value - slack if math.isnan(self.low) else self.low
        high = self.value + slack if math.isnan(self.high) else self.high
        return low, high


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of an episode, seen from its start.

    rows: all facts by id, in order of time;  start: moment an opening value must not be later than
    """

    file: str
    rows: Mapping[str, tuple[Fact, ...]]
    start: datetime = field(default=datetime.max.replace(tzinfo=UTC))

    def __iter__(self) -> Iterator[Fact]:
        return (fact for rows in self.rows.values() for fact in rows)

    def as_of(self, start: datetime) -> Facts:
        """The same facts, seen from another start."""
        return replace(self, start=start)

    def all(self, name: str, where: str = "") -> tuple[Fact, ...]:
        """Every row of one id; UnknownName with the nearest id if there is none."""
        if name not in self.rows:
            raise unknown("fact", name, self.rows, where or self.file)
        return self.rows[name]

    def fact(self, name: str, where: str = "") -> Fact:
        """The only row of an id, or the last one at or before the start."""
        rows = self.all(name, where)
        return rows[0] if len(rows) == 1 else self.opening(name, where)

    def opening(self, name: str, where: str = "") -> Fact:
        """The last row at or before the start, also where there is only one row."""
        rows = self.all(name, where)
        until = bisect_right(rows, self.start, key=lambda fact: fact.moment or UNDATED)
        if until == 0:
            raise BadDate(
                f"{self.file} has no {name!r} at or before {self.start:%Y-%m-%d %H:%M}"
                f" UTC, which {where or 'the scenario'} needs; add a row with an earlier time_utc."
            )
        return rows[until - 1]

    def value(self, name: str, where: str = "") -> float:
        """The number behind an id, in the unit of its row."""
        return self.fact(name, where).value

    def range(self, name: str, where: str = "") -> tuple[float, float]:
        """Lowest and highest believable value of an id."""
        return self.fact(name, where).range

    def path(self, name: str, where: str = "") -> tuple[NDArray[np.datetime64], Floats]:
        """Times (UTC) and values of all dated rows of an id, in order of time."""
        rows = [f for f in self.all(name, where) if f.moment]
        times = [f.moment.replace(tzinfo=None) for f in rows if f.moment]
        return np.array(times, dtype="datetime64[s]"), np.array([f.value for f in rows])

    def with_values(self, pairs: Iterable[tuple[Fact, float]]) -> Facts:
        """The same facts with other numbers in these rows."""
        new = {fact.line: value for fact, value in pairs}
        changed = {
            name: tuple(replace(f, value=new.get(f.line, f.value)) for f in rows)
            for name, rows in self.rows.items()
            if any(f.line in new for f in rows)
        }
        return replace(self, rows={**self.rows, **changed})


def files_of(path: Path) -> tuple[Path, ...]:
    """The facts file and, where there is one, the table of sources beside it."""
    beside = path.with_name(SOURCES)
    return (path, beside) if beside.is_file() else (path,)


def read_facts(path: Path) -> Facts:
    """Read a facts file; each row is checked, and the error names file, line and id."""
    _, *tables = files_of(path)
    sources = {}
    for table in tables:
        sources = {f"#{cells[0]}": cells[1] for _, cells in _rows(table, ("key", "source"))}
    found = [
        _fact(cells, f"{path.name} line {line}", line, sources)
        for line, cells in _rows(path, HEADER)
    ]
    return Facts(path.name, _by_id(found, path.name))


def _rows(path: Path, header: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """Line and stripped cells of each row."""
    try:
        lines = csv.reader(
            io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), strict=True
        )
        first = next(lines, [])
        if tuple(first) != header:
            raise BadFile(
                f"{path.name} has the columns {', '.join(first) or 'of an empty file'}; it needs"
                f" {','.join(header)}."
            )
        for cells in lines:
            if cells and len(cells) != len(header):
                raise BadFile(
                    f"{path.name} line {lines.line_num} does not have {len(header)} fields; quote"
                    " a text that contains a comma."
                )
            if cells:
                yield lines.line_num, [cell.strip() for cell in cells]
    except (OSError, UnicodeError, csv.Error) as error:
        raise BadFile(
            f"the facts file {path} cannot be read: {error}; put a UTF-8 CSV file there."
        ) from error


def _fact(row: list[str], where: str, line: int, sources: Mapping[str, str]) -> Fact:
    cells = dict(zip(HEADER, row, strict=True))
    where = f"{where} ({cells['id'] or 'no id'})"
    if cells["source"].startswith("#"):
        if cells["source"] not in sources:
            raise unknown("source", cells["source"], sources, where)
        cells["source"] = sources[cells["source"]]
    _check_texts(cells, where)
    value = _number(cells["value"], where, "value")
    low, high = (_bound(cells[end], where, end) for end in ("low", "high"))
    if low > value or high < value:
        raise BadNumber(
            f"{where}: the value {value} lies outside its range {low} to {high}; mend one of them."
        )
    return Fact(
        id=cells["id"],
        moment=_moment(cells["time_utc"], where),
        value=value,
        unit=cells["unit"],
        status=cells["status"],
        low=low,
        high=high,
        source=cells["source"],
        note=cells["note"],
        line=line,
    )


def _check_texts(cells: Mapping[str, str], where: str) -> None:
    if not cells["id"]:
        raise BadFile(f"{where} names no fact; give it an id.")
    if not cells["source"]:
        raise MissingSource(
            f"{where} has no source; name the file, page or notice the number comes from."
        )
    if not cells["unit"]:
        raise BadFile(f"{where} has no unit; write what the number is measured in.")
    if cells["status"] not in STATUSES:
        raise unknown("status", cells["status"], STATUSES, where)


def _number(text: str, where: str, field_name: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadNumber(
            f"{where}: the {field_name} {text!r} is not a finite number; mend it or drop the row."
        )
    return number


def _bound(text: str, where: str, end: str) -> float:
    return _number(text, where, end) if text else math.nan


def _moment(text: str, where: str) -> datetime | None:
    if not text:
        return None
    try:
        return utc(datetime.fromisoformat(text))
    except ValueError as error:
        raise BadDate(
            f"{where}: {text!r} is not a time; write it like 2026-01-30T18:30Z (UTC)."
        ) from error


def _by_id(facts: Iterable[Fact], file: str) -> dict[str, tuple[Fact, ...]]:
    found: dict[str, dict[datetime, Fact]] = {}
    for fact in facts:
        rows = found.setdefault(fact.id, {})
        moment = fact.moment or UNDATED
        if moment in rows:
            raise BadFile(
                f"{file} gives {fact.id!r} twice for the same time, in lines {rows[moment].line}"
                f" and {fact.line}; keep one."
            )
        rows[moment] = fact
    return {name: tuple(rows[m] for m in sorted(rows)) for name, rows in found.items()}
