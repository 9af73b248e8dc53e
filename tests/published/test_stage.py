"""The small systems that published models are played on."""

from dataclasses import replace

import numpy as np
import pytest

from undertow.core.market import plain_instruments
from undertow.engine.equilibrium import equilibrium
from undertow.engine.run import until_calm
from undertow.model.impact.linear import Linear
from undertow.model.liquidation.whole_account import WholeAccount
from undertow.published.spiral import scene, smallest_root
from undertow.published.stage import (
    Holders,
    after_rounds,
    bonds_and_loans,
    cap,
    resting,
    sold_at_once,
    sold_over,
    stage,
)


def with_owner(scenario, policy):
    """The same scenario with another policy for owners."""
    segments = tuple(replace(s, owner=policy) for s in scenario.rules.segments)
    return replace(scenario, rules=replace(scenario.rules, segments=segments))


def with_grace(scenario, days):
    """The same scenario with some days in which the owner sells."""
    segments = tuple(
        replace(s, regime=replace(s.regime, grace_days=days)) for s in scenario.rules.segments
    )
    return replace(scenario, rules=replace(scenario.rules, segments=segments))


def test_without_grace_the_broker_sells_and_the_owner_is_not_asked():
    found = equilibrium(with_owner(scene(), WholeAccount()), tolerance=1e-14)

    assert found.sold[0] == pytest.approx(smallest_root(), rel=1e-9)


def test_within_the_grace_the_owner_sells():
    found = equilibrium(with_grace(with_owner(scene(), WholeAccount()), 1.0))

    assert found.sold[0] == 100.0


def test_rounds_of_the_stage_are_rounds_of_the_engine():
    state, trace = after_rounds(scene(), 4), until_calm(scene(), max_rounds=4)

    assert state.market.price.tolist() == trace.paths.price[-1].tolist()
    assert state.desks[0].group.quantity.sum() == pytest.approx(100.0 - trace.paths.sold.sum())


def test_loans_are_never_sold_not_even_by_a_bank_that_closes():
    books = np.array([[10.0, 500.0]])
    holder = Holders("bank", books, np.array([509.0]), cap(2.0), WholeAccount())
    state = after_rounds(stage(bonds_and_loans(np.array([1e3])), [holder], Linear()))

    assert state.desks[0].group.quantity.tolist() == [[0.0, 500.0]]


def test_a_cap_leads_back_to_itself_unless_told_otherwise():
    assert cap(33.0).target_leverage == 33.0
    assert cap(33.0, 31.0).target_leverage == 31.0


def test_a_purchase_is_a_negative_sale():
    market = resting(plain_instruments(("asset",), depth=np.array([100.0])), 2.0)
    bought = sold_at_once(market, np.array([-1.0]), Linear())

    assert bought.market.pressure[0] == pytest.approx(-0.01)
    assert bought.paid[0] == pytest.approx(2.0 * 1.005)


def test_time_makes_pressure_leak_and_an_instant_does_not():
    calm = resting(plain_instruments(("asset",), resilience=np.array([2.0])))
    pressed = sold_at_once(calm, np.array([0.1]), Linear()).market
    later = sold_over(pressed, np.zeros(1), Linear(), days=2.0).market

    assert pressed.pressure[0] == 0.1
    assert later.pressure[0] == pytest.approx(0.1 / np.e)
