"""Compile the kernels a scenario will need, on one account of each group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from undertow.core.accounts import Accounts, Group
from undertow.engine.ahead import Ahead, sell_once
from undertow.engine.copies import hold_any
from undertow.engine.live import listed, live_at_home, room_for, write_back
from undertow.engine.near import FEWEST
from undertow.engine.pool import Pool
from undertow.engine.reach import reach
from undertow.engine.run import How, until_calm
from undertow.engine.weights import Weights
from undertow.model.liquidation.whole_account import WholeAccount
from undertow.model.scenario import Scenario, Segment


def warm_up(scenario: Scenario, ahead: Ahead | None = None) -> None:
    """Play one round with one bankrupt account a group, sold by its owner and by its broker.

    ahead: a second process that compiles half of the kernels meanwhile, those of settlement,
    ledger and policies
    """
    policies = {
        type(policy): policy
        for segment in scenario.rules.segments
        for policy in (segment.owner, segment.broker)
    }
    if ahead is not None:
        ahead.also(policies.values())
    if any(len(group) >= FEWEST for group in scenario.accounts):
        _list_once(scenario)
    _play_one_round(scenario)
    if ahead is not None:
        ahead.done()
    for policy in policies.values():
        sell_once(policy)


def _play_one_round(scenario: Scenario) -> None:
    """All but the policies: what they would sell is sold whole."""
    one = Accounts(tuple(_bankrupt(group) for group in scenario.accounts if len(group)))
    for grace_days in (0.0, 1.0):
        segments = tuple(_with_grace(segment, grace_days) for segment in scenario.rules.segments)
        rules = replace(scenario.rules, segments=segments)
        until_calm(replace(scenario, accounts=one, rules=rules), max_rounds=1, how=How(threads=1))


def _list_once(scenario: Scenario) -> None:
    """Copy one account to a list and back, and look at its holdings and its way to a call."""
    pool, one = Pool(), np.ones((1, scenario.columns.count))
    live = live_at_home(_bankrupt(next(group for group in scenario.accounts if len(group))))
    test = Weights(one, np.zeros(1), one, one)
    copy = listed(live, test, room_for(live), pool, noted=False)
    copy.moved = True
    write_back(copy, pool)
    reach(live, test, one, [1.0], np.inf)
    who, kept = np.zeros(1, np.int64), np.empty((0, 0))
    hold_any(live.quantity, live.column, who, kept, who, one[0], np.zeros(1, np.bool_))


def _with_grace(segment: Segment, grace_days: float) -> Segment:
    regime = replace(segment.regime, grace_days=grace_days)
    return replace(segment, regime=regime, owner=WholeAccount(), broker=WholeAccount())


def _bankrupt(group: Group) -> Group:
    return replace(
        group,
        quantity=group.quantity[:1].copy(),
        column=group.column[:1].copy(),
        cash=np.full(1, -1e30),
        free_cash=group.free_cash[:1].copy(),
        owed=group.owed[:1].copy(),
        weight=group.weight[:1].copy(),
        opened=group.opened[:1].copy(),
    )
