"""Records of DBN that show price levels, or trades alone: what each says of the book."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from undertow.core import events as ev
from undertow.core.compiled import compiled
from undertow.core.events import Events

WORDS, PER_LEVEL, CELLS = 6, 4, 4
"""Words of eight bytes before the levels, and of each level; cells of a level of the ladder."""
PRICE, WHAT, RECEIVED = 2, 3, 4
"""Words of a record; that in the middle has size, action, side and flags."""
NOWHERE = (1 << 63) - 1
"""A price that is none."""
PICTURE, DOUBTED = 32, 4
"""Bits of a record's flags: part of a snapshot, and of a book that may not be whole."""


@dataclass(frozen=True, slots=True)
class Schema:
    """One kind of record.

    type: the byte that tells it;  levels: of each side that it has
    shows: when the book is shown
    """

    name: str
    type: int
    levels: int
    shows: ev.Shows = "always"

    @property
    def words(self) -> int:
        """Eight bytes each, of a record."""
        return WORDS + PER_LEVEL * self.levels


SCHEMAS = {
    1: Schema("mbp-1", 1, 1),
    2: Schema("mbp-10", 10, 10),
    3: Schema("tbbo", 1, 1, "at_trades"),
    4: Schema("trades", 0, 0, "never"),
}
"""By their number in the metadata."""


def shown(words: NDArray[np.int64], schema: Schema) -> tuple[Events, int]:
    """The events of some records, and how many are of a book that may be wrong.

    A quote that comes with its trade stands before it: two events a record.
    """
    each = 1 + (schema.shows == "at_trades")
    out = ev.room(each * len(words))
    out = out._replace(
        ladder=np.empty((each * len(words), CELLS * max(schema.levels, 1)), dtype=np.int64)
    )
    return out, levelled(words, schema.levels, each, out)


@compiled
def levelled(words: NDArray[np.int64], levels: int, each: int, out: Events) -> int:
    """Fill the columns; how many records are of a book that may be wrong."""
    doubted = 0
    for row in range(words.shape[0]):
        what, last = words[row, WHAT], row * each + each - 1
        action, side, flags = (what >> 32) & 255, (what >> 40) & 255, (what >> 48) & 255
        doubted += flags & DOUBTED > 0
        for to in range(row * each, last + 1):
            out.time[to], out.order[to], out.kind[to] = words[row, RECEIVED], 0, ev.NOTHING
            out.side[to] = out.price[to] = out.quantity[to] = 0
            out.flags[to] = ev.END
            out.ladder[to, 0], out.ladder[to, 1] = ev.NO_PRICE, 0
            out.ladder[to, 2], out.ladder[to, 3] = -ev.NO_PRICE, 0
            for level in range(levels):
                at, cell = WORDS + PER_LEVEL * level, CELLS * level
                bid, ask, sizes = words[row, at], words[row, at + 1], words[row, at + 2]
                held, offered = sizes & 0xFFFFFFFF, (sizes >> 32) & 0xFFFFFFFF
                is_bid, is_ask = bid != NOWHERE and held > 0, ask != NOWHERE and offered > 0
                out.ladder[to, cell] = ask if is_ask else ev.NO_PRICE
                out.ladder[to, cell + 1] = offered if is_ask else 0
                out.ladder[to, cell + 2] = bid if is_bid else -ev.NO_PRICE
                out.ladder[to, cell + 3] = held if is_bid else 0
        if flags & PICTURE:
            continue
        size, price = what & 0xFFFFFFFF, words[row, PRICE]
        out.side[last] = (side == 66) - (side == 65)
        out.price[last] = price if price != NOWHERE else 0
        if action == 84:
            out.kind[last], out.quantity[last] = ev.TRADE, size
        elif action == 82:
            out.kind[last] = ev.CLEAR
        elif action in (65, 67, 77):
            out.kind[last], out.quantity[last] = ev.LEVEL, size * (action == 67)
        else:
            out.kind[last] = ev.STATUS
    return doubted
