"""Binance: a recording of the combined stream, differences of the book, best quotes and trades."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from undertow.core import events as ev
from undertow.core.errors import BadFile
from undertow.core.events import About, Events
from undertow.data.orderbooks import _stream as raw
from undertow.data.orderbooks._packed import blocks
from undertow.data.orderbooks.base import Feed, Opened

UNIT = 10.0**-raw.PLACES
MOST = 1 << 53
"""Quantity in whole units from which on sums could be more than an integer holds."""
FEWEST_BYTES = 8
"""Bytes of an event, at least."""


@dataclass(frozen=True, slots=True)
class Binance(Feed):
    """Lines `local_ns {"stream": …, "data": {…}}`; an object without a stream is a REST snapshot.

    depthUpdate sets quantities of prices, bookTicker the best quotes, trade is a print (only those
    marked MARKET, where they are marked). Times are the recorder's. Differences that came before
    the snapshot wait for it; those it has already are dropped, the others follow it. A difference
    whose `pu` (or, spot, `U` − 1) is not the `u` before it is a gap, and counted. Where there are
    best quotes they are the touch, and the book of differences is the depth behind it.
    Source: Binance API documentation, "How to manage a local order book correctly".
    """

    def opened(self, paths: tuple[Path, ...], symbol: str) -> Opened:
        """Files that follow each other, in order."""
        skipped: Counter[str] = Counter()
        about = About("binance", symbol, UNIT, UNIT, "levels", prints=True)
        return Opened(about, _blocks(paths, symbol, skipped), skipped)


@dataclass(slots=True)
class Book:
    """Where the stream stands.

    ready: whether the book has a snapshot, or goes without;  last: u of the last difference
    waiting: differences that came before the snapshot, and the u of each
    """

    ready: bool = False
    last: int = -1
    waiting: list[tuple[int, NDArray[np.int64]]] = field(default_factory=list)


def _blocks(paths: tuple[Path, ...], symbol: str, skipped: Counter[str]) -> Iterator[Events]:
    book, wanted, line = Book(), _number(symbol), 1
    for path in paths:
        rest = b""
        for block in blocks(path):
            cut = block.rfind(b"\n") + 1
            text, rest = rest + block[:cut], block[cut:] if cut else rest + block
            if cut:
                lines, found = _read(text, path, line)
                line += len(lines)
                wanted = wanted or int(lines[np.argmax(lines[:, raw.SYMBOL] != 0), raw.SYMBOL])
                yield from _told(lines, found, (book, wanted, bool(symbol), path), skipped)
        if rest.strip():
            lines, found = _read(rest + b"\n", path, line)
            yield from _told(lines, found, (book, wanted, bool(symbol), path), skipped)
    if book.waiting:
        raise BadFile(
            f"{paths[0]} has differences of the book and no snapshot (lastUpdateId) to add them to;"
            " give a recording with one."
        )


def _number(symbol: str) -> int:
    """What a symbol becomes when it is read."""
    found = np.int64(0)
    with np.errstate(over="ignore"):
        for byte in symbol.encode():
            found = found * np.int64(131) + np.int64(byte)
    return int(found)


def _read(text: bytes, path: Path, line: int) -> tuple[raw.Lines, raw.Found]:
    bytes_ = np.frombuffer(text, dtype=np.uint8)
    lines = np.empty((text.count(b"\n"), raw.LINE_COLUMNS), dtype=np.int64)
    found = np.empty((len(text) // FEWEST_BYTES + 4, 3), dtype=np.int64)
    rows, events, wrong = raw.read(bytes_, lines, found)
    if wrong >= 0:
        shown = text[wrong : wrong + 60].split(b"\n", 1)[0].decode("utf-8", "replace")
        raise BadFile(
            f"{path} line {line + rows:,} reads {shown!r}, which is no message of the combined"
            " stream; check the file and --format."
        )
    if rows and not lines[:, raw.TIME].all():
        raise BadFile(f"{path} has a line without the recorder's time in ns before it; add it.")
    if events and found[:events, raw.QUANTITY].max() > MOST:
        raise BadFile(f"{path} has a quantity too large to be added up exactly; it is not read.")
    return lines[:rows], found[:events]


def _told(
    lines: raw.Lines,
    found: raw.Found,
    where: tuple[Book, int, bool, Path],
    skipped: Counter[str],
) -> Iterator[Events]:
    """What the lines of a block say, in order; the snapshot lets those go that waited for it."""
    book, wanted, chosen, path = where
    block = _Block(lines, found, np.append(lines[1:, raw.EVENTS], len(found)))
    what, symbol = lines[:, raw.WHAT], lines[:, raw.SYMBOL]
    other = (symbol != wanted) & (symbol != 0)
    if other.any() and not chosen:
        at = int(np.argmax(other))
        raise BadFile(
            f"{path} holds more than one symbol (line {at + 1:,} of a block is another's); say"
            " which with --symbol."
        )
    skipped["of_another_symbol"] += int(other.sum())
    odd = (what == raw.TRADE) & (lines[:, raw.ODD] == 1)
    skipped["trades_that_are_not_of_the_market"] += int(odd.sum())
    mine = ~other & ~odd & (what != raw.OTHER)
    begin = 0
    if not book.ready:
        pictures = np.flatnonzero((what == raw.PICTURE) & mine)
        begin = int(pictures[0]) if len(pictures) else len(lines)
        before = np.arange(len(lines)) < begin
        _wait(book, block, np.flatnonzero(before & mine & (what == raw.DIFF)))
        yield block.events(before & mine & (what != raw.DIFF))
        if not len(pictures):
            return
        yield block.picture(begin)
        yield from _caught_up(book, int(lines[begin, raw.LAST]), block.time(begin), skipped)
    after = np.arange(len(lines)) >= begin
    diffs = mine & after & (what == raw.DIFF)
    late = diffs & (lines[:, raw.LAST] <= book.last)
    skipped["differences_older_than_the_book"] += int(late.sum())
    _count_gaps(book, lines[diffs & ~late], skipped)
    yield block.events(mine & after & ~late & (what != raw.PICTURE))


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines, their events, and where those of each line end."""

    lines: raw.Lines
    found: raw.Found
    ends: NDArray[np.int64]

    def time(self, line: int) -> int:
        return int(self.lines[line, raw.TIME])

    def events(self, wanted: NDArray[np.bool_]) -> Events:
        """Events of some lines; the last one of each line ends what happened at once."""
        counts = self.ends - self.lines[:, raw.EVENTS]
        line = np.repeat(np.arange(len(self.lines)), counts)
        kinds = np.array((ev.STATUS, ev.LEVEL, ev.LEVEL, ev.QUOTE, ev.TRADE), dtype=np.uint8)
        flags = np.zeros(len(line), dtype=np.uint8)
        flags[self.ends[counts > 0] - 1] = ev.END
        held = wanted[line]
        line, rows = line[held], self.found[: len(held)][held]
        return _made(
            self.lines[line, raw.TIME], kinds[self.lines[line, raw.WHAT]], rows, flags[held]
        )

    def picture(self, line: int) -> Events:
        """A snapshot: nothing stands, then all that it has."""
        rows = self.found[self.lines[line, raw.EVENTS] : self.ends[line]]
        rows = np.concatenate([np.zeros((1, 3), dtype=np.int64), rows])
        kinds = np.full(len(rows), ev.LEVEL, dtype=np.uint8)
        kinds[0] = ev.CLEAR
        flags = np.full(len(rows), ev.SNAPSHOT, dtype=np.uint8)
        flags[-1] |= ev.END
        return _made(np.full(len(rows), self.time(line)), kinds, rows, flags)


