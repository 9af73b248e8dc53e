"""Nothing is lost: units, cash, equity, and who bears a debt."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings

from playing import played
from small import columns_of, holders, shocked, system
from strategies import EVERYTHING, STATIC, systems
from undertow.core.columns import Way
from undertow.core.shapes import Floats
from undertow.engine.call import call
from undertow.engine.mark import hear, mark
from undertow.engine.pace import timetable
from undertow.engine.pool import Pool
from undertow.engine.run import How, run, until_calm
from undertow.engine.state import State, opened
from undertow.engine.step import cleared_now, ordered, settle_all, settle_traders
from undertow.model.scenario import Scenario

some = settings(max_examples=40, deadline=None)
ALONE = How(threads=1)


@some
@given(systems(EVERYTHING))
def test_the_audit_of_a_run_closes(scenario: Scenario) -> None:
    trace = run(scenario, how=ALONE)

    assert trace.closes, trace.audit


@some
@given(systems(STATIC))
def test_the_audit_of_a_cascade_closes(scenario: Scenario) -> None:
    trace = until_calm(scenario, shock=np.full(len(scenario.market.price), 0.8), how=ALONE)

    assert trace.closes, trace.audit


def units(state: State, count: int) -> Floats:
    """Net weighted units of everybody, makers included, summed one by one."""
    total = state.absorber.units.copy()
    for desk in state.desks:
        for row in range(len(desk.group)):
            for slot in range(desk.group.slots):
                a = desk.columns.instruments[desk.group.column[row, slot]]
                total[a] += desk.group.weight[row] * desk.group.quantity[row, slot]
    for trader in state.traders:
        total += trader.quantity
    return total[:count]


def money(state: State) -> float:
    """Cash of everybody, debts written off counted with those who paid for them."""
    absorber = state.absorber
    total = absorber.cash + absorber.lender + absorber.venue
    total += sum(absorber.insurance.values()) + sum(absorber.broker.values())
    for desk in state.desks:
        group = desk.group
        total += float(group.weight @ (group.cash + group.free_cash))
    return total + sum(trader.cash for trader in state.traders)


@some
@given(systems(EVERYTHING))
def test_units_sold_are_units_absorbed_and_cash_in_is_cash_out(scenario: Scenario) -> None:
    before = opened(scenario, bars=1, ledger=False)
    after = played(scenario).state
    count = len(scenario.market.price)
    gross = sum(np.abs(g.quantity).sum() * g.weight.max() for g in scenario.accounts)
    gross += sum(float(np.abs(t.quantity).sum()) for t in (*before.traders, *after.traders))
    cash = sum(np.abs(g.cash).sum() * g.weight.max() for g in scenario.accounts)
    cash += sum(abs(t.cash) for t in (*before.traders, *after.traders))

    assert np.max(np.abs(units(after, count) - units(before, count))) <= 1e-12 * gross
    assert abs(money(after) - money(before)) <= 1e-12 * cash


def equity(state: State) -> list[Floats]:
    """What each account owns less what it owes, everything at the present mark."""
    own = []
    for desk in state.desks:
        group, columns = desk.group, desk.columns
        value = state.market.value[columns.instruments] * columns.per_column(columns.released)
        worth = (group.quantity * value[group.column]).sum(axis=1)
        own.append(group.cash + group.free_cash - group.owed + worth)
    return own


@some
@given(systems(EVERYTHING))
def test_equity_changes_by_mark_fill_and_fee_alone(scenario: Scenario) -> None:
    """After the mark, only Σ closed·(dealt − mark) and the fee can move an account's equity."""
    state = opened(scenario, bars=scenario.clock.bars, ledger=False)
    pace = timetable(scenario.clock, scenario.rules, len(scenario.market.price)).pace(0)
    hear(state, pace)
    mark(state, pace)
    with Pool() as pool:
        for desk in state.desks:
            call(desk, state.market, pace, pool)
        held = [desk.group.quantity.copy() for desk in state.desks]
        before = equity(state)
        orders = ordered(state, pace, pool)
    cleared = cleared_now(state, orders, pace)
    settle_all(state, orders, cleared)
    settle_traders(state, orders.traders, cleared)
    after = equity(state)
    fee = state.rules.fee

    for desk, old, start, end in zip(state.desks, held, before, after, strict=True):
        own, side = desk.columns.instruments, desk.columns.sign
        value = state.market.value[own]
        dealt = (cleared.paid[own] - side * cleared.half_spread[own]) * state.market.fx[own]
        share = desk.columns.per_column(desk.columns.released)
        lost = side * (dealt - value) * share - fee * value
        closed = np.abs(old) - np.abs(desk.group.quantity)
        change = (closed * lost[desk.group.column]).sum(axis=1)
        scale = np.abs(start) + (np.abs(old) * value[desk.group.column]).sum(axis=1) + 1.0
        assert np.all(np.abs(end - start - change) <= 1e-12 * scale)


