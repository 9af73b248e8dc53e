"""The probability that a book is not called and not closed out over some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from undertow.core.shapes import Floats


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability and the interval (Wilson, 95 %) of so many independent trials."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Survival:
    """One pool of a book over a horizon.

    days: trading days, tested at each close, or bars of simulated runs;  paths: simulated ones
    trials: independent trials that the interval counts: paths, but no more than the history has
    windows of this length
    no_call: the equity is never below what a call asks for;  no_liquidation: never below the level
    at which positions are closed
    no_call_by_day, no_liquidation_by_day: the same up to each day, [day]
    source: "returns" or "runs";  since, until: of the returns, None for runs
    exact: whether requirements were taken from the rulebook itself on every path, or from its
    tables by symbol, which agree with it
    without: symbols held at their price, for nothing is known of their returns
    extremes: whether the worst of each day counts beside its close
    """

    account: str
    pool: str
    days: int
    paths: int
    trials: int
    no_call: Chance
    no_liquidation: Chance
    no_call_by_day: Floats
    no_liquidation_by_day: Floats
    source: str
    since: date | None
    until: date | None
    exact: bool
    without: tuple[str, ...]
    extremes: bool = False


@dataclass(frozen=True, slots=True)
class Decile:
    """Cases in which about the same probability was stated, and how often it happened.

    lowest, highest, stated: of the probabilities, the last their mean;  happened: share of cases
    low, high: binomial band (95 %) around what was stated;  inside: whether `happened` lies in it
    """

    cases: int
    lowest: float
    highest: float
    stated: float
    happened: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        """Whether what happened lies in the band."""
        return self.low <= self.happened <= self.high


@dataclass(frozen=True, slots=True)
class BackTest:
    """Stated probabilities of a call beside what happened, by decile of what was stated."""

    since: date
    until: date
    days: int
    cases: int
    deciles: tuple[Decile, ...]
