"""How wide a near list's box is, and what a list inside a list knows of home."""

from __future__ import annotations

import numpy as np

from undertow.core.accounts import Group, plain_group
from undertow.engine.live import listed, live_at_home, room_for, write_home
from undertow.engine.near import Box
from undertow.engine.pool import Pool
from undertow.engine.reach import HORIZONS, LARGEST, Reach, reach
from undertow.engine.weights import Weights

ONE = np.ones((1, 1))
NO_OFFSET = np.zeros(1)


def weight(value: float) -> Weights:
    return Weights(value * ONE, NO_OFFSET, 0.0 * ONE, 0.0 * ONE)


def people(count: int) -> Group:
    """Long one unit each; account k is called when a unit's weight falls below (k + 1)/count."""
    debts = -(np.arange(count) + 1.0) / count
    return plain_group("all", np.ones((count, 1)), debts)


def test_what_is_changed_in_the_inner_list_arrives_at_home() -> None:
    home = live_at_home(people(100))
    outer = listed(home, weight(0.5), room_for(home), Pool(), noted=False)
    inner = listed(outer, weight(0.8), room_for(home), Pool(), noted=False)
    inner.cash[0], inner.quantity[0, 0], inner.moved = 7.0, 3.0, True
    at = int(inner.at_home(np.array([0]))[0])
    write_home(inner, Pool())

    assert len(home) > len(outer) > len(inner) > 0
    assert (home.cash[at], home.quantity[at, 0]) == (7.0, 3.0)
    assert not inner.moved
    assert not outer.moved


def test_places_and_home_rows_convert_both_ways() -> None:
    home = live_at_home(people(100))
    outer = listed(home, weight(0.5), room_for(home), Pool(), noted=False)
    inner = listed(outer, weight(0.8), room_for(home), Pool(), noted=False)
    places = np.arange(len(inner))

    assert np.array_equal(inner.places(inner.at_home(places)), places)
    assert np.array_equal(home.cash[inner.at_home(places)], inner.cash)


def test_a_corner_is_moved_into_the_box_around_it() -> None:
    box = Box(np.array([[0.5, -2.0, 9.0]]), NO_OFFSET, 1.0)
    sign = np.array([1.0, -1.0, 0.0])
    moved = box.around(np.array([[0.4, -1.0, 3.0]]), sign)

    assert np.array_equal(moved[0, :2], [0.5, -2.0])
    assert box.holds(Weights(moved, NO_OFFSET, moved, moved), sign)


def test_a_wider_box_is_chosen_when_boxes_are_used_up_faster() -> None:
    near = HORIZONS * 100.0
    slow, fast = (Reach(near, [np.maximum(1.0, HORIZONS / s)]) for s in (0.1, 2.0))

    assert fast.best(1_000_000, 0).moves > slow.best(1_000_000, 0).moves
    assert fast.best(1_000_000, 0).cost > slow.best(1_000_000, 0).cost


def test_no_list_takes_more_than_its_share_of_the_one_around_it() -> None:
    home = live_at_home(people(1_000))
    found = reach(home, weight(1.0), 0.01 * ONE, [1.0, 1.0], np.inf)

    assert np.all((found.near <= LARGEST * len(home)) | np.isinf(found.near))
    assert np.isinf(found.near[-1])
