"""Rates that rise with size, and the deductions that keep a requirement continuous."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

from undertow.core.errors import BadNumber


@dataclass(frozen=True, slots=True)
class Tiers:
    """Marginal rates by size: a size is charged each tier's rate on the part inside that tier.

    required = N·rate_k − amount_k;   amount_0 = 0,  amount_k = amount_{k−1} + above_k·(rate_k −
    rate_{k−1})
    above: size beyond which a rate holds, rising from 0;  rates: share of the size
    Source: Binance and Bybit maintenance amounts, Hyperliquid margin tiers (margin.md 1.7).
    """

    above: tuple[float, ...]
    rates: tuple[float, ...]

    def __post_init__(self) -> None:
        rising = all(low < high for low, high in pairwise(self.above))
        if len(self.above) != len(self.rates) or self.above[:1] != (0.0,) or not rising:
            raise BadNumber(
                f"tiers above {self.above} with {len(self.rates)} rates do not rise from 0; "
                "give one lower edge per rate, the first 0."
            )

    @property
    def amounts(self) -> tuple[float, ...]:
        """What is deducted in each tier (`cum`, maintenance amount)."""
        found = [0.0]
        for k in range(1, len(self.rates)):
            found.append(found[-1] + self.above[k] * (self.rates[k] - self.rates[k - 1]))
        return tuple(found)

    def tier(self, size: float) -> int:
        """Index of the tier that a size is in; an edge belongs to the lower tier."""
        return max(0, bisect_left(self.above, size) - 1)

    def rate(self, size: float) -> float:
        """Rate of the tier that a size is in."""
        return self.rates[self.tier(size)]

    def amount(self, size: float) -> float:
        """Deduction of the tier that a size is in."""
        return self.amounts[self.tier(size)]

    def required(self, size: float) -> float:
        """What a size requires."""
        return size * self.rate(size) - self.amount(size)


def tiers_up_to(caps: tuple[float, ...], rates: tuple[float, ...]) -> Tiers:
    """Tiers from the upper edges that exchanges print; the last tier has no end."""
    return Tiers((0.0, *(float(cap) for cap in caps[:-1])), tuple(float(r) for r in rates))
