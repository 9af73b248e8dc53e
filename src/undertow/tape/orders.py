"""Replay of a feed of orders, or of price levels: the book is kept, and seen after each message.

Orders live in an open-addressed table, levels in two arrays sorted by price with the best one at
the end, so that what happens near the touch moves little. Both hold what is alive and no more.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

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
    HIDDEN,
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
    COLUMNS,
    CROSSED,
    FLAGS,
    GONE,
    KIND,
    NEW,
    NOTHING,
    ONE_SIDED,
    OPEN,
    ORDER,
    PLACE,
    PRICE,
    S_ASK,
    S_BID,
    S_BID_10,
    S_BID_50,
    S_BID_MAKERS,
    S_BID_TEN,
    S_BID_TOUCH,
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
Levels: TypeAlias = Annotated[NDArray[np.int64], "side column level"]
Sizes: TypeAlias = Annotated[NDArray[np.int32], "size column"]

ID, AT_PRICE, LEFT_OVER, BORN, SEQUENCE, HIT, IS_MAKER = 0, 1, 2, 3, 4, 5, 6
ORDER_COLUMNS = 7
"""LEFT_OVER is negative for asks and 0 in a free slot; HIT was executed and
is still in the book."""

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
            for column in range(ORDER_COLUMNS):
                orders[gap, column] = orders[look, column]
            gap = look
    orders[gap, LEFT_OVER] = 0


@compiled_within
def level_of(levels: Levels, side: int, count: int, key: int) -> int:
    """The first level of a side that is not below a key; looked for from the best one down."""
    low, high, step = count, count, 1
    while low > 0 and levels[side, KEY, low - 1] >= key:
        high = low - 1
        low = max(low - step, 0)
        step *= 2
    while low < high:
        middle = (low + high) >> 1
        if levels[side, KEY, middle] < key:
            low = middle + 1
        else:
            high = middle
    return low


@compiled_within
def change(  # noqa: PLR0913, PLR0917 - kernel
    levels: Levels, counters: Counters, side: int, price: int, more: int, makers: int
) -> None:
    """So much more (less) stands at a price; side 0 is the bid's, 1 the ask's."""
    count = counters[BIDS + side]
    key = price if side == 0 else -price
    at = level_of(levels, side, count, key)
    if at < count and levels[side, KEY, at] == key:
        levels[side, HELD, at] += more
        levels[side, MAKERS, at] += makers
        if levels[side, HELD, at] <= 0:
            for column in range(3):
                for k in range(at, count - 1):
                    levels[side, column, k] = levels[side, column, k + 1]
            counters[BIDS + side] = count - 1
    elif more > 0:
        for column in range(3):
            for k in range(count, at, -1):
                levels[side, column, k] = levels[side, column, k - 1]
        levels[side, KEY, at], levels[side, HELD, at] = key, more
        levels[side, MAKERS, at] = makers
        counters[BIDS + side] = count + 1


@compiled_within
def cluster(quantity: int) -> int:
    """Where what is known of orders of this size stands; few sizes share a place."""
    return (quantity * 0x9E3779B97F4A7C1) >> 24 & (SIZES - 1)


@compiled_within
def makes(  # noqa: PLR0913, PLR0917 - kernel
    levels: Levels, sizes: Sizes, counters: Counters, side: int, price: int, quantity: int
) -> bool:
    """Whether orders of this size have so far behaved like a market maker's, and note one more.

    Two-sided (a fifth on the lesser side), half of them within 10 bp, half gone within 5 s.
    """
    at = cluster(quantity)
    bids, asks = sizes[at, ON_BID], sizes[at, ON_ASK]
    met = bids + asks
    judged = met >= FEWEST and 5 * min(bids, asks) >= met and 2 * sizes[at, NEAR] >= met
    sizes[at, side] += 1
    if counters[BIDS] > 0 and counters[ASKS] > 0:
        twice = levels[0, KEY, counters[BIDS] - 1] - levels[1, KEY, counters[ASKS] - 1]
        sizes[at, NEAR] += 1e4 * abs(2.0 * price - twice) <= 10.0 * twice
    ended = sizes[at, ENDED]
    return judged and 2 * ended >= met and 2 * sizes[at, SHORT] >= ended


@compiled_within
def born(  # noqa: PLR0913, PLR0917 - kernel
    orders: Orders, levels: Levels, sizes: Sizes, counters: Counters, seen: Seen, i: int
) -> None:
    """An order comes into the book."""
    price, quantity, order = seen[i, PRICE], seen[i, NEW], seen[i, ORDER]
    at = slot_of(orders, order)
    if orders[at, LEFT_OVER] != 0:
        counters[TWICE_BORN] += 1
        take(orders, levels, counters, at, abs(orders[at, LEFT_OVER]))
        at = slot_of(orders, order)
    side = 0 if seen[i, SIDE] > 0 else 1
    is_maker = makes(levels, sizes, counters, side, price, quantity)
    if seen[i, FLAGS] & NAMED:
        is_maker = True
    orders[at, ID], orders[at, AT_PRICE] = order, price
    orders[at, LEFT_OVER] = quantity if side == 0 else -quantity
    orders[at, BORN], orders[at, SEQUENCE] = seen[i, TIME], counters[MET]
    orders[at, HIT], orders[at, IS_MAKER] = 0, is_maker
    counters[LIVE] += 1
    change(levels, counters, side, price, quantity, quantity if is_maker else 0)
    seen[i, KIND] = ADD
    mark(seen, i, is_maker)


@compiled_within
def mark(seen: Seen, i: int, is_maker: bool) -> None:
    """Whether the message is about a maker's order."""
    seen[i, FLAGS] = (seen[i, FLAGS] & ~NAMED) | (NAMED if is_maker else 0)


