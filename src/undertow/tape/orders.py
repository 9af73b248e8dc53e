"""Replay of a feed of orders, or of price levels: the book is kept, and seen after each message.

Orders live in an open-addressed table, levels in two arrays sorted by price with the best one at
the end, so that what happens near the touch moves little. Both hold what is alive and no more.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from undertow.core.compiled import compiled, compiled_within
from undertow.core.events import (
    ADD,
    CANCEL,
    CLEAR,
    DELETE,
    END,
    EXECUTED,
    FILL,
    FILLED,
    LEFT,
    LEVEL,
    MODIFY,
    NAMED,
    QUOTE,
    REMAINDER,
    REPLACED,
    SNAPSHOT,
    TRADE,
    Events,
)
from undertow.tape.seen import (
    ASK,
    ASK_QUANTITY,
    AT,
    BETWEEN,
    BID,
    BID_QUANTITY,
    CROSSED,
    FLAGS,
    GONE,
    KIND,
    NEW,
    NOTHING,
    ONE_SIDED,
    OPEN,
    PLACE,
    PRICE,
    S_ASK,
    S_ASK_10,
    S_ASK_50,
    S_ASK_MAKERS,
    S_ASK_TEN,
    S_ASK_TOUCH,
    S_BID,
    SECOND,
    SIDE,
    STATE,
    TIME,
    USED,
    Counters,
    Sampled,
    Seen,
)

Orders: TypeAlias = Annotated[NDArray[np.int64], "slot column"]
Levels: TypeAlias = Annotated[NDArray[np.int64], "side level column"]
Sizes: TypeAlias = Annotated[NDArray[np.int32], "size column"]

ID, AT_PRICE, LEFT_OVER, BORN, SEQUENCE, HIT, IS_MAKER = 0, 1, 2, 3, 4, 5, 6
ORDER_COLUMNS = 7
"""LEFT_OVER is negative for asks and 0 in a free slot; HIT was executed and is still in the book."""

KEY, HELD, MAKERS = 0, 1, 2
"""A level's price (minus it for asks, so that the best is the largest), all of it, and makers'."""

NEXT, ROW, LIVE, MET, CROSSED_SINCE, PURGED, UNKNOWN, TWICE_BORN, BIDS, ASKS, CLOSED, QUOTED = (
    range(12)
)
COUNTERS = 16
"""CLOSED is 1 until the first trade where a feed opens with one; from QUOTED on stand the best bid,
what it is for, the best ask and what it is for, as the feed says them (0: it says none)."""

SIZES = 1 << 14
ON_BID, ON_ASK, NEAR, ENDED, SHORT = 0, 1, 2, 3, 4
FEWEST, BRIEF = 20, 5 * SECOND
"""Orders of one size that are needed to judge it, and the life that is short for a maker's."""


class Book(NamedTuple):
    """What stands in the book, and what is known of the sizes of orders."""

    orders: Orders
    levels: Levels
    sizes: Sizes
    counters: Counters


@compiled_within
def slot_of(orders: Orders, order: int) -> int:
    """Where an order stands, or the free slot where it would."""
    last = orders.shape[0] - 1
    at = (order * 0x9E3779B97F4A7C1) >> 20 & last
    while orders[at, LEFT_OVER] != 0 and orders[at, ID] != order:
        at = (at + 1) & last
    return at


@compiled_within
def forget(orders: Orders, at: int) -> None:
    """Free a slot, and move up those that were pushed on by it."""
    last = orders.shape[0] - 1
    gap, look = at, at
    while True:
        look = (look + 1) & last
        if orders[look, LEFT_OVER] == 0:
            break
        home = (orders[look, ID] * 0x9E3779B97F4A7C1) >> 20 & last
        if (look - home) & last >= (look - gap) & last:
            orders[gap, :] = orders[look, :]
            gap = look
    orders[gap, LEFT_OVER] = 0


