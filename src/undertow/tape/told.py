"""Messages as they came, each in the row where the replay will say what it did."""

from __future__ import annotations

from undertow.core.compiled import compiled
from undertow.core.events import Events
from undertow.tape.seen import COLUMNS, FLAGS, KIND, NEW, ORDER, PLACE, PRICE, SIDE, TIME, Seen


@compiled
def told(events: Events, seen: Seen) -> None:
    """Fill the rows of a block; what a replay adds is 0 in them."""
    time, kind, side, order = events.time, events.kind, events.side, events.order
    price, quantity, flags = events.price, events.quantity, events.flags
    for i in range(time.shape[0]):
        for column in range(COLUMNS):
            seen[i, column] = 0
        seen[i, TIME], seen[i, KIND], seen[i, SIDE] = time[i], kind[i], side[i]
        seen[i, ORDER], seen[i, NEW], seen[i, FLAGS] = order[i], quantity[i], flags[i]
        seen[i, PRICE] = seen[i, PLACE] = price[i]
