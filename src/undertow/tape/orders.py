"""Replay of a feed of orders, or of price levels: the book is kept, and seen after each message.

The book is one array, since each array more that a kernel hands on costs time. Levels are sorted by
price with the best one at the end, so that what happens near the touch moves little.
"""

from __future__ import annotations

import numpy as np

from undertow.core import events as ev
from undertow.core.compiled import compiled, compiled_within
from undertow.tape import book as b
from undertow.tape import seen as s
from undertow.tape.book import Book
from undertow.tape.seen import Row, Sampled, Seen


@compiled_within
def shelf(book: Book, side: int) -> int:
    """Where the levels of a side begin."""
    return b.LEVELS_AT + b.LEVEL * side * book[b.DEEP]


@compiled_within
def name_of(book: Book, order: int) -> int:
    """Where the name of an order stands, or where it would."""
    mixed, last, names = order * b.MIXER, book[b.SLOTS] - 1, book[b.NAMES_AT]
    slot = mixed >> b.HALF & last
    while book[names + slot] != 0:
        name = book[names + slot]
        at = book[b.ORDERS_AT] + b.WIDE * (name & b.PLACES)
        if (name ^ mixed) >> b.HALF == 0 and book[at + b.ID] == order:
            break
        slot = (slot + 1) & last
    return names + slot


@compiled_within
def order_of(book: Book, order: int) -> int:
    """The place of an order's first number; nobody's if it is not in the book."""
    return book[b.ORDERS_AT] + b.WIDE * (book[name_of(book, order)] & b.PLACES)


@compiled_within
def placed(book: Book, order: int) -> int:
    """Where an order that comes into the book will stand: the place that was left last."""
    place = book[b.LEFT] if book[b.LEFT] > 0 else book[b.PLACED] + 1
    at = book[b.ORDERS_AT] + b.WIDE * place
    if place > book[b.PLACED]:
        book[b.PLACED] = place
    else:
        book[b.LEFT] = book[at + b.ID]
    book[name_of(book, order)] = order * b.MIXER >> b.HALF << b.HALF | place
    book[at + b.ID], book[b.LIVE] = order, book[b.LIVE] + 1
    return at


@compiled_within
def forget(book: Book, at: int) -> None:
    """Let go of a place, and of its name; names that were pushed on by it move up."""
    last, names = book[b.SLOTS] - 1, book[b.NAMES_AT]
    gap = look = name_of(book, book[at + b.ID]) - names
    while True:
        look = (look + 1) & last
        name = book[names + look]
        if name == 0:
            break
        if (look - (name >> b.HALF & last)) & last >= (look - gap) & last:
            book[names + gap] = name
            gap = look
    book[names + gap] = 0
    book[at + b.ID], book[at + b.LEFT_OVER] = book[b.LEFT], 0
    book[b.LEFT], book[b.LIVE] = (at - book[b.ORDERS_AT]) // b.WIDE, book[b.LIVE] - 1


@compiled_within
def level_of(book: Book, side: int, key: int) -> int:
    """The place of the first level of a side that is not below a key; looked for from the best."""
    begin, low = shelf(book, side), book[b.BIDS + side]
    high, step = low, 1
    while low > 0 and book[begin + b.LEVEL * (low - 1)] >= key:
        high = low - 1
        low = max(low - step, 0)
        step *= 2
    while low < high:
        middle = (low + high) >> 1
        if book[begin + b.LEVEL * middle] < key:
            low = middle + 1
        else:
            high = middle
    return begin + b.LEVEL * low


@compiled_within
def change(book: Book, side: int, price: int, more: int, makers: int) -> None:
    """So much more (less) stands at a price; side 0 is the bid's, 1 the ask's."""
    key = price if side == 0 else -price
    at, end = level_of(book, side, key), shelf(book, side) + b.LEVEL * book[b.BIDS + side]
    if at < end and book[at] == key:
        book[at + b.HELD] += more
        book[at + b.MAKERS] += makers
        if book[at + b.HELD] <= 0:
            shift(book, at, end, -1)
            book[b.BIDS + side] -= 1
    elif more > 0:
        shift(book, at, end, 1)
        book[at], book[at + b.HELD], book[at + b.MAKERS] = key, more, makers
        book[b.BIDS + side] += 1


@compiled_within
def shift(book: Book, at: int, end: int, way: int) -> None:
    """Better levels than one make room for it (way 1), or close up over it (way −1)."""
    # Without a sign a place needs no look whether it counts from the end: five times as fast.
    one, wide, first, last = np.uint64(1), np.uint64(b.LEVEL), np.uint64(at), np.uint64(end)
    if way > 0:
        while last > first:
            last -= one
            book[last + wide] = book[last]
    else:
        while first + wide < last:
            book[first] = book[first + wide]
            first += one


