"""Tables in a text: the blocks of a CSV file, or the arrays of a TOML file, with their lines."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO

from undertow.data.books._headers import NAMED, plain

TABLES = ("accounts", "positions", "fx", "quotes")
DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what stands in each known column, blanks left out."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """One table. kind: of `TABLES`;  line: of its header;  strange: columns that are not known."""

    kind: str
    line: int
    rows: tuple[Row, ...]
    strange: tuple[str, ...] = ()


def blocks(text: str) -> tuple[Block, ...]:
    """Every table of a text, none if it has none; a new header begins a new table."""
    try:
        found = tuple(_from_toml(tomllib.loads(text), text))
    except (tomllib.TOMLDecodeError, RecursionError):
        found = ()
    return found or tuple(_from_csv(text))


def kind_of(columns: set[str]) -> str:
    """Which table a header begins; empty if none."""
    if {"symbol", "quantity"} <= columns:
        return "positions"
    if "regime" in columns or {"account", "equity"} <= columns:
        return "accounts"
    if {"currency", "rate"} <= columns:
        return "fx"
    return "quotes" if {"symbol", "price"} <= columns else ""


def _from_csv(text: str) -> Iterator[Block]:
    header: list[str] = []
    start, rows = 0, list[Row]()
    strange: tuple[str, ...] = ()
    for line, cells in _lines(text):
        names = [NAMED.get(plain(cell), "") for cell in cells]
        if kind_of(set(names)):
            if header:
                yield Block(kind_of(set(header)), start, tuple(rows), strange)
            header, start, rows = names, line, []
            strange = tuple(
                cell.strip() for cell, n in zip(cells, names, strict=True) if cell.strip() and not n
            )
        elif header:
            rows.append(_row(line, header, cells))
    if header:
        yield Block(kind_of(set(header)), start, tuple(rows), strange)


def _row(line: int, header: list[str], cells: list[str]) -> Row:
    # A header may name a column twice (the Chinese and the English word): the first filled counts.
    found: dict[str, str] = {}
    for name, cell in zip(header, cells, strict=False):
        if name and cell.strip():
            found.setdefault(name, cell.strip())
    return Row(line, found)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Cells of each line that has any and is no remark."""
    first = next((line for line in text.splitlines() if line.strip(" ,;\t")), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(StringIO(text), delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
        if any(cell.strip() for cell in cells) and not cells[0].lstrip().startswith("#"):
            yield reader.line_num, cells


def _from_toml(tables: Mapping[str, object], text: str) -> Iterator[Block]:
    dated = {"date": str(tables["date"])} if "date" in tables else {}
    for kind in TABLES:
        found = tables.get(kind)
        lines = [k for k, line in enumerate(text.splitlines(), 1) if _opens(kind, line)]
        start = lines[0] if lines else 0
        if isinstance(found, Mapping):
            key, value = ("currency", "rate") if kind == "fx" else ("symbol", "price")
            rows = [Row(start, {key: str(k), value: str(v)}) for k, v in found.items()]
            yield Block(kind, start, tuple(rows))
        elif isinstance(found, list):
            places = [*lines, *[start] * len(found)]
            pairs = [(at, e) for at, e in zip(places, found, strict=False) if isinstance(e, dict)]
            rows = [Row(at, {**dated, **_named(each)}) for at, each in pairs]
            strange = {str(k) for _, each in pairs for k in each if plain(str(k)) not in NAMED}
            yield Block(kind, start, tuple(rows), tuple(sorted(strange)))


def _opens(kind: str, line: str) -> bool:
    return re.match(rf"\s*\[\[?\s*{kind}\s*\]", line) is not None


def _named(each: Mapping[str, object]) -> dict[str, str]:
    named = {NAMED.get(plain(str(key)), ""): str(value) for key, value in each.items()}
    return {name: value for name, value in named.items() if name}
