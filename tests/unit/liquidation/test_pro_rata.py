"""Pro rata: one share of everything, and the closed forms that rest on it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from strategies_liquidation import Situation, called_of, situations, terms_of
from undertow.model.liquidation.pro_rata import ProRata

random_batches = settings(max_examples=150, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def share_sold(price, rate, quantity, need):
    """Share of each position sold under a rule of rates without cost."""
    situation = Situation(called_of(quantity, need), terms_of(price, rate * price))
    return situation.sold_by(ProRata()) / np.abs(quantity)


@random_batches
@given(seed=seeds)
def test_a_call_at_a_frozen_price_is_met_by_selling_one_minus_equity_over_target(seed):
    rng = np.random.default_rng(seed)
    price, rate = rng.uniform(1.0, 1e4, 5), rng.uniform(0.02, 0.5, 5)
    quantity = rng.normal(size=(1, 5)) * 100.0
    target = float(np.abs(quantity[0]) @ (rate * price))
    equity = target * rng.uniform(0.0, 1.0)

    share = share_sold(price, rate, quantity, target - equity)

    np.testing.assert_allclose(share, 1.0 - equity / target, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("target", "share"), [(0.15, 0.066667), (0.165, 0.151515)])
def test_restoring_more_sells_more(target, share):
    """At 14 % equity: to a maintenance of 15 %, and to an initial rate of 16.5 %."""
    sold = share_sold(np.array([1.0]), target, np.array([[100.0]]), 100.0 * (target - 0.14))

    assert sold[0, 0] == pytest.approx(share, abs=5e-7)


@random_batches
@given(seed=seeds)
def test_without_cost_the_share_is_need_over_release_to_the_last_bit(seed):
    rng = np.random.default_rng(seed)
    release, sellable = rng.uniform(0.1, 50.0, 3), rng.uniform(0.0, 1.0, 3)
    quantity, need = rng.normal(size=(4, 3)) * 10.0, rng.uniform(0.1, 100.0, 4)
    terms = terms_of(np.full(3, 50.0), release, sellable=sellable)

    sold = Situation(called_of(quantity, need), terms).sold_by(ProRata())

    for row in range(4):
        units = sellable * np.abs(quantity[row])
        r = release * units
        share = min(1.0, need[row] / (r[0] + r[1] + r[2]))

        assert sold[row].tobytes() == (units * share).tobytes()


def test_a_hopeless_account_sells_exactly_everything():
    share = share_sold(np.array([3.0, 7.0]), 0.3, np.array([[0.1, -0.7]]), 1e6)

    np.testing.assert_array_equal(share, [[1.0, 1.0]])


@random_batches
@given(situation=situations())
def test_every_slot_worth_selling_sells_the_same_share_unless_it_stops(situation):
    sold = situation.sold_by(ProRata())
    stopped = sold >= situation.worth * (1.0 - 1e-12)
    going = (situation.worth > 0.0) & ~stopped
    share = sold / np.where(situation.worth > 0.0, situation.sellable, 1.0)

    for row in range(len(share)):
        common = share[row][going[row]]
        np.testing.assert_allclose(common, common[:1].repeat(len(common)), rtol=1e-12)
        if len(common):
            assert np.all(share[row][stopped[row]] <= common[0] * (1.0 + 1e-12))


@random_batches
@given(situation=situations(most_rows=1))
def test_the_share_is_the_root_a_slow_solver_finds(situation):
    everything = situation.raised(situation.worth)[0]
    need = situation.called.need[0]

    def missing(share):
        units = np.minimum(share * situation.sellable, situation.worth)
        return situation.raised(units)[0] - need

    share = 1.0 if need >= everything else brentq(missing, 0.0, 1.0, xtol=1e-15)
    slow = np.minimum(share * situation.sellable, situation.worth)
    scale = max(situation.worth.max(), 1e-300)

    np.testing.assert_allclose(situation.sold_by(ProRata()) / scale, slow / scale, atol=1e-6)


def test_slots_that_stop_leave_the_rest_to_the_others():
    """Slot 0 raises nothing beyond 2 units, slot 1 nothing beyond 8; slot 2 never stops."""
    slope = np.array([0.5, 0.125, 0.0])
    terms = terms_of(np.full(3, 10.0), np.ones(3), slope=slope)
    sold = Situation(called_of([[10.0, 10.0, 10.0]], 1.0 + 4.0 + 9.0), terms).sold_by(ProRata())

    np.testing.assert_allclose(sold, [[2.0, 8.0, 9.0]], rtol=1e-14)


def test_two_slots_that_stop_together_are_no_trap():
    terms = terms_of(np.full(2, 10.0), np.full(2, 0.1), slope=np.full(2, 0.03))
    sold = Situation(called_of([[10.0, -10.0]], 100.0), terms).sold_by(ProRata())

    np.testing.assert_allclose(sold, 0.1 / 0.03, rtol=1e-15)


@random_batches
@given(seed=seeds)
def test_splitting_an_account_in_two_changes_nothing_without_slope(seed):
    rng = np.random.default_rng(seed)
    price, rate, quantity = rng.uniform(1, 9, 4), rng.uniform(0.1, 0.3, 4), rng.normal(size=(1, 4))
    part = rng.uniform(0.1, 0.9)
    whole = share_sold(price, rate, quantity, 0.2)
    parts = share_sold(price, rate, part * quantity, part * 0.2)

    np.testing.assert_allclose(parts, whole, rtol=1e-13)
