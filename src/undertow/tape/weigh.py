"""Spreads and depths weighed by time: into two tables of values, and window by window.

Each state weighs from its message to the next one, all of it in the window of its message. A
crossed or one-sided book weighs nothing; its time is counted apart.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from undertow.core.compiled import compiled, compiled_within
from undertow.tape.seen import (
    ASK,
    ASK_QUANTITY,
    BETWEEN,
    BID,
    BID_QUANTITY,
    CROSSED,
    KIND,
    NEW,
    NOTHING,
    ONE_SIDED,
    OPEN,
    PLACE,
    STATE,
    TIME,
    Counters,
    Ledger,
    Seen,
)

Table: TypeAlias = Annotated[NDArray[np.int64], "slot column"]
"""Values that were met (−1 in a free slot), how often, and for how many ns."""

FINE = 2.0**32
"""Whole units of a basis point in the table of spreads."""

NS, SPREAD, DEPTH, LESSER, WIDEST, CROSSED_NS, SEEN, ONE_TICK = 0, 1, 2, 3, 4, 5, 6, 7
"""Columns of a window: ns of an open book; spread in bp, depth of both sides and of the lesser one,
each times ns; the widest spread; ns crossed; messages; ns at one tick."""
WEIGHED = 8

SINCE, WAS, WINDOW, BID_WAS, ASK_WAS, BOTH, LESS, TICK = 0, 1, 2, 3, 4, 5, 6, 7
STATES_CROSSED, CROSSED_FOR, ONE_SIDED_FOR, MET = 8, 9, 10, 11
COUNTERS = 12
"""WAS is −1 before the first message; TICK is the greatest common divisor of all best prices and
of all prices of the first EARLY messages."""
EARLY = 4096


@compiled_within
def slot_of(table: Table, value: int) -> int:
    """Where a value stands in the table, or will."""
    last = table.shape[0] - 1
    at = (value * 0x9E3779B97F4A7C1) >> 20 & last
    while table[at, 0] >= 0 and table[at, 0] != value:
        at = (at + 1) & last
    table[at, 0] = value
    return at


@compiled_within
def width_of(bid: int, ask: int) -> float:
    """Spread in basis points of the mid."""
    return 2e4 * (ask - bid) / (ask + bid)


@compiled_within
def divisor(left: int, right: int) -> int:
    """The greatest common one."""
    while right:
        left, right = right, left % right
    return left


@compiled_within
def close(counters: Counters, at: int, windows: Ledger) -> int:
    """Weigh the state that ends now; its ns if its book was open, else 0."""
    ns, window = at - counters[SINCE], counters[WINDOW]
    if counters[WAS] == OPEN:
        bid, ask = counters[BID_WAS], counters[ASK_WAS]
        windows[window, NS] += ns
        windows[window, SPREAD] += width_of(bid, ask) * ns
        windows[window, DEPTH] += float(counters[BOTH]) * ns
        windows[window, LESSER] += float(counters[LESS]) * ns
        windows[window, ONE_TICK] += ns * (ask - bid == counters[TICK])
        return ns
    if counters[WAS] == CROSSED:
        counters[CROSSED_FOR] += ns
        windows[window, CROSSED_NS] += ns
    elif counters[WAS] == ONE_SIDED:
        counters[ONE_SIDED_FOR] += ns
    return 0


@compiled
def weigh(
    seen: Seen, counters: Counters, windows: Ledger, tables: tuple[Table, Table], grid: Counters
) -> None:
    """Go through a block. grid: width of a window in ns, the first, the tables' shifts."""
    spreads, depths = tables
    bid, ask = counters[BID_WAS], counters[ASK_WAS]
    at_spread = at_depth = window = until = 0
    if counters[WAS] == OPEN:
        at_spread = slot_of(spreads, np.int64(width_of(bid, ask) * FINE) >> grid[2])
        at_depth = slot_of(depths, counters[BOTH] >> grid[3])
    for i in range(seen.shape[0]):
        at, state = seen[i, TIME], seen[i, STATE]
        if at >= until:
            window, until = at // grid[0] - grid[1], (at // grid[0] + 1) * grid[0]
        windows[window, SEEN] += 1
        if counters[MET] < EARLY:
            counters[MET] += 1
            if seen[i, NEW] > 0 and seen[i, PLACE] > 0:
                counters[TICK] = divisor(counters[TICK], seen[i, PLACE])
        if state == BETWEEN:
            continue
        ns = close(counters, at, windows)
        spreads[at_spread, 2] += ns
        depths[at_depth, 2] += ns
        is_same = counters[WAS] == OPEN and seen[i, BID] == bid and seen[i, ASK] == ask
        counters[SINCE], counters[WAS], counters[WINDOW] = at, state, window
        if state != OPEN:
            counters[STATES_CROSSED] += state == CROSSED and seen[i, KIND] != NOTHING
            continue
        bid, ask = seen[i, BID], seen[i, ASK]
        if not is_same:
            counters[BID_WAS], counters[ASK_WAS] = bid, ask
            wide = width_of(bid, ask)
            at_spread = slot_of(spreads, np.int64(wide * FINE) >> grid[2])
            counters[TICK] = divisor(divisor(counters[TICK], bid), ask)
        windows[window, WIDEST] = max(windows[window, WIDEST], width_of(bid, ask))
        bids, asks = seen[i, BID_QUANTITY], seen[i, ASK_QUANTITY]
        counters[BOTH], counters[LESS] = bids + asks, min(bids, asks)
        at_depth = slot_of(depths, counters[BOTH] >> grid[3])
        spreads[at_spread, 1] += seen[i, KIND] != NOTHING
        depths[at_depth, 1] += seen[i, KIND] != NOTHING


@compiled
def moved(old: Table, new: Table, shift: int) -> None:
    """Fill a larger table, or one with coarser values, from another."""
    for row in range(old.shape[0]):
        if old[row, 0] >= 0:
            at = slot_of(new, old[row, 0] >> shift)
            new[at, 1] += old[row, 1]
            new[at, 2] += old[row, 2]
