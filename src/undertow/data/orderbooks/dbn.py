"""Databento's DBN, market by order: every order of an exchange's own feed."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from undertow.core import events as ev
from undertow.core.compiled import compiled
from undertow.core.errors import BadFile, unknown
from undertow.core.events import About, Events
from undertow.data.orderbooks._cells import Bytes
from undertow.data.orderbooks._packed import blocks, first
from undertow.data.orderbooks.base import Feed, Opened

MBO = 160
RECORD = np.dtype(
    [
        ("words", "u1"), ("type", "u1"), ("publisher", "<u2"), ("instrument", "<u4"),
        ("event", "<i8"), ("order", "<i8"), ("price", "<i8"), ("size", "<u4"), ("flags", "u1"),
        ("channel", "u1"), ("action", "u1"), ("side", "u1"), ("received", "<i8"),
        ("delta", "<i4"), ("sequence", "<u4"),
    ]
)  # fmt: skip
"""A record of market by order, 56 bytes in every version."""
WORD = 4
LAST, PICTURE = 128, 32
"""Bits of a record's flags: the last one of an event, and part of a snapshot."""
NANO = 1e-9
NO_PRICE = (1 << 63) - 1
FIXED = 100
"""Bytes of the metadata before the lists of symbols."""
CSTR = {1: 22}
LATER_CSTR = 71
"""Bytes of a symbol in version 1, and in later ones."""

ACTIONS = {
    "A": ev.ADD,
    "C": ev.CANCEL,
    "M": ev.MODIFY,
    "R": ev.CLEAR,
    "T": ev.TRADE,
    "F": ev.EXECUTED,
}


