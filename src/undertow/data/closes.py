"""Daily prices of a user's own file: closes, and lows and highs where it has them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from undertow.core.errors import BadFile
from undertow.core.history import DAY, Bars
from undertow.core.shapes import Floats
from undertow.data.history import read_history


class Daily(NamedTuple):
    """Prices of one symbol, dates rising.

    low, high: of each day, both or neither
    """

    dates: NDArray[np.datetime64]
    close: Floats
    low: Floats | None = None
    high: Floats | None = None


Closes = Mapping[str, Daily]


def read_closes(file: Path) -> Closes:
    """Prices by symbol, as `read_history` reads them; a symbol needs all its lows and highs.

    BadFile where bars are not of days, or a close is not between low and high.
    """
    return {symbol: _daily(bars, file.name) for symbol, bars in read_history(file).bars.items()}


def _daily(bars: Bars, file: str) -> Daily:
    if bars.step != DAY:
        raise BadFile(f"{file} has bars of {bars.step} of {bars.symbol!r}, no days; give closes.")
    if not np.isfinite(bars.low).all() or not np.isfinite(bars.high).all():
        return Daily(bars.date, bars.close)
    outside = ~((bars.low <= bars.close) & (bars.close <= bars.high))
    if outside.any():
        at = int(np.argmax(outside))
        raise BadFile(
            f"{file} has a close of {bars.symbol!r} on {bars.date[at]} of {bars.close[at]:g}, which"
            f" is not between {bars.low[at]:g} and {bars.high[at]:g}; mend the row."
        )
    return Daily(bars.date, bars.close, bars.low, bars.high)
