"""The life of a call: who is asked, when the grace is over, when it is met."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rival
from playing import played, played_rounds
from small import ENDLESS, columns_of, holders, shocked, system
from undertow.core.columns import Way
from undertow.model.liquidation import LIQUIDATION
from undertow.model.scenario import Scenario

some = settings(max_examples=30, deadline=None)


def in_debt() -> Scenario:
    """Two accounts that owe 100 against stock no broker reaches; only the first has money."""
    stock = holders(np.array([[5.0], [5.0]]), np.array([-100.0, -100.0]))
    stock = replace(stock, free_cash=np.array([150.0, 0.0]))
    return system(stock, columns=columns_of((0, Way.FREE)), bars=3)


@pytest.mark.parametrize("play", [played, lambda s: played_rounds(s, 3)])
def test_a_desk_that_can_sell_nothing_pays_its_free_cash_and_writes_off_its_debts(play) -> None:
    now = play(in_debt())
    group = now.state.desks[0].group

    assert group.cash.tolist() == [0.0, 0.0]
    assert group.free_cash.tolist() == [50.0, 0.0]
    assert group.owed.tolist() == [0.0, 100.0]
    assert now.by_segment.bankrupt[0, 0] == 1.0
    assert now.by_segment.open.sum() == 0.0


@pytest.mark.parametrize("grace_days", [0.0, 3.0])
def test_while_all_is_closed_a_call_is_open_once_however_many_rounds(grace_days: float) -> None:
    """The second account lacks 40 more than its free cash; the first one pays all it lacks."""
    funds = holders(np.array([[10.0], [10.0]]), np.array([-920.0, -920.0]))
    funds = replace(funds, free_cash=np.array([150.0, 0.0]))
    plain = system(funds, regime={"grace_days": grace_days})
    closed = replace(plain, market=replace(plain.market, sellable=np.zeros(1)))
    now = played_rounds(closed, 4)

    assert now.by_segment.called[:, 0].tolist() == [2.0, 0.0, 0.0, 0.0]
    assert now.by_segment.open[:, 0].tolist() == [1.0, 1.0, 1.0, 1.0]
    assert len(now.state.desks[0].open) == 1
    assert now.state.desks[0].group.free_cash[0] == pytest.approx(110.0)


def test_the_rival_pays_and_writes_off_in_rounds_too() -> None:
    theirs = rival.play_rounds(in_debt(), [1.0], 3)

    assert [a.cash for a in theirs.accounts] == [0.0, 0.0]
    assert [a.free for a in theirs.accounts] == [50.0, 0.0]
    assert [a.owed for a in theirs.accounts] == [0.0, 100.0]


def graced(minutes: int, grace_days: float, bars: int) -> Scenario:
    """Called in bar 0; the owner sells next to nothing, the broker all at once."""
    funds = holders(np.array([[100.0]]), np.array([-8950.0]))
    plain = system(
        funds, bars=bars, step=timedelta(minutes=minutes),
        regime={"grace_days": grace_days, "owner_lag": 1e9},
    )  # fmt: skip
    segment = plain.rules.segments[0]
    broker = replace(segment, broker=LIQUIDATION.make("whole_account", {}))
    return shocked(replace(plain, rules=replace(plain.rules, segments=(broker,))), (0, 0, 0.985))


@some
@given(st.sampled_from([5, 15, 20, 30, 60, 120]), st.integers(1, 60))
def test_a_grace_of_whole_bars_lasts_so_many_bars(minutes: int, bars: int) -> None:
    scenario = graced(minutes, bars * minutes / 1440.0, bars + 3)
    sold = played(scenario).by_segment.sold[:, 0, 0]

    assert int(np.argmax(sold > 1.0)) == bars


def test_a_grace_that_ends_within_a_bar_lasts_until_the_next() -> None:
    sold = played(graced(60, 2.5 / 24.0, 6)).by_segment.sold[:, 0, 0]

    assert int(np.argmax(sold > 1.0)) == 3


def lagged(lag_bars: float, bars: int) -> Scenario:
    """The owner sells a share of what is left in every bar, at a price that stands still."""
    funds = holders(np.array([[100.0]]), np.array([-8900.0]))
    regime = {"owner_lag": lag_bars / 24.0, "grace_days": 1e3}
    return shocked(system(funds, bars=bars, regime=regime), (1, 0, 0.985))


@pytest.mark.parametrize("lag_bars", [0.04, 1.0, 4.0])
def test_a_call_that_is_met_little_by_little_is_met_and_made_once(lag_bars: float) -> None:
    """e^{−t/lag} is below 10⁻¹² after 28 lags."""
    now = played(lagged(lag_bars, 140))

    assert now.by_segment.called.sum() == 1.0
    assert now.by_segment.open[1 + int(32 * lag_bars) + 1 :, 0].sum() == 0.0
    assert now.by_segment.sold[2:, 0, 0].sum() > 1.0 or lag_bars < 1.0


def test_the_smallest_call_is_the_one_that_exceeds_the_minimum_transfer() -> None:
    """At 98.5 the account lacks 0.12 · 9850 − 950 = 232 and is below its trigger."""
    funds = holders(np.array([[100.0]]), np.array([-8900.0]))

    def called(least: float) -> float:
        scenario = system(funds, bars=3, regime={"minimum_transfer": least})
        return float(played(shocked(scenario, (1, 0, 0.985))).by_segment.called.sum())

    assert called(231.9) == 1.0
    assert called(232.1) == 0.0


def test_a_call_is_open_until_every_row_of_its_test_is_met() -> None:
    """The cash row binds first; the margin row is still short when the cash is there."""
    funds = holders(np.array([[100.0, 100.0]]), np.array([-9900.0]))
    plain = system(
        funds, price=(100.0, 100.0), rate=0.5, target=1.0, bars=6,
        regime={"cash_test": True, "grace_days": 3.0 / 24.0}, future=np.array([True, False]),
    )  # fmt: skip
    scenario = shocked(plain, (1, 0, 0.6), (1, 1, 0.9))
    now, theirs = played(scenario), rival.play(scenario)

    assert now.by_segment.called[:, 0].tolist() == [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    assert now.by_segment.open[:3, 0].tolist() == [0.0, 1.0, 0.0]
    assert [row["called"].get("funds", 0.0) for row in theirs.history] == [0, 1, 0, 0, 0, 0]
    assert now.state.matrix[-1].sum() == 0.0


def test_money_that_comes_after_the_grace_raises_nothing() -> None:
    kinds = columns_of((0, Way.PLEDGED), (1, Way.ELSEWHERE))
    people = holders([[10.0, 5.0]], [-960.0])
    early, late = (
        system(
            people, price=(100.0, 50.0), columns=kinds, depth=(ENDLESS, ENDLESS),
            regime={"grace_days": 1.0, "transfer_days": days},
        )
        for days in (1.0, 1.5)
    )  # fmt: skip
    sold = [played(one).state.desks[0].group.quantity for one in (early, late)]

    assert sold[0][0, 1] < 5.0
    assert sold[1][0, 1] == 5.0
