"""Replay of a feed of orders, or of price levels: the book is kept, and seen after each message.

The book is one array of whole numbers, since each array more that a kernel hands on costs time:
counters, what is known of orders' sizes, levels of both sides, and a table of orders. Levels are
sorted by price with the best one at the end, so that what happens near the touch moves little.
"""

from __future__ import annotations

from undertow.core import events as ev
from undertow.core.compiled import compiled, compiled_within
from undertow.tape import book as b
from undertow.tape import seen as s
from undertow.tape.book import Book
from undertow.tape.seen import Sampled, Seen


@compiled_within
def shelf(book: Book, side: int, column: int) -> int:
    """Where the levels' column of a side begins."""
    return b.LEVELS_AT + (3 * side + column) * book[b.DEEP]


@compiled_within
def slot_of(book: Book, order: int) -> int:
    """Where an order stands, or where it would: the place of its first number."""
    last, begin = book[b.SLOTS] - 1, b.LEVELS_AT + 6 * book[b.DEEP]
    slot = (order * b.MIXER) >> 20 & last
    at = begin + b.WIDE * slot
    while book[at + b.LEFT_OVER] != 0 and book[at + b.ID] != order:
        slot = (slot + 1) & last
        at = begin + b.WIDE * slot
    return at


@compiled_within
def forget(book: Book, at: int) -> None:
    """Free a slot, and move up those that were pushed on by it."""
    last, begin = book[b.SLOTS] - 1, b.LEVELS_AT + 6 * book[b.DEEP]
    gap = look = (at - begin) // b.WIDE
    while True:
        look = (look + 1) & last
        there = begin + b.WIDE * look
        if book[there + b.LEFT_OVER] == 0:
            break
        if (look - ((book[there + b.ID] * b.MIXER) >> 20 & last)) & last >= (look - gap) & last:
            for column in range(b.WIDE):
                book[begin + b.WIDE * gap + column] = book[there + column]
            gap = look
    book[begin + b.WIDE * gap + b.LEFT_OVER] = 0


@compiled_within
def level_of(book: Book, side: int, key: int) -> int:
    """The first level of a side that is not below a key; looked for from the best one down."""
    keys, count = shelf(book, side, b.KEY), book[b.BIDS + side]
    low, high, step = count, count, 1
    while low > 0 and book[keys + low - 1] >= key:
        high = low - 1
        low = max(low - step, 0)
        step *= 2
    while low < high:
        middle = (low + high) >> 1
        if book[keys + middle] < key:
            low = middle + 1
        else:
            high = middle
    return low


@compiled_within
def change(book: Book, side: int, price: int, more: int, makers: int) -> None:
    """So much more (less) stands at a price; side 0 is the bid's, 1 the ask's."""
    key = price if side == 0 else -price
    at, count, deep = level_of(book, side, key), book[b.BIDS + side], book[b.DEEP]
    begin = shelf(book, side, b.KEY)
    if at < count and book[begin + at] == key:
        book[begin + deep * b.HELD + at] += more
        book[begin + deep * b.MAKERS + at] += makers
        if book[begin + deep * b.HELD + at] <= 0:
            shift(book, begin, at, count, -1)
            book[b.BIDS + side] = count - 1
    elif more > 0:
        shift(book, begin, at, count, 1)
        book[begin + at], book[begin + deep * b.HELD + at] = key, more
        book[begin + deep * b.MAKERS + at] = makers
        book[b.BIDS + side] = count + 1


@compiled_within
def shift(book: Book, begin: int, at: int, count: int, way: int) -> None:
    """Make room for a level at a place (way 1), or close it (way −1)."""
    for column in range(3):
        first = begin + column * book[b.DEEP]
        for k in range(count - at - (way < 0)):
            to = first + (count - k if way > 0 else at + k)
            book[to] = book[to - way]


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
    key = book[shelf(book, side, b.KEY) + book[b.BIDS + side] - 1]
    return key if side == 0 else -key


@compiled_within
def mark(seen: Seen, i: int, is_maker: bool) -> None:
    """Whether the message is about a maker's order."""
    seen[i, s.FLAGS] = (seen[i, s.FLAGS] & ~ev.NAMED) | (ev.NAMED if is_maker else 0)