@compiled_within
def level_of(levels: Levels, side: int, count: int, key: int) -> int:
    """The first level of a side that is not below a key; looked for from the best one down."""
    low, high, step = count, count, 1
    while low > 0 and levels[side, low - 1, KEY] >= key:
        high = low - 1
        low = max(low - step, 0)
        step *= 2
    while low < high:
        middle = (low + high) >> 1
        if levels[side, middle, KEY] < key:
            low = middle + 1
        else:
            high = middle
    return low


@compiled_within
def change(book: Book, side: int, price: int, more: int, makers: int) -> None:
    """So much more (less) stands at a price; side 0 is the bid's, 1 the ask's."""
    levels, counters = book.levels, book.counters
    count = counters[BIDS + side]
    key = price if side == 0 else -price
    at = level_of(levels, side, count, key)
    if at < count and levels[side, at, KEY] == key:
        levels[side, at, HELD] += more
        levels[side, at, MAKERS] += makers
        if levels[side, at, HELD] <= 0:
            for k in range(at, count - 1):
                levels[side, k, :] = levels[side, k + 1, :]
            counters[BIDS + side] = count - 1
    elif more > 0:
        for k in range(count, at, -1):
            levels[side, k, :] = levels[side, k - 1, :]
        levels[side, at, KEY], levels[side, at, HELD] = key, more
        levels[side, at, MAKERS] = makers
        counters[BIDS + side] = count + 1


@compiled_within
def cluster(quantity: int) -> int:
    """Where what is known of orders of this size stands; few sizes share a place."""
    return (quantity * 0x9E3779B97F4A7C1) >> 24 & (SIZES - 1)


@compiled_within
def makes(book: Book, side: int, price: int, quantity: int) -> bool:
    """Whether orders of this size have so far behaved like a market maker's, and note one more.

    Two-sided (a fifth on the lesser side), half of them within 10 bp, half gone within 5 s.
    """
    sizes, counters, levels = book.sizes, book.counters, book.levels
    at = cluster(quantity)
    bids, asks = sizes[at, ON_BID], sizes[at, ON_ASK]
    met = bids + asks
    judged = met >= FEWEST and 5 * min(bids, asks) >= met and 2 * sizes[at, NEAR] >= met
    sizes[at, side] += 1
    if counters[BIDS] > 0 and counters[ASKS] > 0:
        twice = levels[0, counters[BIDS] - 1, KEY] - levels[1, counters[ASKS] - 1, KEY]
        sizes[at, NEAR] += 1e4 * abs(2.0 * price - twice) <= 10.0 * twice
    ended = sizes[at, ENDED]
    return judged and 2 * ended >= met and 2 * sizes[at, SHORT] >= ended


@compiled_within
def born(book: Book, i: int, events: Events, row: Seen) -> None:
    """An order comes into the book."""
    orders, counters = book.orders, book.counters
    quantity, price = events.quantity[i], events.price[i]
    side = 0 if events.side[i] > 0 else 1
    at = slot_of(orders, events.order[i])
    if orders[at, LEFT_OVER] != 0:
        counters[TWICE_BORN] += 1
        drop(book, at)
        at = slot_of(orders, events.order[i])
    named = events.flags[i] & NAMED != 0
    is_maker = makes(book, side, price, quantity) or named
    orders[at, ID], orders[at, AT_PRICE] = events.order[i], price
    orders[at, LEFT_OVER] = quantity if side == 0 else -quantity
    orders[at, BORN], orders[at, SEQUENCE] = events.time[i], counters[MET]
    orders[at, HIT], orders[at, IS_MAKER] = 0, is_maker
    counters[LIVE] += 1
    change(book, side, price, quantity, quantity if is_maker else 0)
    row[KIND], row[PLACE], row[NEW] = ADD, price, quantity
    row[FLAGS] = (row[FLAGS] & ~NAMED) | (NAMED if is_maker else 0)


