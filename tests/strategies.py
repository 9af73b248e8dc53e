"""Random systems: the one home of random `Scenario`s for laws and for the rival.

Hypothesis draws what a system contains and one seed; the numbers come from the seed, so that an
example is cheap and a failure still shrinks to the fewest parts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator

from strategies_regimes import hiked_rate, segment_of
from undertow.core.accounts import NO_CALL, Accounts, Group
from undertow.core.clock import Clock
from undertow.core.columns import Columns, Way
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.core.shapes import Floats
from undertow.model.impact import IMPACT
from undertow.model.impact.base import ImpactLaw
from undertow.model.liquidation import LIQUIDATION
from undertow.model.makers import MAKERS
from undertow.model.scenario import (
    Hike,
    Listing,
    News,
    Regime,
    Rules,
    Scenario,
    Segment,
    quiet,
)
from undertow.model.traders import TRADERS
from undertow.model.venues import VENUES

NAMES = ("GC", "SI", "HG", "NVDA")
OPENING = datetime(2026, 1, 29, 14, tzinfo=UTC)
ADDITIVE = ("percent_of_notional", "money_per_contract", "percent_of_entry", "leverage_cap")
WORST_CASE = ("grid", "product_groups")
FILLS = ("path", "final", "mid", "opening")
LAWS = ("exponential", "linear", "square_root", "one_minus", "exponential_floor", "almgren_2005")
FLOORED = ("linear", "one_minus", "almgren_2005")
"""Laws that stop at a share of F: traders who buy what costs next to nothing know no bounds."""
POLICIES = LIQUIDATION.members()


@dataclass(frozen=True)
class Wish:
    """What a random system may contain; by default everything.

    ways: free and elsewhere columns;  costs: spread and fees;  delays: grace, lags, minimums,
    test schedules;  outside: traders;  halts: venues and limits on volume
    """

    instruments: int = 4
    bars: int = 12
    shorts: bool = True
    ways: bool = True
    costs: bool = True
    currencies: bool = True
    lookthrough: bool = True
    lasting: bool = True
    resilience: bool = True
    delays: bool = True
    cash_tests: bool = True
    minimums: bool = True
    foresight: tuple[float, ...] = (0.0, 0.5, 1.0)
    outside: bool = True
    halts: bool = True
    limits: bool = True
    hikes: bool = True
    given: bool = True
    rules: tuple[str, ...] = ADDITIVE + WORST_CASE
    laws: tuple[str, ...] = LAWS
    fills: tuple[str, ...] = FILLS
    makers: tuple[str, ...] = ("constant", "constant_money", "withdrawing")
    policies: tuple[str, ...] = POLICIES


EVERYTHING = Wish()
"""All parts at once: for the rival and for laws without a condition."""
ADDITIVE_ONLY = Wish(rules=ADDITIVE)
STATIC = Wish(
    bars=1, delays=False, outside=False, halts=False, limits=False, hikes=False, given=False
)
"""For rounds within one date."""


@st.composite
def systems(draw: st.DrawFn, wish: Wish = EVERYTHING) -> Scenario:
    """A small system whose accounts are near their calls, and a bad day ahead of it."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.integers(1, wish.instruments))
    linked = wish.lookthrough and size > 1 and draw(st.booleans())
    market = _market(draw, rng, size, wish, linked=linked)
    columns = _columns(draw, rng, market, wish)
    clock = Clock(OPENING, timedelta(hours=draw(st.sampled_from((1, 4)))), _bars(draw, wish))
    names = ("funds", "households", "dealers")[: draw(st.integers(1, 3))]
    segments = tuple(segment_of(draw, rng, name, market, columns, (clock, wish)) for name in names)
    accounts = _accounts(draw, rng, segments, market, columns)
    market = _deep(rng, market, columns, accounts)
    rules = _rules(draw, rng, segments, market, wish)
    if isinstance(rules.makers, MAKERS.member("constant_money")):
        market = _deep_in_money(market)
    news = _news(draw, rng, (market, rules), clock, wish, linked=linked)
    return Scenario("random", clock, market, columns, accounts, rules, news)


