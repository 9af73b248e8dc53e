"""Nasdaq TotalView-ITCH 5.0: every message of a day, of one symbol at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from undertow.core import events as ev
from undertow.core.compiled import compiled, compiled_within
from undertow.core.errors import BadFile, unknown
from undertow.core.events import About, Events
from undertow.data.orderbooks._cells import Bytes
from undertow.data.orderbooks._packed import blocks
from undertow.data.orderbooks.base import Feed, Opened

DOLLARS = 1e-4
SHORTEST = 14
"""Bytes of a message with its length, at least."""
MOST = 2
"""Events of a message, at most."""

LENGTHS = {
    "S": 12, "R": 39, "H": 25, "Y": 20, "L": 26, "V": 35, "W": 12, "K": 28, "J": 35, "h": 21,
    "A": 36, "F": 40, "E": 31, "C": 36, "X": 23, "D": 19, "U": 35, "P": 44, "Q": 40, "B": 19,
    "I": 50, "N": 20, "O": 48,
}  # fmt: skip
"""Bytes of each type of message, without the two of its length."""


@dataclass(frozen=True, slots=True)
class Itch(Feed):
    """A length of two bytes, then a message; integers are big-endian, prices × 10,000.

    A, F (with a market maker's id) add; E, C executed (C at a price of its own, and without a print
    where it says N); X part cancelled; D deleted; U replaced by another id; P a trade with an order
    that is not shown; Q a cross; H halts; broken trades (B) stay. Times are ns after midnight.
    A file has all symbols: say which. Source: Nasdaq, "TotalView-ITCH 5.0 specification".
    """

    def opened(self, paths: tuple[Path, ...], symbol: str) -> Opened:
        """Files of one day that follow each other, in order."""
        skipped: Counter[str] = Counter()
        about = About("itch", symbol, DOLLARS, 1.0, "orders")
        return Opened(about, _blocks(paths, symbol, skipped), skipped)


def _blocks(paths: tuple[Path, ...], symbol: str, skipped: Counter[str]) -> Iterator[Events]:
    lengths = np.zeros(256, dtype=np.int64)
    lengths[[ord(letter) for letter in LENGTHS]] = list(LENGTHS.values())
    wanted = np.frombuffer(symbol.upper().ljust(8).encode(), dtype=np.uint8)
    layout = _layout()
    state = np.array((-1 if symbol else 0, 0, 0), dtype=np.int64)
    for path in paths:
        rest, done = b"", 0
        for block in blocks(path):
            text = rest + block
            raw = np.frombuffer(text, dtype=np.uint8)
            out = ev.room(len(text) // SHORTEST * MOST + MOST)
            count, used, wrong = messages(raw, lengths, layout, (wanted, state), out)
            if wrong:
                raise BadFile(
                    f"{path} has no ITCH 5.0 message at byte {done + used:,} (unpacked); check the"
                    " file and --format."
                )
            _refuse(state, symbol, path)
            rest, done = text[used:], done + used
            if count:
                yield ev.up_to(out, count)
        if rest:
            raise BadFile(
                f"{path} breaks off within a message at byte {done:,} (unpacked); fetch it again."
            )
    if state[LOCATE] < 0:
        raise unknown("symbol", symbol, (), ", ".join(path.name for path in paths))
    skipped["of_another_symbol"] += int(state[OTHERS])


LOCATE, OTHERS, SECOND = 0, 1, 2
"""State: the symbol's number of the day (−1: not met yet, 0: any), messages of others, and 1 where
a second symbol was met though none was chosen."""


def _refuse(state: NDArray[np.int64], symbol: str, path: Path) -> None:
    if state[SECOND] and not symbol:
        raise BadFile(f"{path} holds more than one symbol; say which with --symbol.")


WHAT, ORDER_AT, QUANTITY_AT, PRICE_AT, SIDE_AT, FLAGS = 0, 1, 2, 3, 4, 5
LAYOUT = {
    "A": (ev.ADD, 11, 20, 32, 19, ev.END),
    "F": (ev.ADD, 11, 20, 32, 19, ev.END | ev.NAMED),
    "P": (ev.HIDDEN, 11, 20, 32, 19, ev.END),
    "E": (ev.FILL, 11, 19, 0, 0, ev.END),
    "C": (ev.FILL, 11, 19, 32, 0, ev.END),
    "X": (ev.CANCEL, 11, 19, 0, 0, ev.END),
    "D": (ev.DELETE, 11, 0, 0, 0, ev.END),
    "U": (ev.DELETE, 11, 0, 0, 0, ev.REPLACED),
    "Q": (ev.CROSS, 0, 0, 27, 0, ev.END),
    "H": (ev.STATUS, 0, 0, 0, 0, ev.END),
}
"""Of each type that is read: what it is, where its numbers begin (0: it has none), its flags."""


def _layout() -> NDArray[np.int64]:
    """By a message's first byte; what is not read is −1."""
    made = np.full((256, 6), -1, dtype=np.int64)
    for letter, row in LAYOUT.items():
        made[ord(letter)] = row
    return made