@compiled_within
def size_of(quantity: int) -> int:
    """Where what is known of orders of this size stands; few sizes share a place."""
    return b.SIZES_AT + 5 * ((quantity * b.MIXER) >> 24 & (b.SIZES - 1))


@compiled_within
def makes(book: Book, side: int, price: int, quantity: int) -> bool:
    """Note an order; whether those of its size are two-sided (a fifth), near and brief (a half)."""
    at = size_of(quantity)
    bids, asks = book[at + b.ON_BID], book[at + b.ON_ASK]
    met, ended = bids + asks, book[at + b.ENDED]
    judged = met >= b.FEWEST and 5 * min(bids, asks) >= met and 2 * book[at + b.NEAR] >= met
    book[at + side] += 1
    if book[b.BIDS] > 0 and book[b.ASKS] > 0:
        twice = best(book, 0) + best(book, 1)
        book[at + b.NEAR] += 1e4 * abs(2.0 * price - twice) <= 10.0 * twice
    return judged and 2 * ended >= met and 2 * book[at + b.SHORT] >= ended


@compiled_within
def best(book: Book, side: int) -> int:
    """The best price of a side that has one."""
    key = book[shelf(book, side) + b.LEVEL * (book[b.BIDS + side] - 1)]
    return key if side == 0 else -key


@compiled_within
def mark(row: Row, is_maker: bool) -> None:
    """Whether the message is about a maker's order."""
    row[s.FLAGS] = (row[s.FLAGS] & ~ev.NAMED) | (ev.NAMED if is_maker else 0)


@compiled_within
def born(book: Book, row: Row) -> None:
    """An order comes into the book; one that takes another's place is on the side of that."""
    if row[s.SIDE] == 0:
        row[s.SIDE] = book[b.SIDE_BEFORE]
    if row[s.SIDE] == 0:
        row[s.KIND], row[s.NEW] = s.NOTHING, 0
        return
    price, quantity, order = row[s.PRICE], row[s.NEW], row[s.ORDER]
    at = order_of(book, order)
    if book[at + b.LEFT_OVER] != 0:
        book[b.TWICE_BORN] += 1
        take(book, at, abs(book[at + b.LEFT_OVER]))
    side = 0 if row[s.SIDE] > 0 else 1
    is_maker, is_named = makes(book, side, price, quantity), row[s.FLAGS] & ev.NAMED != 0
    book[b.NAMES] |= is_named
    is_maker = is_named if book[b.NAMES] == 1 else is_maker
    at = placed(book, order)
    book[at + b.AT_PRICE] = price
    book[at + b.LEFT_OVER] = quantity if side == 0 else -quantity
    book[at + b.BORN], book[at + b.SEQUENCE] = row[s.TIME], book[b.MET]
    book[at + b.HIT], book[at + b.IS_MAKER] = 0, is_maker
    change(book, side, price, quantity, quantity if is_maker else 0)
    row[s.KIND] = ev.ADD
    mark(row, is_maker)


@compiled_within
def take(book: Book, at: int, quantity: int) -> None:
    """An order in the book loses so much, at most what it has."""
    side = 0 if book[at + b.LEFT_OVER] > 0 else 1
    makers = quantity if book[at + b.IS_MAKER] else 0
    change(book, side, book[at + b.AT_PRICE], -quantity, -makers)
    book[at + b.LEFT_OVER] += -quantity if side == 0 else quantity
    if book[at + b.LEFT_OVER] == 0:
        forget(book, at)


@compiled_within
def lessened(book: Book, at: int, quantity: int, row: Row) -> None:
    """An order loses so much; what was hit before is a fill, the rest is what the row says."""
    held = abs(book[at + b.LEFT_OVER])
    gone = min(quantity, held)
    if book[at + b.HIT] > 0:
        row[s.KIND], book[at + b.HIT] = ev.FILL, 0
    elif row[s.KIND] == ev.CANCEL and gone == held:
        row[s.KIND] = ev.DELETE
    price, is_bid = book[at + b.AT_PRICE], book[at + b.LEFT_OVER] > 0
    row[s.PRICE] = row[s.PRICE] if row[s.KIND] == ev.FILL and row[s.PRICE] != 0 else price
    row[s.PLACE], row[s.SIDE], row[s.GONE], row[s.NEW] = price, 1 if is_bid else -1, gone, 0
    mark(row, book[at + b.IS_MAKER] != 0)
    if gone == held:
        size = size_of(held)
        book[size + b.ENDED] += 1
        book[size + b.SHORT] += row[s.TIME] - book[at + b.BORN] < b.BRIEF
    take(book, at, gone)


