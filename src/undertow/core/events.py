"""Messages of an order book as arrays: the layout that all feeds are read into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

PerEvent: TypeAlias = Annotated[NDArray[np.int64], "event"]
KindPerEvent: TypeAlias = Annotated[NDArray[np.uint8], "event"]
SidePerEvent: TypeAlias = Annotated[NDArray[np.int8], "event"]
RowPerEvent: TypeAlias = Annotated[NDArray[np.int64], "event column"]

ADD = 0
"""An order is new: side, order, price, quantity."""
CANCEL = 1
"""An order loses so much by the will of its owner; a DELETE if that is all it has left."""
DELETE = 2
"""An order goes by the will of its owner, whatever is left of it."""
FILL = 3
"""An order that stands in the book loses so much in a trade."""
HIDDEN = 4
"""A trade with an order that the book does not show."""
CROSS = 5
"""A trade of an auction."""
STATUS = 6
"""Trading halts, resumes, or its phase changes."""
TRADE = 7
"""A print; side is the aggressor's. The book is changed by other messages."""
LEVEL = 8
"""All that stands at a price of a side is so much now (0: nothing)."""
CLEAR = 9
"""Nothing stands in the book now."""
MODIFY = 10
"""An order has this side, price and quantity now."""
EXECUTED = 11
"""An order was hit by so much; the message that takes it from the book is still to come."""
LEFT = 12
"""An order has so much left; what went was filled if FLAG_FILLED, else cancelled."""
QUOTE = 13
"""The best price of a side, and what stands there, as the feed itself says it."""
KINDS = 14
NOTHING = 99
"""A message that is passed over."""
NO_PRICE = 9_999_999_999
"""Price of an ask that a ladder does not have, as LOBSTER writes it; the bid's has a minus."""

END = 1
"""Flag: the last message of what happened at once; the book between them was never seen."""
SNAPSHOT = 2
"""Flag: part of a picture of the book, not something that somebody did."""
NAMED = 4
"""Flag: the order names its market maker."""
FILLED = 8
"""Flag of LEFT and DELETE: what went was traded."""
REPLACED = 16
"""Flag of DELETE and ADD: the order goes on under another name."""
REMAINDER = 32
"""Flag of LEFT: an order that is not in the book comes into it with what it has left."""
UNPRINTED = 64
"""Flag of FILL: it is part of a trade that is printed elsewhere, such as an auction's."""

BookKind: TypeAlias = Literal["orders", "levels", "ladder"]
Shows: TypeAlias = Literal["always", "at_trades", "never"]


class Events(NamedTuple):
    """A block of messages in file order, one array a column.

    time: ns since 1970 UTC, or since midnight where the feed names no day
    side: +1 bid, −1 ask, 0 neither;  price, quantity: whole units of the feed
    ladder: the book after each message (ask, quantity, bid, quantity, level by level), no column
    where the feed does not write it
    """

    time: PerEvent
    kind: KindPerEvent
    side: SidePerEvent
    order: PerEvent
    price: PerEvent
    quantity: PerEvent
    flags: KindPerEvent
    ladder: RowPerEvent


@dataclass(frozen=True, slots=True)
class About:
    """What a feed says of itself before its first message.

    price_unit: money per whole unit of price;  quantity_unit: per whole unit of quantity
    book: what the messages speak of;  levels: how many a side the file holds, 0 if all
    purge_ns: how long a book may stay crossed before the older touching order is taken out, 0 if
    for ever;  day: of the times, None if they count from 1970
    prints: trades are told by messages of their own (TRADE), else by what they take from the book
    opens_with_a_trade: what comes before the first trade is an auction's, and weighs nothing
    takers_stand: orders that took are among the orders and cannot be told from makers
    shows: when the file shows its book
    """

    format: str
    symbol: str
    price_unit: float
    quantity_unit: float
    book: BookKind
    levels: int = 0
    day: date | None = None
    purge_ns: int = 0
    prints: bool = False
    opens_with_a_trade: bool = False
    takers_stand: bool = False
    shows: Shows = "always"

    @property
    def tells_cancels(self) -> bool:
        """Whether what leaves the book by its owner's will is told from what is traded."""
        return self.book == "orders" or not self.prints


def no_ladder(count: int) -> RowPerEvent:
    """The ladder of a feed that does not write one."""
    return np.empty((count, 0), dtype=np.int64)


def room(count: int) -> Events:
    """Columns for so many messages, not yet filled, of a feed that writes no ladder."""
    time, order, price, quantity = (np.empty(count, dtype=np.int64) for _ in range(4))
    kind, flags = (np.empty(count, dtype=np.uint8) for _ in range(2))
    side = np.empty(count, dtype=np.int8)
    return Events(time, kind, side, order, price, quantity, flags, no_ladder(count))


def up_to(made: Events, count: int) -> Events:
    """The first so many messages of a block."""
    time, kind, side, order, price, quantity, flags, ladder = made
    return Events(
        time[:count], kind[:count], side[:count], order[:count], price[:count], quantity[:count],
        flags[:count], ladder[:count],
    )  # fmt: skip
