"""Channels off: what is taken out does nothing more, and nothing else is touched."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import reduce
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small import hiked, holders, shocked, system
from strategies import Wish, systems
from undertow.core.accounts import Accounts
from undertow.core.errors import UnknownName
from undertow.core.trace import Trace
from undertow.engine.channels import CHANNELS, without
from undertow.engine.run import How, run
from undertow.model.makers import MAKERS
from undertow.model.scenario import Scenario

some = settings(max_examples=15, deadline=None)
ALONE = How(threads=1)


def same(one: Trace, other: Trace) -> bool:
    """Whether two traces agree in every path, to the byte."""
    pairs = ((one.paths, other.paths), (one.by_segment, other.by_segment))
    return all(
        getattr(a, f.name).tobytes() == getattr(b, f.name).tobytes()
        for a, b in pairs
        for f in fields(a)
    )


def off(scenario: Scenario, *channels: str) -> Scenario:
    return reduce(without, channels, scenario)


def two_funds() -> Scenario:
    """A fund that is called by a fall, and one that a hike calls three bars later."""
    groups = (
        holders(np.array([[10.0]]), np.array([-850.0])),
        holders(np.array([[10.0]]), np.array([-700.0]), segment="late"),
    )
    falling = shocked(system(*groups, depth=(1e3,), bars=6), (1, 0, 0.94))
    return hiked(falling, ("A", 0.5, 4))


def test_the_channels_are_the_five_groups_of_causes() -> None:
    assert tuple(CHANNELS) == ("news", "calls", "hikes", "makers", "traders")


def test_an_unknown_channel_is_answered_with_the_five() -> None:
    with pytest.raises(
        UnknownName,
        match=r"channel 'banks' is not known; known are: calls, hikes, makers, news, traders\.",
    ):
        without(two_funds(), "banks")


def test_a_misspelt_channel_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'traders'"):
        without(two_funds(), "trader")


@some
@given(systems())
def test_with_all_channels_off_no_price_moves(scenario: Scenario) -> None:
    trace = run(off(scenario, *CHANNELS), how=ALONE)

    assert np.all(trace.paths.price == scenario.market.price)
    assert trace.by_segment.sold.sum() == 0.0


@some
@given(systems(), st.permutations(tuple(CHANNELS)), st.integers(0, 5))
def test_the_order_in_which_channels_go_does_not_matter(
    scenario: Scenario, order: list[str], count: int
) -> None:
    gone = order[:count]
    one = run(off(scenario, *gone), how=ALONE)
    other = run(off(scenario, *reversed(gone)), how=ALONE)

    assert same(one, other)


@some
@given(systems())
def test_without_calls_no_account_is_called_and_none_sells(scenario: Scenario) -> None:
    trace = run(without(scenario, "calls"), how=ALONE)
    accounts = len(scenario.rules.segments)

    assert trace.by_segment.called.sum() == 0.0
    assert trace.by_segment.sold[:, :accounts].sum() == 0.0
    assert trace.by_segment.bad_debt.sum() == 0.0


@some
@given(systems())
def test_without_news_no_fundamental_moves(scenario: Scenario) -> None:
    trace = run(without(scenario, "news"), how=ALONE)

    assert np.abs(trace.paths.news).max() < 1e-12


@some
@given(systems(replace(Wish(), makers=("withdrawing",))))
def test_without_makers_leaving_depth_is_only_consumed(scenario: Scenario) -> None:
    trace = run(without(scenario, "makers"), how=ALONE)
    left = np.exp(-np.abs(trace.paths.pressure))

    assert np.all(trace.paths.displayed >= left - 1e-12)


@some
@given(systems(Wish(outside=False, hikes=False, makers=("constant",))))
def test_what_is_not_there_can_be_taken_out(scenario: Scenario) -> None:
    bare = off(scenario, "traders", "hikes", "makers")

    assert same(run(scenario, how=ALONE), run(bare, how=ALONE))


def test_without_hikes_only_the_fall_calls() -> None:
    both = run(two_funds(), how=ALONE).by_segment.called
    one = run(without(two_funds(), "hikes"), how=ALONE).by_segment.called

    assert both.sum(axis=0).tolist() == [1.0, 1.0]
    assert one.sum(axis=0).tolist() == [1.0, 0.0]


def test_without_news_only_the_hike_calls() -> None:
    called = run(without(two_funds(), "news"), how=ALONE).by_segment.called

    assert called[:4].sum() == 0.0
    assert called[4].tolist() == [1.0, 1.0]


def test_without_calls_what_was_called_before_the_start_waits_too() -> None:
    scenario = two_funds()
    early = tuple(replace(g, opened=np.zeros(1, np.int32)) for g in scenario.accounts)
    calm = without(replace(scenario, accounts=Accounts(early)), "calls")

    assert run(calm, how=ALONE).by_segment.open.sum() == 0.0


def test_a_given_path_becomes_a_free_price_without_news() -> None:
    scenario = two_funds()
    actual = np.linspace(100.0, 50.0, 6)[:, None]
    followed = replace(
        scenario.news, given=np.ones(1, bool), actual=actual, spacing=1.0 + 0.0 * actual
    )
    calm = without(replace(scenario, news=followed), "news")

    assert not calm.news.given.any()
    assert np.isnan(calm.news.actual).all()
    assert calm.news.spacing is None
    assert run(off(calm, "hikes"), how=ALONE).paths.price.ravel().tolist() == [100.0] * 6


def test_makers_who_stake_money_stay_with_the_units_it_bought_at_the_opening() -> None:
    scenario = two_funds()
    money = replace(scenario.rules, makers=MAKERS.make("constant_money", {}))
    constant = without(replace(scenario, rules=money), "makers")

    assert constant.market.depth.tolist() == [1e3 / 100.0]
    assert constant.market.instruments.depth.tolist() == [1e3 / 100.0]


def test_taking_channels_out_leaves_the_scenario_as_it_was() -> None:
    scenario = two_funds()
    before = run(scenario, how=ALONE)
    for order in permutations(CHANNELS, 2):
        off(scenario, *order)

    assert same(before, run(scenario, how=ALONE))
