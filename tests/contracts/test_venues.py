"""What every venue promises, whatever its hours and limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.clock import Clock
from undertow.core.family import Family
from undertow.model.venues.base import Brake, Phase, Venue

VENUES = Family("venue", "undertow.model.venues", Venue)
MEMBERS = VENUES.discover()
QUARTER = timedelta(minutes=15)
START = datetime(2026, 1, 28, tzinfo=UTC)
LISTED = 3

every_venue = pytest.mark.parametrize("name", MEMBERS)


def venue(name: str) -> Venue:
    return MEMBERS[name].example(LISTED)


def clock(days: float, step: timedelta = QUARTER, start: datetime = START) -> Clock:
    return Clock(start, step, int(timedelta(days=days) / step))


def opened(part: Venue) -> Brake:
    return part.opened(np.array([100.0, 29_919.0, 0.5]), START)


def played(part: Venue, moves: list[float]) -> list[tuple[Brake, np.ndarray, int]]:
    """Brake before each bar, price the bar ends at, phase: a walk kept inside the limits."""
    hours = clock(9)
    brake, price, trace = opened(part), opened(part).settlement.copy(), []
    for bar, phase in enumerate(part.phases(hours)):
        if phase != Phase.CLOSED:
            step = np.array([moves[(bar + k) % len(moves)] for k in range(LISTED)])
            price = np.clip(price * np.exp(step), brake.low, brake.high)
        trace.append((brake, price, int(phase)))
        brake = part.after(brake, price, int(phase), hours.time(bar + 1))
    return [*trace, (brake, price, Phase.CLOSED)]


walks = st.lists(st.floats(-0.05, 0.05), min_size=5, max_size=40)


@every_venue
def test_phases_are_one_integer_per_bar(name):
    phases = venue(name).phases(clock(10))

    assert phases.dtype == np.int64
    assert phases.shape == (clock(10).bars,)
    assert set(phases) <= set(Phase)


@every_venue
@pytest.mark.parametrize("first", [1, 37, 400])
def test_a_bar_reads_only_its_own_time(name, first):
    whole = clock(10)
    later = Clock(whole.time(first), QUARTER, whole.bars - first)

    assert (venue(name).phases(later) == venue(name).phases(whole)[first:]).all()


@every_venue
@pytest.mark.parametrize("minutes", [1, 5, 15, 60, 1440])
def test_every_week_has_between_five_and_seven_settlements(name, minutes):
    phases = venue(name).phases(clock(7, timedelta(minutes=minutes)))

    assert 5 <= (phases == Phase.CLOSING).sum() <= 7


@every_venue
def test_open_time_does_not_depend_on_the_length_of_bars(name):
    quarters = (venue(name).phases(clock(7)) != Phase.CLOSED).mean()
    minutes = (venue(name).phases(clock(7, timedelta(minutes=1))) != Phase.CLOSED).mean()

    assert quarters == pytest.approx(minutes)


@every_venue
def test_the_opening_brake_lets_the_settlement_pass(name):
    brake = opened(venue(name))

    assert (brake.low < brake.settlement).all()
    assert (brake.settlement < brake.high).all()
    assert not brake.locked.any()
    assert not brake.run.any()


@every_venue
def test_a_closed_bar_leaves_the_brake_alone(name):
    brake = opened(venue(name))

    assert venue(name).after(brake, 0.9 * brake.settlement, Phase.CLOSED, START) is brake


@every_venue
@settings(max_examples=10, deadline=None)
@given(walk=walks)
def test_limits_and_settlement_change_only_when_a_day_ends(name, walk):
    trace = played(venue(name), walk)

    for (before, _, phase), (after, _, _) in pairwise(trace):
        moved = (before.low != after.low).any() or (before.settlement != after.settlement).any()
        assert phase == Phase.CLOSING or not moved


@every_venue
@settings(max_examples=10, deadline=None)
@given(walk=walks)
def test_a_brake_never_crosses_and_a_settlement_was_dealt_between_the_limits(name, walk):
    trace = played(venue(name), walk)

    for (before, _, phase), (after, _, _) in pairwise(trace):
        assert (after.low >= 0).all()
        assert (after.low <= after.high).all()
        if phase == Phase.CLOSING:
            assert (before.low <= after.settlement * (1 + 1e-12)).all()
            assert (after.settlement <= before.high * (1 + 1e-12)).all()


@every_venue
@settings(max_examples=10, deadline=None)
@given(walk=walks)
def test_only_a_day_that_ends_at_a_limit_is_locked(name, walk):
    trace = played(venue(name), walk)

    for (before, price, phase), (after, _, _) in pairwise(trace):
        if phase == Phase.CLOSING:
            away = 1e-8 * price
            at_limit = (price <= before.low + away) | (price >= before.high - away)
            assert not after.locked[~at_limit].any()
            assert ((after.run > 0) == (after.locked != 0)).all()


@every_venue
def test_the_brake_given_is_not_written_to(name):
    brake = opened(venue(name))
    for part in (brake.low, brake.high, brake.settlement, brake.locked, brake.run, brake.memory):
        part.flags.writeable = False
    price = 0.97 * brake.settlement
    price.flags.writeable = False

    after = venue(name).after(brake, price, Phase.CLOSING, START)
    price.flags.writeable = True
    price[:] = 1.0

    assert after.settlement == pytest.approx(0.97 * brake.settlement)


@every_venue
def test_instruments_of_a_venue_do_not_know_each_other(name):
    part, brake = venue(name), opened(venue(name))
    price = brake.settlement * np.array([0.9, 0.97, 1.05])
    turned = replace(
        brake,
        low=brake.low[::-1],
        high=brake.high[::-1],
        settlement=brake.settlement[::-1],
        memory=brake.memory[..., ::-1],
    )

    straight = part.after(brake, price, Phase.CLOSING, START)
    reversed_ = part.after(turned, price[::-1], Phase.CLOSING, START)

    assert (straight.low == reversed_.low[::-1]).all()
    assert (straight.settlement == reversed_.settlement[::-1]).all()


@every_venue
def test_limits_scale_with_the_currency(name):
    part = venue(name)
    euro, cent = (part.opened(scale * np.array([2.0, 3.0, 5.0]), START) for scale in (1, 100))

    assert cent.low == pytest.approx(100 * euro.low)
    assert cent.high == pytest.approx(100 * euro.high)
