"""Population: totals are met to the last unit, nobody starts below maintenance."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.accounts import NO_CALL, Group
from undertow.core.columns import Columns, Way
from undertow.core.errors import BadNumber
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.core.shapes import Floats
from undertow.model.margin.base import MarginRule
from undertow.model.margin.grid import Grid
from undertow.model.margin.percent_of_entry import PercentOfEntry
from undertow.model.margin.percent_of_notional import PercentOfNotional
from undertow.model.margin.product_groups import ProductGroups
from undertow.model.population import Holding, SegmentPlan, draw, requirement

NAMES = ("METAL", "STOCK", "COIN")
MARKET = calm_market(
    plain_instruments(NAMES, future=np.array([True, False, False])), np.array([100.0, 40.0, 2.0])
)
# Two vintages of the metal, stock inside and outside, a coin elsewhere.
COLUMNS = Columns(
    instrument=np.array([0, 0, 1, 1, 2]),
    way=np.array([Way.PLEDGED, Way.PLEDGED, Way.PLEDGED, Way.FREE, Way.ELSEWHERE], dtype=np.int64),
    entry=np.array([80.0, 95.0, np.nan, np.nan, np.nan]),
    released=np.array([1.0, 1.0, 1.0, 1.0, 0.4]),
)
RULE = PercentOfNotional({"METAL": 0.1}, default=0.3)
PLAN = SegmentPlan(
    name="funds",
    accounts=200,
    count=5000.0,
    holdings=(
        Holding((0, 1), 1e6),
        Holding((2,), 3e5, short=True, held_by=0.4),
        Holding((3,), 2e6, held_by=0.1),
        Holding((4,), 1e7),
    ),
    excess=0.5,
    excess_shape=2.0,
    spread=1.5,
    mixing=2.0,
    free_cash=7e6,
)
OPPOSITE = Grid({"METAL": (0.1, -0.1), "STOCK": (0.1, -0.1)}, (1.0, 1.0))
RULES: tuple[MarginRule, ...] = (
    RULE,
    OPPOSITE,
    ProductGroups({"METAL": (0.1, 0.1), "STOCK": (0.2, 0.2)}, {"METAL": "g", "STOCK": "g"}),
)


def drawn(plan: SegmentPlan = PLAN, rule: MarginRule = RULE, seed: int = 1) -> Group:
    return draw(plan, COLUMNS, MARKET, rule, seed)


def totals(group: Group) -> Floats:
    return group.weight @ group.quantity


def equity(group: Group, market: Market = MARKET) -> Floats:
    worth = market.value[COLUMNS.instruments] * COLUMNS.held(Way.PLEDGED)
    return group.cash + (group.quantity * worth[group.column]).sum(axis=1)


def needed(group: Group, rule: MarginRule = RULE) -> Floats:
    return requirement(group.quantity, group.column, MARKET, COLUMNS, rule)


plans = st.builds(
    replace,
    st.just(PLAN),
    accounts=st.integers(1, 300),
    count=st.floats(0.5, 1e7),
    excess=st.floats(0.0, 50.0),
    excess_shape=st.floats(0.2, 20.0),
    spread=st.floats(0.0, 3.0),
    mixing=st.floats(0.3, 50.0),
    free_cash=st.floats(0.0, 1e12),
)


@given(plans, st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_segment_totals_are_met_exactly(plan: SegmentPlan, seed: int) -> None:
    group = drawn(plan, seed=seed)

    assert totals(group) == pytest.approx([1e6, -3e5, 2e6, 1e7], rel=1e-9)
    assert group.weight @ group.free_cash == pytest.approx(plan.free_cash, rel=1e-9)
    assert group.weight.sum() == pytest.approx(plan.count, rel=1e-9)


@given(plans, st.integers(0, 2**32), st.sampled_from(RULES))
@settings(max_examples=60, deadline=None)
def test_nobody_starts_below_maintenance(plan: SegmentPlan, seed: int, rule: MarginRule) -> None:
    group = drawn(plan, rule, seed)

    assert (equity(group) >= needed(group, rule)).all()


@pytest.mark.parametrize("excess", [0.0, 0.5, 4.0])
def test_equity_exceeds_the_requirement_by_the_stated_mean(excess: float) -> None:
    group = drawn(replace(PLAN, accounts=40_000, excess=excess, excess_shape=3.0))
    cushion = equity(group) / needed(group) - 1.0

    assert cushion.mean() == pytest.approx(excess, rel=0.02, abs=1e-6)
    assert cushion.std() == pytest.approx(excess / np.sqrt(3.0), rel=0.03, abs=1e-6)


def test_without_excess_everyone_stands_at_the_line_and_not_below() -> None:
    group = drawn(replace(PLAN, excess=0.0))

    assert (equity(group) >= needed(group)).all()
    assert equity(group) == pytest.approx(needed(group), rel=1e-9)


def test_a_long_future_is_paid_for_with_negative_cash() -> None:
    plan = replace(PLAN, holdings=(Holding((0,), 1e6),), excess=0.0)
    group = drawn(plan)

    assert group.cash == pytest.approx(-0.9 * 100.0 * group.quantity[:, 0], rel=1e-9)


def test_what_is_free_or_elsewhere_is_no_equity_and_needs_none() -> None:
    plan = replace(PLAN, holdings=PLAN.holdings[2:])
    group = drawn(plan)

    assert (needed(group) == 0.0).all()
    assert (group.cash == 0.0).all()


def test_a_hedge_lowers_the_requirement_where_the_rule_sees_it() -> None:
    paired = replace(PLAN, holdings=(Holding((0,), 1e6), Holding((2,), 2e6, short=True)))
    group = draw(paired, COLUMNS, MARKET, RULES[2], 3)
    ceiling = np.abs(group.quantity) @ np.array([10.0, 8.0])

    assert (needed(group, RULES[2]) < ceiling).all()
    assert (equity(group) >= needed(group, RULES[2])).all()


def test_the_column_tells_the_side_and_an_empty_slot_is_long() -> None:
    group = drawn()
    short = group.quantity < 0.0

    assert ((group.column % 2 == 1) == short).all()
    assert (group.quantity[:, 1] <= 0.0).all()
    assert (group.column[group.quantity == 0.0] % 2 == 0).all()
    assert not np.signbit(group.quantity[group.quantity == 0.0]).any()


def test_vintages_are_drawn_with_equal_chance() -> None:
    group = drawn(replace(PLAN, accounts=20_000))
    old = (group.column[:, 0] == 0).mean()

    assert set(group.column[:, 0]) == {0, 2}
    assert old == pytest.approx(0.5, abs=0.02)


def test_holders_are_as_frequent_as_stated() -> None:
    group = drawn(replace(PLAN, accounts=20_000))
    held = (group.quantity != 0.0).mean(axis=0)

    assert held == pytest.approx([1.0, 0.4, 0.1, 1.0], abs=0.02)


@given(st.integers(1, 6), st.integers(0, 1000))
@settings(max_examples=50, deadline=None)
def test_each_thing_has_a_holder_and_each_account_holds_a_thing(accounts: int, seed: int) -> None:
    rare = tuple(replace(h, held_by=1e-6) for h in PLAN.holdings)
    group = drawn(replace(PLAN, accounts=accounts, holdings=rare), seed=seed)

    assert (group.quantity != 0.0).any(axis=0).all()
    assert (group.quantity != 0.0).any(axis=1).all()


def test_accounts_differ_in_size_and_in_mixture() -> None:
    group = drawn(replace(PLAN, spread=1.0))
    mixture = group.quantity[:, 3] / group.quantity[:, 0]

    assert np.log(group.quantity[:, 0]).std() > 1.0
    assert np.log(mixture).std() > 0.5


def test_without_inequality_and_mixing_all_accounts_are_alike() -> None:
    group = drawn(replace(PLAN, spread=0.0, mixing=1e12))

    assert group.quantity[:, 0] == pytest.approx(200.0, rel=1e-4)


def test_the_same_seed_gives_the_same_bytes() -> None:
    one, two = drawn(seed=5), drawn(seed=5)

    assert one.quantity.tobytes() == two.quantity.tobytes()
    assert one.cash.tobytes() == two.cash.tobytes()
    assert one.column.tobytes() == two.column.tobytes()


def test_another_seed_or_name_gives_other_accounts() -> None:
    first = drawn()

    assert (drawn(seed=2).quantity[:, 0] != first.quantity[:, 0]).all()
    assert (drawn(replace(PLAN, name="others")).quantity[:, 0] != first.quantity[:, 0]).all()


def test_one_holding_more_moves_no_other() -> None:
    fewer = drawn(replace(PLAN, holdings=PLAN.holdings[:1] + PLAN.holdings[3:]))
    two = drawn(replace(PLAN, holdings=PLAN.holdings[:1]))

    assert fewer.quantity[:, 0].tobytes() == two.quantity[:, 0].tobytes()
    assert fewer.column[:, 0].tobytes() == two.column[:, 0].tobytes()


def test_more_free_cash_moves_nothing_else() -> None:
    richer = drawn(replace(PLAN, free_cash=1e9))

    assert richer.cash.tobytes() == drawn().cash.tobytes()
    assert richer.free_cash == pytest.approx(drawn().free_cash * 1e9 / 7e6, rel=1e-12)


def test_accounts_start_without_debt_and_without_a_call() -> None:
    group = drawn()

    assert (group.owed == 0.0).all()
    assert (group.opened == NO_CALL).all()


@pytest.mark.parametrize(("accounts", "count"), [(0, 100.0), (10, 0.0), (10, float("nan"))])
def test_an_empty_segment_is_refused(accounts: int, count: float) -> None:
    with pytest.raises(BadNumber, match="segment 'funds' is empty"):
        replace(PLAN, accounts=accounts, count=count)


def test_a_rule_on_entry_prices_reads_those_of_the_vintages() -> None:
    rule = PercentOfEntry({"METAL": 0.1}, close_out=0.5)
    bought = replace(COLUMNS, entry=np.array([80.0, 95.0, 40.0, np.nan, np.nan]))
    group = draw(replace(PLAN, holdings=PLAN.holdings[:1]), bought, MARKET, rule, 1)
    entry = np.where(group.column[:, 0] == 0, 80.0, 95.0)
    held = requirement(group.quantity, group.column, MARKET, bought, rule)

    assert held == pytest.approx(0.05 * entry * group.quantity[:, 0], rel=1e-12)
    assert (equity(group) >= held).all()


def test_two_hundred_thousand_accounts_are_small_and_quick() -> None:
    plan = replace(PLAN, accounts=200_000)
    drawn(plan)
    start = perf_counter()
    group = drawn(plan)
    took = perf_counter() - start

    assert group.nbytes <= 200 * len(group)
    assert took < 0.5
