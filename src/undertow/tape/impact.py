"""Trades against the mid: effective and realised spreads, signed volume, order-flow imbalance."""

from __future__ import annotations

from undertow.core.compiled import compiled, compiled_within
from undertow.core.events import TRADE, UNPRINTED
from undertow.core.shapes import Floats
from undertow.tape.seen import (
    ASK,
    ASK_QUANTITY,
    BID,
    BID_QUANTITY,
    FLAGS,
    GONE,
    KIND,
    OPEN,
    PRICE,
    SECOND,
    SIDE,
    STATE,
    TIME,
    Counters,
    Ledger,
    Seen,
)

HORIZONS = (1, 5, 60, 300)
"""Seconds after a trade at which the mid is looked at again."""
MINUTE, TEN_SECONDS = 60 * SECOND, 10 * SECOND
"""Lengths of time over which volume and imbalance are added up."""

NEVER = 1 << 62

SUM, BY_VALUE, VALUE, TRADES = 0, 1, 2, 3
"""Columns of `sums`; row 0 is the effective spread, the others the realised one of each horizon."""

FLOW, TWICE = 0, 1
"""Columns of the two ledgers of buckets: what was added up, and the last mid, doubled."""

B, A, B_QUANTITY, A_QUANTITY, MID, TRADES_ARE, TAKERS_STAND, DUE, TAIL, HEAD = range(10)
COUNTERS = 10 + len(HORIZONS)
"""Touch of the last open book (B is 0 before there was one), its doubled mid, the kind of
message that is a trade, whether orders that took are among them (their price lies beyond the mid),
until when no trade is due, trades that wait, and of each horizon the first that it waits for."""


@compiled_within
def imbalance(seen: Seen, i: int, counters: Counters) -> float:
    """e of Cont, Kukanov and Stoikov from one open book to the next.

    e = 1{b ≥ b′}q_b − 1{b ≤ b′}q′_b − 1{a ≤ a′}q_a + 1{a ≥ a′}q′_a;  ′: before
    """
    found = 0.0
    if seen[i, BID] >= counters[B]:
        found += seen[i, BID_QUANTITY]
    if seen[i, BID] <= counters[B]:
        found -= counters[B_QUANTITY]
    if seen[i, ASK] <= counters[A]:
        found -= seen[i, ASK_QUANTITY]
    if seen[i, ASK] >= counters[A]:
        found += counters[A_QUANTITY]
    return found


@compiled
def matured(waiting: Seen, counters: Counters, sums: Floats, before: int) -> None:
    """Close the trades whose horizons end before a moment, at the last mid there was."""
    counters[DUE] = NEVER
    for h in range(len(HORIZONS)):
        head = counters[HEAD + h]
        while head < counters[TAIL] and waiting[head, 0] + HORIZONS[h] * SECOND < before:
            price, sign = waiting[head, 1], waiting[head, 2]
            spread = 2e4 * sign * (2.0 * price - counters[MID]) / waiting[head, 4]
            value = float(price) * waiting[head, 3]
            sums[h + 1, SUM] += spread
            sums[h + 1, BY_VALUE] += spread * value
            sums[h + 1, VALUE] += value
            sums[h + 1, TRADES] += 1
            head += 1
        counters[HEAD + h] = head
        if head < counters[TAIL]:
            counters[DUE] = min(counters[DUE], waiting[head, 0] + HORIZONS[h] * SECOND)


@compiled_within
def traded(seen: Seen, i: int, counters: Counters, waiting: Seen, sums: Floats) -> float:
    """Note a trade against the mid before it; its signed volume."""
    kind = seen[i, KIND]
    sign = seen[i, SIDE] if kind == TRADE else -seen[i, SIDE]
    price, quantity, mid = seen[i, PRICE], seen[i, GONE], counters[MID]
    if seen[i, FLAGS] & UNPRINTED:
        return 0.0
    if counters[TAKERS_STAND] and sign * (2 * price - mid) < 0:
        return 0.0
    if mid > 0 and sign != 0:
        spread = 2e4 * sign * (2.0 * price - mid) / mid
        value = float(price) * quantity
        sums[0, SUM] += spread
        sums[0, BY_VALUE] += spread * value
        sums[0, VALUE] += value
        sums[0, TRADES] += 1
        tail = counters[TAIL]
        waiting[tail, 0], waiting[tail, 1], waiting[tail, 2] = seen[i, TIME], price, sign
        waiting[tail, 3], waiting[tail, 4] = quantity, mid
        counters[TAIL] = tail + 1
        counters[DUE] = min(counters[DUE], seen[i, TIME] + HORIZONS[0] * SECOND)
    return float(sign * quantity)


@compiled
def impact(
    seen: Seen,
    counters: Counters,
    waiting: Seen,
    sums: Floats,
    buckets: tuple[Ledger, Ledger, Counters],
) -> None:
    """Go through a block. buckets: minutes, ten seconds, and the first of each."""
    minutes, tens, first = buckets
    minute = ten = until = 0
    for i in range(seen.shape[0]):
        at, state = seen[i, TIME], seen[i, STATE]
        if at > counters[DUE]:
            matured(waiting, counters, sums, at)
        if at >= until:
            minute, ten = at // MINUTE - first[0], at // TEN_SECONDS - first[1]
            until = (at // TEN_SECONDS + 1) * TEN_SECONDS
        if seen[i, KIND] == counters[TRADES_ARE]:
            minutes[minute, FLOW] += traded(seen, i, counters, waiting, sums)
        if state != OPEN:
            continue
        if counters[B] > 0:
            tens[ten, FLOW] += imbalance(seen, i, counters)
        counters[B], counters[A] = seen[i, BID], seen[i, ASK]
        counters[B_QUANTITY], counters[A_QUANTITY] = seen[i, BID_QUANTITY], seen[i, ASK_QUANTITY]
        counters[MID] = minutes[minute, TWICE] = tens[ten, TWICE] = seen[i, BID] + seen[i, ASK]
