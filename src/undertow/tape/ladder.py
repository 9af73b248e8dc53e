"""Replay of a feed that writes its book out after every message."""

from __future__ import annotations

from undertow.core.compiled import compiled, compiled_within
from undertow.core.events import NO_PRICE, Events, RowPerEvent
from undertow.tape.seen import (
    ASK,
    ASK_QUANTITY,
    AT,
    BID,
    BID_QUANTITY,
    CROSSED,
    CUT_10,
    CUT_50,
    CUT_TEN,
    FLAGS,
    GONE,
    KIND,
    NEW,
    ONE_SIDED,
    OPEN,
    PLACE,
    PRICE,
    S_ASK,
    S_ASK_10,
    S_ASK_50,
    S_ASK_TEN,
    S_ASK_TOUCH,
    S_BID,
    S_CUT,
    SECOND,
    SIDE,
    STATE,
    TIME,
    USED,
    Counters,
    Sampled,
    Seen,
)

NEXT, ROW = 0, 1
"""Counters: when the next sample is due, and how many there are."""


@compiled_within
def sample(ladder: RowPerEvent, row: int, at: int, out: Sampled, to: int) -> None:
    """What stands in the book after message `row`, into sample `to`."""
    levels = ladder.shape[1] // 4
    ask, bid = ladder[row, 0], ladder[row, 2]
    out[to, :] = 0
    out[to, AT], out[to, S_ASK], out[to, S_BID] = at, ask, bid
    out[to, USED] = state_of(bid, ask)
    if out[to, USED] != OPEN:
        return
    twice = bid + ask
    cut = 0
    for side in range(2):
        column, seen_all, last = S_ASK_TOUCH - side, False, 0.0
        for level in range(levels):
            price, quantity = (
                ladder[row, 4 * level + 2 * side],
                ladder[row, 4 * level + 2 * side + 1],
            )
            if abs(price) == NO_PRICE or quantity <= 0:
                seen_all = True
                break
            last = 1e4 * abs(2.0 * price - twice)
            if level == 0:
                out[to, column] = quantity
            if level < 10:
                out[to, S_ASK_TEN - side] += quantity
            if last <= 10.0 * twice:
                out[to, S_ASK_10 - side] += quantity
            if last <= 50.0 * twice:
                out[to, S_ASK_50 - side] += quantity
        if not seen_all:
            cut |= CUT_TEN * (levels < 10)
            cut |= CUT_10 * (last <= 10.0 * twice) | CUT_50 * (last <= 50.0 * twice)
    out[to, S_CUT] = cut


@compiled_within
def state_of(bid: int, ask: int) -> int:
    """Whether both sides are there, and apart; prices of 0 or less have no basis points."""
    if bid <= 0 or abs(bid) == NO_PRICE or abs(ask) == NO_PRICE:
        return ONE_SIDED
    return CROSSED if bid >= ask else OPEN


@compiled
def replay_ladder(
    events: Events, before: RowPerEvent, seen: Seen, samples: Sampled, counters: Counters
) -> None:
    """Fill `seen` and the samples that fall between these messages.

    before: the last row of the block before, or no row at the very beginning
    """
    for i in range(events.time.shape[0]):
        at = events.time[i]
        while counters[NEXT] < at:
            if i > 0:
                sample(events.ladder, i - 1, counters[NEXT], samples, counters[ROW])
            else:
                sample(before, 0, counters[NEXT], samples, counters[ROW])
            counters[ROW] += 1
            counters[NEXT] += SECOND
        seen[i, TIME] = at
        ask, bid = events.ladder[i, 0], events.ladder[i, 2]
        seen[i, ASK], seen[i, ASK_QUANTITY] = ask, events.ladder[i, 1]
        seen[i, BID], seen[i, BID_QUANTITY] = bid, events.ladder[i, 3]
        seen[i, STATE] = state_of(bid, ask)
        kind = events.kind[i]
        seen[i, KIND], seen[i, SIDE], seen[i, FLAGS] = kind, events.side[i], events.flags[i]
        is_new = kind == 0
        seen[i, PRICE] = seen[i, PLACE] = events.price[i]
        seen[i, GONE] = 0 if is_new else events.quantity[i]
        seen[i, NEW] = events.quantity[i] if is_new else 0
