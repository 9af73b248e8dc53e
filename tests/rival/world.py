"""What changes: accounts as dicts and lists, the market as a dict of lists."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from undertow.core.columns import Way
from undertow.core.market import Market
from undertow.model.scenario import Scenario, Segment
from undertow.model.traders.base import TraderState

FIELDS = (
    "fundamental", "pressure", "lasting", "price", "fx", "depth", "available", "sigma",
    "settlement", "sellable", "buyable",
)  # fmt: skip


@dataclass
class Account:
    """One account: `columns[k]` is held `units[k]` times (signed); `called` is the bar of its call.

    losses: slack lost by cause since it was last whole, (cause, instrument) → money
    """

    segment: str
    columns: list[int]
    units: list[float]
    cash: float
    free: float
    owed: float
    weight: float
    unwilling: list[float]
    group: set[int]
    called: int | None = None
    losses: dict[tuple[str, int], float] = field(default_factory=dict)


@dataclass
class World:
    """Everything that changes; the market is one dict of lists, by the field names of `Market`."""

    scenario: Scenario
    segments: dict[str, Segment]
    accounts: list[Account]
    market: dict[str, list[float]]
    traders: list[TraderState]
    brakes: list
    low: list[float]
    high: list[float]
    makers_units: list[float]
    makers_cash: float = 0.0
    others_cash: float = 0.0
    fund_paid: dict[str, float] = field(default_factory=dict)
    broker_paid: dict[str, float] = field(default_factory=dict)
    history: list[dict] = field(default_factory=list)
    matrix: dict[tuple[str, int, int], float] = field(default_factory=dict)
    shown: list[dict] = field(default_factory=list)
    let_through: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Bar:
    """One bar: its number, trading days and openness of each instrument, calendar days."""

    number: int
    days: list[float]
    open: list[bool]
    closing: list[bool]
    elapsed: float


def begin(scenario: Scenario) -> World:
    """The world before the first bar."""
    market, columns = scenario.market, scenario.columns
    count = len(market.instruments)
    segments = {s.name: s for s in scenario.rules.segments}
    accounts = []
    for group in scenario.accounts:
        kept = 1.0 - segments[group.segment].regime.willing
        for row in range(len(group)):
            kinds = [int(c) for c in group.column[row]]
            units = [float(q) for q in group.quantity[row]]
            outside = [columns.way[c // 2] != Way.PLEDGED for c in kinds]
            accounts.append(
                Account(
                    group.segment,
                    kinds,
                    units,
                    float(group.cash[row]),
                    float(group.free_cash[row]),
                    float(group.owed[row]),
                    float(group.weight[row]),
                    [kept * abs(q) if out else 0.0 for q, out in zip(units, outside, strict=True)],
                    {int(c) for c in group.column.ravel()},
                )
            )
    brakes, low, high = [], [0.0] * count, [math.inf] * count
    for listing in scenario.rules.listings:
        own = listing.instruments
        brake = listing.venue.opened(market.settlement[own], scenario.clock.start)
        brakes.append(brake)
        for place, instrument in enumerate(own):
            low[instrument], high[instrument] = float(brake.low[place]), float(brake.high[place])
    world = World(
        scenario=scenario,
        segments=segments,
        accounts=accounts,
        market={name: [float(x) for x in getattr(market, name)] for name in FIELDS},
        traders=[trader.opened(market) for _, trader in scenario.rules.traders],
        brakes=brakes,
        low=low,
        high=high,
        makers_units=[0.0] * count,
    )
    world.shown = [tests_of(world, name) for name in segments]
    return world


def seen(world: World) -> Market:
    """The market as rules see it."""
    arrays = {name: np.array(values) for name, values in world.market.items()}
    return Market(instruments=world.scenario.market.instruments, **arrays)


def forced_of(world: World) -> list[float]:
    """ln of price over fundamental of each instrument."""
    links = world.scenario.market.instruments.lookthrough
    by_source = forced_by_source(world)
    return [
        sum(float(links[a, u]) * by_source[u] for u in range(len(by_source)))
        for a in range(len(by_source))
    ]


def forced_by_source(world: World) -> list[float]:
    """ln of the pressure factor of each underlying, permanent part included."""
    market = seen(world)
    curve = world.scenario.rules.impact.log_factor(market.pressure, market)
    permanent = market.instruments.permanent
    return [
        float(curve[u]) - float(permanent[u]) * world.market["lasting"][u]
        for u in range(len(curve))
    ]


def tests_of(world: World, name: str) -> dict:
    """What the ledger compares from bar to bar: requirement, prices and pressure."""
    market = seen(world)
    table = world.segments[name].regime.rule.table(market, world.scenario.columns, target=False)
    return {
        "rate": table.rate,
        "money": table.money,
        "price": list(world.market["price"]),
        "fx": list(world.market["fx"]),
        "forced": [[0.0] * len(market.price) for _ in market.price],
    }


def add(total: dict, key: object, value: float) -> None:
    total[key] = total.get(key, 0.0) + value