@dataclass(frozen=True, slots=True)
class Dbn(Feed):
    """Records of 56 bytes: action, side, order, price × 10⁹, size, flags, times of two clocks.

    A add, C cancel, M modify, R clear, T trade, F fill. An F leaves the book as it is: the C or M
    of the same order that follows it takes the quantity out, and that is a fill. Times are those of
    the capture (`ts_recv`), by which the records are in order. Records of a snapshot make the book
    and are not events; until the first trade the book is in its opening auction and weighs nothing.
    The library databento-dbn hands out a Python object for each record, so the records are read
    here; the tests compare both where it is installed.
    Source: databento.com/docs, "MBO" and "DBN encoding".
    """

    def opened(self, paths: tuple[Path, ...], symbol: str) -> Opened:
        """Files of days that follow each other, in order."""
        skipped: Counter[str] = Counter()
        heads = [_head(path) for path in paths]
        wanted = {n for head in heads for n in head.wanted(symbol, paths[0])}
        name = symbol or ", ".join(heads[0].names)
        about = About("dbn", name, NANO, 1.0, "orders", prints=True, opens_with_a_trade=True)
        return Opened(about, _blocks(paths, heads, wanted, skipped), skipped)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the records. length: bytes;  ids: instruments of each symbol"""

    length: int
    names: tuple[str, ...]
    ids: dict[str, set[int]]

    def wanted(self, symbol: str, path: Path) -> set[int]:
        """Instruments that are asked for, all if none is."""
        if not symbol:
            return set()
        if symbol not in self.ids:
            raise unknown("symbol", symbol, self.ids, path.name)
        return self.ids[symbol]


def _head(path: Path) -> Head:
    """The metadata of a file; BadFile if it is not DBN."""
    begin = first(path)
    if begin[:3] != b"DBN" or len(begin) < 8 + FIXED:
        raise BadFile(f"{path} does not begin as DBN does; check the file and --format.")
    version, length = begin[3], int.from_bytes(begin[4:8], "little")
    made, width = begin[8 : 8 + length], CSTR.get(version, LATER_CSTR)
    try:
        at = FIXED + 4 + int.from_bytes(made[FIXED : FIXED + 4], "little")
        names, at = _strings(made, at, width)
        for _ in range(2):
            _, at = _strings(made, at, width)
        ids = _mappings(made, at, width)
    except (struct.error, UnicodeDecodeError) as error:
        raise BadFile(f"{path} has metadata that cannot be read ({error}).") from error
    return Head(8 + length, names, ids)


def _strings(made: bytes, at: int, width: int) -> tuple[tuple[str, ...], int]:
    (count,) = struct.unpack_from("<I", made, at)
    at += 4
    ends = [at + width * k for k in range(count + 1)]
    return tuple(_text(made[a : a + width]) for a in ends[:-1]), ends[-1]


def _mappings(made: bytes, at: int, width: int) -> dict[str, set[int]]:
    """Instrument ids of each symbol, over all its intervals."""
    (count,) = struct.unpack_from("<I", made, at)
    at += 4
    found: dict[str, set[int]] = {}
    for _ in range(count):
        name = _text(made[at : at + width])
        (intervals,) = struct.unpack_from("<I", made, at + width)
        at += width + 4
        for _ in range(intervals):
            held = _text(made[at + 8 : at + 8 + width])
            found.setdefault(name, set()).update({int(held)} if held.isdigit() else ())
            at += 8 + width
    return found


def _text(cell: bytes) -> str:
    return cell.split(b"\0", 1)[0].decode()


def _blocks(
    paths: tuple[Path, ...], heads: list[Head], wanted: set[int], skipped: Counter[str]
) -> Iterator[Events]:
    met: set[int] = set()
    for path, head in zip(paths, heads, strict=True):
        for rows in _records(path, head, skipped):
            met |= _instruments(rows)
            if not wanted and len(met) > 1:
                raise BadFile(
                    f"{path} holds {len(met)} instruments or more ({', '.join(head.names)}); say"
                    " which with --symbol."
                )
            mine = rows[np.isin(rows["instrument"], list(wanted))] if wanted else rows
            skipped["of_another_symbol"] += len(rows) - len(mine)
            yield _events(mine, path)


def _instruments(rows: NDArray[np.void]) -> set[int]:
    found = rows["instrument"]
    is_one = (found == found[0]).all()
    return {int(found[0])} if is_one else set(np.unique(found).tolist())


def _records(path: Path, head: Head, skipped: Counter[str]) -> Iterator[NDArray[np.void]]:
    """Records of market by order, a block at a time."""
    rest, done, lead = b"", 0, head.length
    for block in blocks(path):
        text = rest + block
        if lead:
            cut = min(lead, len(text))
            text, lead, done = text[cut:], lead - cut, done + cut
        whole = len(text) // RECORD.itemsize * RECORD.itemsize
        rows = np.frombuffer(text, dtype=RECORD, count=whole // RECORD.itemsize)
        if len(rows) and (rows["type"] == MBO).all():
            yield rows
        else:
            rows, whole = _picked(text, path, done, skipped)
            if len(rows):
                yield rows
        rest, done = text[whole:], done + whole
    if rest:
        raise BadFile(
            f"{path} breaks off within a record at byte {done:,} (unpacked); fetch it again."
        )


def _picked(
    text: bytes, path: Path, done: int, skipped: Counter[str]
) -> tuple[NDArray[np.void], int]:
    """Records of market by order among others, and the bytes that are used up."""
    raw = np.frombuffer(text, dtype=np.uint8)
    at, found, used = starts(raw, np.empty(len(raw) // WORD + 1, dtype=np.int64))
    if used < 0:
        raise BadFile(f"{path} has no record at byte {done - used - 1:,}; check --format.")
    mine = raw[at[:found] + 1] == MBO
    skipped["records_that_are_not_of_orders"] += int(found - mine.sum())
    if found and not mine.any() and not done:
        raise BadFile(f"{path} holds no market by order (schema mbo); give a file that does.")
    rows = raw[at[:found][mine][:, None] + np.arange(RECORD.itemsize)]
    return rows.reshape(-1).view(RECORD), int(used)


@compiled
def starts(text: Bytes, out: NDArray[np.int64]) -> tuple[NDArray[np.int64], int, int]:
    """Where whole records begin, how many there are, and the bytes they take; −1 − byte if none."""
    at, count, end = 0, 0, text.shape[0]
    while at < end:
        length = WORD * int(text[at])
        if length < 16:
            return out, count, -1 - at
        if at + length > end:
            break
        out[count] = at
        count += 1
        at += length
    return out, count, at


def _kinds() -> NDArray[np.uint8]:
    made = np.full(256, ev.STATUS, dtype=np.uint8)
    for letter, kind in ACTIONS.items():
        made[ord(letter)] = kind
    return made


def _sides() -> NDArray[np.int8]:
    made = np.zeros(256, dtype=np.int8)
    made[ord("B")], made[ord("A")] = 1, -1
    return made


KIND, SIDE = _kinds(), _sides()


ORDER, PRICE, WHAT, RECEIVED = 2, 3, 4, 5
"""Words of a record, eight bytes each; the one in the middle has size, flags, action and side."""


@compiled
def told(
    words: NDArray[np.int64], kinds: NDArray[np.uint8], sides: ev.SidePerEvent, out: Events
) -> bool:
    """Fill the columns; whether some order is added without a price."""
    wrong = False
    for row in range(words.shape[0]):
        what, price = words[row, WHAT], words[row, PRICE]
        kind, flags = kinds[(what >> 48) & 255], what >> 32
        wrong |= price <= -NO_PRICE or (kind == ev.ADD and price == NO_PRICE)
        out.time[row], out.order[row] = words[row, RECEIVED], words[row, ORDER]
        out.kind[row], out.side[row] = kind, sides[(what >> 56) & 255]
        out.price[row] = price if price != NO_PRICE else 0
        out.quantity[row] = what & 0xFFFFFFFF
        out.flags[row] = ev.END * (flags & LAST > 0) + ev.SNAPSHOT * (flags & PICTURE > 0)
    return wrong


def _events(rows: NDArray[np.void], path: Path) -> Events:
    words = rows.view(np.int64).reshape(len(rows), -1)
    words.flags.writeable = False
    out = ev.room(len(rows))
    if told(words, KIND, SIDE, out):
        raise BadFile(f"{path} adds an order without a price; check the file.")
    return out