@st.composite
def shocks(draw: st.DrawFn, scenario: Scenario, least: float = 0.6, most: float = 1.0) -> Floats:
    """A factor on each fundamental."""
    size = len(scenario.market.instruments)
    return np.array(draw(st.lists(st.floats(least, most), min_size=size, max_size=size)))


def _bars(draw: st.DrawFn, wish: Wish) -> int:
    return draw(st.integers(1, wish.bars))


def _market(draw: st.DrawFn, rng: Generator, size: int, wish: Wish, *, linked: bool) -> Market:
    decay = wish.resilience and draw(st.booleans())
    lasting = wish.lasting and draw(st.booleans())
    future = rng.random(size) < 0.5
    instruments = plain_instruments(
        NAMES[:size],
        sigma=rng.uniform(0.01, 0.05, size),
        spread=rng.uniform(0.0, 0.01, size) if wish.costs and draw(st.booleans()) else 0 * future,
        resilience=rng.uniform(0.05, 5.0, size) if decay else np.full(size, np.inf),
        permanent=rng.uniform(0.0, 0.2, size) if lasting else np.zeros(size),
        lookthrough=_lookthrough(rng, size) if linked else np.eye(size),
        future=future,
    )
    market = calm_market(instruments, 10.0 ** rng.uniform(0.0, 3.0, size))
    fx = np.ones(size)
    if wish.currencies and draw(st.booleans()):
        fx = 10.0 ** rng.uniform(-2.0, 0.5, size)
    return replace(market, fx=fx)


def _lookthrough(rng: Generator, size: int) -> Floats:
    """The last instrument is a product of the others, with or without a basis of its own."""
    matrix = np.eye(size)
    matrix[-1, :-1] = rng.choice([0.0, 0.3, 1.0, 2.0], size - 1)
    matrix[-1, -1] = rng.integers(0, 2)
    matrix[-1, 0] = 1.0
    return matrix


def _columns(draw: st.DrawFn, rng: Generator, market: Market, wish: Wish) -> Columns:
    size = len(market.instruments)
    pairs = [(a, Way.PLEDGED) for a in range(size)] * draw(st.integers(1, 2))
    if wish.ways and draw(st.booleans()):
        pairs += [(a, Way.FREE) for a in range(size)]
    if wish.ways and draw(st.booleans()):
        pairs += [(a, Way.ELSEWHERE) for a in range(size)]
    instrument = np.array([a for a, _ in pairs], dtype=np.int64)
    way = np.array([w for _, w in pairs], dtype=np.int64)
    return Columns(
        instrument=instrument,
        way=way,
        entry=market.price[instrument] * np.exp(rng.normal(0.0, 0.2, len(pairs))),
        released=np.where(way == Way.ELSEWHERE, rng.uniform(0.1, 0.9, len(pairs)), 1.0),
    )


def _accounts(
    draw: st.DrawFn,
    rng: Generator,
    segments: tuple[Segment, ...],
    market: Market,
    columns: Columns,
) -> Accounts:
    shorts = draw(st.booleans())
    groups = [
        _group(
            rng, s, (draw(st.integers(1, 8)), draw(st.integers(1, 4))), (market, columns), shorts
        )
        for s in segments
        for _ in range(draw(st.integers(1, 2)))
    ]
    return Accounts(tuple(groups))