@compiled_within
def drop(book: Book, at: int) -> None:
    """An order leaves the book whole."""
    take(book, at, abs(book.orders[at, LEFT_OVER]))


@compiled_within
def take(book: Book, at: int, quantity: int) -> None:
    """An order in the book loses so much, at most what it has."""
    orders = book.orders
    held = orders[at, LEFT_OVER]
    side = 0 if held > 0 else 1
    makers = quantity if orders[at, IS_MAKER] else 0
    change(book, side, orders[at, AT_PRICE], -quantity, -makers)
    if quantity < abs(held):
        orders[at, LEFT_OVER] = held - quantity if side == 0 else held + quantity
        return
    forget(orders, at)
    book.counters[LIVE] -= 1


@compiled_within
def ended(book: Book, at: int, now: int) -> None:
    """Note how long an order lived that leaves the book."""
    size = cluster(abs(book.orders[at, LEFT_OVER]))
    book.sizes[size, ENDED] += 1
    book.sizes[size, SHORT] += now - book.orders[at, BORN] < BRIEF


@compiled_within
def lessened(book: Book, at: int, quantity: int, now: int, row: Seen) -> None:
    """An order loses so much; what was hit before is a fill, the rest is what the row says."""
    orders = book.orders
    held = abs(orders[at, LEFT_OVER])
    gone = min(quantity, held)
    hit = orders[at, HIT]
    if hit > 0:
        orders[at, HIT] = max(hit - gone, 0)
        row[KIND] = FILL
    row[PLACE] = orders[at, AT_PRICE]
    if row[KIND] != FILL or row[PRICE] == 0:
        row[PRICE] = orders[at, AT_PRICE]
    row[SIDE] = 1 if orders[at, LEFT_OVER] > 0 else -1
    row[GONE] = gone
    row[FLAGS] = (row[FLAGS] & ~NAMED) | (NAMED if orders[at, IS_MAKER] else 0)
    if gone == held:
        ended(book, at, now)
    take(book, at, gone)


@compiled_within
def altered(book: Book, i: int, events: Events, row: Seen) -> None:
    """An order has another price or quantity now: part of it goes, more comes, or it moves."""
    orders = book.orders
    at = slot_of(orders, events.order[i])
    price, quantity = events.price[i], events.quantity[i]
    held, hit = abs(orders[at, LEFT_OVER]), orders[at, HIT]
    if price == orders[at, AT_PRICE] and quantity < held:
        row[KIND] = MODIFY
        lessened(book, at, held - quantity, events.time[i], row)
        return
    row[KIND], row[PRICE], row[PLACE] = MODIFY, orders[at, AT_PRICE], price
    is_maker = orders[at, IS_MAKER] != 0
    row[FLAGS] = (row[FLAGS] & ~NAMED) | (NAMED if is_maker else 0)
    side = 0 if orders[at, LEFT_OVER] > 0 else 1
    moves = price != orders[at, AT_PRICE]
    row[GONE] = held if moves else 0
    row[NEW] = quantity if moves else quantity - held
    if moves:
        change(book, side, orders[at, AT_PRICE], -held, -held if is_maker else 0)
    change(book, side, price, row[NEW], row[NEW] if is_maker else 0)
    orders[at, AT_PRICE], orders[at, HIT] = price, hit
    orders[at, LEFT_OVER] = quantity if side == 0 else -quantity


@compiled_within
def levelled(book: Book, i: int, events: Events, row: Seen) -> None:
    """A price of a side has so much now."""
    side = 0 if events.side[i] > 0 else 1
    price, counters, levels = events.price[i], book.counters, book.levels
    key = price if side == 0 else -price
    at = level_of(levels, side, counters[BIDS + side], key)
    found = at < counters[BIDS + side] and levels[side, at, KEY] == key
    more = events.quantity[i] - (levels[side, at, HELD] if found else 0)
    change(book, side, price, more, 0)
    row[KIND], row[PRICE], row[PLACE] = LEVEL, price, price
    row[NEW], row[GONE] = max(more, 0), max(-more, 0)