@compiled_within
def big(text: Bytes, at: int, count: int) -> int:
    """An integer of so many bytes, the largest first."""
    # Without a sign a place needs no look whether it counts from the end: one load, not eight.
    place, value = np.uint64(at), 0
    for k in range(count):
        value = (value << 8) | text[place + np.uint64(k)]
    return value


@compiled_within
def stated(text: Bytes, at: int, offset: int, count: int) -> int:
    """A number of a message, 0 where it has none; read in any case, since that is faster."""
    return big(text, at + offset, count) * (offset > 0)


@compiled_within
def replaced(text: Bytes, at: int, out: Events, row: int) -> None:
    """Another order comes in the place of one that goes; its side is that of the first."""
    out.time[row], out.order[row] = out.time[row - 1], big(text, at + 19, 8)
    out.kind[row], out.side[row], out.flags[row] = ev.ADD, 0, ev.REPLACED | ev.END
    out.quantity[row], out.price[row] = big(text, at + 27, 4), big(text, at + 31, 4)


@compiled_within
def of_symbol(text: Bytes, at: int, wanted: Bytes, state: NDArray[np.int64]) -> bool:
    """Whether a message is of the symbol; its directory tells its number of the day."""
    locate = big(text, at + 1, 2)
    if locate == state[LOCATE] and locate > 0:
        return True
    if text[at] == 82 and state[LOCATE] < 0:
        same = True
        for k in range(8):
            same &= text[at + 11 + k] == wanted[k]
        if same:
            state[LOCATE] = locate
    comes = text[at] in (65, 70, 80)
    if state[LOCATE] == 0 and comes:
        state[LOCATE] = locate
    if locate == state[LOCATE]:
        return True
    state[SECOND] |= comes
    state[OTHERS] += state[LOCATE] > 0
    return False


@compiled
def messages(
    text: Bytes,
    lengths: NDArray[np.int64],
    layout: NDArray[np.int64],
    asked: tuple[Bytes, NDArray[np.int64]],
    out: Events,
) -> tuple[int, int, bool]:
    """Events written, bytes used, and whether a message that is none begins there."""
    at, count, end = 2, 0, text.shape[0]
    wanted, state = asked
    while at < end:
        length, kind = big(text, at - 2, 2), text[at]
        if length == 0 or lengths[kind] != length:
            return count, at - 2, True
        if at + length > end:
            break
        what = layout[kind, WHAT]
        if of_symbol(text, at, wanted, state) and what >= 0:
            out.time[count], out.kind[count] = big(text, at + 5, 6), what
            out.order[count] = stated(text, at, layout[kind, ORDER_AT], 8)
            out.quantity[count] = stated(text, at, layout[kind, QUANTITY_AT], 4)
            out.price[count] = stated(text, at, layout[kind, PRICE_AT], 4)
            side = layout[kind, SIDE_AT]
            out.side[count] = (1 if text[at + side] == 66 else -1) * (side > 0)
            out.flags[count] = layout[kind, FLAGS]
            if kind == 85:
                count += 1
                replaced(text, at, out, count)
            elif kind == 67:
                out.flags[count] |= ev.UNPRINTED * (text[at + 31] == 78)
            elif kind == 81:
                out.quantity[count] = big(text, at + 11, 8)
            count += 1
        at += 2 + length
    return count, at - 2, False
