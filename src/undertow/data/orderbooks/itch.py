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

TIME, KIND, SIDE, ORDER, PRICE, QUANTITY, FLAGS = 0, 1, 2, 3, 4, 5, 6


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
    state = np.array((-1 if symbol else 0, 0, 0), dtype=np.int64)
    for path in paths:
        rest, done = b"", 0
        for block in blocks(path):
            text = rest + block
            raw = np.frombuffer(text, dtype=np.uint8)
            out = np.empty((len(text) // SHORTEST * MOST + MOST, 7), dtype=np.int64)
            count, used, wrong = messages(raw, lengths, wanted, state, out)
            if wrong:
                raise BadFile(
                    f"{path} has no ITCH 5.0 message at byte {done + used:,} (unpacked); check the"
                    " file and --format."
                )
            _refuse(state, symbol, path)
            rest, done = text[used:], done + used
            if count:
                yield _events(out[:count])
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


@compiled_within
def big(text: Bytes, at: int, count: int) -> int:
    """An integer of so many bytes, the largest first."""
    value = 0
    for k in range(count):
        value = (value << 8) | int(text[at + k])
    return value


@compiled_within
def told(text: Bytes, at: int, row: NDArray[np.int64]) -> None:
    """What a message about an order says, into a row; its type is the byte at `at`."""
    kind = text[at]
    row[TIME], row[ORDER], row[SIDE] = big(text, at + 5, 6), big(text, at + 11, 8), 0
    row[PRICE], row[QUANTITY], row[FLAGS] = 0, 0, ev.END
    if kind in (65, 70, 80):
        row[KIND] = ev.HIDDEN if kind == 80 else ev.ADD
        row[SIDE] = 1 if text[at + 19] == 66 else -1
        row[QUANTITY], row[PRICE] = big(text, at + 20, 4), big(text, at + 32, 4)
        row[FLAGS] |= ev.NAMED * (kind == 70)
    elif kind in (69, 67):
        row[KIND], row[QUANTITY] = ev.FILL, big(text, at + 19, 4)
        row[PRICE] = big(text, at + 32, 4) if kind == 67 else 0
        row[FLAGS] |= ev.UNPRINTED * (kind == 67 and text[at + 31] == 78)
    elif kind == 88:
        row[KIND], row[QUANTITY] = ev.CANCEL, big(text, at + 19, 4)
    elif kind == 68:
        row[KIND] = ev.DELETE
    elif kind == 81:
        row[KIND], row[ORDER] = ev.CROSS, 0
        row[QUANTITY], row[PRICE] = big(text, at + 11, 8), big(text, at + 27, 4)
    else:
        row[KIND], row[ORDER] = ev.STATUS, 0


@compiled_within
def replaced(text: Bytes, at: int, rows: NDArray[np.int64]) -> None:
    """An order goes, and another comes in its place; its side is that of the first."""
    old, new = rows[0], rows[1]
    old[TIME] = new[TIME] = big(text, at + 5, 6)
    old[KIND], old[ORDER], old[SIDE] = ev.DELETE, big(text, at + 11, 8), 0
    old[PRICE], old[QUANTITY], old[FLAGS] = 0, 0, ev.REPLACED
    new[KIND], new[ORDER], new[SIDE] = ev.ADD, big(text, at + 19, 8), 0
    new[QUANTITY], new[PRICE] = big(text, at + 27, 4), big(text, at + 31, 4)
    new[FLAGS] = ev.REPLACED | ev.END


@compiled_within
def of_symbol(text: Bytes, at: int, wanted: Bytes, state: NDArray[np.int64]) -> bool:
    """Whether a message is of the symbol; its directory tells its number of the day."""
    locate = big(text, at + 1, 2)
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
    wanted: Bytes,
    state: NDArray[np.int64],
    out: NDArray[np.int64],
) -> tuple[int, int, bool]:
    """Events written, bytes used, and whether a message that is none begins there."""
    at, count, end = 0, 0, text.shape[0]
    while at + 2 < end:
        length, kind = big(text, at, 2), text[at + 2]
        if length == 0 or lengths[kind] != length:
            return count, at, True
        if at + 2 + length > end:
            break
        if of_symbol(text, at + 2, wanted, state):
            if kind == 85:
                replaced(text, at + 2, out[count : count + 2])
                count += 2
            elif kind in (65, 67, 68, 69, 70, 72, 80, 81, 88):
                told(text, at + 2, out[count])
                count += 1
        at += 2 + length
    return count, at, False


def _events(rows: NDArray[np.int64]) -> Events:
    time, kind, side, order, price, quantity, flags = np.ascontiguousarray(rows.T)
    return Events(
        time=time,
        kind=kind.astype(np.uint8),
        side=side.astype(np.int8),
        order=order,
        price=price,
        quantity=quantity,
        flags=flags.astype(np.uint8),
        ladder=ev.no_ladder(len(rows)),
    )
