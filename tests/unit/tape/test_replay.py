"""A book that is kept agrees with one that is looked up, however its messages are cut."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds import Message, PlainBook, add, answer_to, events_of, gone
from undertow.core import events as ev
from undertow.core.errors import BadFile
from undertow.core.events import About
from undertow.tape import book as lies
from undertow.tape.replay import Replay
from undertow.tape.seen import (
    ASK,
    ASK_QUANTITY,
    BID,
    BID_QUANTITY,
    CROSSED,
    ONE_SIDED,
    OPEN,
    S_ASK_50,
    S_ASK_TEN,
    S_BID_10,
    S_BID_TEN,
    STATE,
    USED,
)

ABOUT = About("test", "T", 0.01, 1.0, "orders")


@st.composite
def messages(draw: st.DrawFn) -> list[Message]:
    """Adds, cancels, fills, deletions and modifications of few orders at few prices."""
    made: list[Message] = []
    at = 0.0
    for order in range(draw(st.integers(5, 60))):
        at += draw(st.sampled_from((0.0, 0.3, 1.4)))
        side = draw(st.sampled_from((1, -1)))
        price = 10_000 - side * draw(st.integers(-1, 30))
        made.append(add(at, order, side, price, draw(st.integers(1, 9))))
        kind = draw(st.sampled_from((ev.ADD, ev.CANCEL, ev.FILL, ev.DELETE, ev.MODIFY)))
        if kind != ev.ADD:
            other = draw(st.integers(0, order))
            amount = draw(st.integers(1, 9))
            its = next(m for m in made if m[3] == other)
            made.append((int(at * 1e9), kind, its[2], other, its[4], amount, ev.END))
    return made


def plain_states(found: list[Message]) -> list[tuple[object, ...]]:
    book, states = PlainBook(), []
    for message in found:
        book.take(message)
        bids, asks = book.levels(1), book.levels(-1)
        if not bids or not asks:
            states.append((ONE_SIDED,))
        elif bids[0][0] >= asks[0][0]:
            states.append((CROSSED,))
        else:
            states.append((OPEN, *bids[0], *asks[0]))
    return states


def kept_states(found: list[Message], cuts: int) -> list[tuple[object, ...]]:
    replay, states = Replay(ABOUT), []
    for part in np.array_split(np.arange(len(found)), cuts):
        if len(part):
            for row in replay.shown(events_of([found[k] for k in part])).tolist():
                touch = (row[BID], row[BID_QUANTITY], row[ASK], row[ASK_QUANTITY])
                states.append((OPEN, *touch) if row[STATE] == OPEN else (row[STATE],))
    return states


@given(messages(), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_the_touch_is_that_of_a_plain_book_after_every_message(
    found: list[Message], cuts: int
) -> None:
    assert kept_states(found, cuts) == plain_states(found)


@given(messages())
@example([add(0.0, k, 1, 10_000, 1) for k in range(4)] + [add(0.3, 4, 1, 10_000, 1)])
@settings(max_examples=30, deadline=None)
def test_an_answer_does_not_depend_on_how_messages_come_in_blocks(found: list[Message]) -> None:
    whole, cut = answer_to(found), answer_to(found, blocks=5)

    assert repr(whole) == repr(cut)


def test_depth_is_counted_level_by_level_and_by_distance() -> None:
    bids = [add(0.0, k, 1, 10_000 - k, 10) for k in range(15)]
    asks = [add(0.0, 100 + k, -1, 10_002 + 10 * k, 10) for k in range(15)]
    replay = Replay(ABOUT)
    replay.shown(events_of([*bids, *asks, add(2.5, 999, 1, 1, 1)]))
    row = replay.sampled[0]

    assert row[USED] == OPEN
    assert (row[S_BID_TEN], row[S_ASK_TEN]) == (100, 100)
    assert row[S_BID_10] == 100
    assert row[S_ASK_50] == 50


def test_many_orders_and_levels_find_room() -> None:
    found = [add(k * 1e-3, k, 1, 10_000 - k, 1) for k in range(3000)]
    replay = Replay(ABOUT)
    replay.shown(events_of(found))
    replay.shown(events_of([gone(4.0, k, ev.DELETE) for k in range(3000)]))
    last = replay.shown(events_of([add(5.0, 1, 1, 77, 1), add(5.0, 2, -1, 79, 1)]))[-1]

    assert (last[BID], last[ASK]) == (77, 79)
    assert replay.odd["of_orders_that_are_not_in_the_book"] == 0


def test_the_room_of_a_book_grows_with_the_orders_that_live_not_with_the_messages() -> None:
    replay, sizes = Replay(ABOUT), []
    for block in range(40):
        first = 1000 * block
        born = [add(block + k * 1e-4, first + k, 1, 10_000 - k % 50, 1) for k in range(1000)]
        dead = [gone(block + 0.2 + k * 1e-4, first + k, ev.DELETE) for k in range(1000)]
        replay.shown(events_of([*born, *dead]))
        sizes.append(replay.book.nbytes)

    assert len(set(sizes[1:])) == 1
    assert replay.odd["of_orders_that_are_not_in_the_book"] == 0


def test_an_order_is_found_though_many_with_its_name_have_come_and_gone() -> None:
    again = [
        message
        for k in range(500)
        for message in (add(k, 7, 1, 9_000 + k, 5), gone(k + 0.5, 7, ev.DELETE))
    ]
    others = [add(0.0, -k, -1, 20_000 + k, 1) for k in range(1, 300)]
    replay = Replay(ABOUT)
    last = replay.shown(events_of(sorted([*others, *again, add(600.0, 7, 1, 8_000, 2)])))[-1]

    assert (last[BID], last[BID_QUANTITY], last[ASK]) == (8_000, 2, 20_001)
    assert int(replay.book[lies.LIVE]) == 300


def test_an_earlier_time_is_taken_at_the_later_one_and_counted() -> None:
    found = [add(10.0, 1, 1, 99, 1), add(9.0, 2, -1, 101, 1), add(12.0, 3, 1, 98, 1)]

    assert answer_to(found).odd == {"times_that_ran_backwards": 1}


def test_time_that_runs_far_backwards_is_refused() -> None:
    with pytest.raises(BadFile, match="time runs backwards by 3,600 s"):
        answer_to([add(4000.0, 1, 1, 99, 1), add(400.0, 2, -1, 101, 1)])


def test_weeks_between_messages_are_refused() -> None:
    with pytest.raises(BadFile, match="30 days lie between"):
        answer_to([add(0.0, 1, 1, 99, 1), add(30 * 86_400.0, 2, -1, 101, 1)])


def test_no_message_at_all_is_refused() -> None:
    with pytest.raises(BadFile, match="no message"):
        answer_to([])


def test_a_book_that_is_never_open_has_no_spread() -> None:
    answer = answer_to([add(0.0, 1, 1, 99, 1), add(5.0, 2, 1, 98, 1)])

    assert math.isnan(answer.spread_bps.time_median)
    assert answer.outcome == "The book was never open on both sides."
    assert answer.crossed["one_sided_seconds"] == 5.0


def test_a_cancel_of_an_order_that_is_not_there_is_counted_and_changes_nothing() -> None:
    found = [add(0.0, 1, 1, 99, 1), add(0.0, 2, -1, 101, 1), gone(1.0, 7, ev.DELETE)]
    answer = answer_to(found)

    assert answer.odd == {"of_orders_that_are_not_in_the_book": 1}
    assert "delete" not in answer.events
