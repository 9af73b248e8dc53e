"""What every liquidation policy promises, whatever it sells first."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies_liquidation import Situation, called_of, situations, terms_of
from undertow.model.liquidation import LIQUIDATION, LiquidationPolicy

MEMBERS = LIQUIDATION.discover()

every_policy = pytest.mark.parametrize("name", MEMBERS)
who_sells_the_need = pytest.mark.parametrize("name", [n for n, m in MEMBERS.items() if not m.whole])
who_sells_everything = pytest.mark.parametrize("name", [n for n, m in MEMBERS.items() if m.whole])
random_batches = settings(max_examples=40, deadline=None)


def policy(name: str) -> LiquidationPolicy:
    return MEMBERS[name]()


def sold(name: str, situation: Situation) -> np.ndarray:
    return situation.sold_by(policy(name))


def scaled(situation: Situation, factor: float) -> Situation:
    """The same situation in a currency worth 1/factor."""
    terms = situation.terms
    money = ("price", "release", "spread", "slope", "gain", "depth")
    dearer = replace(terms, **{name: factor * getattr(terms, name) for name in money})
    return replace(situation.needing(factor * situation.called.need), terms=dearer)


def flattened(situation: Situation) -> np.ndarray:
    """Everything sellable that releases more than its spread."""
    return np.where(situation.net > 0.0, situation.sellable, 0.0)


def test_the_family_has_its_eight_members():
    expected = (
        "least_cost losers_first margin_relief_first most_liquid_first pro_rata riskiest_first "
        "whole_account winners_first"
    )

    assert set(expected.split()) <= set(LIQUIDATION.members())


@every_policy
def test_a_policy_needs_no_parameters(name):
    assert LIQUIDATION.make(name, {}) == policy(name)


@every_policy
@random_batches
@given(situation=situations())
def test_sales_lie_between_nothing_and_what_may_be_sold(name, situation):
    units = sold(name, situation)

    assert np.all((units >= 0.0) & (units <= situation.sellable))


@every_policy
@random_batches
@given(situation=situations())
def test_what_costs_as_much_as_it_releases_is_never_sold(name, situation):
    units = sold(name, situation)

    assert np.all(units[situation.net <= 0.0] == 0.0)


@who_sells_the_need
@random_batches
@given(situation=situations())
def test_a_need_that_can_be_met_is_met_without_selling_more(name, situation):
    need = situation.called.need
    possible = need < situation.raised(situation.worth) * (1.0 - 1e-9)
    raised = situation.raised(sold(name, situation))

    np.testing.assert_allclose(raised[possible], need[possible], rtol=1e-12)


@who_sells_everything
@random_batches
@given(situation=situations())
def test_a_whole_account_is_closed_whatever_its_need(name, situation):
    called = situation.called.need > 0.0

    assert np.array_equal(sold(name, situation)[called], flattened(situation)[called])


@every_policy
@random_batches
@given(situation=situations(), excess=st.floats(1.0 + 1e-9, 1e6))
def test_an_impossible_need_is_answered_with_everything_worth_selling(name, situation, excess):
    greedy = situation.needing(excess * situation.raised(situation.worth))
    everything = flattened(situation) if MEMBERS[name].whole else situation.worth

    np.testing.assert_allclose(sold(name, greedy), everything, rtol=1e-15)


@who_sells_the_need
@random_batches
@given(situation=situations())
def test_no_unit_is_sold_that_raises_nothing(name, situation):
    assert np.all(sold(name, situation) <= situation.worth * (1.0 + 1e-15))


@every_policy
@random_batches
@given(situation=situations(), need=st.sampled_from((0.0, -0.0, -1.0)))
def test_without_need_nothing_is_sold(name, situation, need):
    calm = situation.needing(np.full(len(situation.called.need), need))

    assert not sold(name, calm).any()


@every_policy
@random_batches
@given(situation=situations(), cut=st.integers(0, 12))
def test_splitting_the_batch_gives_the_same_bytes(name, situation, cut):
    parts = [situation.rows(slice(0, cut)), situation.rows(slice(cut, None))]
    pieces = np.concatenate([sold(name, part) for part in parts])

    assert pieces.tobytes() == sold(name, situation).tobytes()


@every_policy
@random_batches
@given(situation=situations(), data=st.data())
def test_permuting_accounts_permutes_their_sales(name, situation, data):
    order = np.array(data.draw(st.permutations(range(len(situation.called.need)))))
    shuffled = sold(name, situation.rows(order))

    assert shuffled.tobytes() == sold(name, situation)[order].tobytes()


@every_policy
@random_batches
@given(situation=situations(), victim=st.integers(0, 11))
def test_no_account_reads_another(name, situation, victim):
    victim %= len(situation.called.need)
    others = np.arange(len(situation.called.need)) != victim
    panic = situation.needing(np.where(others, 1e12, situation.called.need))

    assert sold(name, panic)[victim].tobytes() == sold(name, situation)[victim].tobytes()


@every_policy
@random_batches
@given(situation=situations(moves=4))
def test_each_account_sells_at_the_terms_of_its_own_move(name, situation):
    units = sold(name, situation)
    for row, move in enumerate(situation.called.move):
        alone = situation.rows(slice(row, row + 1))
        only = replace(situation.terms, release=situation.terms.release[[move]])
        unmoved = replace(alone.called, move=np.zeros(1, dtype=np.int64))

        assert sold(name, Situation(unmoved, only)).tobytes() == units[row].tobytes()


@every_policy
@random_batches
@given(situation=situations())
def test_longs_and_shorts_are_closed_alike(name, situation):
    mirrored = replace(situation.called, quantity=-situation.called.quantity)

    assert sold(name, replace(situation, called=mirrored)).tobytes() == (
        sold(name, situation).tobytes()
    )


@every_policy
@random_batches
@given(situation=situations())
def test_the_weight_of_an_account_does_not_change_what_it_sells(name, situation):
    heavier = replace(situation.called, weight=1000.0 * situation.called.weight)

    assert sold(name, replace(situation, called=heavier)).tobytes() == (
        sold(name, situation).tobytes()
    )


@every_policy
@random_batches
@given(situation=situations(), power=st.integers(-20, 20))
def test_rescaling_the_currency_changes_nothing(name, situation, power):
    units = sold(name, scaled(situation, 2.0**power))

    np.testing.assert_allclose(units, sold(name, situation), rtol=1e-14)


@every_policy
@random_batches
@given(situation=situations())
def test_a_policy_leaves_its_inputs_alone(name, situation):
    parts = (situation.called, situation.terms)
    before = [getattr(part, f.name).tobytes() for part in parts for f in fields(part)]
    sold(name, situation)

    assert before == [getattr(part, f.name).tobytes() for part in parts for f in fields(part)]


@who_sells_the_need
def test_a_market_without_depth_is_not_sold_into(name):
    terms = terms_of(np.array([10.0, 10.0]), np.array([1.0, 1.0]), slope=np.array([np.inf, 0.0]))
    units = sold(name, Situation(called_of([[5.0, 5.0]], 2.0), terms))

    np.testing.assert_array_equal(units, [[0.0, 2.0]])


@every_policy
def test_an_endless_need_sells_everything_worth_selling(name):
    terms = terms_of(np.array([10.0, 10.0]), np.array([1.0, 2.0]), slope=np.array([0.0, 0.1]))
    units = sold(name, Situation(called_of([[5.0, -5.0]], np.inf), terms))

    np.testing.assert_array_equal(units, [[5.0, 5.0]])


@every_policy
def test_accounts_without_positions_sell_nothing(name):
    called = called_of(np.empty((3, 0)), 1.0, column=np.empty((3, 0)))

    assert sold(name, Situation(called, terms_of(np.ones(1), np.ones(1)))).shape == (3, 0)


@every_policy
def test_an_empty_batch_is_answered_with_nothing(name):
    called = called_of(np.empty((0, 2)), 1.0)

    assert sold(name, Situation(called, terms_of(np.ones(2), np.ones(2)))).shape == (0, 2)
