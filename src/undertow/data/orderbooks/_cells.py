"""Lines of numbers between commas as integers: one pass over the bytes, nothing in between.

A cell `12.34` of a column with 4 places becomes 123400. Polars reads the same lines about as fast
on two threads (bench/books.py), all at once, and gives floats where ticks are wanted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from undertow.core.compiled import compiled, compiled_within
from undertow.core.errors import BadFile
from undertow.core.events import RowPerEvent
from undertow.data.orderbooks._packed import blocks, first

Bytes: TypeAlias = Annotated[NDArray[np.uint8], "byte"]
Places: TypeAlias = Annotated[NDArray[np.int64], "column"]

WORD = -1
"""In place of the places of a column: its cells are words, of which the last bytes are kept."""
DROPPED = -2
"""In place of the places of a column: nobody wants its cells."""
MOST = 1 << 62
"""A number that is larger cannot be one."""
LONGEST = 19
"""Most letters of a number."""
SHORTEST = 2
"""Fewest bytes of a cell with its comma."""


@compiled_within
def power(text: Bytes, at: np.uint64) -> tuple[int, np.uint64]:
    """The number after an e, and where it ends."""
    sign, value = 1, 0
    if text[at] == 45 or text[at] == 43:
        sign = -1 if text[at] == 45 else 1
        at += np.uint64(1)
    while 48 <= text[at] <= 57 and value < 100:
        value = value * 10 + (text[at] - 48)
        at += np.uint64(1)
    return sign * value, at


@compiled_within
def scaled(value: int, seen: int, places: int) -> int:
    """A number read with so many places, written with others; −1 if digits would be lost."""
    while seen < places:
        if value > MOST // 10:
            return -1
        value *= 10
        seen += 1
    while seen > places:
        if value % 10:
            return -1
        value //= 10
        seen -= 1
    return value


@compiled_within
def letters(text: Bytes, at: np.uint64) -> tuple[int, np.uint64]:
    """The last bytes of a word as a number, and where it ends."""
    value = 0
    while text[at] != 44 and text[at] != 10 and text[at] != 13:
        value = (value << 8) | text[at]
        at += np.uint64(1)
    return value, at


@compiled_within
def lines_end(text: Bytes) -> np.uint64:
    """Where the last whole line ends."""
    end = text.shape[0]
    while end > 0 and text[end - 1] != 10 and text[end - 1] != 13:
        end -= 1
    return np.uint64(end)


@compiled
def parsed(  # noqa: C901, PLR0912 - a function for a number would cost a third of the time
    text: Bytes, places: Places, out: RowPerEvent
) -> tuple[int, int, int]:
    """Rows written, bytes used up, and the first column that cannot be read (−1: none).

    Only whole lines are read, as many as `out` has room for; empty ones are passed over.
    """
    # Without a sign a place needs no look whether it counts from the end.
    at, one, end, rows, last = np.uint64(0), np.uint64(1), lines_end(text), 0, places.shape[0] - 1
    while rows < out.shape[0]:
        while at < end and (text[at] == 10 or text[at] == 13):
            at += one
        line = at
        if at >= end:
            break
        for column in range(last + 1):
            begin, value, seen, digits, taken = at, 0, 0, 1, places[column]
            if taken < 0:
                value, at = letters(text, at)
            else:
                at += one if text[at] == 45 else np.uint64(0)
                whole = at
                while 48 <= text[at] <= 57:
                    value = value * 10 + (text[at] - 48)
                    at += one
                digits = 1 if at > whole else 0
                if text[at] == 46:
                    at += one
                    while 48 <= text[at] <= 57:
                        value = value * 10 + (text[at] - 48)
                        seen += 1
                        at += one
                    digits += seen
                if text[at] == 101 or text[at] == 69:
                    exponent, at = power(text, at + one)
                    seen -= exponent
                if seen != taken:
                    value = scaled(value, seen, taken)
                if value < 0 or at - begin > np.uint64(LONGEST):
                    digits = 0
            closed = text[at] == 44 if column < last else text[at] == 10 or text[at] == 13
            if not closed or digits == 0 or at == begin:
                return rows, int(line), column
            out[rows, column] = -value if taken >= 0 and text[begin] == 45 else value
            at += one
        rows += 1
    return rows, int(at), -1


@dataclass(frozen=True, slots=True)
class Cells:
    """A file of lines with the same number of cells.

    places: of each column, or WORD, or DROPPED
    """

    path: Path
    places: tuple[int, ...]
    header: bool | None = None

    def rows(self) -> Iterator[RowPerEvent]:
        """Its lines as rows of integers, a block at a time; BadFile with the line that is none."""
        places = np.array(self.places, dtype=np.int64)
        rest, line = b"", 1
        for block in _ended(blocks(self.path)):
            text = rest + block
            if line == 1 and not rest:
                text, line = _headless(text)
            whole = np.frombuffer(text, dtype=np.uint8)
            room = np.empty((len(text) // (SHORTEST * len(places)) + 1, len(places)), np.int64)
            rows, used, wrong = parsed(whole, places, room)
            if wrong >= 0:
                raise self._refused(text[used:], line + rows, wrong)
            rest, line = text[used:], line + rows
            if rows:
                yield room[:rows]
        if rest.strip():
            raise self._refused(rest, line, len(places) - 1)

    def _refused(self, text: bytes, line: int, column: int) -> BadFile:
        found = text.lstrip(b"\r\n").split(b"\n", 1)[0][:80].decode("utf-8", "replace").strip()
        return BadFile(
            f"{self.path} line {line:,} reads {found!r}, which has no number in cell {column + 1}"
            f" of {len(self.places)}; check the file and --format."
        )


def _ended(found: Iterator[bytes]) -> Iterator[bytes]:
    """The same with a line's end at the very end."""
    last = b"\n"
    for block in found:
        yield block
        last = block[-1:]
    if last != b"\n":
        yield b"\n"


def _headless(text: bytes) -> tuple[bytes, int]:
    """Without its first line if that is words; the number of the line that comes then."""
    first, end, rest = text.partition(b"\n")
    if end and first[:1].isalpha():
        return rest, 2
    return text, 1


def first_line(path: Path, lines: int = 1) -> str:
    """The first lines of a file, unpacked."""
    block = first(path, 1 << 16)
    return "\n".join(block.decode("utf-8", "replace").splitlines()[:lines])


def word(text: str) -> int:
    """What a cell of words becomes: its last eight bytes."""
    return int.from_bytes(text.encode()[-8:].rjust(8, b"\0"), "big", signed=True)
