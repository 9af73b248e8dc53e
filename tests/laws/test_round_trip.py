"""A round trip never earns: impact law and clearing alone, depth refilling no faster than 1/τ."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies_rules import round_trips
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.core.shapes import Floats
from undertow.engine.clear import Flow, Limits, clear
from undertow.engine.pace import Pace
from undertow.model.impact import IMPACT
from undertow.model.impact.base import ImpactLaw
from undertow.model.makers import MAKERS
from undertow.model.scenario import Rules

some = settings(max_examples=200, deadline=None)
LAWS = ("exponential", "linear", "square_root", "exponential_floor")
FREE = Limits(np.zeros(1), np.full(1, np.inf))


def law_of(name: str, fill: str) -> ImpactLaw:
    more = {"exponential_floor": {"floor": 0.3}}
    return IMPACT.make(name, {"fill": fill, **more.get(name, {})})


def trip(law: ImpactLaw, sold: Floats, decay: Floats, depth: Floats, permanent: float) -> float:
    """Money earned by trades that sum to zero, per unit of price and of depth."""
    calm = plain_instruments(
        ("A",), resilience=np.ones(1), permanent=np.full(1, permanent), sigma=np.full(1, 0.5)
    )
    market = calm_market(calm, np.ones(1))
    rules = Rules((), law, MAKERS.make("constant", {}))
    earned = 0.0
    for units, rest, deep in zip(sold, np.append(0.0, decay), depth, strict=True):
        market = replace(market, depth=np.array([deep]))
        market, money = _trade(market, rules, units, rest)
        earned += money
    return earned


def _trade(market: Market, rules: Rules, units: float, days: float) -> tuple[Market, float]:
    """Wait so long, then deal at once."""
    flags = np.ones(1, dtype=bool)
    waits = Pace(0, np.array([days]), flags, ~flags, days)
    none = np.zeros(1)
    market = clear(market, _flow(0.0), rules, waits, FREE).market
    at_once = Pace(0, none, flags, ~flags, 0.0)
    cleared = clear(market, _flow(units), rules, at_once, FREE)
    return cleared.market, units * float(cleared.paid[0])


def _flow(units: float) -> Flow:
    none = np.zeros(1)
    return Flow(none, np.array([max(units, 0.0)]), np.array([max(-units, 0.0)]))


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("fill", ["path", "final"])
@some
@given(plan=round_trips())
def test_a_round_trip_against_passing_pressure_never_earns(
    law: str, fill: str, plan: tuple[Floats, Floats, Floats]
) -> None:
    sold, decay, depth = plan

    assert trip(law_of(law, fill), sold, decay[: len(sold) - 1], depth, 0.0) <= 1e-12


@pytest.mark.parametrize("fill", ["path", "final"])
@some
@given(plan=round_trips(), permanent=st.floats(0.0, 0.5))
def test_a_round_trip_against_lasting_pressure_never_earns(
    fill: str, plan: tuple[Floats, Floats, Floats], permanent: float
) -> None:
    """A permanent share is linear in units at constant depth."""
    sold, decay, _ = plan
    depth = np.ones(len(sold))

    assert (
        trip(law_of("exponential", fill), sold, decay[: len(sold) - 1], depth, permanent) <= 1e-12
    )


def test_buying_deep_and_selling_thin_does_not_earn() -> None:
    """Withdrawal moves later trades only; currency pressure over today's depth would earn here."""
    bought, sold = -0.2, 0.2
    deep_then_thin = trip(
        law_of("exponential", "path"),
        np.array([bought, sold]),
        np.zeros(1),
        np.array([1.0, 0.1]),
        0.0,
    )

    assert deep_then_thin < 0.0


def test_depth_that_refills_faster_than_pressure_passes_can_earn() -> None:
    """The condition is needed: sell thin, wait for depth but not for the price, buy back."""
    sold, depth = np.array([0.2, -0.2]), np.array([0.1, 10.0])

    assert trip(law_of("exponential", "path"), sold, np.zeros(1), depth, 0.0) > 0.0
    assert trip(law_of("exponential", "path"), -sold, np.zeros(1), depth, 0.0) > 0.0


@pytest.mark.parametrize("steps", [1, 2, 10, 50])
def test_selling_in_small_steps_and_buying_back_at_once_does_not_earn(steps: int) -> None:
    sold = np.append(np.full(steps, 1.0 / steps), -1.0)
    depth, rest = np.ones(steps + 1), np.zeros(steps)

    for law, permanent in itertools.product(("exponential", "linear"), (0.0, 0.5)):
        for trade in (0.5 * sold, -0.5 * sold[::-1]):
            assert trip(law_of(law, "path"), trade, rest, depth, permanent) <= 1e-12
