"""Prices that a gauge can be made of, without the market data set."""

from __future__ import annotations

import numpy as np

from undertow.core.history import Bars, History

DAYS = 900
FIRST = np.datetime64("2022-08-01")
SYMBOLS = ("^GSPC", "^IXIC", "IWM", "TLT", "HYG", "GLD")


def prices(*, storm: int = 0, symbols: tuple[str, ...] = SYMBOLS) -> History:
    """Random walks on weekdays; in the last sessions, if there is a storm, four times as wild."""
    found = {}
    days = FIRST + np.arange(2 * DAYS)
    days = days[np.is_busday(days)][:DAYS]
    wild = np.where(np.arange(DAYS) >= DAYS - storm, 4.0, 1.0)
    for at, name in enumerate(symbols):
        chance = np.random.default_rng(at)
        steps = 0.008 / np.sqrt(20) * chance.standard_normal((DAYS, 20)) * wild[:, None]
        path = 100.0 * np.exp(np.cumsum(steps).reshape(DAYS, 20))
        opened = np.concatenate([[100.0], path[:-1, -1]])
        found[name] = Bars(
            name, days, opened, np.maximum(opened, path.max(1)), np.minimum(opened, path.min(1)),
            path[:, -1], 1e7 * wild * np.exp(0.1 * chance.standard_normal(DAYS)),
        )  # fmt: skip
    level = 16.0 * wild * np.exp(0.05 * np.random.default_rng(99).standard_normal(DAYS))
    found["^VIX"] = Bars("^VIX", days, *(level for _ in range(4)), np.full(DAYS, np.nan))
    return History(found)


def as_csv(history: History) -> str:
    """The long form."""
    lines = ["date,symbol,open,high,low,close,volume"]
    for name in history.symbols:
        bars = history[name]
        columns = (bars.date, bars.open, bars.high, bars.low, bars.close, bars.volume)
        for on, *values in zip(*columns, strict=True):
            cells = ("" if np.isnan(value) else repr(float(value)) for value in values)
            lines.append(f"{on},{name},{','.join(cells)}")
    return "\n".join(lines)
