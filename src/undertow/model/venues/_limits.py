"""How far prices may go: limits of exchanges as functions of numbers that are listed elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from undertow.core.errors import BadNumber
from undertow.core.shapes import Floats

ROUNDING = 1e-9


def widened(base: Floats, run: Floats, widening: Sequence[float]) -> Floats:
    """Limits on the day after `run` locked days in a row on one side, shares.

    base + widening[run − 1];   base after no locked day, and beyond the last step (a suspension)
    Source: SHFE and GFEX risk control rules, margin.md 1.6.
    """
    steps = np.array((0.0, *widening, 0.0))
    return base + steps[np.minimum(np.asarray(run), len(steps) - 1).astype(np.int64)]


def limit_days(base: float, widening: Sequence[float]) -> tuple[float, ...]:
    """Limits of the first day and of each day after one more locked day: D1, D2, D3."""
    days = len(widening) + 1
    runs = np.arange(days, dtype=np.float64)
    return tuple(float(share) for share in widened(np.full(days, base), runs, widening))


def bounds(reference: Floats, limit: Floats, tick: Floats | None = None) -> tuple[Floats, Floats]:
    """Lowest and highest price: reference·(1 ∓ limit), each rounded down to the tick if given."""
    low, high = reference * np.maximum(1 - limit, 0.0), reference * (1 + limit)
    if tick is None:
        return low, high
    low, high = (tick * np.floor(bound / tick + ROUNDING) for bound in (low, high))
    return low, high


def limit_width(reference: float, rate: float, tick: float) -> float:
    """Money a price may move: reference·rate, what is less than a tick discarded.

    Source: JPX price limits of index futures, 28,780·8 % = 2,302.4 becomes 2,300.
    """
    return tick * float(np.floor(reference * rate / tick + ROUNDING))


def limit_by_price(base: float, above: Sequence[float], limits: Sequence[float]) -> float:
    """Money a price may move by a table of base prices: the row of the last edge not beyond it.

    Source: TSE daily price limits, "less than 1,000 yen: 150".
    """
    place = int(np.searchsorted(np.array(above), base, side="right")) - 1
    if place < 0 or not base > 0.0:
        raise BadNumber(f"{base} is no price the table of limits begins with; give a positive one.")
    return limits[place]


def yen_bounds(
    base: float, normal: float, *, factor: float = 1.0, side: str = "both"
) -> tuple[float, float]:
    """Lowest and highest price around a base, one side or both widened by a factor.

    base ∓ normal·factor on a widened side, base ∓ normal on the other, never below 0
    side: `upper`, `lower` or `both`;  Source: TSE, broadened daily price limits.
    """
    if side not in {"upper", "lower", "both"}:
        raise BadNumber(f"side {side!r} is none; say upper, lower or both.")
    down = normal if side == "upper" else factor * normal
    up = normal if side == "lower" else factor * normal
    return max(0.0, base - down), base + up


@dataclass(frozen=True, slots=True)
class LuldTier:
    """Percentage parameters of limit up, limit down for one tier of stocks.

    share: beyond `high_price` of the previous close;  middle: from `low_price` to it
    below `low_price` the lesser of `cheap_money` and `cheap` of the reference
    doubled_high: whether the last minutes double a price beyond `high_price` too (tier 1)
    Source: LULD plan; margin.md 3.
    """

    share: float
    middle: float
    cheap: float
    cheap_money: float
    high_price: float
    low_price: float
    doubled_high: bool

    def width(
        self, reference: float, close: float, *, times: float = 1.0, leverage: float = 1.0
    ) -> float:
        """Money a price may move from the average of the last five minutes.

        close: previous day's;  times: 2 in the last minutes, where it counts
        leverage: multiple of a leveraged fund, which widens `share`
        """
        doubled = times if close <= self.high_price or self.doubled_high else 1.0
        if close > self.high_price:
            return doubled * self.share * max(1.0, abs(leverage)) * reference
        if close >= self.low_price:
            return doubled * self.middle * reference
        return doubled * min(self.cheap_money, self.cheap * reference)