def _group(
    rng: Generator,
    segment: Segment,
    shape: tuple[int, int],
    world: tuple[Market, Columns],
    shorts: bool,
) -> Group:
    market, columns = world
    pair = rng.integers(0, len(columns.instrument), shape)
    value = market.value[columns.instrument]
    short = (rng.random(shape) < 0.5) & shorts & (columns.way[pair] == Way.PLEDGED)
    size = rng.lognormal(0.0, 1.0, shape) * 1e3 / value[pair]
    size[rng.random(shape) < 0.1] = 0.0
    quantity = np.where(short, 0.0 - size, size)
    column = (2 * pair + short).astype(np.uint16)
    scale = size @ np.ones(shape[1]) * float(value.mean())
    excess = np.where(rng.random(shape[0]) < 0.2, 2.0, rng.exponential(0.1, shape[0]))
    return Group(
        segment=segment.name,
        quantity=quantity,
        column=column,
        cash=excess * scale - without_cash(quantity, column, segment.regime, market, columns),
        free_cash=np.where(rng.random(shape[0]) < 0.4, 0.02 * scale, 0.0),
        owed=np.zeros(shape[0]),
        weight=rng.integers(1, 50, shape[0]).astype(np.float64),
        opened=np.full(shape[0], NO_CALL, dtype=np.int32),
    )


def without_cash(
    quantity: Floats, column: Floats, regime: Regime, market: Market, columns: Columns
) -> Floats:
    """Slack of accounts without cash, summed plainly."""
    table = regime.rule.table(market, columns, target=False)
    value = market.value[columns.instruments]
    pledged = columns.held(Way.PLEDGED)
    held = np.zeros((len(quantity), columns.count))
    np.add.at(held, (np.arange(len(quantity))[:, None], column.astype(int)), quantity)
    equity = held @ (value * pledged)
    needs = np.abs(held) @ (pledged * (table.rate * value + table.money)).T
    slack = equity - needs.max(axis=1)
    if regime.cash_test:
        future = pledged & market.instruments.future[columns.instruments]
        slack = np.minimum(slack, held @ (value * future) + regime.credit_line)
    return np.asarray(slack)


def units_held(columns: Columns, accounts: Accounts, instruments: int) -> Floats:
    """Gross weighted units of each instrument."""
    total = np.zeros(instruments)
    for group in accounts:
        own = columns.instruments[group.column]
        np.add.at(total, own, np.abs(group.quantity) * group.weight[:, None])
    return total


def _deep(rng: Generator, market: Market, columns: Columns, accounts: Accounts) -> Market:
    """Depth, volume and units in existence in proportion to what the accounts hold."""
    size = len(market.instruments)
    money = units_held(columns, accounts, size) * market.value
    held = np.maximum(money @ market.instruments.lookthrough, 1e3) / market.value
    depth = held * 10.0 ** rng.uniform(0.2, 1.7, size)
    volume = depth * rng.uniform(0.5, 2.0, size)
    calm = replace(market.instruments, depth=depth, volume=volume, outstanding=50.0 * volume)
    return replace(market, instruments=calm, depth=depth.copy())


def _deep_in_money(market: Market) -> Market:
    """The same market for makers who read `depth` as money; such a depth has no permanent part."""
    calm = market.instruments
    depth = calm.depth * market.value
    return replace(
        market, instruments=replace(calm, depth=depth, permanent=0.0 * depth), depth=depth
    )


def _law(draw: st.DrawFn, rng: Generator, wish: Wish) -> ImpactLaw:
    name = draw(st.sampled_from(wish.laws))
    more = {"exponential_floor": {"floor": 0.4}, "one_minus": {"linear_below": 1e-3}}
    fill = draw(st.sampled_from(wish.fills))
    del rng
    return IMPACT.make(name, {"fill": fill, **more.get(name, {})})


