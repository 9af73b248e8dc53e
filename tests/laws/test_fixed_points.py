"""Least and greatest fixed point of the one-price cascade."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small import holders, system
from undertow.core.shapes import Floats
from undertow.engine.equilibrium import Equilibrium, equilibrium
from undertow.engine.run import How, until_calm
from undertow.model.scenario import Scenario

some = settings(max_examples=40, deadline=None)
SLACKENING = 1e-7
"""Both iterations stop when the discount moves by 1e-9; near a tangent they are this far off."""


@st.composite
def longs(draw: st.DrawFn) -> Scenario:
    """Long accounts under one rate and pro rata: units sold rise as prices fall."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    accounts, count = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    price = 10.0 ** rng.uniform(0.0, 3.0, count)
    q = rng.lognormal(0.0, 1.0, (accounts, count)) * 1e3 / price
    rate = draw(st.floats(0.03, 0.4))
    equity = (q @ price) * rate * (1.0 + rng.exponential(0.2, accounts))
    depth = q.sum(axis=0) * 10.0 ** rng.uniform(0.1, 1.5, count)
    law = draw(st.sampled_from(("linear", "exponential", "square_root")))
    return system(
        holders(q, equity - q @ price, free_cash=draw(st.sampled_from((0.0, 20.0, 200.0)))),
        price=tuple(price), depth=tuple(depth), rate=rate, law=law,
        target=draw(st.floats(1.0, 1.5)), sigma=rng.uniform(0.01, 0.2, count),
    )  # fmt: skip


def struck(scenario: Scenario, factor: Floats) -> Scenario:
    market = scenario.market
    return replace(scenario, market=replace(market, fundamental=market.fundamental * factor))


def both(scenario: Scenario) -> tuple[Equilibrium, Equilibrium]:
    return tuple(equilibrium(scenario, start=start) for start in ("least", "greatest"))


@some
@given(longs(), st.floats(0.5, 1.0))
def test_the_least_fixed_point_has_the_higher_prices(scenario: Scenario, shock: float) -> None:
    least, greatest = both(struck(scenario, np.array(shock)))

    assert np.all(least.price >= greatest.price * (1.0 - SLACKENING))
    assert np.all(least.sold <= greatest.sold * (1.0 + SLACKENING) + SLACKENING)


@some
@given(longs(), st.floats(0.5, 0.98), st.floats(0.8, 1.0))
def test_a_larger_shock_lowers_both_fixed_points(
    scenario: Scenario, shock: float, further: float
) -> None:
    mild, severe = struck(scenario, np.array(shock)), struck(scenario, np.array(shock * further))

    for one, other in zip(both(mild), both(severe), strict=True):
        assert np.all(other.price <= one.price * (1.0 + SLACKENING))


@some
@given(longs(), st.floats(0.5, 1.0), st.sampled_from(("least", "greatest")))
def test_a_fixed_point_reproduces_itself(scenario: Scenario, shock: float, start: str) -> None:
    """Selling what accounts want at this price leads to this price."""
    hit = struck(scenario, np.array(shock))
    found = equilibrium(hit, start=start)
    held = np.concatenate([g.quantity for g in hit.accounts])
    sold = (np.concatenate(found.fractions) * held).sum(axis=0)
    law = hit.rules.impact
    factor = np.exp(law.log_factor(sold / hit.market.instruments.depth, hit.market))

    assert found.converged
    assert np.allclose(hit.market.fundamental * factor, found.price, rtol=1e-8)


@some
@given(longs(), st.floats(0.5, 1.0))
def test_both_searches_decide_on_opening_holdings(scenario: Scenario, shock: float) -> None:
    """At the prices found, the fraction sold is 1 − E/M_target of the opening account."""
    hit = struck(scenario, np.array(shock))
    group, rule = hit.accounts.groups[0], hit.rules.segments[0].regime.rule
    rate = rule.rates["A"]
    for found in both(hit):
        gross = group.quantity @ found.price
        equity = gross + group.cash
        need = np.minimum(rule.target * rate, 1.0) * gross - equity
        called = equity - rate * gross < -1e-6 * gross
        safe = equity - rate * gross > 1e-6 * gross
        left = np.maximum(0.0, need - group.free_cash)
        share = np.minimum(1.0, left / (np.minimum(rule.target * rate, 1.0) * gross))
        fraction = found.fractions[0][:, 0]
        assert np.allclose(fraction[called], share[called], atol=1e-5)
        assert np.all(fraction[safe] == 0.0)


def test_a_cascade_in_sequence_is_another_model() -> None:
    """Accounts that sell in rounds at falling prices end elsewhere than at either fixed point."""
    funds = holders(np.array([[10.0], [10.0]]), np.array([-890.0, -880.0]))
    plain = system(funds, depth=(200.0,), fill="final")
    least, greatest = both(struck(plain, np.array(0.97)))
    rounds = until_calm(plain, shock=np.array([0.97]), how=How(threads=1))

    assert not rounds.truncated
    assert rounds.paths.price[-1, 0] != pytest.approx(least.price[0], rel=1e-6)
    assert rounds.paths.price[-1, 0] != pytest.approx(greatest.price[0], rel=1e-6)


def test_free_cash_is_paid_once_for_all_and_counts_as_opened() -> None:
    """Cash paid in while the search looked at worse prices does not make anybody whole."""
    funds = holders(np.array([[10.0]]), np.array([-895.0]), free_cash=45.0)
    least, greatest = both(struck(system(funds, depth=(1e3,)), np.array(0.95)))

    assert least.sold[0] > 0.0
    assert greatest.sold[0] >= least.sold[0] * (1.0 - SLACKENING)
