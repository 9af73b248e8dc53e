"""Databento's DBN: every order of an exchange's own feed, or its price levels."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from undertow.core import events as ev
from undertow.core.compiled import compiled
from undertow.core.errors import BadFile, unknown
from undertow.core.events import About, Events
from undertow.data.orderbooks._cells import Bytes
from undertow.data.orderbooks._dbn_levels import SCHEMAS, Schema, shown
from undertow.data.orderbooks._packed import blocks, first
from undertow.data.orderbooks.base import Feed, Opened

MBO = Schema("mbo", 160, 0)
ORDERS, MIXED = 0, 0xFFFF
"""Numbers of schemas: market by order, and records of several kinds."""
OTHERS = {5: "ohlcv-1s", 6: "ohlcv-1m", 7: "ohlcv-1h", 8: "ohlcv-1d", 9: "definition"}
READ = "mbo, mbp-10, mbp-1, tbbo or trades"
RECORD = np.dtype(
    [
        ("words", "u1"), ("type", "u1"), ("publisher", "<u2"), ("instrument", "<u4"),
        ("event", "<i8"), ("order", "<i8"), ("price", "<i8"), ("size", "<u4"), ("flags", "u1"),
        ("channel", "u1"), ("action", "u1"), ("side", "u1"), ("received", "<i8"),
        ("delta", "<i4"), ("sequence", "<u4"),
    ]
)  # fmt: skip
"""A record of market by order, 56 bytes in every version."""
WORD, EIGHT, LOOKS = 4, 8, 0xFFFF
"""Bytes that a record's length counts, those of a word here, and its bits with length and type."""
Words: TypeAlias = Annotated[NDArray[np.int64], "record word"]
LAST, PICTURE = 128, 32
"""Bits of a record's flags: the last one of an event, and part of a snapshot."""
NANO = 1e-9
NO_PRICE = (1 << 63) - 1
FIXED = 100
"""Bytes of the metadata before the lists of symbols."""
SCHEMA_AT = 16
"""Where the metadata have the number of the schema, two bytes."""
SAID = 20
"""Instruments of a file that are named at most."""
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
    Schemas mbp-1, mbp-10, tbbo and trades show levels and trades: no orders, so no cancels. A trade
    of tbbo comes with the quotes before it.
    The library databento-dbn hands out a Python object for each record, so the records are read
    here; the tests compare both where it is installed.
    Source: databento.com/docs, "MBO", "MBP-10" and "DBN encoding".
    """

    def opened(self, paths: tuple[Path, ...], symbol: str) -> Opened:
        """Files of days that follow each other, in order."""
        skipped: Counter[str] = Counter()
        heads = [_head(path) for path in paths]
        schema = _one([head.schema for head in heads], paths)
        wanted = {n for head in heads for n in head.wanted(symbol, paths[0])}
        name = symbol or ", ".join(heads[0].names)
        orders = schema is MBO
        about = About(
            "dbn", name, NANO, 1.0, "orders" if orders else "ladder", levels=schema.levels,
            prints=True, opens_with_a_trade=orders, shows=schema.shows,
        )  # fmt: skip
        return Opened(about, _blocks(paths, heads, wanted, skipped), skipped)


def _one(schemas: list[Schema], paths: tuple[Path, ...]) -> Schema:
    """The schema of all files; BadFile if they are of several."""
    names = sorted({schema.name for schema in schemas})
    if len(names) > 1:
        raise BadFile(
            f"{', '.join(path.name for path in paths)} are of the schemas {', '.join(names)}; give"
            " files of one."
        )
    return schemas[0]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the records. length: bytes;  ids: instruments of each symbol"""

    length: int
    schema: Schema
    names: tuple[str, ...]
    ids: dict[str, set[int]]

    def wanted(self, symbol: str, path: Path) -> set[int]:
        """Instruments that are asked for, all if none is."""
        if not symbol:
            return set()
        if symbol not in self.ids and symbol.isdigit():
            return {int(symbol)}
        if symbol not in self.ids:
            raise unknown("symbol", symbol, self.ids, path.name)
        return self.ids[symbol]


def _called(heads: list[Head], met: set[int]) -> str:
    """Instruments as they can be asked for: by name, else by number."""
    ids = [pair for head in heads for pair in head.ids.items()]
    names = {one: name for name, held in ids if len(held) == 1 for one in held}
    said = [names.get(one, str(one)) for one in sorted(met)]
    return ", ".join(said[:SAID]) + (", …" if len(said) > SAID else "")


