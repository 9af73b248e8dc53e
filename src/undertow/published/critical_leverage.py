"""Caccioli, Bouchaud, Farmer: the leverage from which nobody can get out solvent.

Selling everything at prices p₀(1 − I√x) on the way leaves 1/Λ₀ − 2I/3 per unit of assets, so the
critical leverage is Λ_c = 3/(2I); on the way equity at the mark is 1/Λ₀ − I√x + I·x^{3/2}/3.
"""

from __future__ import annotations

import numpy as np

from undertow.core.market import plain_instruments
from undertow.engine.prices import dealt_price
from undertow.engine.run import until_calm
from undertow.model.impact.one_minus import OneMinus
from undertow.model.liquidation.whole_account import WholeAccount
from undertow.model.scenario import Scenario
from undertow.published.check import Check, Row, claim, close, without_data
from undertow.published.stage import Holders, after_rounds, cap, resting, sold_at_once, stage

IMPACT = 0.1
"""I, what selling everything at once takes off the price."""
CRITICAL = 1.5 / IMPACT
LAW = OneMinus(coefficient=IMPACT, fill="path", linear_below=0.0)
INSTRUMENTS = plain_instruments(("asset",))


def scene(leverage: float) -> Scenario:
    """One holder of the whole depth, called at once, who closes the account."""
    holder = Holders(
        "holder",
        np.ones((1, 1)),
        np.array([1.0 - 1.0 / leverage]),
        cap(0.5 * leverage),
        WholeAccount(),
    )
    return stage(resting(INSTRUMENTS), [holder], LAW)


def equity_after_exit(leverage: float) -> float:
    """Cash less debt after one round, per unit of assets (a debt left is written as owed)."""
    group = after_rounds(scene(leverage)).desks[0].group
    return float(group.cash[0] - group.owed[0])


def equity_on_the_way(leverage: float, shares: np.ndarray) -> np.ndarray:
    """Equity at the mark after selling the shares of the asset one after the other."""
    market, cash, found = resting(INSTRUMENTS), 1.0 / leverage - 1.0, []
    for units, left in zip(np.diff(shares, prepend=0.0), 1.0 - shares, strict=True):
        cleared = sold_at_once(market, np.array([units]), LAW)
        market = cleared.market
        cash += units * cleared.paid[0]
        found.append(cash + left * dealt_price(LAW, market)[0])
    return np.array(found)


def play() -> list[Row]:
    """Exactly nothing is left at Λ_c, something below it, a debt above it."""
    shares = np.linspace(0.1, 1.0, 10)
    way = 1.0 / 5.0 - IMPACT * np.sqrt(shares) + IMPACT * shares**1.5 / 3.0
    below, above = (equity_after_exit(CRITICAL * k) for k in (1.0 - 1e-6, 1.0 + 1e-6))
    debt = float(until_calm(scene(1.1 * CRITICAL)).by_segment.bad_debt.sum())
    return [
        close(
            "equity after exit at Λ_c = 3/(2I) = 15", 0.0, equity_after_exit(CRITICAL), within=1e-12
        ),
        claim("just below Λ_c", "> 0", f"{below:.3g}", holds=below > 0.0),
        claim("just above Λ_c", "< 0", f"{above:.3g}", holds=above < 0.0),
        close(
            "bad debt at 1.1 Λ_c, 2I/3 − 1/Λ", 2 * IMPACT / 3 - 1 / (1.1 * CRITICAL), debt,
            within=1e-12,
        ),
        close("equity on the way, Λ = 5", way, equity_on_the_way(5.0, shares), within=1e-12),
    ]  # fmt: skip


CHECK = Check(
    name="critical-leverage",
    title="The leverage from which no exit is solvent under square-root impact",
    source="Caccioli, Bouchaud, Farmer, arXiv 1204.0922; closed form derived in the model notes",
    play=without_data(play),
)
