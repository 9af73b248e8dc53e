"""What a Reg T account may do within a day: SMA, day trades, the deficit since June 2026."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from undertow.model.rulebook._rates import Rates


@dataclass(frozen=True, slots=True)
class Intraday:
    """Rules of one date.

    counted: pattern day traders are counted and need `least` (before 2026-06-04)
    least: equity below which no more than equity may be bought;  requirement: share of value
    """

    counted: bool
    least: float
    requirement: float

    def buying_power(self, equity: float, maintenance: float) -> float:
        """Value that may be bought within the day: (equity − maintenance)/requirement.

        Before 2026-06-04 of the close before, and only with the minimum; then of the moment.
        """
        if equity < self.least:
            return max(0.0, equity - maintenance)
        return day_trading_power(equity - maintenance, self.requirement)


def intraday_rule(rates: Rates, on: date) -> Intraday:
    """The rule in force on a date: pattern day traders before 2026-06-04, the deficit after."""
    return Intraday(
        counted=not rates.has((), "intraday_deficit_money", on),
        least=rates.value((), "intraday_minimum_equity", on),
        requirement=rates.value((), "intraday_requirement", on),
    )


def day_trading_power(excess: float, requirement: float) -> float:
    """Value that an excess over maintenance carries within the day: excess/requirement."""
    return max(0.0, excess) / requirement


def intraday_deficit(path: Iterable[tuple[float, float]]) -> float:
    """Largest shortfall of a day, max(maintenance − equity), of (equity, maintenance) per moment.

    Source: SR-FINRA-2025-017, in force since 2026-06-04; margin.md 1.1.
    """
    return max((0.0, *(maintenance - equity for equity, maintenance in path)))


def deficit_counts(deficit: float, equity: float, rates: Rates, on: date) -> bool:
    """Whether a deficit is more than the lesser of a share of equity and a sum of money."""
    share = rates.value((), "intraday_deficit_share", on) * max(0.0, equity)
    return deficit > min(share, rates.value((), "intraday_deficit_money", on))


def memorandum(
    previous: float, *, cash: float, traded: float, equity: float, reg_t: float
) -> float:
    """Special memorandum account: max(previous + cash − traded, equity − Reg T margin).

    cash: paid in today, withdrawals negative;  traded: Reg T margin of what was bought today, less
    that of what was sold;  reg_t: initial margin of all positions at the close
    Source: Interactive Brokers, "Securities Margin Example"; 12 CFR 220.5; margin.md 1.1.
    """
    return max(previous + cash - traded, equity - reg_t)