@compiled_within
def take(orders: Orders, levels: Levels, counters: Counters, at: int, quantity: int) -> None:
    """An order in the book loses so much, at most what it has."""
    held = orders[at, LEFT_OVER]
    side = 0 if held > 0 else 1
    makers = quantity if orders[at, IS_MAKER] else 0
    change(levels, counters, side, orders[at, AT_PRICE], -quantity, -makers)
    if quantity < abs(held):
        orders[at, LEFT_OVER] = held - quantity if side == 0 else held + quantity
        return
    forget(orders, at)
    counters[LIVE] -= 1


@compiled_within
def lessened(  # noqa: PLR0913, PLR0917 - kernel
    orders: Orders, levels: Levels, sizes: Sizes, counters: Counters, seen: Seen, place: int
) -> None:
    """The order at GONE's place loses what NEW says; what was hit before is a fill.

    place: row of `seen`; it holds the order's slot in GONE and the quantity in NEW
    """
    at, quantity = seen[place, GONE], seen[place, NEW]
    held, hit = abs(orders[at, LEFT_OVER]), orders[at, HIT]
    gone = min(quantity, held)
    if hit > 0:
        orders[at, HIT] = max(hit - gone, 0)
        seen[place, KIND] = FILL
    seen[place, PLACE] = orders[at, AT_PRICE]
    if seen[place, KIND] != FILL or seen[place, PRICE] == 0:
        seen[place, PRICE] = orders[at, AT_PRICE]
    seen[place, SIDE] = 1 if orders[at, LEFT_OVER] > 0 else -1
    seen[place, GONE], seen[place, NEW] = gone, 0
    mark(seen, place, orders[at, IS_MAKER] != 0)
    if gone == held:
        size = cluster(held)
        sizes[size, ENDED] += 1
        sizes[size, SHORT] += seen[place, TIME] - orders[at, BORN] < BRIEF
    take(orders, levels, counters, at, gone)


@compiled_within
def moved(orders: Orders, levels: Levels, counters: Counters, seen: Seen, i: int) -> None:
    """The order at GONE's place stands at another price, or has more than before."""
    at, price, quantity = seen[i, GONE], seen[i, PRICE], seen[i, NEW]
    held = abs(orders[at, LEFT_OVER])
    side = 0 if orders[at, LEFT_OVER] > 0 else 1
    is_maker = orders[at, IS_MAKER] != 0
    old = orders[at, AT_PRICE]
    gone = held if price != old else 0
    more = quantity if price != old else quantity - held
    if gone > 0:
        change(levels, counters, side, old, -gone, -gone if is_maker else 0)
    change(levels, counters, side, price, more, more if is_maker else 0)
    orders[at, AT_PRICE] = price
    orders[at, LEFT_OVER] = quantity if side == 0 else -quantity
    seen[i, KIND], seen[i, PRICE], seen[i, PLACE] = MODIFY, old, price
    seen[i, GONE], seen[i, NEW] = gone, more
    mark(seen, i, is_maker)


@compiled_within
def levelled(levels: Levels, counters: Counters, seen: Seen, i: int) -> None:
    """A price of a side has so much now."""
    side = 0 if seen[i, SIDE] > 0 else 1
    price = seen[i, PRICE]
    key = price if side == 0 else -price
    at = level_of(levels, side, counters[BIDS + side], key)
    found = at < counters[BIDS + side] and levels[side, KEY, at] == key
    more = seen[i, NEW] - (levels[side, HELD, at] if found else 0)
    change(levels, counters, side, price, more, 0)
    seen[i, NEW], seen[i, GONE] = max(more, 0), max(-more, 0)


