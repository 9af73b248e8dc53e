"""Best bid and ask of one instrument, a row a minute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.errors import BadNumber
from undertow.core.history import Moments
from undertow.core.shapes import Flags, Floats


@dataclass(frozen=True, slots=True)
class Quotes:
    """The last quote of each minute, oldest first.

    time: start of the minute in UTC, milliseconds;  bid, ask: prices;  bid_size, ask_size: units
    clock: zone that the file was written in;  skipped: rows of the file without both sides
    expiry: month of the contract, empty if it has none
    """

    symbol: str
    time: Moments
    bid: Floats
    ask: Floats
    bid_size: Floats
    ask_size: Floats
    clock: str = "UTC"
    skipped: int = 0
    expiry: str = ""

    def __len__(self) -> int:
        return len(self.time)

    @property
    def mid(self) -> Floats:
        """(bid + ask) / 2."""
        return 0.5 * (self.bid + self.ask)

    @property
    def spread_bps(self) -> Floats:
        """1e4 · (ask − bid) / mid."""
        return 1e4 * (self.ask - self.bid) / self.mid

    @property
    def depth(self) -> Floats:
        """Money at the touch: bid size · bid + ask size · ask."""
        return self.bid_size * self.bid + self.ask_size * self.ask

    @property
    def hour(self) -> Moments:
        """Start of the hour of each minute."""
        return self.time.astype("datetime64[h]")

    def where(self, kept: Flags) -> Quotes:
        """These minutes alone."""
        return self.of(self.time[kept], [side[kept] for side in self.sides])

    @property
    def sides(self) -> list[Floats]:
        """Bid, ask and their sizes."""
        return [self.bid, self.ask, self.bid_size, self.ask_size]

    def of(self, time: Moments, sides: list[Floats], skipped: int | None = None) -> Quotes:
        """The same instrument with other rows."""
        bid, ask, bid_size, ask_size = sides
        return Quotes(
            self.symbol, time, bid, ask, bid_size, ask_size, self.clock,
            self.skipped if skipped is None else skipped, self.expiry,
        )  # fmt: skip


def joined(parts: tuple[Quotes, ...]) -> Quotes:
    """Several days as one, in the order of time."""
    time = np.concatenate([p.time for p in parts])
    order = np.argsort(time, kind="stable")
    again = np.flatnonzero(np.diff(time[order]) == np.timedelta64(0, "ms"))
    if len(again):
        raise BadNumber(f"two files have the minute {time[order][again[0]]}; give each day once.")
    sides = [np.concatenate(same)[order] for same in zip(*(p.sides for p in parts), strict=True)]
    return parts[0].of(time[order], sides, sum(p.skipped for p in parts))
