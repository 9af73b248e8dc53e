"""The working state of a run; what rules see of it is the frozen `Market`."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from undertow.core.market import Market
from undertow.core.shapes import FlagPerInstrument, Floats, InstrumentMatrix, PerInstrument
from undertow.engine.clear import Limits
from undertow.engine.desk import Desk, keep_ledger, open_desks
from undertow.engine.prices import pressure_factor
from undertow.model.scenario import News, Rules, Scenario
from undertow.model.traders.base import TraderState
from undertow.model.venues.base import Brake


@dataclass(slots=True)
class Absorber:
    """Makers and outsiders, who take the other side of everything, and the others who get cash.

    units: held per instrument since the start;  cash: the makers'
    lender: what repaid loans elsewhere received;  venue: fees;  insurance, broker: what they paid
    for bad debt, per segment (negative)
    """

    units: PerInstrument
    cash: float = 0.0
    lender: float = 0.0
    venue: float = 0.0
    insurance: dict[str, float] = field(default_factory=dict)
    broker: dict[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Net cash received since the start."""
        paid = sum(self.insurance.values()) + sum(self.broker.values())
        return self.cash + self.lender + self.venue + paid


@dataclass(slots=True)
class State:
    """Everything that changes from bar to bar.

    factor: ln π per underlying at the market's pressure
    followed: prices with an actual path of their own, or linked to one that has it
    links: what of an underlying's news a product hears: its look-through, without itself
    admitted: whether an instrument can be sold and bought at all, as the opening market says
    shown_forced, shown_fx: ln of the forced part [a, u] and of fx when each price was last dealt
    """

    market: Market
    rules: Rules
    news: News
    desks: list[Desk]
    traders: list[TraderState]
    absorber: Absorber
    brakes: list[Brake]
    limits: Limits
    factor: PerInstrument
    followed: FlagPerInstrument
    links: InstrumentMatrix
    admitted: tuple[PerInstrument, PerInstrument]
    shown_forced: Floats
    shown_fx: PerInstrument
    booked: Floats

    @property
    def segments(self) -> tuple[str, ...]:
        """Segment names in the order of the rules."""
        return self.rules.names

    @property
    def matrix(self) -> Floats:
        """Base currency of sales booked to each origin, [origin, instrument]."""
        return self.booked.sum(axis=0)


def opened(scenario: Scenario, *, bars: int, ledger: bool) -> State:
    """The state at the start, in arrays of its own."""
    market, rules = scenario.market, scenario.rules
    count = len(market.instruments)
    groups = [group.copy() for group in scenario.accounts if len(group)]
    segments = [rules.segment(group.segment) for group in groups]
    desks = open_desks(groups, segments, scenario.columns, market)
    if ledger:
        keep_ledger(desks, market.instruments.lookthrough, bars)
    brakes = [
        listing.venue.opened(market.settlement[listing.instruments], scenario.clock.start)
        for listing in rules.listings
    ]
    factor, through = pressure_factor(rules.impact, market), market.instruments.lookthrough
    news = scenario.news
    return State(
        market=market,
        rules=rules,
        news=news,
        desks=desks,
        traders=[trader.opened(market) for _, trader in rules.traders],
        absorber=Absorber(np.zeros(count)),
        brakes=brakes,
        limits=_limits(rules, brakes, count),
        factor=factor,
        followed=news.given | (news.linked & ((through != 0.0) @ news.given)),
        links=through * ~np.eye(count, dtype=np.bool_),
        admitted=(market.sellable, market.buyable),
        shown_forced=through * factor,
        shown_fx=np.log(market.fx),
        booked=np.zeros((len(rules.segments), 4 * count + 1, count)),
    )


def _limits(rules: Rules, brakes: list[Brake], count: int) -> Limits:
    """The price limits in force at the opening."""
    low, high = np.zeros(count), np.full(count, np.inf)
    for listing, brake in zip(rules.listings, brakes, strict=True):
        low[listing.instruments], high[listing.instruments] = brake.low, brake.high
    return Limits(low, high)


def near_lists(state: State, *, plain: bool) -> None:
    """Choose the plain scan for all desks, or the near list."""
    for desk in state.desks:
        desk.near.plain = plain
