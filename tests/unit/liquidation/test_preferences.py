"""What each ordering policy sells first, and when it turns to the next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from strategies_liquidation import Situation, called_of, situations, terms_of
from undertow.model.liquidation import LIQUIDATION

# Columns 0 to 3; each policy names the order in which it sells them.
PRICE = np.array([10.0, 100.0, 20.0, 50.0])
RELEASE = np.array([1.0, 20.0, 10.0, 2.0])
TRAITS = {
    "gain": np.array([-5.0, -10.0, 6.0, 0.0]),
    "risk": np.array([0.02, 0.01, 0.05, 0.03]),
    "depth": np.array([4e6, 9e6, 1e6, 7e6]),
}
ORDER = {
    "most_liquid_first": [1, 3, 0, 2],
    "margin_relief_first": [2, 1, 0, 3],
    "losers_first": [0, 1, 3, 2],
    "winners_first": [2, 3, 1, 0],
    "riskiest_first": [2, 3, 0, 1],
}

every_order = pytest.mark.parametrize(("name", "order"), ORDER.items())


def score(name, situation):
    """The preference of each slot, restated from the docstrings."""
    terms, slot = situation.terms, situation.per_slot
    return {
        "most_liquid_first": lambda: slot(terms.depth),
        "margin_relief_first": lambda: situation.net / slot(terms.price),
        "losers_first": lambda: -slot(terms.gain / terms.price),
        "winners_first": lambda: slot(terms.gain / terms.price),
        "riskiest_first": lambda: slot(terms.risk),
    }[name]()


def sold(name, quantity, need, **given):
    terms = terms_of(PRICE, RELEASE, **{**TRAITS, **given})
    return Situation(called_of(quantity, need), terms).sold_by(LIQUIDATION.member(name)())[0]


@every_order
def test_one_position_after_the_other_is_used_up(name, order):
    quantity = np.array([3.0, -3.0, 3.0, -3.0])
    raise_of = 3.0 * RELEASE[order]
    for rank in range(4):
        units = sold(name, quantity, raise_of[:rank].sum() + 0.5 * raise_of[rank])

        np.testing.assert_allclose(units[order], [3.0] * rank + [1.5] + [0.0] * (3 - rank))


@every_order
def test_a_position_that_may_not_be_sold_is_passed_over(name, order):
    sellable = np.ones(4)
    sellable[order[0]] = 0.0
    units = sold(name, np.full(4, 3.0), 0.5, sellable=sellable)

    assert np.flatnonzero(units).tolist() == [order[1]]


@every_order
def test_a_hedge_is_passed_over(name, order):
    """A column whose sale would raise the requirement."""
    hedged = RELEASE.copy()
    hedged[order[0]] = -1.0
    terms = terms_of(PRICE, hedged, **TRAITS)
    situation = Situation(called_of(np.full(4, 3.0), 0.5), terms)

    assert situation.sold_by(LIQUIDATION.member(name)())[0, order[0]] == 0.0


@pytest.mark.parametrize("name", ORDER)
def test_ties_go_by_slot_order(name):
    same = terms_of(np.full(3, 10.0), np.ones(3))
    units = Situation(called_of([[4.0, 4.0, 4.0]], 6.0), same).sold_by(LIQUIDATION.member(name)())

    np.testing.assert_array_equal(units, [[4.0, 2.0, 0.0]])


@pytest.mark.parametrize("name", ORDER)
@settings(max_examples=80, deadline=None)
@given(situation=situations())
def test_nothing_is_sold_while_something_better_is_left(name, situation):
    units, preference = situation.sold_by(LIQUIDATION.member(name)()), score(name, situation)
    for row in range(len(units)):
        left = units[row] < situation.worth[row] * (1.0 - 1e-12)
        best_left = max(preference[row][left], default=-np.inf)

        assert np.all(preference[row][units[row] > 0.0] >= best_left)


@pytest.mark.parametrize("name", ORDER)
@settings(max_examples=80, deadline=None)
@given(situation=situations())
def test_at_most_one_position_is_sold_in_part(name, situation):
    units = situation.sold_by(LIQUIDATION.member(name)())
    in_part = (units > 0.0) & (units < situation.worth * (1.0 - 1e-12))

    assert np.all(in_part.sum(axis=1) <= 1)


@pytest.mark.parametrize("name", [*ORDER, "pro_rata", "least_cost"])
@settings(max_examples=80, deadline=None)
@given(situation=situations())
def test_a_larger_need_never_sells_less_of_anything(name, situation):
    policy = LIQUIDATION.member(name)()
    less = situation.sold_by(policy)
    more = situation.needing(1.1 * situation.called.need).sold_by(policy)

    assert np.all(more >= less * (1.0 - 1e-9))


def test_impact_is_paid_for_in_units():
    """Raising 1.5 at net 1 − x/4 per unit takes the smaller root of x − x²/8 = 1.5: two units."""
    slope = np.full(4, 0.25)
    units = sold("losers_first", np.full(4, 100.0), 1.5, slope=slope)

    np.testing.assert_allclose(units, [2.0, 0.0, 0.0, 0.0], rtol=1e-15)


def test_a_position_is_left_where_one_more_unit_raises_nothing():
    """Beyond 4 units a sale of slot 0 costs more than it releases; it has raised 2 by then."""
    slope = np.array([0.25, 0.0, 0.0, 0.0])
    units = sold("losers_first", np.full(4, 100.0), 12.0, slope=slope)

    np.testing.assert_allclose(units, [4.0, 0.5, 0.0, 0.0], rtol=1e-15)


def test_free_stock_comes_before_a_future_when_relief_decides():
    """A dollar of free stock raises a dollar, a dollar of the future its margin rate."""
    price = np.array([100.0, 100.0])
    terms = terms_of(price, np.array([0.15, 1.0]) * price)
    situation = Situation(called_of([[10.0, 10.0]], 500.0), terms)
    units = situation.sold_by(LIQUIDATION.member("margin_relief_first")())

    np.testing.assert_allclose(units, [[0.0, 5.0]])


def test_relief_is_ranked_at_the_move_that_binds_the_row():
    terms = terms_of(np.full(2, 10.0), np.array([[3.0, 1.0], [1.0, 3.0]]))
    called = replace(called_of([[5.0, 5.0], [5.0, 5.0]], 3.0), move=np.array([0, 1]))
    units = Situation(called, terms).sold_by(LIQUIDATION.member("margin_relief_first")())

    np.testing.assert_allclose(units, [[1.0, 0.0], [0.0, 1.0]])


def test_the_whole_account_keeps_only_what_releases_nothing():
    terms = terms_of(PRICE, np.array([1.0, -1.0, 0.0, 1e-9]), sellable=np.array([1, 1, 1, 0.5]))
    situation = Situation(called_of([[1.0, 2.0, 3.0, -4.0]], 1e-6), terms)
    units = situation.sold_by(LIQUIDATION.member("whole_account")())

    np.testing.assert_array_equal(units, [[1.0, 0.0, 0.0, 2.0]])