def _made(
    time: NDArray[np.int64], kind: ev.KindPerEvent, rows: raw.Found, flags: ev.KindPerEvent
) -> Events:
    side, price, quantity = np.ascontiguousarray(rows.T)
    ladder = ev.no_ladder(len(rows))
    nobody = np.zeros(len(rows), dtype=np.int64)
    return Events(time, kind, side.astype(np.int8), nobody, price, quantity, flags, ladder)


def _wait(book: Book, block: _Block, lines: NDArray[np.int64]) -> None:
    for line in lines.tolist():
        rows = block.found[block.lines[line, raw.EVENTS] : block.ends[line]].copy()
        book.waiting.append((int(block.lines[line, raw.LAST]), rows))


def _caught_up(book: Book, last: int, time: int, skipped: Counter[str]) -> Iterator[Events]:
    """The differences that waited and that the snapshot does not have yet."""
    book.ready, book.last = True, last
    for update, rows in book.waiting:
        if update <= last:
            skipped["differences_older_than_the_book"] += 1
            continue
        book.last = update
        kinds = np.full(len(rows), ev.LEVEL, dtype=np.uint8)
        flags = np.zeros(len(rows), dtype=np.uint8)
        flags[-1:] = ev.END
        yield _made(np.full(len(rows), time), kinds, rows, flags)
    book.waiting.clear()


def _count_gaps(book: Book, diffs: raw.Lines, skipped: Counter[str]) -> None:
    """Differences that do not follow the one before."""
    if not len(diffs):
        return
    before = np.append(book.last, diffs[:-1, raw.LAST])
    chained = diffs[:, raw.BEFORE] >= 0
    follows = np.where(chained, diffs[:, raw.BEFORE] == before, diffs[:, raw.FIRST] <= before + 1)
    first = diffs[:, raw.FIRST] <= book.last
    follows |= first & (np.arange(len(diffs)) == 0)
    skipped["gaps_in_the_sequence"] += int((~follows).sum())
    book.last = int(diffs[-1, raw.LAST])
