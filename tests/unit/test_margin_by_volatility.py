"""A clearing house may set margins by a rule that reads more than prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

import numpy as np

from undertow.core.accounts import Accounts, plain_group
from undertow.core.clock import Clock
from undertow.core.columns import Columns, pledged_columns
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.engine.run import How, run
from undertow.model.impact import IMPACT
from undertow.model.liquidation import LIQUIDATION
from undertow.model.makers import MAKERS
from undertow.model.margin import MarginRule, Requirement
from undertow.model.scenario import Regime, Rules, Scenario, Segment, quiet


@dataclass(frozen=True, slots=True)
class ByVolatility(MarginRule):
    """Five times the daily volatility seen now."""

    def table(self, market: Market, columns: Columns, *, target: bool) -> Requirement:
        rate = 5.0 * market.sigma[columns.instruments]
        return Requirement(rate[np.newaxis], np.zeros(columns.count))

    def hiked(self, instrument: str, rate: float) -> Self:
        return self


def scenario(*, seen: float, bars: int = 8) -> Scenario:
    """One account with 10 % equity in an instrument that stands still; its normal σ is 1 %."""
    market = calm_market(plain_instruments(("A",), sigma=np.array([0.01])), np.array([100.0]))
    market.sigma[:] = seen
    policy = LIQUIDATION.make("pro_rata", {})
    return Scenario(
        name="volatility",
        clock=Clock(datetime(2026, 1, 5, tzinfo=UTC), timedelta(hours=12), bars),
        market=market,
        columns=pledged_columns(1),
        accounts=Accounts((plain_group("all", np.array([[1.0]]), np.array([-90.0])),)),
        rules=Rules(
            (Segment("all", Regime(ByVolatility()), policy, policy),),
            IMPACT.make("exponential", {}),
            MAKERS.make("constant", {}),
        ),
        news=quiet(bars, 1),
    )


def margins(seen: float) -> np.ndarray:
    return run(scenario(seen=seen), how=How(threads=1)).paths.margin[:, 0]


def test_margin_falls_as_volatility_fades_though_no_price_moves() -> None:
    posted = margins(0.015)

    assert posted[0] > posted[-1]
    assert np.all(np.diff(posted) < 0.0)


def test_high_volatility_calls_an_account_that_normal_volatility_does_not() -> None:
    calm, wild = (run(scenario(seen=s)).by_segment.called.sum() for s in (0.01, 0.05))

    assert (calm, wild) == (0.0, 1.0)
