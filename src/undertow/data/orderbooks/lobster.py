"""LOBSTER: a file of messages, and a file with the book after each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from undertow.core import events as ev
from undertow.core.errors import BadFile
from undertow.core.events import About, Events, RowPerEvent
from undertow.data.orderbooks._cells import Cells, first_line
from undertow.data.orderbooks.base import Feed, Opened

MESSAGE = (9, 0, 0, 0, 0, 0)
"""Places of time (seconds after midnight), type, order, size, price, direction."""
KINDS = (ev.ADD, ev.CANCEL, ev.DELETE, ev.FILL, ev.HIDDEN, ev.CROSS, ev.STATUS)
"""What the types 1 to 7 are."""
DOLLARS = 1e-4
NAME = re.compile(r"(?P<symbol>[A-Za-z0-9.]+)_(?P<day>\d{4}-\d{2}-\d{2})_")
DAY_NS = 86_400_000_000_000


@dataclass(frozen=True, slots=True)
class Lobster(Feed):
    """Six columns: seconds after midnight, type, order id, size, price × 10,000, direction.

    Types: 1 new, 2 part cancelled, 3 deleted, 4 visible execution, 5 hidden execution, 6 cross,
    7 halt. A header row is passed over. The book file has ask, size, bid, size for each level, a
    row a message. A file of N levels holds only what happened inside them: without its book file
    orders that left them and came back are missing.
    Source: lobsterdata.com, "Data structure".
    """

    def opened(self, paths: tuple[Path, ...], symbol: str) -> Opened:
        """One file: the messages alone. Two: messages and book, in either order."""
        columns = {path: first_line(path).count(",") + 1 for path in paths}
        messages = [path for path, count in columns.items() if count == len(MESSAGE)]
        books = [path for path, count in columns.items() if count % 4 == 0]
        if len(messages) != 1 or len(messages) + len(books) != len(paths) or len(books) > 1:
            seen = ", ".join(f"{path.name}: {count}" for path, count in columns.items())
            raise BadFile(
                f"{seen} columns; a LOBSTER feed is one file of messages (6 columns) and, beside"
                " it, one of its book (4 for each level); check the files and --format."
            )
        named, day = _named(messages[0])
        _refuse_others(messages[0], books, named, symbol)
        levels = columns[books[0]] // 4 if books else 0
        kind: ev.BookKind = "ladder" if books else "orders"
        about = About("lobster", named, DOLLARS, 1.0, kind, levels, day)
        made = Opened(about, iter(()))
        return Opened(about, _blocks(messages[0], books, levels, made.skipped), made.skipped)


def _named(path: Path) -> tuple[str, date | None]:
    found = NAME.match(path.name)
    if found is None:
        return "", None
    return found["symbol"], date.fromisoformat(found["day"])


def _refuse_others(messages: Path, books: list[Path], named: str, symbol: str) -> None:
    """BadFile where the names say that files are not of one symbol and day."""
    if symbol and named and symbol != named:
        raise BadFile(f"{messages} is of {named}, not of {symbol}; give the file of {symbol}.")
    for book in books:
        if _named(book) != _named(messages):
            raise BadFile(
                f"{book.name} and {messages.name} are not of one symbol and day; give the two files"
                " of one download."
            )


def _blocks(
    messages: Path, books: list[Path], levels: int, skipped: dict[str, int]
) -> Iterator[Events]:
    found = Cells(messages, MESSAGE).rows()
    ladders = _empty() if not books else Cells(books[0], (0,) * (4 * levels)).rows()
    line = 1
    for rows, ladder in _paired(found, ladders, messages, books):
        _refuse(rows, messages, line)
        line += len(rows)
        yield _events(rows, ladder)


def _empty() -> Iterator[RowPerEvent]:
    while True:
        yield ev.no_ladder(1 << 16)


def _paired(
    left: Iterator[RowPerEvent], right: Iterator[RowPerEvent], messages: Path, books: list[Path]
) -> Iterator[tuple[RowPerEvent, RowPerEvent]]:
    """Rows of two files side by side; BadFile if one has more than the other."""
    ours, theirs = next(left, None), next(right, None)
    while ours is not None and theirs is not None:
        count = min(len(ours), len(theirs))
        yield ours[:count], theirs[:count]
        ours = ours[count:] if count < len(ours) else next(left, None)
        theirs = theirs[count:] if count < len(theirs) else next(right, None)
    if books and (ours is None) != (theirs is None):
        longer, shorter = (messages, books[0]) if theirs is None else (books[0], messages)
        raise BadFile(
            f"{longer.name} has more rows than {shorter.name}; give the two files of one download."
        )


def _refuse(rows: RowPerEvent, path: Path, line: int) -> None:
    """BadFile for what LOBSTER never writes."""
    for wrong, said in (
        ((rows[:, 1] < 1) | (rows[:, 1] > len(KINDS)), "a type outside 1 to 7"),
        ((rows[:, 3] < 0), "a negative size"),
        ((np.abs(rows[:, 5]) != 1) & (rows[:, 1] != 7), "a direction that is not 1 or -1"),
        ((rows[:, 0] < 0) | (rows[:, 0] > DAY_NS), "a time outside the day"),
    ):
        if wrong.any():
            at = line + int(np.argmax(wrong))
            raise BadFile(f"{path} row {at:,} has {said}; check the file and --format.")


def _events(rows: RowPerEvent, ladder: RowPerEvent) -> Events:
    kinds = np.array((0, *KINDS), dtype=np.uint8)[rows[:, 1]]
    return Events(
        time=np.ascontiguousarray(rows[:, 0]),
        kind=kinds,
        side=rows[:, 5].astype(np.int8),
        order=np.ascontiguousarray(rows[:, 2]),
        price=np.ascontiguousarray(rows[:, 4]),
        quantity=np.ascontiguousarray(rows[:, 3]),
        flags=np.full(len(rows), ev.END, dtype=np.uint8),
        ladder=ladder,
    )


def midnight(day: date) -> int:
    """The beginning of a day, in ns since 1970 UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 10**9
