"""Random chains and funds for the laws of the measures."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from undertow.core.chain import Chain
from undertow.core.history import Bars, History
from undertow.core.holdings import Holding
from undertow.studies.coverage import Asked, Market


def chain(seed: int, interest: float = 1.0) -> Chain:
    rng = np.random.default_rng(seed)
    count = 40
    call = rng.uniform(size=count) < 0.5
    return Chain(
        underlying="X",
        spot=100.0,
        moment=datetime(2026, 1, 5, 21),
        expiry=np.datetime64("2026-02-06T21:00:00", "s") + rng.integers(0, 90, count) * 86_400,
        strike=np.round(rng.uniform(80.0, 120.0, count)),
        call=call,
        price=np.full(count, np.nan),
        interest=interest * rng.integers(1, 1000, count).astype(np.float64),
        volatility=rng.uniform(0.1, 0.6, count),
        gamma=np.full(count, np.nan),
    )


def fund(seed: int) -> tuple[list[Holding], dict[str, Market]]:
    rng = np.random.default_rng(seed)
    names = [f"S{k}" for k in range(8)]
    nothing = float("nan")
    holdings = [Holding(n, float(rng.integers(1, 10_000)), nothing, nothing) for n in names]
    prices, volumes = rng.uniform(5.0, 50.0, 8), np.exp(rng.normal(6.0, 2.0, 8))
    return holdings, dict(zip(names, map(Market, prices, volumes), strict=True))


def asked(redemption: float = 0.1, days: float = 5.0, participation: float = 0.2) -> Asked:
    return Asked(datetime(2026, 1, 30).date(), redemption, 0.0, days, participation)


def some_history(seed: int, names: str = "ABCDE", days: int = 60) -> History:
    """Random bars of assets that are a little alike."""
    rng = np.random.default_rng(seed)
    date = np.datetime64("2020-01-01") + np.arange(days)
    common, bars = rng.normal(0.0, 0.01, days), {}
    for name in names:
        close = 100.0 * np.exp(np.cumsum(common + rng.normal(0.0, 0.01, days)))
        opened = close * np.exp(rng.normal(0.0, 0.004, days))
        high = np.maximum(opened, close) * np.exp(np.abs(rng.normal(0.0, 0.004, days)))
        low = np.minimum(opened, close) * np.exp(-np.abs(rng.normal(0.0, 0.004, days)))
        volume = np.exp(rng.normal(10.0, 0.5, days))
        bars[name] = Bars(name, date.copy(), opened, high, low, close, volume)
    return History(bars)
