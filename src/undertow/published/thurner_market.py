"""The market of Thurner, Farmer and Geanakoplos: noise traders, funds, and the price that clears.

Kernels: the loop over steps is longer than a function should be.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from undertow.core.compiled import compiled
from undertow.core.shapes import Floats

HALVINGS = 60


class Parameters(NamedTuple):
    """As in the replication notebook; `cap` is λ, the largest leverage.

    supply: N;  value: V;  wealth: a fund's at the start;  ruin: share of it below which it fails
    memory: a;  chase: b, flows per excess performance;  benchmark: r_b;  pause: steps to re-entry
    """

    cap: float
    supply: float = 1000.0
    value: float = 1.0
    wealth: float = 2.0
    ruin: float = 0.1
    memory: float = 0.1
    chase: float = 0.15
    benchmark: float = 0.005
    pause: int = 100


@compiled
def clearing_price(
    noise: float, shares: Floats, cash: Floats, beta: Floats, given: Parameters
) -> float:
    """The price at which noise traders and funds together hold the supply, by bisection."""
    low, high = 0.0, max(given.value, noise / given.supply)
    for _ in range(HALVINGS):
        price = 0.5 * (low + high)
        cheap = given.value - price
        demand = noise
        for fund in range(len(beta)):
            wealth = shares[fund] * price + cash[fund]
            if cheap > 0.0 and wealth > 0.0:
                demand += min(beta[fund] * cheap, given.cap) * wealth
        if demand > given.supply * price:
            low = price
        else:
            high = price
    return 0.5 * (low + high)


@compiled
def simulate(noise: Floats, beta: Floats, given: Parameters, price: Floats) -> int:
    """Play every step of `noise` (money) into `price`; returns how many funds failed."""
    funds = len(beta)
    shares, cash = np.zeros(funds), np.full(funds, given.wealth)
    wealth, performance = cash.copy(), np.zeros(funds)
    away = np.zeros(funds, np.int64)
    failed = 0
    for step in range(len(noise)):
        now = clearing_price(noise[step], shares, cash, beta, given)
        price[step] = now
        for fund in range(funds):
            if away[fund] > 0:
                away[fund] -= 1
                if away[fund] == 0:
                    cash[fund] = wealth[fund] = given.wealth
                    performance[fund] = 0.0
                continue
            worth = shares[fund] * now + cash[fund]
            gain = worth / wealth[fund] - 1.0
            performance[fund] += given.memory * (gain - performance[fund])
            flow = max(-1.0, given.chase * (performance[fund] - given.benchmark)) * worth
            left = worth + flow
            if left < given.ruin * given.wealth:
                failed += 1
                away[fund] = given.pause
                shares[fund] = cash[fund] = 0.0
                continue
            invested = min(beta[fund] * max(given.value - now, 0.0), given.cap) * worth
            shares[fund] = invested / now
            cash[fund] = left - invested
            wealth[fund] = left
    return failed


@compiled
def autoregress(shock: Floats, keep: float, out: Floats) -> None:
    """out[t] = keep·out[t − 1] + shock[t], from nothing."""
    last = 0.0
    for step in range(len(shock)):
        last = keep * last + shock[step]
        out[step] = last