@compiled_within
def moved(book: Book, at: int, row: Row) -> None:
    """An order stands at another price, or has more than before."""
    price, quantity, old = row[s.PRICE], row[s.NEW], book[at + b.AT_PRICE]
    side, is_maker = 0 if book[at + b.LEFT_OVER] > 0 else 1, book[at + b.IS_MAKER] != 0
    held = abs(book[at + b.LEFT_OVER])
    gone, more = (held, quantity) if price != old else (0, quantity - held)
    if gone > 0:
        change(book, side, old, -gone, -gone if is_maker else 0)
    change(book, side, price, more, more if is_maker else 0)
    was_hit, left = book[at + b.HIT] > 0, quantity if side == 0 else -quantity
    book[at + b.AT_PRICE], book[at + b.LEFT_OVER], book[at + b.HIT] = price, left, 0
    row[s.KIND], row[s.PRICE], row[s.PLACE] = ev.MODIFY, old, price
    row[s.GONE], row[s.NEW] = gone, more
    if was_hit and quantity < held:
        row[s.KIND], row[s.PLACE], row[s.GONE], row[s.NEW] = ev.FILL, old, held - quantity, 0
    mark(row, is_maker)


@compiled_within
def levelled(book: Book, row: Row) -> None:
    """A price of a side has so much now."""
    side, price = (0 if row[s.SIDE] > 0 else 1), row[s.PRICE]
    key = price if side == 0 else -price
    at, end = level_of(book, side, key), shelf(book, side) + b.LEVEL * book[b.BIDS + side]
    more = row[s.NEW] - (book[at + b.HELD] if at < end and book[at] == key else 0)
    change(book, side, price, more, 0)
    row[s.NEW], row[s.GONE] = max(more, 0), max(-more, 0)


@compiled_within
def known(book: Book, row: Row) -> None:
    """What happens to an order that should stand in the book."""
    kind, flags, quantity = row[s.KIND], row[s.FLAGS], row[s.NEW]
    at = order_of(book, row[s.ORDER])
    held = abs(book[at + b.LEFT_OVER])
    if held == 0 and kind == ev.LEFT and flags & ev.REMAINDER:
        born(book, row)
    elif held == 0 or kind == ev.EXECUTED or (kind == ev.LEFT and quantity == held):
        book[at + b.HIT] += quantity if held > 0 and kind == ev.EXECUTED else 0
        book[b.UNKNOWN] += held == 0
        row[s.KIND], row[s.NEW] = s.NOTHING, 0
    elif quantity > 0 and kind in (ev.MODIFY, ev.LEFT):
        row[s.PRICE] = book[at + b.AT_PRICE] if kind == ev.LEFT else row[s.PRICE]
        if quantity >= held or row[s.PRICE] != book[at + b.AT_PRICE]:
            moved(book, at, row)
            return
        if kind == ev.LEFT:
            row[s.KIND] = ev.FILL if flags & ev.FILLED else ev.CANCEL
        lessened(book, at, held - quantity, row)
    else:
        if flags & ev.FILLED:
            row[s.KIND] = ev.FILL
        elif kind == ev.DELETE and flags & ev.REPLACED:
            row[s.KIND] = ev.MODIFY
        lessened(book, at, quantity if kind in (ev.CANCEL, ev.FILL) else held, row)


@compiled_within
def applied(book: Book, row: Row) -> None:
    """One message does to the book what it says, and its row says what that was."""
    kind, snapshot = row[s.KIND], row[s.FLAGS] & ev.SNAPSHOT
    if kind == ev.ADD:
        born(book, row)
    elif kind == ev.LEVEL:
        levelled(book, row)
    elif kind == ev.QUOTE:
        place = b.QUOTED if row[s.SIDE] > 0 else b.QUOTED + 2
        book[place], book[place + 1], row[s.NEW] = row[s.PRICE], row[s.NEW], 0
    elif kind == ev.CLEAR:
        book[b.LEVELS_AT :] = 0
        book[b.LIVE] = book[b.BIDS] = book[b.ASKS] = book[b.LEFT] = book[b.PLACED] = 0
    elif kind < ev.HIDDEN or kind in (ev.EXECUTED, ev.LEFT, ev.MODIFY):
        known(book, row)
    else:
        row[s.GONE], row[s.NEW] = row[s.NEW], 0
    row[s.KIND] = s.NOTHING if snapshot else row[s.KIND]
    book[b.MET] += 1


@compiled_within
def state_of(book: Book) -> int:
    """Whether both sides are there, and apart; prices of 0 or less have no basis points."""
    if book[b.BIDS] == 0 or book[b.ASKS] == 0 or best(book, 0) <= 0:
        return s.ONE_SIDED
    return s.CROSSED if best(book, 0) >= best(book, 1) else s.OPEN


