"""Paths: a price for every bar, even in open time, and no look ahead while closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from undertow.core.clock import Clock
from undertow.core.errors import BadDate, BadNumber
from undertow.core.shapes import Floats
from undertow.episodes.paths import path_per_bar

START = datetime(2026, 1, 5, tzinfo=UTC)
CLOCK = Clock(START, timedelta(hours=1), 12)
OPEN = np.ones(12, dtype=np.bool_)
DAY = np.array([False] * 3 + [True] * 6 + [False] * 3)


def at(*hours: float) -> NDArray[np.datetime64]:
    moments = [START.replace(tzinfo=None) + timedelta(hours=hour) for hour in hours]
    return np.array(moments, dtype="datetime64[s]")


def path(hours: list[float], prices: list[float], opens: NDArray[np.bool_] = OPEN) -> Floats:
    return path_per_bar(at(*hours), np.array(prices), opens, CLOCK)


def test_a_dated_price_is_met_at_the_end_of_its_bar() -> None:
    got = path([0, 4, 12], [100, 80, 90])

    assert got[3] == pytest.approx(80, rel=1e-12)
    assert got[11] == pytest.approx(90, rel=1e-12)


def test_between_two_prices_every_open_bar_has_the_same_return() -> None:
    returns = np.diff(np.log(path([0, 12], [100, 50])))

    assert returns == pytest.approx(np.log(0.5) / 12, rel=1e-12)


def test_while_closed_the_last_price_stands() -> None:
    got = path([0, 12], [100, 50], DAY)

    assert got[:3] == pytest.approx(100, rel=1e-12)
    assert (got[8:] == got[8]).all()
    assert got[8] == pytest.approx(50, rel=1e-12)


def test_what_happened_while_closed_is_the_opening_gap() -> None:
    got = path([-1, 1, 12], [100, 70, 70], DAY)

    assert got[:3] == pytest.approx(100, rel=1e-12)
    assert got[3] == pytest.approx(70, rel=1e-6)


def test_the_last_bar_before_the_close_does_not_know_the_next_price() -> None:
    got = path([0, 9, 10, 11], [100, 90, 60, 50], DAY)

    assert got[8:] == pytest.approx(90, rel=1e-12)


def test_only_the_last_price_before_the_window_counts() -> None:
    assert (path([-30, -1], [5, 100]) == path([-1], [100])).all()


def test_prices_after_the_window_change_nothing() -> None:
    assert (path([0, 6, 13], [100, 80, 1e6]) == path([0, 6], [100, 80])).all()


def test_after_the_last_price_the_path_stands_still() -> None:
    assert path([0, 6], [100, 80])[5:] == pytest.approx(80, rel=1e-12)


def test_a_path_that_begins_inside_the_window_is_refused() -> None:
    with pytest.raises(BadDate, match="no price at or before 2026-01-05 00:00"):
        path([6, 12], [80, 90])


@pytest.mark.parametrize("price", [0.0, -1.0, np.nan, np.inf])
def test_a_price_without_a_logarithm_is_refused(price: float) -> None:
    with pytest.raises(BadNumber, match="not above 0"):
        path([0, 1], [100, price])


@given(
    st.lists(st.floats(-20, 20), min_size=1, max_size=8, unique=True),
    st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_no_bar_leaves_the_range_of_the_dated_prices(hours: list[float], opens: list[bool]) -> None:
    prices = [100.0 + 7 * n for n in range(len(hours) + 1)]
    got = path([-21.0, *sorted(hours)], prices, np.array(opens))

    assert got.min() >= 100 * (1 - 1e-9)
    assert got.max() <= max(prices) * (1 + 1e-9)
    assert (np.diff(got)[~np.array(opens)[1:]] == 0).all()
