"""A price as it was seen, at whatever moments it was seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.errors import BadNumber
from undertow.core.history import Moments
from undertow.core.shapes import Flags, Floats


@dataclass(frozen=True, slots=True)
class Ticks:
    """Observations of one price, oldest first, one at a moment.

    time: UTC, milliseconds, strictly rising;  price: above 0
    clock: zone of the market;  skipped: rows of the files that hold no price
    """

    symbol: str
    time: Moments
    price: Floats
    clock: str = "UTC"
    skipped: int = 0

    def __post_init__(self) -> None:
        if not np.all(self.time[1:] > self.time[:-1]):
            raise BadNumber(f"the moments of {self.symbol} do not rise; sort them, one row each.")
        bad = np.flatnonzero(~((self.price > 0.0) & np.isfinite(self.price)))
        if len(bad):
            raise BadNumber(
                f"{self.symbol} has a price of {self.price[bad[0]]:g} at {self.time[bad[0]]}, which"
                " has no logarithm; leave the row out."
            )

    def __len__(self) -> int:
        return len(self.time)

    def where(self, kept: Flags) -> Ticks:
        """These observations alone."""
        return Ticks(self.symbol, self.time[kept], self.price[kept], self.clock, self.skipped)


def observed(
    symbol: str, time: Moments, price: Floats, *, clock: str = "UTC", skipped: int = 0
) -> Ticks:
    """Observations in any order; of several at one moment the last counts."""
    order = np.argsort(time, kind="stable")
    time, price = time[order].astype("datetime64[ms]"), price[order]
    last = np.append(time[1:] != time[:-1], np.ones(min(len(time), 1), dtype=bool))
    return Ticks(symbol, time[last], price[last], clock, skipped)


def merged(parts: tuple[Ticks, ...]) -> Ticks:
    """Several files of one instrument as one."""
    return observed(
        parts[0].symbol,
        np.concatenate([p.time for p in parts]),
        np.concatenate([p.price for p in parts]),
        clock=parts[0].clock,
        skipped=sum(p.skipped for p in parts),
    )
