"""Price limits: what they stop, and that what they stop is nobody's loss yet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playing import played
from small import holders, shocked, system
from undertow.core.market import calm_market, plain_instruments
from undertow.engine.clear import Flow, Limits, clear
from undertow.engine.pace import round_of
from undertow.engine.prices import dealt_price
from undertow.model.scenario import Listing, Scenario
from undertow.model.venues import VENUES

ROUNDING = 1e-9


def limited(share: float = 0.05) -> Scenario:
    """A can fall by `share` a day; B, a product of A, trades without limits and is dumped."""
    venue = replace(VENUES.member("price_limits").example(1), limits=(share,))
    plain = holders(np.array([[100.0, 0.0]]), np.array([-8_950.0]), segment="plain")
    product = holders(np.array([[0.0, 1000.0]]), np.array([-89_950.0]), segment="product")
    both = system(
        plain, product, price=(100.0, 100.0), depth=(1500.0, 1e300), bars=40,
        lookthrough=np.array([[1.0, 0.0], [1.0, 0.0]]),
    )  # fmt: skip
    clock = replace(both.clock, start=both.clock.start.replace(hour=1))
    listed = replace(both.rules, listings=(Listing("limited", venue, np.array([0])),))
    return shocked(replace(both, clock=clock, rules=listed), (0, 0, 0.97), (0, 1, 0.97))


def test_a_limited_price_records_no_more_force_than_it_shows() -> None:
    paths = played(limited()).paths
    first_day = slice(0, 6)

    assert paths.price[first_day, 0].min() == pytest.approx(95.0)
    assert np.all(paths.forced[first_day, 0] >= np.log(0.95) - ROUNDING)
    assert np.all(paths.news[first_day, 0] <= ROUNDING)


def test_what_a_limit_held_back_shows_when_it_lifts() -> None:
    paths = played(limited()).paths

    assert paths.forced[-1, 0] < np.log(0.95)
    assert paths.forced[:, 0] + paths.news[:, 0] == pytest.approx(np.log(paths.price[:, 0] / 100.0))


@settings(max_examples=60, deadline=None)
@given(
    sold=st.tuples(*[st.integers(0, 5)] * 2),
    bought=st.tuples(*[st.integers(0, 5)] * 2),
    low=st.tuples(*[st.sampled_from((0.9, 0.95, 0.97))] * 2),
    product=st.booleans(),
)
def test_nobody_is_filled_beyond_a_limit_even_where_prices_are_coupled(
    sold: tuple[int, int], bought: tuple[int, int], low: tuple[float, float], product: bool
) -> None:
    links = np.array([[1.0, 0.0], [1.0, 0.0] if product else [0.5, 0.5]])
    depth = np.array([1000.0, 1e300 if product else 1000.0])
    market = calm_market(
        plain_instruments(("A", "B"), depth=depth, lookthrough=links), np.full(2, 100.0)
    )
    flow = Flow(50.0 * np.array(sold), np.zeros(2), 50.0 * np.array(bought))
    limits = Limits(100.0 * np.array(low), np.full(2, 110.0))
    rules = system(holders(np.zeros((1, 1)), np.ones(1))).rules
    cleared = clear(market, flow, rules, round_of(0, 2), limits)
    price = dealt_price(rules.impact, cleared.market)
    sells = cleared.filled_forced * flow.forced > ROUNDING
    buys = cleared.filled_bought * flow.bought > ROUNDING

    assert np.all((price >= limits.low * (1 - ROUNDING)) | ~sells)
    assert np.all((price <= limits.high * (1 + ROUNDING)) | ~buys)


def test_without_limits_everything_is_filled() -> None:
    market = calm_market(plain_instruments(("A",), depth=np.array([1000.0])), np.full(1, 100.0))
    flow = Flow(np.array([50.0]), np.zeros(1), np.array([10.0]))
    rules = system(holders(np.zeros((1, 1)), np.ones(1))).rules
    free = Limits(np.zeros(1), np.full(1, np.inf))
    cleared = clear(market, flow, rules, round_of(0, 1), free)

    assert (cleared.filled_forced[0], cleared.filled_bought[0]) == (1.0, 1.0)
