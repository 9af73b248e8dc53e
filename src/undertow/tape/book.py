"""How a book lies in one array of whole numbers: counters, sizes, levels, orders."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from undertow.tape.seen import SECOND

Book: TypeAlias = Annotated[NDArray[np.int64], "number"]

NEXT, ROW, LIVE, MET, CROSSED_SINCE, PURGED, UNKNOWN, TWICE_BORN = range(8)
BIDS, ASKS, CLOSED, NAMES, DEEP, SLOTS, QUOTED = range(8, 15)
SIDE_BEFORE, LEFT, PLACED, NAMES_AT, ORDERS_AT = range(19, 24)
"""Counters. CLOSED is 1 until the first trade where a feed opens with one; NAMES from the first
order on that names its maker, and then no other is one; DEEP and SLOTS: room for levels of a side
and for orders; from QUOTED on stand the best bid, what it is for, the best ask and what it is for,
as the feed says them (0: it says none). SIDE_BEFORE: of the message before; LEFT: the place that an
order left last; PLACED: places that were ever taken; NAMES_AT and ORDERS_AT: where they begin."""

SIZES, SIZES_AT = 1 << 14, 32
ON_BID, ON_ASK, NEAR, ENDED, SHORT = 0, 1, 2, 3, 4
FEWEST, BRIEF = 20, 5 * SECOND
"""Orders of one size that are needed to judge it, and the life that is short for a maker's."""

LEVELS_AT = SIZES_AT + 5 * SIZES
KEY, HELD, MAKERS = 0, 1, 2
LEVEL = 3
"""A level's price (minus it for asks, so that the best is the largest), all of it, and makers'."""

ID, AT_PRICE, LEFT_OVER, BORN, SEQUENCE, HIT, IS_MAKER = 0, 1, 2, 3, 4, 5, 6
WIDE = 8
"""Numbers of an order, and one to spare: a line of the cache. LEFT_OVER is negative for asks and 0
in a free place, where ID is the next free one; HIT was executed and is still in the book."""
MIXER = 0x9E3779B97F4A7C1
"""Spreads ids and sizes over their tables."""
HALF, PLACES = 32, (1 << 32) - 1
"""A name is the upper half of a mixed id, and below it the place of the order; 0 is none. Names are
small and places are taken again at once, so that what is looked for is near."""


def empty_book(deep: int, slots: int) -> Book:
    """A book with room for so many levels of a side and, half of them, orders."""
    names = LEVELS_AT + 2 * LEVEL * deep
    numbers = names + slots + WIDE * (slots // 2 + 1)
    made = np.zeros(numbers + WIDE, dtype=np.int64)
    begin = -(made.__array_interface__["data"][0] // made.itemsize) % WIDE
    made = made[begin : begin + numbers]
    made[DEEP], made[SLOTS], made[NAMES_AT], made[ORDERS_AT] = deep, slots, names, names + slots
    return made


def larger_book(old: Book, deep: int, slots: int) -> Book:
    """The same with more room."""
    new, before = empty_book(deep, slots), int(old[DEEP])
    room = new[[DEEP, SLOTS, NAMES_AT, ORDERS_AT]]
    new[:LEVELS_AT] = old[:LEVELS_AT]
    new[[DEEP, SLOTS, NAMES_AT, ORDERS_AT]] = room
    for side in range(2):
        ours, theirs = (LEVELS_AT + LEVEL * side * levels for levels in (deep, before))
        new[ours : ours + LEVEL * before] = old[theirs : theirs + LEVEL * before]
    orders, at = old[old[ORDERS_AT] :], int(new[ORDERS_AT])
    new[at : at + len(orders)] = orders
    _name(new, orders.reshape(-1, WIDE))
    return new


def _name(book: Book, orders: NDArray[np.int64]) -> None:
    """Note where all orders stand in a book that knows no names; each takes the next free slot."""
    places = np.flatnonzero(orders[:, LEFT_OVER])
    names = ((orders[places, ID] * MIXER >> HALF) << HALF) | places
    last, begin = int(book[SLOTS]) - 1, int(book[NAMES_AT])
    slots = names >> HALF & last
    while len(names):
        free = np.flatnonzero(book[begin + slots] == 0)
        taken, first = np.unique(slots[free], return_index=True)
        book[begin + taken] = names[free[first]]
        rest = np.ones(len(names), dtype=bool)
        rest[free[first]] = False
        names, slots = names[rest], (slots[rest] + 1) & last