def ruined(insurance: float, *, free: float = 0.0) -> Scenario:
    """One long account of 10 units, opened on 10 % equity, and a fall of a third."""
    funds = holders(np.array([[10.0]]), np.array([-900.0]), free_cash=free)
    rules = {"insurance": {"funds": insurance}}
    return shocked(system(funds, bars=4, rules=rules), (1, 0, 2.0 / 3.0))


@pytest.mark.parametrize(("fund", "paid"), [(0.0, 0.0), (100.0, 100.0), (1e6, 900.0 - 2000.0 / 3)])
def test_insurance_pays_a_bad_debt_before_the_broker_does(fund: float, paid: float) -> None:
    trace = run(ruined(fund), how=ALONE)
    debt = 900.0 - 2000.0 / 3.0

    assert trace.by_segment.bad_debt.sum() == pytest.approx(debt)
    assert trace.waterfall.insurance["funds"] == pytest.approx(paid)
    assert trace.waterfall.broker["funds"] == pytest.approx(debt - paid)


def test_a_debt_is_written_off_once_and_stays() -> None:
    state = played(shocked(ruined(0.0), (2, 0, 2.0))).state
    group = state.desks[0].group

    assert group.owed[0] == pytest.approx(900.0 - 2000.0 / 3.0)
    assert group.cash[0] == 0.0
    assert group.quantity[0, 0] == 0.0


def test_free_cash_is_lost_before_a_debt_is_made() -> None:
    state = played(ruined(0.0, free=100.0)).state
    group = state.desks[0].group

    assert group.free_cash[0] == 0.0
    assert group.owed[0] == pytest.approx(800.0 - 2000.0 / 3.0)


def test_the_bankrupt_are_not_called_again_and_what_they_keep_is_still_marked() -> None:
    kinds = columns_of((0, Way.PLEDGED), (1, Way.FREE))
    funds = holders(np.array([[10.0, 5.0]]), np.array([-900.0]))
    plain = system(funds, price=(100.0, 20.0), columns=kinds, bars=6)
    trace = run(shocked(plain, (1, 0, 0.5), (3, 1, 0.5), (4, 0, 0.5)), how=ALONE)
    end = played(shocked(plain, (1, 0, 0.5), (3, 1, 0.5), (4, 0, 0.5))).state

    assert trace.by_segment.called.sum() == 1.0
    assert trace.by_segment.bankrupt.sum() == 1.0
    assert end.desks[0].group.quantity[0, 1] == 5.0
    assert end.market.price[1] == pytest.approx(10.0)


@some
@given(systems(EVERYTHING))
def test_debts_never_shrink(scenario: Scenario) -> None:
    bars = range(1, scenario.clock.bars + 1)
    owed = [played(scenario, bars=bar).per_account("owed") for bar in bars]

    for before, after in pairwise(owed):
        assert np.all(after >= before)


def test_a_fee_goes_to_the_venue() -> None:
    funds = holders(np.array([[10.0]]), np.array([-880.0]))
    state = played(shocked(system(funds, bars=2, rules={"fee": 0.01}), (1, 0, 0.95))).state
    sold = 10.0 - state.desks[0].group.quantity[0, 0]

    assert sold > 0.0
    assert state.absorber.venue == pytest.approx(0.01 * sold * 95.0)


def test_half_the_spread_goes_to_the_makers() -> None:
    funds = holders(np.array([[10.0]]), np.array([-880.0]))
    wide = system(funds, bars=2, spread=np.array([0.02]), rules={"memory": 1e12})
    state = played(shocked(wide, (1, 0, 0.95))).state
    sold = 10.0 - state.desks[0].group.quantity[0, 0]
    worth = state.absorber.cash + state.absorber.units[0] * 95.0

    assert sold > 0.0
    assert worth == pytest.approx(0.01 * sold * 95.0)


def test_what_is_sold_elsewhere_repays_the_other_lender_first() -> None:
    kinds = columns_of((0, Way.PLEDGED), (1, Way.ELSEWHERE))
    funds = holders(np.array([[10.0, 50.0]]), np.array([-880.0]))
    plain = system(
        funds, price=(100.0, 20.0), columns=kinds, bars=2, policy="margin_relief_first",
        regime={"grace_days": 9.0},
    )  # fmt: skip
    state = played(shocked(plain, (1, 0, 0.95))).state
    sold = 50.0 - state.desks[0].group.quantity[0, 1]

    assert sold > 0.0
    assert state.absorber.lender == pytest.approx(0.5 * sold * 20.0)
    assert state.desks[0].group.cash[0] == pytest.approx(-880.0 + 0.5 * sold * 20.0)


def test_a_short_is_bought_back_and_pays_for_it() -> None:
    funds = holders(np.array([[-10.0]]), np.array([1150.0]))
    state = played(shocked(system(funds, bars=2), (1, 0, 1.1))).state
    group = state.desks[0].group
    bought = 10.0 + group.quantity[0, 0]

    assert 0.0 < bought < 10.0
    assert group.cash[0] == pytest.approx(1150.0 - 110.0 * bought)
    assert state.absorber.units[0] == pytest.approx(-bought)
