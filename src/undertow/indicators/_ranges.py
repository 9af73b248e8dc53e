"""Daily variances from open, high, low and close, in logs."""

from __future__ import annotations

import numpy as np

from undertow.core.history import Bars
from undertow.core.shapes import Floats


def logs(bars: Bars) -> tuple[Floats, Floats, Floats, Floats]:
    """Logs of open, high, low, close; NaN where a price is not above 0."""
    o, h, low, c = (
        np.log(np.where(x > 0.0, x, np.nan)) for x in (bars.open, bars.high, bars.low, bars.close)
    )
    return o, h, low, c