def _rules(
    draw: st.DrawFn, rng: Generator, segments: tuple[Segment, ...], market: Market, wish: Wish
) -> Rules:
    makers = draw(st.sampled_from(wish.makers))
    more: dict[str, object] = {"gamma": 0.5} if makers == "withdrawing" else {}
    rules = Rules(
        segments,
        _law(draw, rng, wish),
        MAKERS.make(makers, more),
        fee=1e-3 if wish.costs and draw(st.booleans()) else 0.0,
        foresight=draw(st.sampled_from(wish.foresight)),
        insurance={segments[0].name: 1e3} if draw(st.booleans()) else {},
        overnight=0.3,
        memory=float(rng.uniform(0.2, 3.0)),
        maker_capital=float(rng.choice([np.inf, 1e6])),
    )
    floored = isinstance(rules.impact, tuple(IMPACT.member(name) for name in FLOORED))
    if wish.outside and not floored and draw(st.booleans()):
        rules = replace(rules, traders=_traders(draw, market))
    if wish.halts and draw(st.booleans()):
        rules = replace(rules, listings=_listings(draw, rng, market, wish), participation=0.5)
    return rules


def _traders(draw: st.DrawFn, market: Market) -> tuple:
    chosen = draw(st.sets(st.sampled_from(TRADERS.members()), min_size=1, max_size=2))
    return tuple((name, TRADERS.member(name).example(market)) for name in sorted(chosen))


def _listings(draw: st.DrawFn, rng: Generator, market: Market, wish: Wish) -> tuple[Listing, ...]:
    kinds = ("always_open", "sessions", "price_limits") if wish.limits else ("sessions",)
    size = len(market.instruments)
    kind = draw(st.sampled_from(kinds))
    own = np.arange(draw(st.integers(1, size)), dtype=np.int64)
    hours = {
        "zone": "America/New_York",
        "sessions": (("08:00", "17:00"),),
        "weekdays": ("Mon", "Tue", "Wed", "Thu", "Fri"),
        "settlement": "15:00",
    }
    limits = tuple(rng.uniform(0.03, 0.15, len(own)).tolist())
    more: dict[str, dict[str, object]] = {
        "always_open": {},
        "sessions": dict(hours),
        "price_limits": {**hours, "limits": limits, "widening": (0.03, 0.05)},
    }
    return (Listing("venue", VENUES.make(kind, more[kind]), own),)


def _news(
    draw: st.DrawFn,
    rng: Generator,
    world: tuple[Market, Rules],
    clock: Clock,
    wish: Wish,
    *,
    linked: bool,
) -> News:
    market, rules = world
    size = len(market.instruments)
    news = quiet(clock.bars, size)
    shock = rng.normal(-0.01, 0.03, (clock.bars, size)) * (rng.random((clock.bars, size)) < 0.5)
    way = draw(st.sampled_from((-1.0, -0.5, 0.7)))
    shock[min(1, clock.bars - 1), 0] += way * rng.uniform(0.05, 0.4)
    news = replace(news, shock=shock)
    if linked:
        news = replace(news, linked=np.arange(size) == size - 1)
    if wish.given and draw(st.booleans()):
        path = market.price[0] * np.exp(np.cumsum(shock[:, 0]))
        actual = news.actual.copy()
        actual[:, 0] = path
        news = replace(news, given=np.arange(size) == 0, actual=actual)
    if wish.currencies and draw(st.booleans()):
        drift = np.cumsum(rng.normal(0.0, 0.02, (clock.bars, size)), axis=0)
        news = replace(news, fx=market.fx * np.exp(drift))
    if wish.hikes and draw(st.booleans()):
        news = replace(news, hikes=_hikes(rng, rules, market, clock))
    return news


def _hikes(rng: Generator, rules: Rules, market: Market, clock: Clock) -> tuple[Hike, ...]:
    hikes = []
    for segment in rules.segments:
        name = str(rng.choice(market.instruments.names))
        rate = hiked_rate(segment.regime.rule, name, float(rng.uniform(1.1, 1.8)))
        if rate is not None:
            effect = int(rng.integers(0, clock.bars))
            notice = int(rng.integers(0, effect + 1))
            hikes.append(Hike(name, rate, notice, effect, (segment.name,)))
    return tuple(hikes)