@compiled_within
def oldest(book: Book) -> int:
    """Where the oldest order at the touch of either side stands."""
    bid, ask, begin, found = best(book, 0), best(book, 1), book[b.ORDERS_AT], -1
    for at in range(begin, begin + b.WIDE * (book[b.PLACED] + 1), b.WIDE):
        left, price = book[at + b.LEFT_OVER], book[at + b.AT_PRICE]
        touches = (left > 0 and price == bid) or (left < 0 and price == ask)
        if touches and (found < 0 or book[at + b.SEQUENCE] < book[found + b.SEQUENCE]):
            found = at
    return found


@compiled_within
def purge(book: Book) -> None:
    """Take out the older of the two touching orders until the book is not crossed."""
    while state_of(book) == s.CROSSED:
        at = oldest(book)
        take(book, at, abs(book[at + b.LEFT_OVER]))
        book[b.PURGED] += 1


@compiled_within
def sample(book: Book, samples: Sampled) -> None:
    """What stands in the book at the moment that is due, into the next row."""
    to = book[b.ROW]
    samples[to, s.AT], samples[to, s.USED] = book[b.NEXT], state_of(book)
    book[b.ROW] += 1
    book[b.NEXT] += s.SECOND
    if samples[to, s.USED] != s.OPEN:
        return
    samples[to, s.S_BID], samples[to, s.S_ASK] = best(book, 0), best(book, 1)
    twice = best(book, 0) + best(book, 1)
    for side in range(2):
        begin, count, mid = shelf(book, side), book[b.BIDS + side], twice * (1 - 2 * side)
        samples[to, s.S_BID_TOUCH + side] = book[begin + b.LEVEL * (count - 1) + b.HELD]
        for rank in range(count):
            level = begin + b.LEVEL * (count - 1 - rank)
            away = 1e4 * abs(2.0 * book[level] - mid)
            if rank >= 10 and away > 50.0 * twice:
                break
            held, makers = book[level + b.HELD], book[level + b.MAKERS]
            samples[to, s.S_BID_TEN + side] += held * (rank < 10)
            samples[to, s.S_BID_50 + side] += held * (away <= 50.0 * twice)
            samples[to, s.S_BID_10 + side] += held * (away <= 10.0 * twice)
            samples[to, s.S_BID_MAKERS + side] += makers * (away <= 10.0 * twice)


@compiled_within
def touch(book: Book, row: Row) -> None:
    """Best prices and the state of the book; where the feed says them, of these messages only."""
    if book[b.QUOTED] > 0:
        bid, ask = book[b.QUOTED], book[b.QUOTED + 2]
        row[s.BID], row[s.BID_QUANTITY] = bid, book[b.QUOTED + 1]
        row[s.ASK], row[s.ASK_QUANTITY] = ask, book[b.QUOTED + 3]
        state = s.ONE_SIDED if ask == 0 else (s.CROSSED if bid >= ask else s.OPEN)
        row[s.STATE] = state if row[s.KIND] == ev.QUOTE else s.BETWEEN
        return
    row[s.STATE] = state_of(book)
    if row[s.STATE] != s.ONE_SIDED:
        row[s.BID], row[s.ASK] = best(book, 0), best(book, 1)
        for side in range(2):
            last = shelf(book, side) + b.LEVEL * (book[b.BIDS + side] - 1)
            row[s.BID_QUANTITY + side] = book[last + b.HELD]


@compiled
def replay_orders(seen: Seen, begin: int, book: Book, samples: Sampled, purge_ns: int) -> int:
    """Finish the rows that `told` began, and sample; the row at which room runs out, or their end.

    purge_ns: how long a book may stay crossed, 0 if for ever
    """
    for i in range(begin, seen.shape[0]):
        if 2 * book[b.LIVE] >= book[b.SLOTS] or max(book[b.BIDS], book[b.ASKS]) + 1 >= book[b.DEEP]:
            return i
        row = seen[i]
        at, is_last = row[s.TIME], row[s.FLAGS] & ev.END
        if book[b.CLOSED] == 1:
            book[b.CLOSED] = row[s.KIND] != ev.TRADE
            book[b.NEXT] = -(-at // s.SECOND) * s.SECOND
        while book[b.NEXT] < at:
            sample(book, samples)
        applied(book, row)
        book[b.SIDE_BEFORE] = row[s.SIDE]
        touch(book, row)
        if purge_ns == 0 or row[s.STATE] != s.CROSSED:
            book[b.CROSSED_SINCE] = -1
        elif book[b.CROSSED_SINCE] < 0:
            book[b.CROSSED_SINCE] = at
        elif at - book[b.CROSSED_SINCE] > purge_ns:
            purge(book)
            touch(book, row)
            book[b.CROSSED_SINCE] = -1
        if is_last == 0 or book[b.CLOSED] == 1:
            row[s.STATE] = s.BETWEEN
    return seen.shape[0]
