"""Limits of exchanges: published figures, and what holds of all of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.errors import BadNumber
from undertow.model.venues import (
    LuldTier,
    bounds,
    limit_by_price,
    limit_days,
    limit_width,
    widened,
    yen_bounds,
)

FEW = settings(max_examples=50, deadline=None)
TIER_1 = LuldTier(0.05, 0.20, 0.75, 0.15, 3.0, 0.75, doubled_high=True)
TIER_2 = LuldTier(0.10, 0.20, 0.75, 0.15, 3.0, 0.75, doubled_high=False)
EDGES, MONEY = (0.0, 100.0, 200.0, 500.0), (30.0, 50.0, 80.0, 100.0)


def test_limits_widen_by_three_and_five_points():
    assert limit_days(0.11, (0.03, 0.05)) == pytest.approx((0.11, 0.14, 0.16))


def test_beyond_the_last_step_there_is_no_widening():
    run = np.array([0.0, 1.0, 2.0, 3.0, 7.0])

    assert widened(np.full(5, 0.1), run, (0.03, 0.05)) == pytest.approx([0.1, 0.13, 0.15, 0.1, 0.1])


def test_bounds_are_rounded_down_to_the_tick():
    low, high = bounds(np.array(25_003.0), np.array(0.17), np.array(1.0))

    assert (float(low), float(high)) == (20_752.0, 29_253.0)


@FEW
@given(price=st.floats(1.0, 1e5), limit=st.floats(0.01, 0.5), tick=st.sampled_from([0.02, 1.0, 10]))
def test_a_tick_moves_a_bound_by_less_than_itself(price, limit, tick):
    exact = bounds(np.array(price), np.array(limit))
    rounded = bounds(np.array(price), np.array(limit), np.array(float(tick)))
    for before, after in zip(exact, rounded, strict=True):
        assert -1e-4 * tick <= before - after < tick


@pytest.mark.parametrize(
    ("reference", "rate", "tick", "width"),
    [(28_780.0, 0.08, 10.0, 2_300.0), (28_780.0, 0.12, 10.0, 3_450.0), (100.0, 0.08, 0.5, 8.0)],
)
def test_what_is_less_than_a_tick_is_discarded(reference, rate, tick, width):
    assert limit_width(reference, rate, tick) == pytest.approx(width)


@pytest.mark.parametrize(
    ("base", "limit"), [(99.9, 30.0), (100.0, 50.0), (499.0, 80.0), (9e9, 100)]
)
def test_less_than_an_edge_takes_the_row_below(base, limit):
    assert limit_by_price(base, EDGES, MONEY) == limit


@pytest.mark.parametrize("base", [0.0, -5.0, float("nan")])
def test_what_is_no_price_has_no_limit(base):
    with pytest.raises(BadNumber, match="positive"):
        limit_by_price(base, EDGES, MONEY)


@pytest.mark.parametrize(
    ("base", "normal", "side", "low", "high"),
    [
        (7_870.0, 1_500.0, "upper", 6_370.0, 13_870.0),
        (3_310.0, 700.0, "lower", 510.0, 4_010.0),
        (617.0, 100.0, "upper", 517.0, 1_017.0),
        (617.0, 100.0, "both", 217.0, 1_017.0),
        (80.0, 30.0, "lower", 0.0, 110.0),
    ],
)
def test_tokyo_widens_one_side(base, normal, side, low, high):
    assert yen_bounds(base, normal, factor=4.0, side=side) == (low, high)


def test_a_side_that_is_none_is_refused():
    with pytest.raises(BadNumber, match="'left'"):
        yen_bounds(100.0, 30.0, side="left")


@pytest.mark.parametrize(
    ("tier", "reference", "close", "width"),
    [
        (TIER_1, 100.0, 100.0, 5.0),
        (TIER_2, 100.0, 100.0, 10.0),
        (TIER_1, 2.0, 3.0, 0.4),
        (TIER_1, 2.0, 3.01, 0.1),
        (TIER_2, 1.0, 0.75, 0.2),
        (TIER_2, 0.5, 0.74, 0.15),
        (TIER_2, 0.1, 0.1, 0.075),
    ],
)
def test_the_previous_close_chooses_the_percentage(tier, reference, close, width):
    assert tier.width(reference, close) == pytest.approx(width)


def test_the_last_minutes_double_tier_one_and_cheap_stocks():
    assert TIER_1.width(100.0, 100.0, times=2.0) == pytest.approx(10.0)
    assert TIER_2.width(100.0, 100.0, times=2.0) == pytest.approx(10.0)
    assert TIER_2.width(2.0, 2.0, times=2.0) == pytest.approx(0.8)


@pytest.mark.parametrize("leverage", [3.0, -3.0])
def test_a_leveraged_fund_has_a_wider_band(leverage):
    assert TIER_2.width(50.0, 50.0, leverage=leverage) == pytest.approx(15.0)
