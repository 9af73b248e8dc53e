"""A large population by NumPy alone, where a random system of Hypothesis would be too slow."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from numpy.random import Generator

from strategies import NAMES, OPENING
from undertow.core.accounts import NO_CALL, Accounts, Group
from undertow.core.clock import Clock
from undertow.core.columns import Columns, Way
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.model.impact import IMPACT
from undertow.model.liquidation import LIQUIDATION
from undertow.model.makers import MAKERS
from undertow.model.margin import MARGIN
from undertow.model.scenario import (
    Regime,
    Rules,
    Scenario,
    Segment,
    quiet,
)


def crowd(accounts: int, *, seed: int = 0, slots: int = 4, segments: int = 1) -> Scenario:
    """A large population by NumPy alone, longs and shorts, most of it far from its calls."""
    rng = np.random.default_rng(seed)
    market = calm_market(
        plain_instruments(
            NAMES,
            depth=np.full(4, 40.0 * accounts),
            sigma=np.full(4, 0.02),
            spread=np.full(4, 1e-3),
            resilience=np.full(4, 0.5),
        ),
        np.array([5_000.0, 100.0, 6.0, 180.0]),
    )
    columns = Columns(
        instrument=np.arange(4, dtype=np.int64),
        way=np.full(4, Way.PLEDGED, dtype=np.int64),
        entry=np.full(4, np.nan),
        released=np.ones(4),
    )
    rates = dict(zip(NAMES, (0.08, 0.12, 0.1, 0.25), strict=True))
    rule = MARGIN.make("percent_of_notional", {"rates": rates, "target": 1.1})
    parts = tuple(
        Segment(f"s{k}", Regime(rule), LIQUIDATION.make("most_liquid_first", {}),
                LIQUIDATION.make("pro_rata", {}))
        for k in range(segments)
    )  # fmt: skip
    groups = tuple(_crowd_group(rng, s.name, accounts // segments, slots, market) for s in parts)
    rules = Rules(
        parts, IMPACT.make("exponential", {"fill": "path"}), MAKERS.make("constant", {}), fee=1e-4
    )
    clock = Clock(OPENING, timedelta(minutes=15), 8)
    return Scenario("crowd", clock, market, columns, Accounts(groups), rules, quiet(8, 4))


def _crowd_group(rng: Generator, name: str, accounts: int, slots: int, market: Market) -> Group:
    pair = rng.integers(0, 4, (accounts, slots))
    value = rng.lognormal(0.0, 1.0, (accounts, slots)) * 1e3
    short = rng.random((accounts, slots)) < 0.2
    quantity = np.where(short, -1.0, 1.0) * value / market.price[pair]
    required = (value * np.array([0.08, 0.12, 0.1, 0.25])[pair]).sum(axis=1)
    excess = 0.02 + rng.standard_gamma(1.5, accounts)
    equity = required * (1.0 + excess)
    return Group(
        segment=name,
        quantity=quantity,
        column=(2 * pair + short).astype(np.uint16),
        cash=equity - (quantity * market.price[pair]).sum(axis=1),
        free_cash=np.where(rng.random(accounts) < 0.3, 0.05 * required, 0.0),
        owed=np.zeros(accounts),
        weight=np.full(accounts, 3.0),
        opened=np.full(accounts, NO_CALL, dtype=np.int32),
    )
