"""Small feeds as their files are written, and a plain book that replays them slowly."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from undertow.core import events as ev
from undertow.core.answers.orderbook import OrderbookAnswer
from undertow.core.events import About, Events
from undertow.data.orderbooks import opened
from undertow.data.orderbooks.base import Opened
from undertow.data.orderbooks.dbn import RECORD
from undertow.studies.orderbook import orderbook_answer
from undertow.studies.orderbook_feed import passed

MINUTE = 60 * 10**9
DATA = Path(__file__).parents[1] / ".." / "shared" / "data" / "microstructure"

Message = tuple[int, int, int, int, int, int, int]
"""Time in ns, kind, side, order, price, quantity, flags."""


def events_of(messages: Sequence[Message]) -> Events:
    time, kind, side, order, price, quantity, flags = np.array(messages, dtype=np.int64).T
    return Events(
        np.ascontiguousarray(time), kind.astype(np.uint8), side.astype(np.int8),
        np.ascontiguousarray(order), np.ascontiguousarray(price), np.ascontiguousarray(quantity),
        flags.astype(np.uint8), ev.no_ladder(len(messages)),
    )  # fmt: skip


def answer_to(
    messages: Sequence[Message], *, about: About | None = None, blocks: int = 1
) -> OrderbookAnswer:
    """The answer about messages that come in so many blocks."""
    about = about or About("test", "T", 0.01, 1.0, "orders")
    parts = np.array_split(np.arange(len(messages)), blocks)
    found = (events_of([messages[k] for k in part]) for part in parts if len(part))
    return orderbook_answer(passed(Opened(about, found), MINUTE))


def measured(paths: Iterable[Path], feed: str, symbol: str = "") -> OrderbookAnswer:
    """The answer about files."""
    return orderbook_answer(passed(opened(tuple(paths), feed, symbol), MINUTE))


def add(at: float, order: int, side: int, price: int, quantity: int, flags: int = 0) -> Message:
    return int(at * 1e9), ev.ADD, side, order, price, quantity, ev.END | flags


def gone(at: float, order: int, kind: int, quantity: int = 0, flags: int = 0) -> Message:
    return int(at * 1e9), kind, 0, order, 0, quantity, ev.END | flags


class PlainBook:
    """Orders by id; everything is looked up anew."""

    def __init__(self) -> None:
        self.orders: dict[int, list[int]] = {}

    def take(self, message: Message) -> None:
        _, kind, side, order, price, quantity, _ = message
        held = self.orders.get(order)
        if kind == ev.ADD:
            self.orders[order] = [side, price, quantity]
        elif held is not None and kind == ev.DELETE:
            del self.orders[order]
        elif held is not None and kind in {ev.CANCEL, ev.FILL}:
            held[2] -= quantity
            if held[2] <= 0:
                del self.orders[order]
        elif held is not None and kind == ev.MODIFY:
            held[1:] = [price, quantity]

    def levels(self, side: int) -> list[tuple[int, int]]:
        """Price and quantity, the best first."""
        found: dict[int, int] = {}
        for its, price, quantity in self.orders.values():
            if its == side:
                found[price] = found.get(price, 0) + quantity
        return sorted(found.items(), key=lambda level: -side * level[0])


def write_lobster(folder: Path, rows: Sequence[str], book: Sequence[str] = ()) -> list[Path]:
    """A file of messages, and one of its book where there is one."""
    made = [folder / "T_2020-01-02_34200000_57600000_message_1.csv"]
    made[0].write_text("\n".join(rows) + "\n")
    if book:
        made.append(folder / "T_2020-01-02_34200000_57600000_orderbook_1.csv")
        made[1].write_text("\n".join(book) + "\n")
    return made


BITSTAMP = "id,timestamp,exchange_timestamp,price,volume,action,direction"
TRADES = "trade_id,timestamp,exchange_timestamp,price,amount,buy_order_id,sell_order_id,side"
START_MS = 1_700_000_000_000


def write_bitstamp(
    folder: Path,
    rows: Sequence[tuple[int, int, float, str, str, str]],
    trades: Sequence[tuple[int, int, str]] = (),
) -> list[Path]:
    """Rows are id, ms after the start, price, volume, action, direction."""
    made = [folder / "orders.csv"]
    lines = [
        f"{i},{START_MS + t},{START_MS + t},{p},{v},{action},{direction}"
        for i, t, p, v, action, direction in rows
    ]
    made[0].write_text("\n".join([BITSTAMP, *lines]) + "\n")
    if trades:
        made.append(folder / "trades.csv")
        told = [f"1,{START_MS},{START_MS},1.0,1.0,{b},{s},{side}" for b, s, side in trades]
        made[1].write_text("\n".join([TRADES, *told]) + "\n")
    return made


DAYS = (20_231_114, 20_231_115)
"""From when to when the symbol of a written file has its number."""


def write_dbn(folder: Path, rows: Sequence[tuple[float, str, str, int, float, int, int]]) -> Path:
    """Rows are seconds, action, side, order, price, size, flags; of one instrument, version 1."""
    fixed = bytearray(100)
    fixed[:9] = b"GLBX.MDP3"
    name = b"TEST".ljust(22, b"\0")
    lists = struct.pack("<I", 0) + struct.pack("<I", 1) + name + struct.pack("<II", 0, 0)
    maps = struct.pack("<I", 1) + name + struct.pack("<III", 1, *DAYS) + b"7".ljust(22, b"\0")
    made = bytes(fixed) + lists + maps
    records = np.zeros(len(rows), dtype=RECORD)
    records["words"], records["type"], records["instrument"] = 14, 160, 7
    for k, (at, action, side, order, price, size, flags) in enumerate(rows):
        records[k]["received"] = records[k]["event"] = int(at * 1e9) + 1_700_000_000 * 10**9
        records[k]["action"], records[k]["side"] = ord(action), ord(side)
        records[k]["order"], records[k]["price"] = order, round(price * 1e9)
        records[k]["size"], records[k]["flags"] = size, flags
    file = folder / "test.mbo.dbn"
    file.write_bytes(b"DBN\x01" + struct.pack("<I", len(made)) + made + records.tobytes())
    return file


Quoted = tuple[float, str, str, float, int, list[tuple[float, int, float, int]]]
"""Seconds, action, side, price, size, and of each level bid, its quantity, ask, its quantity."""
SCHEMAS = {"mbp-1": (1, 1, 1), "mbp-10": (2, 10, 10), "tbbo": (3, 1, 1), "trades": (4, 0, 0)}
"""Number of the schema, type of its records, and levels."""
NO_PRICE = 2**63 - 1


def write_levels(
    folder: Path, schema: str, rows: Sequence[Quoted], *, flags: int = 128, instrument: int = 7
) -> Path:
    """A file of one instrument, version 1, as the specification of the format has it."""
    number, kind, levels = SCHEMAS[schema]
    made = bytearray((write_dbn(folder, [])).read_bytes())
    made[8 + 16 : 8 + 18] = struct.pack("<H", number)
    for at, action, side, price, size, shown in rows:
        ns = round(at * 1e9) + 1_700_000_000 * 10**9
        made += struct.pack("<BBHIq", 12 + 8 * levels, kind, 1, instrument, ns)
        made += struct.pack("<qIccBB", round(price * 1e9), size, *_letters(action, side), flags, 0)
        made += struct.pack("<qiI", ns, 0, 0)
        for level in range(levels):
            bid, held, ask, offered = shown[level] if level < len(shown) else (0.0, 0, 0.0, 0)
            prices = (round(one * 1e9) if one else NO_PRICE for one in (bid, ask))
            made += struct.pack("<qqIIII", *prices, held, offered, 1, 1)
    file = folder / f"test.{schema}.dbn"
    file.write_bytes(bytes(made))
    return file


def _letters(*letters: str) -> tuple[bytes, ...]:
    return tuple(letter.encode() for letter in letters)


def itch(kind: str, at: float, *, locate: int = 1, body: bytes = b"") -> bytes:
    """One message with its length before it."""
    head = kind.encode() + struct.pack(">HH", locate, 0) + int(at * 1e9).to_bytes(6, "big")
    return struct.pack(">H", len(head + body)) + head + body


def itch_add(at: float, order: int, side: str, shares: int, price: int, **more: object) -> bytes:
    """An A, or an F where `maker` names one."""
    maker = str(more.get("maker", ""))
    symbol = str(more.get("symbol", "TEST")).ljust(8).encode()
    body = struct.pack(">Q", order) + side.encode() + struct.pack(">I", shares)
    body += symbol + struct.pack(">I", price) + maker.encode()
    return itch("F" if maker else "A", at, locate=int(str(more.get("locate", 1))), body=body)


START_NS = 1_700_000_000 * 10**9


def binance_line(at: float, data: object, stream: str = "test@depth") -> str:
    """A line of a recording; a snapshot where there is no stream."""
    told = {"stream": stream, "data": data} if stream else data
    return f"{START_NS + int(at * 1e9)} {json.dumps(told, separators=(',', ':'))}"


def difference(last: int, before: int, bids: object = (), asks: object = ()) -> dict[str, object]:
    """A depthUpdate."""
    return {"e": "depthUpdate", "s": "TEST", "U": before + 1, "u": last, "pu": before,
            "b": bids, "a": asks}  # fmt: skip
