"""A scenario, compiled: an opening state, dated news and a choice of rules. `run` needs no more."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from undertow.core.accounts import Accounts
from undertow.core.clock import Clock
from undertow.core.columns import Columns
from undertow.core.market import Market
from undertow.core.shapes import Flags, Floats
from undertow.model.impact.base import ImpactLaw
from undertow.model.liquidation.base import LiquidationPolicy
from undertow.model.makers.base import Makers
from undertow.model.margin.base import MarginRule
from undertow.model.traders.base import Trader
from undertow.model.venues.base import Venue


@dataclass(frozen=True, slots=True)
class Regime:
    """How one broker tests, calls and closes out.

    rule: what equity is required;  tests: whether the margin is tested at each bar, [bar]
    grace_days: calendar days the owner has before the broker sells
    owner_lag, broker_lag: ℓ in calendar days, sales are need·(1 − e^{−Δt/ℓ}); 0 sells at once
    willing: share of free and elsewhere holdings the owner is ready to sell
    transfer_days: what is pledged elsewhere takes so long to arrive; beyond the grace it does not
    minimum_transfer: smallest call, base currency
    cash_test: variation must be settled in cash, up to `credit_line` (base currency)
    recourse: the broker may also reach what the owner holds free
    heeds_notice: the broker asks a higher rate from its notice on, not from its effect
    """

    rule: MarginRule
    tests: Flags | None = None
    grace_days: float = 0.0
    owner_lag: float = 0.0
    broker_lag: float = 0.0
    willing: float = 1.0
    transfer_days: float = 0.0
    minimum_transfer: float = 0.0
    cash_test: bool = False
    credit_line: float = 0.0
    recourse: bool = False
    heeds_notice: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """Accounts that share a regime, an owner's and a broker's policy."""

    name: str
    regime: Regime
    owner: LiquidationPolicy
    broker: LiquidationPolicy


@dataclass(frozen=True, slots=True)
class Listing:
    """A venue and the instruments (indices) that trade on it."""

    name: str
    venue: Venue
    instruments: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rules:
    """The choice of rules; a channel is on because its rule is there.

    overnight: share of a closed bar that still counts as time for decay
    participation: largest share of a normal day's volume, per open day, that forced sales may be
    fee: base currency lost per base currency dealt, paid to the venue
    foresight: share of its own impact that a seller reckons with when choosing what to sell
    memory: half-life in trading days of the volatility that everyone sees
    maker_capital: equity of the makers at the start, base currency
    insurance: fund per segment that pays bad debt before the broker does, base currency
    """

    segments: tuple[Segment, ...]
    impact: ImpactLaw
    makers: Makers
    traders: tuple[tuple[str, Trader], ...] = ()
    listings: tuple[Listing, ...] = ()
    overnight: float = 0.0
    participation: float = np.inf
    fee: float = 0.0
    foresight: float = 1.0
    memory: float = 1.0
    maker_capital: float = np.inf
    insurance: dict[str, float] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the segments."""
        return tuple(segment.name for segment in self.segments)

    def segment(self, name: str) -> Segment:
        """The rules of one segment."""
        return next(s for s in self.segments if s.name == name)


@dataclass(frozen=True, slots=True)
class Hike:
    """A dated change of a margin rate: known from bar `notice`, tested from bar `effect`.

    A broker who heeds the notice tests a higher rate from then on.
    """

    instrument: str
    rate: float
    notice: int
    effect: int
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class News:
    """What comes from outside.

    shock: Δln F per bar and instrument (free instruments; before the bar opens)
    given: instruments whose price *is* their actual path;  actual: that path, NaN elsewhere
    linked: instruments that inherit the news of their underlyings through the look-through
    fx: base currency per unit of the instrument's currency, per bar; None if it does not move
    spacing: bars over which a dated move of the actual path is spread, [bar, instrument]; None is 1
    hikes: margin changes
    beneath: F of given instruments where that is what is known, [bar, instrument]: forced selling
    then moves their prices too; None where their price is `actual`, whatever is sold
    """

    shock: Floats
    given: Flags
    actual: Floats
    linked: Flags
    hikes: tuple[Hike, ...] = ()
    fx: Floats | None = None
    spacing: Floats | None = None
    beneath: Floats | None = None

    @property
    def pinned(self) -> Flags:
        """Instruments whose price is their actual path, whatever is sold."""
        return self.given if self.beneath is None else np.zeros_like(self.given)

    def fundamental(self, bar: int, forced: Floats) -> Floats:
        """F of the given instruments in a bar; forced: ln of the part that selling has made."""
        if self.beneath is not None:
            return self.beneath[bar]
        return self.actual[bar] * np.exp(-forced)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything `run` needs; targets' actual prices are not in it."""

    name: str
    clock: Clock
    market: Market
    columns: Columns
    accounts: Accounts
    rules: Rules
    news: News

    @property
    def earned(self) -> Flags:
        """Instruments that nothing given moves: neither their own path nor what they inherit."""
        through = self.market.instruments.lookthrough != 0.0
        inherits = self.news.linked & (through & self.news.given).any(axis=1)
        return ~(self.news.given | inherits)


def quiet(bars: int, instruments: int) -> News:
    """No news at all."""
    return News(
        shock=np.zeros((bars, instruments)),
        given=np.zeros(instruments, dtype=np.bool_),
        actual=np.full((bars, instruments), np.nan),
        linked=np.zeros(instruments, dtype=np.bool_),
    )
