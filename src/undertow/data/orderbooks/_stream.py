"""Lines of Binance's combined stream as events: one pass over the bytes of the JSON.

A line is the recorder's time in ns, then one object. Keys are told by their first letter and
length, which is enough for the few objects that the stream has.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from undertow.core.compiled import compiled, compiled_within
from undertow.data.orderbooks._cells import Bytes

Found: TypeAlias = Annotated[NDArray[np.int64], "event column"]
Lines: TypeAlias = Annotated[NDArray[np.int64], "line column"]

SIDE, PRICE, QUANTITY = 0, 1, 2
TIME, WHAT, FIRST, LAST, BEFORE, EVENTS, SYMBOL, EXCHANGE, ODD = range(9)
LINE_COLUMNS = 9
"""Of a line: its time, what it is, U, u, pu, where its events begin, its symbol as a number, the
exchange's time in ms, and whether it is a trade of another kind than MARKET."""

OTHER, DIFF, PICTURE, QUOTE, TRADE = 0, 1, 2, 3, 4
PLACES = 8
MOST = 1 << 62
"""A number that is larger cannot be one."""


@compiled_within
def number(text: Bytes, at: int, places: int) -> tuple[int, int]:
    """A number written at a place, in units of 10^−places, and where it ends; −1 if it is none."""
    value, seen, begin = 0, -1, at
    while True:
        c = text[at]
        if 48 <= c <= 57:
            if seen < 0 or seen < places:
                value = value * 10 + (c - 48)
                seen += seen >= 0
            elif c != 48:
                return -1, at
        elif c == 46 and seen < 0:
            seen = 0
        else:
            break
        at += 1
    if at == begin or value > MOST:
        return -1, at
    for _ in range(max(seen, 0), places):
        if value > MOST // 10:
            return -1, at
        value *= 10
    return value, at


@compiled_within
def levels(text: Bytes, at: int, side: int, out: Found, count: int) -> tuple[int, int]:
    """Pairs of price and quantity in a list of lists, and where it ends; −1 if one is no number."""
    depth, column = 0, PRICE
    while True:
        c = text[at]
        if c == 91:
            depth += 1
            column = PRICE
        elif c == 93:
            depth -= 1
            if depth == 0:
                return count, at + 1
            count += column > QUANTITY
        elif c == 34:
            value, at = number(text, at + 1, PLACES)
            if value < 0 or column > QUANTITY:
                return -1, at
            out[count, SIDE], out[count, column] = side, value
            column += 1
        elif c == 10:
            return -1, at
        at += 1


@compiled_within
def string(text: Bytes, at: int) -> int:
    """Where a string ends that begins at a place."""
    while text[at] != 34 and text[at] != 10:
        at += 1
    return at


@compiled
def line_of(  # noqa: C901, PLR0912, PLR0915 - one look at each key, in one loop
    text: Bytes, at: int, row: Lines, out: Found, count: int
) -> tuple[int, int]:
    """Read one line: the events there are now (−1: it is no line), and where the next begins."""
    row[:] = 0
    row[EVENTS], row[BEFORE] = count, -1
    if 48 <= text[at] <= 57:
        row[TIME], at = number(text, at, 0)
    elif text[at] != 123:
        return -1, at
    price = quantity = sign = 0
    key = length = 0
    while text[at] != 10:
        c = text[at]
        if c == 34:
            end = string(text, at + 1)
            if text[end] == 10:
                return -1, at
            if text[end + 1] == 58:
                key, length, at = text[at + 1], end - at - 1, end + 2
                continue
            if length == 1 and key in (98, 97, 66, 65, 112, 113):
                value, stop = number(text, at + 1, PLACES)
                if value < 0 or stop != end:
                    return -1, at
                if key == 112:
                    price = value
                elif key == 113:
                    quantity = value
                else:
                    side = 1 if key in (98, 66) else -1
                    place = count if side > 0 else count + 1
                    out[place, SIDE] = side
                    out[place, PRICE if key in (98, 97) else QUANTITY] = value
                    row[WHAT] = QUOTE
            elif length == 1 and key == 115:
                for k in range(at + 1, end):
                    row[SYMBOL] = row[SYMBOL] * 131 + text[k]
            elif length == 1 and key == 88:
                row[ODD] = text[at + 1] != 77
            at = end + 1
        elif c == 91 and key in (98, 97):
            count, at = levels(text, at, 1 if key == 98 else -1, out, count)
            if count < 0:
                return -1, at
            if row[WHAT] == OTHER:
                row[WHAT] = DIFF
        elif 48 <= c <= 57:
            value, at = number(text, at, 0)
            if key == 85 and length == 1:
                row[FIRST] = value
            elif (key == 117 and length == 1) or (key == 108 and length == 12):
                row[LAST] = value
                row[WHAT] = PICTURE if key == 108 else row[WHAT]
            elif key == 112 and length == 2:
                row[BEFORE] = value
            elif key == 69 and length == 1:
                row[EXCHANGE] = value
        elif c in (116, 102) and key == 109 and length == 1:
            sign, row[WHAT] = (-1 if c == 116 else 1), TRADE
            at += 4
        else:
            at += 1
    if row[WHAT] == QUOTE:
        count += 2
    elif row[WHAT] == TRADE:
        out[count, SIDE], out[count, PRICE], out[count, QUANTITY] = sign, price, quantity
        count += 1
    return count, at + 1


@compiled
def read(text: Bytes, lines: Lines, out: Found) -> tuple[int, int, int]:
    """Read whole lines: lines and events that were read, and the byte at which a bad one begins."""
    at, rows, count, end = 0, 0, 0, text.shape[0]
    while at < end:
        found, after = line_of(text, at, lines[rows], out, count)
        if found < 0:
            return rows, count, at
        rows, count, at = rows + 1, found, after
    return rows, count, -1
