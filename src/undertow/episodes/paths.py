"""From dated prices to a price for every bar."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from undertow.core.clock import Clock
from undertow.core.errors import BadDate, BadNumber
from undertow.core.shapes import Flags, Floats

APART = 1e-9


def path_per_bar(
    times: NDArray[np.datetime64], values: Floats, opens: Flags, clock: Clock
) -> Floats:
    """Price at the *end* of each bar: ln p is linear in open time between two dated prices.

    While the venue is closed the last price stands; what happened meanwhile is the opening gap.
    The window begins with the last price before it; after its last one the path stands still.
    That prices move evenly between two facts is an assumption.
    """
    when, prices = _in_open_time(times, values, opens, clock)
    return np.exp(np.interp(_ends(opens), when, np.log(prices)))


def bars_apart(times: NDArray[np.datetime64], values: Floats, opens: Flags, clock: Clock) -> Floats:
    """Bars of open time between the two dated prices around the end of each bar, at least 1.

    The first bar after a closure is its opening gap and counts as 1.
    """
    when, _ = _in_open_time(times, values, opens, clock)
    after = np.clip(np.searchsorted(when, _ends(opens)), 1, len(when) - 1)
    apart = np.maximum(1.0, np.round(when[after] - when[after - 1]))
    gap = np.concatenate([[True], ~opens[:-1]])
    return np.where(gap | (_ends(opens) > when[-1]), 1.0, apart)


def _ends(opens: Flags) -> Floats:
    """Open time, in bars, at the end of each bar."""
    return np.cumsum(opens, dtype=np.float64)


def _in_open_time(
    times: NDArray[np.datetime64], values: Floats, opens: Flags, clock: Clock
) -> tuple[Floats, Floats]:
    """When the dated prices fall, in bars of open time, and the prices."""
    if not (np.isfinite(values).all() and (values > 0.0).all()):
        raise BadNumber("a path has a price that is not above 0; mend it in the facts file.")
    start = np.datetime64(clock.start.replace(tzinfo=None), "s")
    step = np.timedelta64(int(clock.step.total_seconds()), "s")
    bars = (times - start) / step
    first = int(np.searchsorted(bars, 0.0, side="right")) - 1
    if first < 0:
        raise BadDate(
            f"a path has no price at or before {clock.start:%Y-%m-%d %H:%M} UTC; add one to the"
            " facts file."
        )
    inside = slice(first, int(np.searchsorted(bars, clock.bars, side="right")))
    open_time = np.concatenate([[0.0], _ends(opens)])
    when = np.interp(bars[inside], np.arange(clock.bars + 1.0), open_time)
    return _apart(when), values[inside]


def _apart(when: Floats) -> Floats:
    """Prices with no open time between them follow each other: the first is the last close."""
    return when + APART * (np.arange(len(when)) - np.searchsorted(when, when))