@compiled_within
def born(book: Book, seen: Seen, i: int) -> None:
    """An order comes into the book; one that takes another's place is on the side of that."""
    if seen[i, s.SIDE] == 0 and i > 0:
        seen[i, s.SIDE] = seen[i - 1, s.SIDE]
    if seen[i, s.SIDE] == 0:
        seen[i, s.KIND], seen[i, s.NEW] = s.NOTHING, 0
        return
    price, quantity, order = seen[i, s.PRICE], seen[i, s.NEW], seen[i, s.ORDER]
    at = slot_of(book, order)
    if book[at + b.LEFT_OVER] != 0:
        book[b.TWICE_BORN] += 1
        take(book, at, abs(book[at + b.LEFT_OVER]))
        at = slot_of(book, order)
    side = 0 if seen[i, s.SIDE] > 0 else 1
    is_maker, is_named = makes(book, side, price, quantity), seen[i, s.FLAGS] & ev.NAMED != 0
    book[b.NAMES] |= is_named
    is_maker = is_named if book[b.NAMES] == 1 else is_maker
    book[at + b.ID], book[at + b.AT_PRICE] = order, price
    book[at + b.LEFT_OVER] = quantity if side == 0 else -quantity
    book[at + b.BORN], book[at + b.SEQUENCE] = seen[i, s.TIME], book[b.MET]
    book[at + b.HIT], book[at + b.IS_MAKER] = 0, is_maker
    book[b.LIVE] += 1
    change(book, side, price, quantity, quantity if is_maker else 0)
    seen[i, s.KIND] = ev.ADD
    mark(seen, i, is_maker)


@compiled_within
def take(book: Book, at: int, quantity: int) -> None:
    """An order in the book loses so much, at most what it has."""
    held = book[at + b.LEFT_OVER]
    side = 0 if held > 0 else 1
    makers = quantity if book[at + b.IS_MAKER] else 0
    change(book, side, book[at + b.AT_PRICE], -quantity, -makers)
    if quantity < abs(held):
        book[at + b.LEFT_OVER] = held - quantity if side == 0 else held + quantity
        return
    forget(book, at)
    book[b.LIVE] -= 1


@compiled_within
def lessened(book: Book, at: int, quantity: int, seen: Seen, i: int) -> None:
    """An order loses so much; what was hit before is a fill, the rest is what the row says."""
    held, hit = abs(book[at + b.LEFT_OVER]), book[at + b.HIT]
    gone = min(quantity, held)
    if hit > 0:
        book[at + b.HIT] = 0
        seen[i, s.KIND] = ev.FILL
    seen[i, s.PLACE] = book[at + b.AT_PRICE]
    if seen[i, s.KIND] != ev.FILL or seen[i, s.PRICE] == 0:
        seen[i, s.PRICE] = book[at + b.AT_PRICE]
    seen[i, s.SIDE] = 1 if book[at + b.LEFT_OVER] > 0 else -1
    seen[i, s.GONE], seen[i, s.NEW] = gone, 0
    mark(seen, i, book[at + b.IS_MAKER] != 0)
    if gone == held:
        size = size_of(held)
        book[size + b.ENDED] += 1
        book[size + b.SHORT] += seen[i, s.TIME] - book[at + b.BORN] < b.BRIEF
    take(book, at, gone)


@compiled_within
def moved(book: Book, at: int, seen: Seen, i: int) -> None:
    """An order stands at another price, or has more than before."""
    price, quantity, old = seen[i, s.PRICE], seen[i, s.NEW], book[at + b.AT_PRICE]
    held = abs(book[at + b.LEFT_OVER])
    side = 0 if book[at + b.LEFT_OVER] > 0 else 1
    is_maker = book[at + b.IS_MAKER] != 0
    gone = held if price != old else 0
    more = quantity if price != old else quantity - held
    if gone > 0:
        change(book, side, old, -gone, -gone if is_maker else 0)
    change(book, side, price, more, more if is_maker else 0)
    book[at + b.AT_PRICE], book[at + b.HIT] = price, 0
    book[at + b.LEFT_OVER] = quantity if side == 0 else -quantity
    seen[i, s.KIND], seen[i, s.PRICE], seen[i, s.PLACE] = ev.MODIFY, old, price
    seen[i, s.GONE], seen[i, s.NEW] = gone, more
    mark(seen, i, is_maker)


@compiled_within
def carried(book: Book, at: int, price: int) -> None:
    """What an order has left stands at another price."""
    left, old = book[at + b.LEFT_OVER], book[at + b.AT_PRICE]
    side = 0 if left > 0 else 1
    makers = abs(left) if book[at + b.IS_MAKER] != 0 else 0
    change(book, side, old, -abs(left), -makers)
    change(book, side, price, abs(left), makers)
    book[at + b.AT_PRICE] = price


