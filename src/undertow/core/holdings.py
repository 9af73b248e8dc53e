"""What a fund holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Holding:
    """One line of a fund; NaN where its file has nothing.

    units: shares held;  value: in the fund's currency;  weight: share of the fund
    kind: cash, government, corporate, equity or other;  rating: AAA … D, empty if there is none
    haircut: share of the price lost in a forced sale;  day: of the file, None if it says none
    """

    symbol: str
    units: float
    value: float
    weight: float
    kind: str = "equity"
    rating: str = ""
    haircut: float = 0.0
    day: date | None = None