@compiled_within
def known(book: Book, i: int, events: Events, row: Seen) -> None:
    """What happens to an order that should stand in the book."""
    kind, flags = events.kind[i], events.flags[i]
    at = slot_of(book.orders, events.order[i])
    held = abs(book.orders[at, LEFT_OVER])
    if held == 0:
        if kind == LEFT and flags & REMAINDER:
            born(book, i, events, row)
            return
        book.counters[UNKNOWN] += 1
        row[KIND] = NOTHING
        return
    if kind == EXECUTED:
        book.orders[at, HIT] += events.quantity[i]
        row[KIND] = NOTHING
    elif (kind == MODIFY and events.quantity[i] > 0) or (
        kind == LEFT and events.quantity[i] >= held
    ):
        altered(book, i, events, row)
    else:
        gone = events.quantity[i]
        if kind in {DELETE, MODIFY}:
            gone = held
        elif kind == LEFT:
            gone = held - gone
            row[KIND] = CANCEL
        if flags & FILLED:
            row[KIND] = FILL
        elif kind == DELETE and flags & REPLACED:
            row[KIND] = MODIFY
        lessened(book, at, gone, events.time[i], row)


@compiled_within
def applied(book: Book, i: int, events: Events, row: Seen) -> None:
    """One message does to the book what it says, and the row says what that was."""
    kind, counters = events.kind[i], book.counters
    row[TIME], row[KIND], row[SIDE] = events.time[i], kind, events.side[i]
    row[PRICE] = row[PLACE] = events.price[i]
    row[NEW], row[GONE], row[FLAGS] = 0, 0, events.flags[i]
    if kind == ADD:
        born(book, i, events, row)
    elif kind == LEVEL:
        levelled(book, i, events, row)
    elif kind == QUOTE:
        place = QUOTED if events.side[i] > 0 else QUOTED + 2
        counters[place], counters[place + 1] = events.price[i], events.quantity[i]
    elif kind == CLEAR:
        book.orders[:, LEFT_OVER] = 0
        counters[LIVE] = counters[BIDS] = counters[ASKS] = 0
    elif kind in {CANCEL, DELETE, FILL, EXECUTED, LEFT, MODIFY}:
        known(book, i, events, row)
    else:
        row[GONE] = events.quantity[i]
    if events.flags[i] & SNAPSHOT:
        row[KIND] = NOTHING
    counters[MET] += 1


@compiled_within
def state_of(book: Book) -> int:
    """Whether both sides are there, and apart."""
    bids, asks = book.counters[BIDS], book.counters[ASKS]
    if bids == 0 or asks == 0:
        return ONE_SIDED
    crossed = book.levels[0, bids - 1, KEY] >= -book.levels[1, asks - 1, KEY]
    return CROSSED if crossed else OPEN


@compiled_within
def oldest(book: Book, side: int) -> int:
    """The slot of the oldest order at the touch of a side."""
    orders, counters = book.orders, book.counters
    key = book.levels[side, counters[BIDS + side] - 1, KEY]
    price = key if side == 0 else -key
    found = -1
    for at in range(orders.shape[0]):
        if orders[at, LEFT_OVER] == 0 or (orders[at, LEFT_OVER] < 0) != (side == 1):
            continue
        is_there = orders[at, AT_PRICE] == price
        if is_there and (found < 0 or orders[at, SEQUENCE] < orders[found, SEQUENCE]):
            found = at
    return found


@compiled_within
def purge(book: Book) -> None:
    """Take out the older of the two touching orders until the book is not crossed."""
    orders = book.orders
    while state_of(book) == CROSSED:
        bid, ask = oldest(book, 0), oldest(book, 1)
        if bid < 0 or ask < 0:
            return
        drop(book, bid if orders[bid, SEQUENCE] < orders[ask, SEQUENCE] else ask)
        book.counters[PURGED] += 1


