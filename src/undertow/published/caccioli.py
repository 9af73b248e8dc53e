"""Caccioli, Shrestha, Moore, Farmer: when overlapping books make one failure everybody's.

Banks are passive until insolvent and then sell everything; selling the share x of an asset takes
its price to e^{−αx}, α = −ln 0.9/0.1. Below a critical leverage nothing spreads; above it contagion
is likely only for middling diversification: too few common assets, or too little of each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.market import plain_instruments
from undertow.core.shapes import Floats
from undertow.engine.run import How, until_calm
from undertow.model.impact.exponential import Exponential
from undertow.model.liquidation.whole_account import WholeAccount
from undertow.model.margin.leverage_cap import MOST_LEVERAGE
from undertow.model.scenario import Scenario
from undertow.published.check import Check, Row, claim, exactly, without_data
from undertow.published.stage import Holders, cap, resting, stage

ALPHA = float(-np.log(0.9) / 0.1)
"""1.0536: selling a tenth of an asset takes a tenth off its price."""
SAFE = 1.5
"""Below 1/(1 − e^{−α}) = 1.535 nobody fails even if all others sell all they have."""
CONTAGION, DRAWS = 0.05, 30
DIVERSIFICATION = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
QUICK = How(threads=1, plain=True, ledger=False)


@dataclass(frozen=True, slots=True)
class Economy:
    """Banks that spread one unit of assets evenly over the assets they hold.

    crowding: banks per asset;  diversification: assets a bank holds on average
    """

    banks: int
    crowding: float
    diversification: float
    leverage: float

    @property
    def assets(self) -> int:
        """Number of assets."""
        return round(self.banks / self.crowding)


def network(economy: Economy, rng: np.random.Generator) -> Floats:
    """Holdings [bank, asset] of a random network; a bank without a link holds nothing."""
    shape = (economy.banks, economy.assets)
    linked = rng.random(shape) < economy.diversification / economy.assets
    return linked / np.maximum(linked.sum(axis=1, keepdims=True), 1)


def scene(economy: Economy, rng: np.random.Generator) -> Scenario:
    """One bank, drawn at random, has lost more than all; the others are at their leverage."""
    holdings = network(economy, rng)
    debt = holdings.sum(axis=1) * (1.0 - 1.0 / economy.leverage)
    debt[rng.integers(economy.banks)] += 1.0
    held = holdings.sum(axis=0)
    names = tuple(f"asset {k}" for k in range(economy.assets))
    instruments = plain_instruments(names, depth=np.where(held > 0.0, held, 1.0) / ALPHA)
    banks = Holders("banks", holdings, debt, cap(MOST_LEVERAGE), WholeAccount())
    return stage(resting(instruments), [banks], Exponential("opening"))


def failures(economy: Economy, seed: int) -> int:
    """Banks that fail after the first one, until nothing more is sold."""
    trace = until_calm(scene(economy, np.random.default_rng(seed)), how=QUICK)
    return int(trace.by_segment.called.sum()) - 1


def probability(economy: Economy) -> float:
    """Share of random networks in which a failure brings down more than 5 % of the banks."""
    return float(
        np.mean([failures(economy, seed) > CONTAGION * economy.banks for seed in range(DRAWS)])
    )


def over_diversification(leverage: float) -> Floats:
    """Contagion probability at each number of assets a bank holds on average."""
    return np.array([probability(Economy(100, 1.0, held, leverage)) for held in DIVERSIFICATION])


def play() -> list[Row]:
    """No contagion below the threshold; a hump above it; more leverage, more contagion."""
    low, high = over_diversification(SAFE), over_diversification(20.0)
    top = int(high.argmax())
    rising = np.array([probability(Economy(100, 1.0, 4.0, lev)) for lev in (3.0, 6.0, 9.0, 20.0)])
    return [
        exactly(f"leverage {SAFE:g}: contagion probability", 0.0, float(low.max())),
        claim(
            "leverage 20: hump over diversification",
            "low, high, zero",
            _listed(high),
            holds=0 < top < len(high) - 1
            and high[top] > 0.9
            and high[0] < 0.5 * high[top]
            and high[-1] == 0.0
            and bool((np.diff(high[: top + 1]) >= 0.0).all())
            and bool((np.diff(high[top:]) <= 0.0).all()),
        ),
        claim(
            "four assets a bank, leverage 3, 6, 9, 20",
            "0, then rising",
            _listed(rising),
            holds=rising[0] == 0.0 and bool((np.diff(rising) >= 0.0).all()) and rising[-1] > 0.9,
        ),
    ]


def _listed(values: Floats) -> str:
    return " ".join(f"{v:.2f}" for v in values)


CHECK = Check(
    name="caccioli",
    title="Contagion through common assets: a safe leverage, and a hump over diversification",
    source="Caccioli, Shrestha, Moore, Farmer, J. Banking and Finance 46 (2014) 233; both limits",
    play=without_data(play),
)
