"""A format that nobody writes: a head, then time, kind, side, order, price, quantity, flags."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from undertow.core.errors import BadFile
from undertow.core.events import About, Events, no_ladder
from undertow.data.orderbooks.base import Feed, Opened

HEAD = "made up book"


@dataclass(frozen=True, slots=True)
class MadeUp(Feed):
    """Integers with spaces between, a message a line.

    Source: made up for a test.
    """

    def opened(self, paths: tuple[Path, ...], symbol: str) -> Opened:
        """One file."""
        lines = paths[0].read_bytes().decode(errors="replace").splitlines()
        if lines[:1] != [HEAD]:
            raise BadFile(f"{paths[0]} is not made up; check --format.")
        time, kind, side, order, price, quantity, flags = np.loadtxt(lines[1:], np.int64, ndmin=2).T
        events = Events(
            time.copy(), kind.astype(np.uint8), side.astype(np.int8), order.copy(), price.copy(),
            quantity.copy(), flags.astype(np.uint8), no_ladder(len(time)),
        )  # fmt: skip
        return Opened(About("made_up", symbol or "T", 0.01, 1.0, "orders"), iter((events,)))
