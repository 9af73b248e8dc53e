"""What an option is worth with interest and dividends, for scenarios of prices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from undertow.core.book import Position
from undertow.model.rulebook._worth import DAYS_PER_YEAR, WIDEST, black_scholes


@dataclass(frozen=True, slots=True)
class Carry:
    """What holding the underlying costs and brings, per year, and who may exercise early.

    early: the option may be exercised at once, so it is never worth less
    """

    interest: float = 0.0
    dividends: float = 0.0
    early: bool = False


NO_CARRY = Carry()


def carried_value(option: Position, spot: float, sigma: float, on: date, carry: Carry) -> float:
    """Black–Scholes on the forward, discounted; at least what exercise pays if it is early.

    e^{−rT}·BS(S·e^{(r−q)T}).  Limits: no more than that for early exercise.
    Source: Black (1976), Merton (1973).
    """
    years = max(0.0, ((option.expiry or on) - on).days / DAYS_PER_YEAR)
    forward = spot * math.exp((carry.interest - carry.dividends) * years)
    later = math.exp(-carry.interest * years) * black_scholes(option, forward, sigma, on)
    sign = 1.0 if option.right == "C" else -1.0
    return max(later, sign * (spot - option.strike)) if carry.early else later


@lru_cache(maxsize=4096)
def carried_volatility(option: Position, spot: float, on: date, carry: Carry) -> float:
    """Volatility per year of an option: its own, else what its `price` implies at `spot`."""
    if not math.isnan(option.volatility):
        return option.volatility
    low, high = 0.0, WIDEST
    for _ in range(60):
        middle = 0.5 * (low + high)
        if carried_value(option, spot, middle, on, carry) < option.price:
            low = middle
        else:
            high = middle
    return high if high > 1e-9 else 0.0
