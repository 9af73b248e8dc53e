"""Rows of Bitstamp's orders as events: one pass over the cells, nothing in between."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from undertow.core import events as ev
from undertow.core.compiled import compiled, compiled_within
from undertow.core.events import Events, RowPerEvent
from undertow.data.orderbooks._cells import word

Whole: TypeAlias = Annotated[NDArray[np.int64], "number"]

ID, TIME, PRICE, VOLUME, ACTION, DIRECTION = range(6)
"""Places in `at` of the columns of a row."""
CREATED, CHANGED, DELETED = map(word, ("created", "changed", "deleted"))
BID, ASK = map(word, ("bid", "ask"))
MILLISECOND = 1_000_000
BEFORE_1970, AFTER_2200 = 10**12, 7 * 10**12

WRONG = (
    "",
    "an action that is not created, changed or deleted",
    "a direction that is not bid or ask",
    "a negative volume",
    "a timestamp that is no ms since 1970",
)
"""What can be wrong with a row; the first is nothing."""
KEPT, ROW, FAULT, ABSURD, NOTHING, TOOK = range(6)
"""What `ordered` counts: events written, the row at which it stopped, what is wrong with that one,
and what was dropped or not added."""

BUCKETS = 1 << 12
"""A filter of ids before they are looked for."""


@compiled_within
def fault(row: NDArray[np.int64], at: Whole) -> int:
    """What is wrong with a row, as a place in WRONG."""
    action, direction, time = row[at[ACTION]], row[at[DIRECTION]], row[at[TIME]]
    if action not in (CREATED, CHANGED, DELETED):
        return 1
    if direction not in (BID, ASK):
        return 2
    if row[at[VOLUME]] < 0:
        return 3
    return 4 if time < BEFORE_1970 or time > AFTER_2200 else 0


@compiled_within
def bucket(order: int) -> int:
    """Where an id is noted in a filter."""
    return (order * 0x9E3779B97F4A7C1 >> 32) & (BUCKETS - 1)


@compiled
def noted(known: Whole) -> NDArray[np.bool_]:
    """The filter of some ids."""
    made = np.zeros(BUCKETS, dtype=np.bool_)
    for order in known:
        made[bucket(order)] = True
    return made


@compiled_within
def among(order: int, known: Whole, filter_: NDArray[np.bool_]) -> bool:
    """Whether an id is in a sorted list."""
    if not filter_[bucket(order)]:
        return False
    at = np.searchsorted(known, order)
    return at < known.shape[0] and known[at] == order


@compiled_within
def flags_of(action: int, volume: int, takers_stand: bool, made: bool, took: bool) -> int:
    """What is known of an event beside its numbers."""
    flags, decreased = ev.END, action == CHANGED or (action == DELETED and volume == 0)
    if decreased and (made or takers_stand):
        flags |= ev.FILLED
    if took and action == CHANGED:
        flags |= ev.REMAINDER
    return flags


@compiled
def ordered(
    rows: RowPerEvent,
    at: Whole,
    highest: int,
    parties: tuple[bool, Whole, NDArray[np.bool_], Whole, NDArray[np.bool_]],
    out: Events,
) -> Whole:
    """Fill the columns with the rows that are kept.

    parties: whether takers stand among the orders; makers and takers with their filters
    """
    told = np.zeros(6, dtype=np.int64)
    takers_stand, makers, made_filter, takers, took_filter = parties
    for i in range(rows.shape[0]):
        row, kept = rows[i], told[KEPT]
        wrong = fault(row, at)
        if wrong != 0:
            told[ROW], told[FAULT] = i, wrong
            return told
        action, price, volume, order = row[at[ACTION]], row[at[PRICE]], row[at[VOLUME]], row[at[ID]]
        absurd = price <= 0 or price > highest
        nothing = action != DELETED and volume == 0
        took = not takers_stand and among(order, takers, took_filter)
        made = not takers_stand and among(order, makers, made_filter)
        told[ABSURD] += absurd
        told[NOTHING] += nothing and not absurd
        if absurd or nothing:
            continue
        if took and action == CREATED:
            told[TOOK] += 1
            continue
        out.time[kept], out.order[kept] = row[at[TIME]] * MILLISECOND, order
        kind = ev.ADD if action == CREATED else (ev.LEFT if action == CHANGED else ev.DELETE)
        out.kind[kept], out.side[kept] = kind, 1 if row[at[DIRECTION]] == BID else -1
        out.price[kept], out.quantity[kept] = price, volume
        out.flags[kept] = flags_of(action, volume, takers_stand, made, took)
        told[KEPT] = kept + 1
    return told
