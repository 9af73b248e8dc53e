"""What a run is set beside: a ceiling, ranges over assumed inputs, reported facts, later days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Window:
    """When the run begins and ends (UTC); nothing after `until` was used for any choice."""

    start: datetime
    until: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Had every dollar lost in the sources been raised by selling this target alone, at once.

    usd_raised: base currency;  of_volume: the same over a normal day's turnover
    impact: share of the price, negative;  low, high: the same over the range of the coefficient
    """

    usd_raised: float
    of_volume: float
    impact: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Range:
    """A headline, and between what it lies over the assumed inputs."""

    value: float
    low: float
    high: float

    @property
    def flips(self) -> bool:
        """Whether its sign is not settled."""
        return self.low < 0.0 < self.high


@dataclass(frozen=True, slots=True)
class Rest:
    """What the headline becomes when one assumed input stands at its lowest and at its highest.

    input: the fact, or the name of the facts that move together;  facts: how many they are
    low, high: the input's extremes as multiples of its base
    at_low, at_high: change of the headline target by forced selling
    usd_at_low, usd_at_high: all forced sales
    """

    input: str
    facts: int
    low: float
    high: float
    at_low: float
    at_high: float
    usd_at_low: float
    usd_at_high: float

    def swing(self, base: float) -> float:
        """The farthest that this input alone moves the headline."""
        return max(abs(self.at_low - base), abs(self.at_high - base))


@dataclass(frozen=True, slots=True)
class Ranges:
    """Every headline over the assumed inputs: one at a time, and all together by a Latin hypercube.

    runs, accounts, bar_minutes: how many runs and of what size;  target: whose change is rested
    base: `forced` of each instrument in the small base run, beside the full one's
    forced: by instrument, share of the price at the end;  totals: calls, forced_usd, bad_debt_usd
    tornado: all inputs, the one that moves the target farthest first
    """

    runs: int
    accounts: int
    bar_minutes: float
    target: str
    base: dict[str, float]
    forced: dict[str, Range]
    totals: dict[str, Range]
    tornado: tuple[Rest, ...]


@dataclass(frozen=True, slots=True)
class FactCheck:
    """A reported figure on selling beside the engine's own; `ratio` is engine over reported."""

    what: str
    engine: float
    reported: float
    unit: str
    ratio: float
    status: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Later:
    """One instrument over the days after `until`; shares of the price at `until`."""

    forced: float
    simulated: float
    actual: float | None
    unexplained: float | None