@compiled_within
def levelled(book: Book, seen: Seen, i: int) -> None:
    """A price of a side has so much now."""
    side, price = (0 if seen[i, s.SIDE] > 0 else 1), seen[i, s.PRICE]
    key = price if side == 0 else -price
    at, begin = level_of(book, side, key), shelf(book, side, b.KEY)
    found = at < book[b.BIDS + side] and book[begin + at] == key
    more = seen[i, s.NEW] - (book[begin + book[b.DEEP] + at] if found else 0)
    change(book, side, price, more, 0)
    seen[i, s.NEW], seen[i, s.GONE] = max(more, 0), max(-more, 0)


@compiled_within
def known(book: Book, seen: Seen, i: int) -> None:
    """What happens to an order that should stand in the book."""
    kind, flags, quantity = seen[i, s.KIND], seen[i, s.FLAGS], seen[i, s.NEW]
    at = slot_of(book, seen[i, s.ORDER])
    held = abs(book[at + b.LEFT_OVER])
    if held == 0 and kind == ev.LEFT and flags & ev.REMAINDER:
        born(book, seen, i)
    elif held == 0 or kind == ev.EXECUTED or (kind == ev.LEFT and quantity == held):
        book[at + b.HIT] += quantity if held > 0 and kind == ev.EXECUTED else 0
        book[b.UNKNOWN] += held == 0
        seen[i, s.KIND], seen[i, s.NEW] = s.NOTHING, 0
    elif quantity > 0 and kind in (ev.MODIFY, ev.LEFT):
        old, hit = book[at + b.AT_PRICE], book[at + b.HIT]
        to = seen[i, s.PRICE] if kind == ev.MODIFY else old
        seen[i, s.PRICE] = to
        if quantity >= held or (to != old and hit == 0):
            moved(book, at, seen, i)
            return
        seen[i, s.PRICE] = old
        if kind == ev.LEFT:
            seen[i, s.KIND] = ev.FILL if flags & ev.FILLED else ev.CANCEL
        lessened(book, at, held - quantity, seen, i)
        if to != old:
            carried(book, at, to)
    else:
        if flags & ev.FILLED:
            seen[i, s.KIND] = ev.FILL
        elif kind == ev.DELETE and flags & ev.REPLACED:
            seen[i, s.KIND] = ev.MODIFY
        is_part = kind in (ev.CANCEL, ev.FILL)
        lessened(book, at, quantity if is_part else held, seen, i)


@compiled_within
def applied(book: Book, seen: Seen, i: int) -> None:
    """One message does to the book what it says, and its row says what that was."""
    kind, snapshot = seen[i, s.KIND], seen[i, s.FLAGS] & ev.SNAPSHOT
    if kind == ev.ADD:
        born(book, seen, i)
    elif kind == ev.LEVEL:
        levelled(book, seen, i)
    elif kind == ev.QUOTE:
        place = b.QUOTED if seen[i, s.SIDE] > 0 else b.QUOTED + 2
        book[place], book[place + 1] = seen[i, s.PRICE], seen[i, s.NEW]
        seen[i, s.NEW] = 0
    elif kind == ev.CLEAR:
        book[b.LEVELS_AT :] = 0
        book[b.LIVE] = book[b.BIDS] = book[b.ASKS] = 0
    elif kind < ev.HIDDEN or kind in (ev.EXECUTED, ev.LEFT, ev.MODIFY):
        known(book, seen, i)
    else:
        seen[i, s.GONE], seen[i, s.NEW] = seen[i, s.NEW], 0
    if snapshot:
        seen[i, s.KIND] = s.NOTHING
    book[b.MET] += 1


@compiled_within
def state_of(book: Book) -> int:
    """Whether both sides are there, and apart."""
    if book[b.BIDS] == 0 or book[b.ASKS] == 0:
        return s.ONE_SIDED
    return s.CROSSED if best(book, 0) >= best(book, 1) else s.OPEN


@compiled_within
def oldest(book: Book, side: int) -> int:
    """Where the oldest order at the touch of a side stands."""
    price, found = best(book, side), -1
    begin = b.LEVELS_AT + 6 * book[b.DEEP]
    for at in range(begin, begin + b.WIDE * book[b.SLOTS], b.WIDE):
        left = book[at + b.LEFT_OVER]
        is_there = left != 0 and (left < 0) == (side == 1) and book[at + b.AT_PRICE] == price
        if is_there and (found < 0 or book[at + b.SEQUENCE] < book[found + b.SEQUENCE]):
            found = at
    return found


