"""The spread of Ardia, Guidotti and Kroencke (EDGE)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from undertow.core.history import History
from undertow.core.shapes import Floats
from undertow.indicators._rolled import bars_of, windows
from undertow.indicators.base import Indicator, Series

FEWEST = 3


@dataclass(frozen=True, slots=True)
class Edge(Indicator):
    """The spread from open, high, low and close together, unbiased where trades are few.

    two moments of squared spread from returns between open, middle and close, each divided by how
    often open and close are the high or the low, weighted by the other's variance;  s = √|s²|
    signed: below 0 where s² is, which says that the window is too short for its noise
    Units: share of the price.
    Source: Ardia, Guidotti, Kroencke, J. Financial Economics 161 (2024) 103916.
    """

    unit: ClassVar[str] = "share of the price"
    fields: ClassVar[tuple[str, ...]] = ("open", "high", "low", "close")

    window: int = 21
    signed: bool = False

    @classmethod
    def example(cls) -> Self:
        """Two weeks."""
        return cls(window=10)

    def series(self, history: History, symbols: Sequence[str]) -> Series:
        """Over the days of each window."""
        bars = bars_of(history, symbols)
        found = np.full(len(bars), np.nan)
        if len(bars) >= self.window >= FEWEST:
            prices = (bars.open, bars.high, bars.low, bars.close)
            rolling = [windows(np.where(x > 0.0, x, np.nan), self.window) for x in prices]
            found[self.window - 1 :] = spread(np.log(np.stack(rolling)), signed=self.signed)
        return Series(bars.date, found)


def spread(logs: Floats, *, signed: bool) -> Floats:
    """Spread of each row; logs: of open, high, low, close, [4, row, day]."""
    o, h, low, _ = logs[..., 1:]
    _, h1, l1, c1 = logs[..., :-1]
    m, m1 = 0.5 * (h + low), 0.5 * (h1 + l1)
    moved = ((h != low) | (low != c1)).astype(np.float64)
    traded = _mean(moved)
    opens = _mean(moved * (o != h)) + _mean(moved * (o != low))
    closes = _mean(moved * (c1 != h1)) + _mean(moved * (c1 != l1))
    usable = (moved.sum(axis=-1) >= 2.0) & (opens[..., 0] > 0.0) & (closes[..., 0] > 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        first, third, fifth = (r - _mean(r) / traded * moved for r in (m - o, m - c1, o - c1))
        x1 = -4.0 / opens * first * (o - m1) - 4.0 / closes * third * (c1 - m1)
        x2 = -4.0 / opens * first * (o - c1) - 4.0 / closes * fifth * (c1 - m1)
        square = _weighted(x1, x2)
    root = np.sqrt(np.abs(square)) * (np.sign(square) if signed else 1.0)
    return np.where(usable & np.isfinite(logs).all(axis=(0, 2)), root, np.nan)


def _mean(values: Floats) -> Floats:
    return np.asarray(values.mean(axis=-1, keepdims=True))


def _weighted(x1: Floats, x2: Floats) -> Floats:
    """Each mean weighted by the variance of the other."""
    e1, e2 = x1.mean(axis=-1), x2.mean(axis=-1)
    v1, v2 = x1.var(axis=-1), x2.var(axis=-1)
    whole = v1 + v2
    return np.where(whole > 0.0, (v2 * e1 + v1 * e2) / whole, 0.5 * (e1 + e2))