@compiled_within
def sample(book: Book, at: int, row: Sampled) -> None:
    """What stands in the book now."""
    counters, levels = book.counters, book.levels
    row[:] = 0
    row[AT], row[USED] = at, state_of(book)
    if row[USED] != OPEN:
        return
    row[S_BID] = levels[0, counters[BIDS] - 1, KEY]
    row[S_ASK] = -levels[1, counters[ASKS] - 1, KEY]
    twice = row[S_BID] + row[S_ASK]
    for side in range(2):
        count = counters[BIDS + side]
        row[S_ASK_TOUCH - 1 + side] = levels[side, count - 1, HELD]
        for k in range(count - 1, -1, -1):
            away = 1e4 * abs(2.0 * levels[side, k, KEY] - (twice if side == 0 else -twice))
            rank, held = count - 1 - k, levels[side, k, HELD]
            if rank >= 10 and away > 50.0 * twice:
                break
            row[S_ASK_TEN - 1 + side] += held * (rank < 10)
            row[S_ASK_50 - 1 + side] += held * (away <= 50.0 * twice)
            if away <= 10.0 * twice:
                row[S_ASK_10 - 1 + side] += held
                row[S_ASK_MAKERS - 1 + side] += levels[side, k, MAKERS]


@compiled_within
def touch(book: Book, row: Seen) -> None:
    """Best prices, what stands there, and the state of the book.

    Where the feed says its best prices only these messages are looked at.
    """
    counters, levels = book.counters, book.levels
    bids, asks = counters[BIDS], counters[ASKS]
    if counters[QUOTED] > 0:
        row[BID], row[BID_QUANTITY] = counters[QUOTED], counters[QUOTED + 1]
        row[ASK], row[ASK_QUANTITY] = counters[QUOTED + 2], counters[QUOTED + 3]
        if row[KIND] != QUOTE:
            row[STATE] = BETWEEN
        elif row[ASK] == 0:
            row[STATE] = ONE_SIDED
        else:
            row[STATE] = CROSSED if row[BID] >= row[ASK] else OPEN
        return
    row[STATE] = state_of(book)
    if bids > 0:
        row[BID], row[BID_QUANTITY] = levels[0, bids - 1, KEY], levels[0, bids - 1, HELD]
    if asks > 0:
        row[ASK], row[ASK_QUANTITY] = -levels[1, asks - 1, KEY], levels[1, asks - 1, HELD]


@compiled
def replay_orders(events: Events, book: Book, seen: Seen, samples: Sampled, purge_ns: int) -> None:
    """Fill `seen` and the samples that fall between these messages.

    purge_ns: how long a book may stay crossed, 0 if for ever
    """
    counters = book.counters
    for i in range(events.time.shape[0]):
        at, row = events.time[i], seen[i]
        if counters[CLOSED] == 1:
            if events.kind[i] == TRADE:
                counters[CLOSED] = 0
            counters[NEXT] = -(-at // SECOND) * SECOND
        while counters[NEXT] < at:
            sample(book, counters[NEXT], samples[counters[ROW]])
            counters[ROW] += 1
            counters[NEXT] += SECOND
        applied(book, i, events, row)
        touch(book, row)
        if purge_ns > 0:
            if row[STATE] != CROSSED:
                counters[CROSSED_SINCE] = -1
            elif counters[CROSSED_SINCE] < 0:
                counters[CROSSED_SINCE] = at
            elif at - counters[CROSSED_SINCE] > purge_ns:
                purge(book)
                touch(book, row)
                counters[CROSSED_SINCE] = -1
        if events.flags[i] & END == 0 or counters[CLOSED] == 1:
            row[STATE] = BETWEEN


@compiled
def rehashed(old: Orders, new: Orders) -> None:
    """Put all orders into another table."""
    for at in range(old.shape[0]):
        if old[at, LEFT_OVER] != 0:
            new[slot_of(new, old[at, ID]), :] = old[at, :]
