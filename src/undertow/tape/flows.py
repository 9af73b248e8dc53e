"""What came into the book and what left it, and how: by kind, by window, near the mid."""

from __future__ import annotations

from undertow.core.compiled import compiled
from undertow.core.events import ADD, CROSS, FILL, HIDDEN, KINDS, MODIFY, NAMED, REPLACED, TRADE
from undertow.tape.seen import (
    ASK,
    BID,
    FLAGS,
    GONE,
    KIND,
    NEW,
    NOTHING,
    OPEN,
    PLACE,
    PRICE,
    STATE,
    TIME,
    Counters,
    Ledger,
    Seen,
)

COUNTED, ADDED, GONE_BY = 0, KINDS, 2 * KINDS
"""Columns of a window: how many of each kind, how much they brought, how much they took."""
NEAR = 3 * KINDS
NEAR_ADDED, NEAR_CANCELLED, NEAR_FILLED = NEAR, NEAR + 1, NEAR + 2
"""Quantities within 10 bp of the mid before the message; after them the same of makers."""
MAKERS = 3
COLUMNS = NEAR + 6
WITHIN = 10.0

TWICE = 0
"""Counter: bid and ask added up, before this message; 0 where the book was not open."""


@compiled
def flows(seen: Seen, counters: Counters, windows: Ledger, grid: Counters) -> None:
    """Go through a block. grid: width of a window in ns, and the first one."""
    for i in range(seen.shape[0]):
        kind, twice = seen[i, KIND], counters[TWICE]
        if kind != NOTHING:
            window = seen[i, TIME] // grid[0] - grid[1]
            goes_on = kind == ADD and seen[i, FLAGS] & REPLACED != 0
            kind = MODIFY if goes_on else kind
            windows[window, COUNTED + kind] += not goes_on
            windows[window, ADDED + kind] += seen[i, NEW]
            windows[window, GONE_BY + kind] += seen[i, GONE]
            if twice > 0 and kind not in (HIDDEN, CROSS, TRADE):
                makers = MAKERS if seen[i, FLAGS] & NAMED else 0
                if 1e4 * abs(2.0 * seen[i, PLACE] - twice) <= WITHIN * twice:
                    windows[window, NEAR_ADDED] += seen[i, NEW]
                    windows[window, NEAR_ADDED + makers] += seen[i, NEW] * (makers > 0)
                if 1e4 * abs(2.0 * seen[i, PRICE] - twice) <= WITHIN * twice:
                    column = NEAR_FILLED if kind == FILL else NEAR_CANCELLED
                    windows[window, column] += seen[i, GONE]
                    windows[window, column + makers] += seen[i, GONE] * (makers > 0)
        if seen[i, STATE] == OPEN:
            counters[TWICE] = seen[i, BID] + seen[i, ASK]