@compiled_within
def purge(book: Book) -> None:
    """Take out the older of the two touching orders until the book is not crossed."""
    while state_of(book) == s.CROSSED:
        bid, ask = oldest(book, 0), oldest(book, 1)
        at = bid if book[bid + b.SEQUENCE] < book[ask + b.SEQUENCE] else ask
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
    twice, deep = best(book, 0) + best(book, 1), book[b.DEEP]
    for side in range(2):
        begin, count = shelf(book, side, b.KEY), book[b.BIDS + side]
        mid = twice if side == 0 else -twice
        samples[to, s.S_BID_TOUCH + side] = book[begin + deep + count - 1]
        for k in range(begin + count - 1, begin - 1, -1):
            away, rank = 1e4 * abs(2.0 * book[k] - mid), begin + count - 1 - k
            if rank >= 10 and away > 50.0 * twice:
                break
            held, makers = book[k + deep * b.HELD], book[k + deep * b.MAKERS]
            samples[to, s.S_BID_TEN + side] += held * (rank < 10)
            samples[to, s.S_BID_50 + side] += held * (away <= 50.0 * twice)
            samples[to, s.S_BID_10 + side] += held * (away <= 10.0 * twice)
            samples[to, s.S_BID_MAKERS + side] += makers * (away <= 10.0 * twice)


@compiled_within
def touch(book: Book, seen: Seen, i: int) -> None:
    """Best prices and the state of the book; where the feed says them, of these messages only."""
    if book[b.QUOTED] > 0:
        bid, ask = book[b.QUOTED], book[b.QUOTED + 2]
        seen[i, s.BID], seen[i, s.BID_QUANTITY] = bid, book[b.QUOTED + 1]
        seen[i, s.ASK], seen[i, s.ASK_QUANTITY] = ask, book[b.QUOTED + 3]
        state = s.ONE_SIDED if ask == 0 else (s.CROSSED if bid >= ask else s.OPEN)
        seen[i, s.STATE] = state if seen[i, s.KIND] == ev.QUOTE else s.BETWEEN
        return
    seen[i, s.STATE] = state_of(book)
    if seen[i, s.STATE] != s.ONE_SIDED:
        seen[i, s.BID], seen[i, s.ASK] = best(book, 0), best(book, 1)
        seen[i, s.BID_QUANTITY] = book[shelf(book, 0, b.HELD) + book[b.BIDS] - 1]
        seen[i, s.ASK_QUANTITY] = book[shelf(book, 1, b.HELD) + book[b.ASKS] - 1]


@compiled
def replay_orders(seen: Seen, begin: int, book: Book, samples: Sampled, purge_ns: int) -> int:
    """Finish the rows that `told` began, and sample; the row at which room runs out, or their end.

    purge_ns: how long a book may stay crossed, 0 if for ever
    """
    for i in range(begin, seen.shape[0]):
        if 4 * book[b.LIVE] >= book[b.SLOTS] or max(book[b.BIDS], book[b.ASKS]) + 1 >= book[b.DEEP]:
            return i
        at, is_last = seen[i, s.TIME], seen[i, s.FLAGS] & ev.END
        if book[b.CLOSED] == 1:
            book[b.CLOSED] = seen[i, s.KIND] != ev.TRADE
            book[b.NEXT] = -(-at // s.SECOND) * s.SECOND
        while book[b.NEXT] < at:
            sample(book, samples)
        applied(book, seen, i)
        touch(book, seen, i)
        if purge_ns > 0 and seen[i, s.STATE] == s.CROSSED:
            if book[b.CROSSED_SINCE] < 0:
                book[b.CROSSED_SINCE] = at
            elif at - book[b.CROSSED_SINCE] > purge_ns:
                purge(book)
                touch(book, seen, i)
                book[b.CROSSED_SINCE] = -1
        else:
            book[b.CROSSED_SINCE] = -1
        if is_last == 0 or book[b.CLOSED] == 1:
            seen[i, s.STATE] = s.BETWEEN
    return seen.shape[0]


@compiled
def copied(old: Book, new: Book) -> None:
    """Put a whole book into one with more room; the new one knows how much."""
    deep, slots = new[b.DEEP], new[b.SLOTS]
    new[: b.LEVELS_AT] = old[: b.LEVELS_AT]
    new[b.DEEP], new[b.SLOTS] = deep, slots
    for column in range(6):
        for k in range(max(old[b.BIDS], old[b.ASKS])):
            new[b.LEVELS_AT + column * deep + k] = old[b.LEVELS_AT + column * old[b.DEEP] + k]
    begin = b.LEVELS_AT + 6 * old[b.DEEP]
    for at in range(begin, begin + b.WIDE * old[b.SLOTS], b.WIDE):
        if old[at + b.LEFT_OVER] != 0:
            to = slot_of(new, old[at + b.ID])
            for column in range(b.WIDE):
                new[to + column] = old[at + column]