@compiled_within
def known(  # noqa: C901, PLR0913, PLR0917 - kernel
    orders: Orders, levels: Levels, sizes: Sizes, counters: Counters, seen: Seen, i: int
) -> None:
    """What happens to an order that should stand in the book."""
    kind, flags, quantity = seen[i, KIND], seen[i, FLAGS], seen[i, NEW]
    at = slot_of(orders, seen[i, ORDER])
    held = abs(orders[at, LEFT_OVER])
    if held == 0:
        if kind == LEFT and flags & REMAINDER:
            born(orders, levels, sizes, counters, seen, i)
            return
        counters[UNKNOWN] += 1
        seen[i, KIND], seen[i, NEW] = NOTHING, 0
        return
    if kind == EXECUTED:
        orders[at, HIT] += quantity
        seen[i, KIND], seen[i, NEW] = NOTHING, 0
        return
    seen[i, GONE] = at
    stays = quantity > 0 and kind in (MODIFY, LEFT)
    if stays and (quantity >= held or (kind == MODIFY and seen[i, PRICE] != orders[at, AT_PRICE])):
        moved(orders, levels, counters, seen, i)
        return
    if stays:
        quantity = held - quantity
    elif kind not in (CANCEL, FILL):
        quantity = held
    if kind == LEFT:
        seen[i, KIND] = CANCEL
    if flags & FILLED:
        seen[i, KIND] = FILL
    elif kind == DELETE and flags & REPLACED:
        seen[i, KIND] = MODIFY
    if kind != FILL:
        seen[i, PRICE] = orders[at, AT_PRICE]
    seen[i, NEW] = quantity
    lessened(orders, levels, sizes, counters, seen, i)


@compiled_within
def applied(  # noqa: PLR0913, PLR0917 - kernel
    orders: Orders, levels: Levels, sizes: Sizes, counters: Counters, seen: Seen, i: int
) -> None:
    """One message does to the book what it says, and its row says what that was."""
    kind, snapshot = seen[i, KIND], seen[i, FLAGS] & SNAPSHOT
    if kind == ADD:
        born(orders, levels, sizes, counters, seen, i)
    elif kind == LEVEL:
        levelled(levels, counters, seen, i)
    elif kind == QUOTE:
        place = QUOTED if seen[i, SIDE] > 0 else QUOTED + 2
        counters[place], counters[place + 1] = seen[i, PRICE], seen[i, NEW]
        seen[i, NEW] = 0
    elif kind == CLEAR:
        orders[:, LEFT_OVER] = 0
        counters[LIVE] = counters[BIDS] = counters[ASKS] = 0
    elif kind < HIDDEN or kind in (EXECUTED, LEFT, MODIFY):
        known(orders, levels, sizes, counters, seen, i)
    else:
        seen[i, GONE], seen[i, NEW] = seen[i, NEW], 0
    if snapshot:
        seen[i, KIND] = NOTHING
    counters[MET] += 1


@compiled_within
def state_of(levels: Levels, counters: Counters) -> int:
    """Whether both sides are there, and apart."""
    bids, asks = counters[BIDS], counters[ASKS]
    if bids == 0 or asks == 0:
        return ONE_SIDED
    return CROSSED if levels[0, KEY, bids - 1] >= -levels[1, KEY, asks - 1] else OPEN


@compiled_within
def oldest(orders: Orders, levels: Levels, counters: Counters, side: int) -> int:
    """The slot of the oldest order at the touch of a side."""
    key = levels[side, KEY, counters[BIDS + side] - 1]
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
def purge(orders: Orders, levels: Levels, counters: Counters) -> None:
    """Take out the older of the two touching orders until the book is not crossed."""
    while state_of(levels, counters) == CROSSED:
        bid, ask = oldest(orders, levels, counters, 0), oldest(orders, levels, counters, 1)
        if bid < 0 or ask < 0:
            return
        at = bid if orders[bid, SEQUENCE] < orders[ask, SEQUENCE] else ask
        take(orders, levels, counters, at, abs(orders[at, LEFT_OVER]))
        counters[PURGED] += 1


