"""Any other export as CSV, with a map in TOML that says what its columns are."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import ClassVar

from undertow.core.answers.said import Said
from undertow.data.books._headers import COLUMNS
from undertow.data.books.base import Finding, Read, Reader, Source
from undertow.data.books.tables import Tables

DELIMITERS = ",;\t|"
NEEDED = ("symbol", "quantity")
NUMBERS = frozenset(
    {"quantity", "price", "entry", "multiplier", "isolated_margin", "leverage", "volatility"}
    | {"broker_rate", "strike", "equity", "margin_used", "broker_says", "rate"}
)


@dataclass(frozen=True, slots=True)
class Map:
    """What a map says.

    columns: their names in the file, by ours;  constants: what every line has
    decimal: the sign before decimals, `.` or `,`
    """

    columns: Mapping[str, str]
    constants: Mapping[str, str]
    decimal: str


@dataclass(frozen=True, slots=True)
class Mapped(Reader):
    """A table with other names for its columns, read as if it had ours.

    A TOML file with `[columns]` (ours = "theirs"), perhaps `[constants]` for what no column says,
    `decimal = ","`, and `[[accounts]]`, `[fx]`, `[quotes]` as in the two tables; then one or more
    CSV files that have all of those columns. Lines above their header are passed over.
    Limits: one map a book; a column that no table of ours has is refused.
    Source: docs/exports.md.
    """

    reads: ClassVar[str] = "any CSV with a TOML file of [columns]"

    def claims(self, files: tuple[Source, ...]) -> tuple[Source, ...]:
        """The map, tables that have its columns, and our own tables beside it."""
        maps = tuple(file for file in files if _map(file))
        found = _map(maps[0]) if len(maps) == 1 else None
        if found is None:
            return maps
        theirs = tuple(f for f in files if f not in maps and _header(f, found))
        rest = tuple(f for f in files if f not in maps and f not in theirs)
        return (*maps, *theirs, *Tables().claims(rest))

    def read(self, files: tuple[Source, ...]) -> Read:
        """The tables under our names, with their own line numbers."""
        maps = tuple(file for file in files if _map(file))
        found = _map(maps[0])
        if found is None or len(maps) > 1:
            return _refused(maps[-1], Said("There are two maps of columns; give one."))
        strange = sorted({*found.columns, *found.constants} - COLUMNS.keys())
        lacking = [name for name in NEEDED if name not in {*found.columns, *found.constants}]
        if strange or lacking:
            return _refused(maps[0], _wrong(strange, lacking))
        mine = tuple(_renamed(f, found) if _header(f, found) else f for f in files if f not in maps)
        if not any(_header(f, found) for f in files):
            told = {"columns": ", ".join(found.columns.values())}
            return _refused(maps[0], Said("No file has the columns {columns} of the map.", told))
        return Tables().read((*mine, *maps))


def _refused(file: Source, said: Said) -> Read:
    return Read(None, findings=(Finding(file.name, 0, said, grave=True),))


def _wrong(strange: Sequence[str], lacking: Sequence[str]) -> Said:
    if strange:
        told = {"name": strange[0], "known": ", ".join(COLUMNS)}
        return Said("The map names {name}, which no table has; known are: {known}.", told)
    return Said("The map does not say which column is {name}; add it.", {"name": lacking[0]})


def _map(file: Source) -> Map | None:
    """The map in a file, None if it is none."""
    try:
        found = tomllib.loads(file.text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    columns, constants = found.get("columns"), found.get("constants", {})
    if not isinstance(columns, Mapping) or not isinstance(constants, Mapping):
        return None
    texts = [{str(k): str(v) for k, v in each.items()} for each in (columns, constants)]
    return Map(texts[0], texts[1], str(found.get("decimal", ".")))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Cells of each line, with the sign that parts most of them."""
    delimiter = max(DELIMITERS, key=text[:100_000].count)
    reader = csv.reader(StringIO(text), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error:
        return


def _header(file: Source, wanted: Map) -> tuple[int, list[str]] | None:
    """The first line that has every column of the map, with its number."""
    names = set(wanted.columns.values())
    return next(((at, cells) for at, cells in _lines(file.text) if names <= set(cells)), None)


def _renamed(file: Source, wanted: Map) -> Source:
    """The same file under our names, every line where it was."""
    start, header = _header(file, wanted) or (0, [])
    places = {ours: header.index(theirs) for ours, theirs in wanted.columns.items()}
    lines = [""] * (file.text.count("\n") + 2)
    for at, cells in _lines(file.text):
        if at == start:
            lines[at] = _line([*places, *wanted.constants])
        elif at > start and any(cells):
            told = [_told(ours, cells, place, wanted.decimal) for ours, place in places.items()]
            lines[at] = _line([*told, *wanted.constants.values()])
    return replace(file, text="\n".join(lines[1:]) + "\n")


def _told(ours: str, cells: Sequence[str], place: int, decimal: str) -> str:
    text = cells[place] if place < len(cells) else ""
    if decimal == "," and ours in NUMBERS:
        return text.replace(".", "").replace(",", ".")
    return text


def _line(cells: Sequence[str]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()
