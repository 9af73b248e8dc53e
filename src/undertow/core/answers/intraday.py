"""What `undertow measure correlation --intraday` answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from undertow.core.answers.said import Said


@dataclass(frozen=True, slots=True)
class OnGrid:
    """Correlation of moves over steps of so many seconds, each price the last one seen."""

    seconds: float
    value: float
    returns: int


@dataclass(frozen=True, slots=True)
class IntradayAnswer:
    """`measure correlation --intraday`: Hayashi and Yoshida's estimate from unequal moments.

    value: Σᵢⱼ rᵢ sⱼ of moves whose times overlap / √(Σ r² · Σ s²), may lie beyond ±1
    low, high: interval (95 %) from `blocks` blocks of `block_seconds` (a day: one block a day);
    NaN where the value is beyond ±1;  deviation: of the value
    days: with moves of both;  observations: of each, in the time both have
    volatility: of each, √(Σ r² / days)
    on_grid: what a fixed grid says, towards 0 where its steps are short (Epps)
    """

    symbols: tuple[str, str]
    first: date
    last: date
    days: int
    observations: tuple[int, int]
    value: float
    low: float
    high: float
    deviation: float
    blocks: int
    block_seconds: float
    every_seconds: float
    volatility: tuple[float, float]
    on_grid: tuple[OnGrid, ...]
    said: tuple[Said, ...]
    warnings: tuple[Said, ...]