@compiled_within
def sample(levels: Levels, counters: Counters, samples: Sampled) -> None:
    """What stands in the book at the moment that is due, into the next row."""
    to = counters[ROW]
    samples[to, AT], samples[to, USED] = counters[NEXT], state_of(levels, counters)
    counters[ROW] += 1
    counters[NEXT] += SECOND
    if samples[to, USED] != OPEN:
        return
    samples[to, S_BID] = levels[0, KEY, counters[BIDS] - 1]
    samples[to, S_ASK] = -levels[1, KEY, counters[ASKS] - 1]
    twice = samples[to, S_BID] + samples[to, S_ASK]
    for side in range(2):
        count, mid = counters[BIDS + side], twice if side == 0 else -twice
        samples[to, S_BID_TOUCH + side] = levels[side, HELD, count - 1]
        for k in range(count - 1, -1, -1):
            away = 1e4 * abs(2.0 * levels[side, KEY, k] - mid)
            rank, held = count - 1 - k, levels[side, HELD, k]
            if rank >= 10 and away > 50.0 * twice:
                break
            samples[to, S_BID_TEN + side] += held * (rank < 10)
            samples[to, S_BID_50 + side] += held * (away <= 50.0 * twice)
            samples[to, S_BID_10 + side] += held * (away <= 10.0 * twice)
            samples[to, S_BID_MAKERS + side] += levels[side, MAKERS, k] * (away <= 10.0 * twice)


@compiled_within
def touch(levels: Levels, counters: Counters, seen: Seen, i: int) -> None:
    """Best prices, what stands there, and the state of the book.

    Where the feed says its best prices only these messages are looked at.
    """
    bids, asks = counters[BIDS], counters[ASKS]
    if counters[QUOTED] > 0:
        bid, ask = counters[QUOTED], counters[QUOTED + 2]
        seen[i, BID], seen[i, BID_QUANTITY] = bid, counters[QUOTED + 1]
        seen[i, ASK], seen[i, ASK_QUANTITY] = ask, counters[QUOTED + 3]
        state = ONE_SIDED if ask == 0 else (CROSSED if bid >= ask else OPEN)
        seen[i, STATE] = state if seen[i, KIND] == QUOTE else BETWEEN
        return
    seen[i, STATE] = state_of(levels, counters)
    if bids > 0:
        seen[i, BID] = levels[0, KEY, bids - 1]
        seen[i, BID_QUANTITY] = levels[0, HELD, bids - 1]
    if asks > 0:
        seen[i, ASK] = -levels[1, KEY, asks - 1]
        seen[i, ASK_QUANTITY] = levels[1, HELD, asks - 1]


@compiled
def told(events: Events, seen: Seen) -> None:
    """Messages as they came, each into its row."""
    time, kind, side, order = events.time, events.kind, events.side, events.order
    price, quantity, flags = events.price, events.quantity, events.flags
    for i in range(time.shape[0]):
        for column in range(COLUMNS):
            seen[i, column] = 0
        seen[i, TIME], seen[i, KIND], seen[i, SIDE] = time[i], kind[i], side[i]
        seen[i, ORDER], seen[i, NEW], seen[i, FLAGS] = order[i], quantity[i], flags[i]
        seen[i, PRICE] = seen[i, PLACE] = price[i]


@compiled
def replay_orders(
    seen: Seen,
    begin: int,
    book: tuple[Orders, Levels, Sizes, Counters],
    samples: Sampled,
    purge_ns: int,
) -> int:
    """Finish the rows that `told` began, and take the samples that fall between these messages.

    The row at which there is no more room for orders or levels, else the number of rows.
    purge_ns: how long a book may stay crossed, 0 if for ever
    """
    orders, levels, sizes, counters = book
    for i in range(begin, seen.shape[0]):
        deepest = max(counters[BIDS], counters[ASKS])
        if 4 * counters[LIVE] >= orders.shape[0] or deepest + 1 >= levels.shape[2]:
            return i
        at, is_last = seen[i, TIME], seen[i, FLAGS] & END
        if counters[CLOSED] == 1:
            counters[CLOSED] = seen[i, KIND] != TRADE
            counters[NEXT] = -(-at // SECOND) * SECOND
        while counters[NEXT] < at:
            sample(levels, counters, samples)
        applied(orders, levels, sizes, counters, seen, i)
        touch(levels, counters, seen, i)
        if purge_ns > 0 and seen[i, STATE] == CROSSED:
            if counters[CROSSED_SINCE] < 0:
                counters[CROSSED_SINCE] = at
            elif at - counters[CROSSED_SINCE] > purge_ns:
                purge(orders, levels, counters)
                touch(levels, counters, seen, i)
                counters[CROSSED_SINCE] = -1
        else:
            counters[CROSSED_SINCE] = -1
        if is_last == 0 or counters[CLOSED] == 1:
            seen[i, STATE] = BETWEEN
    return seen.shape[0]


@compiled
def rehashed(old: Orders, new: Orders) -> None:
    """Put all orders into another table."""
    for at in range(old.shape[0]):
        if old[at, LEFT_OVER] != 0:
            new[slot_of(new, old[at, ID]), :] = old[at, :]
