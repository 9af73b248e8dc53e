"""Daily variances from open, high, low and close, in logs."""

from __future__ import annotations

import numpy as np

from undertow.core.history import Bars
from undertow.core.shapes import Floats
from undertow.indicators._rolled import means
from undertow.indicators.base import Series


def logs(bars: Bars) -> tuple[Floats, Floats, Floats, Floats]:
    """Logs of open, high, low, close; NaN where a price is not above 0."""
    o, h, low, c = (
        np.log(np.where(x > 0.0, x, np.nan)) for x in (bars.open, bars.high, bars.low, bars.close)
    )
    return o, h, low, c


def volatility(bars: Bars, daily: Floats, window: int) -> Series:
    """Root of the mean daily variance of each window; 0 where that is below 0."""
    return Series(bars.date, np.sqrt(np.maximum(means(daily, window), 0.0)))
