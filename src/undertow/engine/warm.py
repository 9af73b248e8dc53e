"""Compile the kernels a scenario will need, on one account of each group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from undertow.core.accounts import Accounts, Group
from undertow.engine.run import How, until_calm
from undertow.model.scenario import Scenario


def warm_up(scenario: Scenario) -> None:
    """Play one round with one bankrupt account a group, so that every kernel is ready."""
    one = Accounts(tuple(_bankrupt(group) for group in scenario.accounts if len(group)))
    until_calm(replace(scenario, accounts=one), max_rounds=1, how=How(threads=1))


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