def _head(path: Path) -> Head:
    """The metadata of a file; BadFile if it is not DBN."""
    begin = first(path)
    if begin[:3] != b"DBN" or len(begin) < 8 + FIXED:
        raise BadFile(f"{path} does not begin as DBN does; check the file and --format.")
    version, length = begin[3], int.from_bytes(begin[4:8], "little")
    number = int.from_bytes(begin[8 + SCHEMA_AT : 10 + SCHEMA_AT], "little")
    made, width = begin[8 : 8 + length], CSTR.get(version, LATER_CSTR)
    try:
        at = FIXED + 4 + int.from_bytes(made[FIXED : FIXED + 4], "little")
        names, at = _strings(made, at, width)
        for _ in range(2):
            _, at = _strings(made, at, width)
        ids = _mappings(made, at, width)
    except (struct.error, UnicodeDecodeError) as error:
        raise BadFile(
            f"{path} has metadata that cannot be read ({error}); fetch it again."
        ) from error
    return Head(8 + length, _schema(number, begin[8 + length :], path), names, ids)


def _schema(number: int, records: bytes, path: Path) -> Schema:
    """What the records are; where they are mixed the first one tells, if it is one that is read."""
    if number == MIXED:
        by_type = {one.type: one for one in (MBO, *SCHEMAS.values()) if one.name != "tbbo"}
        first_type = records[1] if len(records) > 1 else MBO.type
        return by_type.get(first_type, MBO)
    found = MBO if number == ORDERS else SCHEMAS.get(number)
    if found is None:
        raise BadFile(
            f"{path} is of schema {OTHERS.get(number, number)}, which does not show a book that"
            f" changes; give one of schema {READ}."
        )
    return found


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
                    f"{', '.join(one.name for one in paths)}: {len(met)} instruments or more"
                    f" ({_called(heads, met)}); say which with --symbol."
                )
            if wanted:
                mine = rows[np.isin(rows.view(np.uint32)[:, 1], list(wanted))]
                skipped["of_another_symbol"] += len(rows) - len(mine)
            else:
                mine = rows
            yield _told(mine, head.schema, path, skipped)


def _told(rows: Words, schema: Schema, path: Path, skipped: Counter[str]) -> Events:
    """The events of some records."""
    if schema is MBO:
        return _events(rows, path)
    found, doubted = shown(rows, schema)
    skipped["of_a_book_that_may_not_be_whole"] += doubted
    return found


def _instruments(rows: Words) -> set[int]:
    found = rows.view(np.uint32)[:, 1]
    is_one = (found == found[0]).all()
    return {int(found[0])} if is_one else set(np.unique(found).tolist())


def _records(path: Path, head: Head, skipped: Counter[str]) -> Iterator[Words]:
    """Records of the schema, a block at a time, as words of eight bytes."""
    rest, done, lead = b"", 0, head.length
    size = EIGHT * _words(head.schema)
    for block in blocks(path):
        text = rest + block
        if lead:
            cut = min(lead, len(text))
            text, lead, done = text[cut:], lead - cut, done + cut
        count = len(text) // size
        rows = np.frombuffer(text, dtype=np.int64, count=count * size // EIGHT)
        rows, used = rows.reshape(count, size // EIGHT), count * size
        if not count or (rows[:, 0] & LOOKS != size // WORD + (head.schema.type << 8)).any():
            rows, used = _picked(text, head, path, done, skipped)
        if len(rows):
            yield rows
        rest, done = text[used:], done + used
    if lead:
        raise BadFile(f"{path} breaks off within its metadata; fetch it again.")
    if rest:
        raise BadFile(
            f"{path} breaks off within a record at byte {done:,} (unpacked); fetch it again."
        )


def _words(schema: Schema) -> int:
    return RECORD.itemsize // EIGHT if schema is MBO else schema.words


def _picked(
    text: bytes, head: Head, path: Path, done: int, skipped: Counter[str]
) -> tuple[Words, int]:
    """Records of a schema among others, and the bytes that are used up."""
    raw = np.frombuffer(text, dtype=np.uint8)
    at, found, used = starts(raw, np.empty(len(raw) // WORD + 1, dtype=np.int64))
    if used < 0:
        raise BadFile(f"{path} has no record at byte {done - used - 1:,}; check --format.")
    schema = head.schema
    size = EIGHT * _words(schema)
    mine = (raw[at[:found] + 1] == schema.type) & (raw[at[:found]] >= size // WORD)
    if schema is MBO:
        skipped["records_that_are_not_of_orders"] += int(found - mine.sum())
    else:
        skipped["records_of_another_kind"] += int(found - mine.sum())
    if found and not mine.any() and done == head.length:
        raise BadFile(
            f"{path} says that it is of schema {schema.name} and holds no record of that; give one"
            f" of schema {READ}."
        )
    rows = raw[at[:found][mine][:, None] + np.arange(size)]
    return rows.reshape(-1).view(np.int64).reshape(-1, size // EIGHT), int(used)


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


def _events(words: Words, path: Path) -> Events:
    words.flags.writeable = False
    out = ev.room(len(words))
    if told(words, KIND, SIDE, out):
        raise BadFile(f"{path} adds an order without a price; check the file.")
    return out
