"""The rival: the step once more, slow, in plain Python, account by account, written from DESIGN 1.

It loops over dicts and floats, asks every public rule (margin table, policy, impact law, makers,
venue, trader) through its contract, one account at a time, and shares no code with the engine.
Whatever both do must agree to rounding (`tests/laws/test_rival.py`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np

from undertow.core.clock import Clock
from undertow.core.columns import Way
from undertow.core.market import Market
from undertow.model.liquidation.base import Called, Terms
from undertow.model.scenario import Scenario, Segment
from undertow.model.traders.base import Moment, TraderState
from undertow.model.venues.base import Phase

ROUNDING = 1e-9
"""A bar that a grace reaches into by less than this share is not part of it."""
DUST = 1e-12
"""Nobody is called, and a call is met, when the need is below this share of what is at stake."""
HALVINGS = 60


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


FIELDS = (
    "fundamental", "pressure", "lasting", "price", "fx", "depth", "available", "sigma",
    "settlement", "sellable", "buyable",
)  # fmt: skip


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
    world.shown = [_tests(world, name) for name in segments]
    return world


def play(scenario: Scenario) -> World:
    """All bars of the clock."""
    world = begin(scenario)
    for bar in _bars(scenario):
        step(world, bar)
    return world


def play_rounds(scenario: Scenario, shock: list[float], most: int) -> World:
    """Rounds within one date until nothing is sold."""
    world = begin(scenario)
    count = len(shock)
    world.market["fundamental"] = [
        f * s for f, s in zip(world.market["fundamental"], shock, strict=True)
    ]
    for number in range(most):
        if not step(world, Bar(number, [0.0] * count, [True] * count, [False] * count, 0.0)):
            break
    return world


def _bars(scenario: Scenario) -> list[Bar]:
    clock, rules, count = scenario.clock, scenario.rules, len(scenario.market.instruments)
    phases = [[Phase.OPEN] * count for _ in range(clock.bars)]
    bars_a_day = [timedelta(days=1) / clock.step] * count
    for listing in rules.listings:
        of_bar = [int(p) for p in listing.venue.phases(clock)]
        for instrument in listing.instruments:
            bars_a_day[instrument] = _usual_day(listing.venue, clock)
            for bar, phase in enumerate(of_bar):
                phases[bar][instrument] = phase
    bars = []
    for number, row in enumerate(phases):
        trades = [p != Phase.CLOSED for p in row]
        length = [
            (1.0 if t else rules.overnight) / day for t, day in zip(trades, bars_a_day, strict=True)
        ]
        closing = [p == Phase.CLOSING for p in row]
        bars.append(Bar(number, length, trades, closing, clock.step / timedelta(days=1)))
    return bars


def _usual_day(venue, clock: Clock) -> float:
    """Open bars a day, over whole weeks that begin half a week before the window."""
    step, hours = clock.step, timedelta(hours=84)
    weeks = 1
    while weeks * timedelta(days=7) < clock.bars * step:
        weeks += 1
    lead = math.floor(hours / step)
    length = math.floor((weeks + 1) * timedelta(days=7) / step)
    phases = list(venue.phases(Clock(clock.start - lead * step, step, length)))
    closings = sum(p == Phase.CLOSING for p in phases)
    if closings == 0:
        return timedelta(days=1) / step
    return sum(p != Phase.CLOSED for p in phases) / closings


def step(world: World, bar: Bar) -> bool:
    """One bar or round; says whether anything was sold."""
    news(world, bar)
    mark(world, bar)
    row = {"called": {}, "open": {}, "stuck": {}, "bankrupt": {}, "debt": {}}
    call(world, bar, row)
    orders = [(a, *order(world, bar, a)) for a in world.accounts if _answers_now(world, bar, a)]
    asked = trader_orders(world, bar, orders)
    cleared = clear(world, bar, orders, asked)
    settle(world, bar, orders, cleared, row)
    settle_traders(world, asked, cleared, row)
    record(world, row)
    world.market["pressure"], world.market["lasting"] = cleared["pressure"], cleared["lasting"]
    if bar.elapsed > 0.0:
        set_limits(world, bar)
    moved = any(any(s > 0.0 for s in sales) for _, _, _, sales, _ in orders)
    return moved and any(f > 0.0 for f in cleared["sell"] + cleared["buy"])


# --- what everyone sees


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


# --- news and mark


def news(world: World, bar: Bar) -> None:
    """Fundamentals, currencies and hikes."""
    if bar.elapsed == 0.0:
        return
    told, market = world.scenario.news, world.market
    count = len(market["price"])
    forced = forced_of(world)
    links = world.scenario.market.instruments.lookthrough
    if told.fx is not None:
        market["fx"] = [float(x) for x in told.fx[bar.number]]
    moved = []
    for a in range(count):
        if told.given[a]:
            f = float(told.actual[bar.number, a]) / math.exp(forced[a])
            moved.append(math.log(f / market["fundamental"][a]))
        else:
            moved.append(float(told.shock[bar.number, a]))
    inherited = [
        sum(float(links[a, u]) * moved[u] for u in range(count) if u != a)
        if told.linked[a]
        else 0.0
        for a in range(count)
    ]
    for a in range(count):
        if told.given[a]:
            market["fundamental"][a] = float(told.actual[bar.number, a]) / math.exp(forced[a])
        else:
            market["fundamental"][a] *= math.exp(moved[a] + inherited[a])
    for hike in told.hikes:
        if hike.effect == bar.number:
            for name in hike.segments:
                regime = world.segments[name].regime
                rule = regime.rule.hiked(hike.instrument, hike.rate)
                world.segments[name] = replace(
                    world.segments[name], regime=replace(regime, rule=rule)
                )


def mark(world: World, bar: Bar) -> None:
    """Opening prices, the volatility everyone sees, the brakes, the makers, and what was lost."""
    before = {name: list(values) for name, values in world.market.items()}
    market, rules = world.market, world.scenario.rules
    calm = world.scenario.market.instruments
    forced = forced_of(world)
    world.let_through = []
    for a in range(len(market["price"])):
        price = market["fundamental"][a] * math.exp(forced[a])
        if world.scenario.news.given[a] and bar.elapsed > 0.0:
            price = float(world.scenario.news.actual[bar.number, a])
        free = math.log(price / before["price"][a])
        price = min(max(price, world.low[a]), world.high[a])
        shown = math.log(price / before["price"][a])
        stopped = free not in (shown, 0.0)
        world.let_through.append(min(max(shown / free, 0.0), 1.0) if stopped else 1.0)
        if not bar.open[a]:
            price = before["price"][a]
        if bar.days[a] > 0.0:
            keep = 0.5 ** (bar.days[a] / rules.memory)
            move = math.log(price / before["price"][a])
            told = world.scenario.news
            sources = [u for u in range(len(calm)) if calm.lookthrough[a, u] != 0.0]
            followed = told.given[a] or (told.linked[a] and any(told.given[u] for u in sources))
            normal = 0.0 if followed else calm.sigma[a] ** 2
            fresh = move**2 / bar.days[a] + float(normal)
            variance = keep * before["sigma"][a] ** 2 + (1.0 - keep) * fresh
            market["sigma"][a] = math.sqrt(variance)
        market["price"][a] = price
        market["sellable"][a] = float(bar.open[a] and price > world.low[a])
        market["buyable"][a] = float(bar.open[a] and price < world.high[a])
    capital = 1.0
    if math.isfinite(rules.maker_capital):
        worth = sum(
            u * p * x
            for u, p, x in zip(world.makers_units, market["price"], market["fx"], strict=True)
        )
        capital = max(0.0, 1.0 + (world.makers_cash + worth) / rules.maker_capital)
    market["available"] = [
        float(x) for x in rules.makers.available(seen(world), capital, np.array(bar.days))
    ]
    quoted = seen(world)
    market["depth"] = [float(x) for x in rules.makers.depth(quoted, quoted.available)]
    lose(world, bar)


def _followed(world: World, a: int) -> bool:
    """Whether an instrument has an actual path, or is linked to one that has it."""
    told, links = world.scenario.news, world.scenario.market.instruments.lookthrough[a]
    through = any(link != 0.0 and told.given[u] for u, link in enumerate(links))
    return bool(told.given[a] or (told.linked[a] and through))


def _tests(world: World, name: str) -> dict:
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


def lose(world: World, bar: Bar) -> None:
    """Book what every account lost in this bar, by cause (DESIGN 1.9); additive rules only."""
    by_source = forced_by_source(world)
    columns = world.scenario.columns
    links = world.scenario.market.instruments.lookthrough
    for number, name in enumerate(world.segments):
        old, new = world.shown[number], _tests(world, name)
        if len(new["rate"]) > 1 or world.segments[name].regime.cash_test:
            continue
        new["forced"] = [
            [
                shown + bar.open[a] * world.let_through[a] * (now - shown)
                for now, shown in zip(by_source, old["forced"][a], strict=True)
            ]
            for a in range(len(by_source))
        ]
        for account in world.accounts:
            if account.segment == name:
                for kind, units in zip(account.columns, account.units, strict=True):
                    if columns.way[kind // 2] == Way.PLEDGED and units != 0.0:
                        lost = _lost(kind, (old, new), columns, links)
                        for cause, each in lost.items():
                            account.losses[cause] = (
                                account.losses.get(cause, 0.0) + abs(units) * each
                            )
        world.shown[number] = new


def _lost(kind: int, tests: tuple[dict, dict], columns, links) -> dict:
    """Slack lost per unit of a pledged column, by (cause, instrument)."""
    old, new = tests
    a = int(columns.instrument[kind // 2])
    side = -1.0 if kind % 2 else 1.0
    before, after = (t["price"][a] * t["fx"][a] for t in tests)
    ratio = math.log(after / before)
    middle = (after - before) / ratio if abs(ratio) > 1e-9 else 0.5 * (before + after)
    b = side - float(old["rate"][0, kind])
    fx = math.log(new["fx"][a] / old["fx"][a])
    lost: dict = {("currency", a): -b * middle * fx}
    forced = 0.0
    for u in range(len(links)):
        if links[a, u] != 0.0:
            part = float(links[a, u]) * (new["forced"][a][u] - old["forced"][a][u])
            lost["forced selling", u] = -b * middle * part
            forced += part
    lost["news", a] = -b * middle * (ratio - fx - forced)
    money = float(old["money"][kind])
    converted = money * math.expm1(fx)
    lost["currency", a] += converted
    lost["margin hike", a] = (
        (float(new["rate"][0, kind]) - float(old["rate"][0, kind])) * after
        + float(new["money"][kind]) - money - converted
    )  # fmt: skip
    return lost


# --- call and order


def slacks(world: World, account: Account, *, target: bool) -> list[float]:
    """Slack of an account under each move, and by the cash test last."""
    regime = world.segments[account.segment].regime
    columns, market = world.scenario.columns, seen(world)
    table = regime.rule.table(market, columns, target=target)
    equity, money, settled = account.cash, 0.0, account.cash
    worst = [0.0] * len(table.rate)
    for kind, units in zip(account.columns, account.units, strict=True):
        a = int(columns.instrument[kind // 2])
        if columns.way[kind // 2] == Way.PLEDGED:
            value = world.market["price"][a] * world.market["fx"][a]
            equity += units * value
            money += abs(units) * float(table.money[kind])
            for move in range(len(worst)):
                worst[move] += abs(units) * value * float(table.rate[move, kind])
            if market.instruments.future[a]:
                settled += units * value
    found = [equity - money - w for w in worst]
    if not target:
        exact = regime.rule.exact(
            np.array([account.units]), np.array([account.columns], dtype=np.uint16), market, columns
        )
        found = found if exact is None else [equity - float(exact[0])]
    return [*found, settled + regime.credit_line] if regime.cash_test else found


def at_stake(world: World, account: Account, move: int) -> float:
    """Sum of what cash and each position add to the account's slack or take from it, by size."""
    total = abs(account.cash)
    for slot, kind in enumerate(account.columns):
        alone = replace(
            account, columns=[kind], units=[account.units[slot]], cash=0.0, losses={}, group=set()
        )
        regime = world.segments[account.segment].regime
        part = slacks(world, alone, target=True)
        part[-1] -= regime.credit_line if regime.cash_test else 0.0
        total += abs(part[move])
    return total


def call(world: World, bar: Bar, row: dict) -> None:
    """Note who is called now."""
    for account in world.accounts:
        regime = world.segments[account.segment].regime
        if bar.elapsed > 0.0 and regime.tests is not None and not regime.tests[bar.number]:
            continue
        if account.called is None and min(slacks(world, account, target=False)) < 0.0:
            slack = slacks(world, account, target=True)
            need = max(0.0, -min(slack))
            dust = DUST * at_stake(world, account, slack.index(min(slack)))
            if need > max(regime.minimum_transfer, dust):
                account.called = bar.number
                _add(row["called"], account.segment, account.weight)


def tradable(world: World, kind: int) -> bool:
    """Whether the venue lets anyone close this column now."""
    a = int(world.scenario.columns.instrument[kind // 2])
    return world.market["buyable" if kind % 2 else "sellable"][a] > 0.0


def grace_bars(world: World, bar: Bar, account: Account) -> float:
    """Bars from a call to the first in which the broker sells; a grace outlasts all rounds."""
    grace = world.segments[account.segment].regime.grace_days
    if bar.elapsed == 0.0:
        return math.inf if grace > 0.0 else 0.0
    return math.ceil(grace / bar.elapsed - ROUNDING)


def sold_by_owner(world: World, bar: Bar, account: Account) -> bool:
    """Whether the owner sells now: within the grace, which counts from the bar of the call."""
    return bar.number - account.called < grace_bars(world, bar, account)


def _answers_now(world: World, bar: Bar, account: Account) -> bool:
    """A call waits while its seller can trade nothing its group holds, save the first time."""
    if account.called is None:
        return False
    owner = sold_by_owner(world, bar, account)
    kinds = {k for kind in account.group for k in (kind, kind ^ 1)}
    if any(tradable(world, k) and reachable(world, account, k, owner=owner) for k in kinds):
        return True
    first = 0 if owner else grace_bars(world, bar, account)
    return bar.number - account.called == first


def order(world: World, bar: Bar, account: Account) -> tuple[bool, float, list[float], int]:
    """Free cash first; then what the owner, within the grace, or the broker wants to sell."""
    segment = world.segments[account.segment]
    regime = segment.regime
    owner = sold_by_owner(world, bar, account)
    slack = slacks(world, account, target=True)
    move = slack.index(min(slack))
    need = max(0.0, -slack[move])
    paid = min(account.free, need)
    account.free -= paid
    account.cash += paid
    need -= paid
    lag = regime.owner_lag if owner else regime.broker_lag
    rate = 1.0 - math.exp(-bar.elapsed / lag) if lag > 0.0 and bar.elapsed > 0.0 else 1.0
    offered = offered_by(account, owner=owner)
    called = Called(
        quantity=np.array([offered]),
        column=np.array([account.columns], dtype=np.uint16),
        need=np.array([rate * need]),
        move=np.array([move]),
        weight=np.array([account.weight]),
    )
    out = np.zeros((1, len(offered)))
    policy = segment.owner if owner else segment.broker
    policy.sales(called, terms(world, account, owner=owner), out)
    return owner, need, [float(x) for x in out[0]], move


def offered_by(account: Account, *, owner: bool) -> list[float]:
    """Units each seller is ready to sell."""
    if not owner:
        return list(account.units)
    return [
        math.copysign(max(abs(q) - u, 0.0), q)
        for q, u in zip(account.units, account.unwilling, strict=True)
    ]


def reachable(world: World, account: Account, kind: int, *, owner: bool) -> bool:
    """Whether this seller may close this column."""
    pledged = world.scenario.columns.way[kind // 2] == Way.PLEDGED
    return bool(pledged or owner or world.segments[account.segment].regime.recourse)


def released(world: World, account: Account) -> list[list[float]]:
    """Per move and column: slack gained by closing one unit at the mark."""
    columns, market = world.scenario.columns, seen(world)
    regime = world.segments[account.segment].regime
    table = regime.rule.table(market, columns, target=True)
    moves = len(table.rate) + regime.cash_test
    release = []
    for move in range(moves):
        row = []
        for kind in range(columns.count):
            a, pledged = int(columns.instrument[kind // 2]), columns.way[kind // 2] == Way.PLEDGED
            side = -1.0 if kind % 2 else 1.0
            value = float(market.price[a] * market.fx[a])
            gained = side * value * float(columns.released[kind // 2])
            if move < len(table.rate):
                if pledged:
                    gained -= side * value
                    gained += float(table.rate[move, kind]) * value + float(table.money[kind])
            elif pledged and market.instruments.future[a]:
                gained -= side * value
            row.append(gained)
        release.append(row)
    return release


def own_slope(world: World) -> list[float]:
    """Relative fall of each instrument's price per unit of it sold, at present pressure."""
    market = seen(world)
    return _fall_per_unit(world, world.scenario.rules.impact.slope(market.pressure, market))


def _fall_per_unit(world: World, steep) -> list[float]:
    market, links = world.market, world.scenario.market.instruments.lookthrough
    value = [p * x for p, x in zip(market["price"], market["fx"], strict=True)]
    return [
        sum(
            float(links[a, u]) ** 2 * value[a] / value[u] * float(steep[u]) / market["depth"][u]
            for u in range(len(value))
        )
        for a in range(len(value))
    ]


def terms(world: World, account: Account, *, owner: bool) -> Terms:
    """What closing one unit of each column means to this seller."""
    columns, rules, market = world.scenario.columns, world.scenario.rules, seen(world)
    slope, wide = own_slope(world), rules.makers.spread(market)
    release = released(world, account)
    rows: dict[str, list[float]] = {
        name: [] for name in ("price", "spread", "slope", "sellable", "gain", "risk", "depth")
    }
    for kind in range(columns.count):
        a, side = int(columns.instrument[kind // 2]), -1.0 if kind % 2 else 1.0
        value = float(market.price[a] * market.fx[a])
        entry = float(columns.entry[kind // 2])
        can = world.market["sellable" if side > 0.0 else "buyable"][a]
        profit = 0.0 if math.isnan(entry) else side * (value - entry * float(market.fx[a]))
        rows["price"].append(value)
        rows["spread"].append((0.5 * float(wide[a]) + rules.fee) * value)
        rows["slope"].append(rules.foresight * slope[a] * value)
        rows["sellable"].append(can * reachable(world, account, kind, owner=owner))
        rows["gain"].append(profit)
        rows["risk"].append(float(market.sigma[a]))
        rows["depth"].append(float(market.depth[a]) * value)
    return Terms(release=np.array(release), **{k: np.array(v) for k, v in rows.items()})


def trader_orders(world: World, bar: Bar, orders: list) -> list[list[float]]:
    """Asked at the tangent, then again at the secant over everything that was asked."""
    if not world.traders:
        return []
    first = _answers(world, bar, own_slope(world))
    flow = _flow(world, orders, [units for units, _ in first])
    market, law = seen(world), world.scenario.rules.impact
    pressure, _ = _press(world, bar, [f + s - b for f, s, b in zip(*flow, strict=True)])
    there = law.log_factor(np.array(pressure), market)
    here = law.log_factor(market.pressure, market)
    tangent = law.slope(market.pressure, market)
    secant = [
        float(tangent[u]) if pressure[u] == world.market["pressure"][u]
        else float(here[u] - there[u]) / (pressure[u] - world.market["pressure"][u])
        for u in range(len(pressure))
    ]  # fmt: skip
    second = _answers(world, bar, _fall_per_unit(world, secant))
    world.traders = [
        replace(old, memory=memory) for old, (_, memory) in zip(world.traders, second, strict=True)
    ]
    return [units for units, _ in second]


def _answers(world: World, bar: Bar, slope: list[float]) -> list:
    days = [d if o else 0.0 for d, o in zip(bar.days, bar.open, strict=True)]
    moment = Moment(bar.number, np.array(days), np.array(bar.closing), np.array(slope))
    answers = []
    for (_, trader), state in zip(world.scenario.rules.traders, world.traders, strict=True):
        units, memory = trader.orders(state, seen(world), moment)
        answers.append(
            ([float(u) if o else 0.0 for u, o in zip(units, bar.open, strict=True)], memory)
        )
    return answers


# --- clear


def _flow(world: World, orders: list, asked: list) -> tuple[list[float], ...]:
    """Units that called accounts sell, that traders sell, and that anyone buys."""
    count = len(world.market["price"])
    forced, sold, bought = [0.0] * count, [0.0] * count, [0.0] * count
    for account, _, _, sales, _ in orders:
        for kind, units in zip(account.columns, sales, strict=True):
            a = int(world.scenario.columns.instrument[kind // 2])
            (bought if kind % 2 else forced)[a] += account.weight * units
    for units in asked:
        for a, u in enumerate(units):
            (bought if u > 0.0 else sold)[a] += abs(u)
    return forced, sold, bought


def _press(world: World, bar: Bar, net: list[float]) -> tuple[list[float], list[float]]:
    """Pressure and lasting sales after `net` units of each instrument were sold in this bar."""
    calm, market = world.scenario.market.instruments, world.market
    pressure, lasting = [], []
    value = [p * x for p, x in zip(market["price"], market["fx"], strict=True)]
    for u in range(len(net)):
        k = bar.days[u] / float(calm.resilience[u])
        c = (1.0 - math.exp(-k)) / k if k > 1e-8 else 1.0 - 0.5 * k
        flow = sum(
            float(calm.lookthrough[a, u]) * net[a] * value[a] / value[u] for a in range(len(net))
        )
        z = market["pressure"][u] * math.exp(-k)
        pressure.append(z + c * flow / market["depth"][u])
        lasting.append(market["lasting"][u] + flow / float(calm.depth[u]))
    return pressure, lasting


def clear(world: World, bar: Bar, orders: list, asked: list) -> dict:
    """Shares filled, the price paid, and the pressure after it."""
    rules, market, calm = world.scenario.rules, world.market, world.scenario.market.instruments
    count = len(market["price"])
    forced, sold, bought = _flow(world, orders, asked)
    sell, buy, paced = list(market["sellable"]), list(market["buyable"]), [1.0] * count
    for a in range(count):
        if bar.elapsed > 0.0 and math.isfinite(rules.participation):
            most = rules.participation * float(calm.volume[a]) * bar.days[a]
            if forced[a] > most:
                paced[a] = most / forced[a]
        sold[a] += paced[a] * forced[a]
    if any(x > 0.0 for x in world.low) or any(math.isfinite(x) for x in world.high):
        for a in range(count):
            sell[a], buy[a] = _stopped(world, bar, (sold, bought), (sell, buy), a)
    net = [sell[a] * sold[a] - buy[a] * bought[a] for a in range(count)]
    pressure, lasting = _press(world, bar, net)
    paid = _paid(world, bar, net, (pressure, lasting))
    wide = rules.makers.spread(seen(world))
    half = [0.5 * float(wide[a]) * market["price"][a] for a in range(count)]
    return {
        "forced": [p * s for p, s in zip(paced, sell, strict=True)], "sell": sell, "buy": buy,
        "paid": paid, "half": half,
        "pressure": pressure, "lasting": lasting,
    }  # fmt: skip


def _dealt(world: World, pressure: list[float], lasting: list[float], a: int) -> float:
    market, calm = seen(world), world.scenario.market.instruments
    curve = world.scenario.rules.impact.log_factor(np.array(pressure), market)
    log = sum(
        float(calm.lookthrough[a, u]) * (float(curve[u]) - float(calm.permanent[u]) * lasting[u])
        for u in range(len(pressure))
    )
    return world.market["fundamental"][a] * math.exp(log)


def _stopped(world: World, bar: Bar, flow: tuple, shares: tuple, a: int) -> tuple[float, float]:
    """Shares of one instrument's orders that do not break its limits; it has no products."""
    (sold, bought), (sell, buy) = flow, shares

    def price(one: float, other: float) -> float:
        net = [0.0] * len(sold)
        net[a] = one * sold[a] - other * bought[a]
        return _dealt(world, *_press(world, bar, net), a)

    too_low = price(sell[a], buy[a]) < world.low[a] and sold[a] > 0.0
    too_high = price(sell[a], buy[a]) > world.high[a] and bought[a] > 0.0
    if not (too_low or too_high):
        return sell[a], buy[a]
    least, most = 0.0, sell[a] if too_low else buy[a]
    for _ in range(HALVINGS):
        middle = 0.5 * (least + most)
        broken = (
            price(middle, buy[a]) < world.low[a]
            if too_low
            else price(sell[a], middle) > world.high[a]
        )
        least, most = (least, middle) if broken else (middle, most)
    return (least, buy[a]) if too_low else (sell[a], least)


def _paid(world: World, bar: Bar, net: list[float], after: tuple) -> list[float]:
    """What a unit is dealt at, by the law's fill, before the spread."""
    law, calm, market = world.scenario.rules.impact, world.scenario.market.instruments, seen(world)
    pressure, lasting = after
    rested = [
        z * math.exp(-d / float(t))
        for z, d, t in zip(world.market["pressure"], bar.days, calm.resilience, strict=True)
    ]
    share = law.fill_factor(np.array(rested), np.array(pressure), market)
    speed = [
        n / (float(v) * (d if d > 0.0 else 1.0))
        for n, v, d in zip(net, calm.volume, bar.days, strict=True)
    ]
    hurry = law.rate_cost(np.array(speed), market)
    paid = []
    for a in range(len(net)):
        links = {u: float(x) for u, x in enumerate(calm.lookthrough[a]) if x != 0.0}
        source = next(iter(links))
        if links == {source: 1.0} and calm.permanent[source] == 0.0:
            price = world.market["fundamental"][a] * float(share[source])
        else:
            price = _whole_path(world, (rested, pressure), lasting, a)
        paid.append(min(max(price * (1.0 - float(hurry[a])), world.low[a]), world.high[a]))
    return paid


def _whole_path(world: World, pressure: tuple, lasting: list[float], a: int) -> float:
    """The fill of the whole price where several pressures or a lasting part make it."""
    points, parts = np.polynomial.legendre.leggauss(16)
    plan = {
        "final": [(1.0, 1.0)],
        "opening": [(0.0, 1.0)],
        "mid": [(0.0, 0.5), (1.0, 0.5)],
        "path": [
            (0.5 + 0.5 * float(x), 0.5 * float(w)) for x, w in zip(points, parts, strict=True)
        ],
    }
    total = 0.0
    for way, part in plan[world.scenario.rules.impact.fill]:
        z = [b + way * (e - b) for b, e in zip(*pressure, strict=True)]
        l = [b + way * (e - b) for b, e in zip(world.market["lasting"], lasting, strict=True)]  # noqa: E741
        total += part * _dealt(world, z, l, a)
    return total


# --- settle


def settle(world: World, bar: Bar, orders: list, cleared: dict, row: dict) -> None:
    """Pay each account, tell the makers, close calls, write off what is owed."""
    row["sold"] = [0.0] * len(world.market["price"])
    row["money"] = {}
    failed = []
    for account, owner, need, sales, move in orders:
        could = any(
            q != 0.0 and tradable(world, k) and reachable(world, account, k, owner=owner)
            for q, k in zip(offered_by(account, owner=owner), account.columns, strict=True)
        )
        dust = DUST * at_stake(world, account, move)
        raised, left, stuck = _deal(world, account, (owner, need, sales, move), cleared, row)
        regime = world.segments[account.segment].regime
        least = max(regime.minimum_transfer, dust)
        slack = slacks(world, account, target=True)
        met = need - raised <= least and (len(slack) == 1 or min(slack) >= -least)
        if left == 0.0 and account.cash < 0.0:
            failed.append(account)
        elif met or left == 0.0:
            _whole(account)
        if could and stuck and left > 0.0 and not met:
            _add(row["stuck"], account.segment, account.weight)
    for account in failed:
        _write_off(world, account, row)


def _deal(world: World, account: Account, ordered: tuple, cleared: dict, row: dict) -> tuple:
    """Book one account's sales; slack raised at the opening mark, units left, nothing to sell."""
    columns, rules, market = world.scenario.columns, world.scenario.rules, world.market
    owner, need, sales, move = ordered
    release = released(world, account)
    raised, left, paid, traded = 0.0, 0.0, 0.0, []
    for slot, kind in enumerate(account.columns):
        a, short = int(columns.instrument[kind // 2]), bool(kind % 2)
        side, size = (-1.0 if short else 1.0), abs(account.units[slot])
        share = float(columns.released[kind // 2])
        value = market["price"][a] * market["fx"][a]
        each = (cleared["paid"][a] - side * cleared["half"][a]) * market["fx"][a]
        filled = cleared["buy" if short else "forced"][a]
        units = min(sales[slot] * filled, size) if sales[slot] > 0.0 else 0.0
        if units > 0.0:
            money = side * each * share - rules.fee * value
            paid += units * money
            # Against a sale at the mark, slack is short of what the dealt price is below it.
            raised += units * (release[move][kind] + money - side * value * share)
            size -= units
            account.units[slot] = side * size
            _tell_makers(world, account.weight * units, (side, a, each, share, value))
            row["sold"][a] += account.weight * side * units
            traded.append((a, account.weight * units * abs(each)))
        if reachable(world, account, kind, owner=owner):
            left += size
    account.cash += paid
    for a, money in traded:
        _add(row["money"], (account.segment, a), money)
    _book_causes(world, account, traded)
    return raised, left, need > 0.0 and sum(sales) == 0.0


def _tell_makers(world: World, units: float, deal: tuple) -> None:
    side, a, each, share, value = deal
    fee = world.scenario.rules.fee * value
    world.makers_units[a] += side * units
    world.makers_cash -= units * side * each
    world.others_cash += units * (side * each * (1.0 - share) + fee)


def _book_causes(world: World, account: Account, traded: list) -> None:
    """A sale is booked over all origins with weights loss⁺/Σ loss⁺, or to the opening."""
    lost = {cause: x for cause, x in account.losses.items() if x > 0.0}
    total = sum(lost.values())
    for a, money in traded:
        if total > 0.0:
            for (cause, source), x in lost.items():
                _add(world.matrix, (cause, source, a), money * x / total)
        else:
            _add(world.matrix, ("opening", 0, a), money)


def _whole(account: Account) -> None:
    account.called = None
    account.losses = {}


def _write_off(world: World, account: Account, row: dict) -> None:
    """Cash becomes debt; the insurance fund pays first, then the broker."""
    debt, name = -account.cash, account.segment
    account.owed += debt
    account.cash = 0.0
    left = world.scenario.rules.insurance.get(name, 0.0) - world.fund_paid.get(name, 0.0)
    paid = min(left, debt * account.weight)
    _add(world.fund_paid, name, paid)
    _add(world.broker_paid, name, debt * account.weight - paid)
    _add(row["bankrupt"], name, account.weight)
    _add(row["debt"], name, debt * account.weight)
    _whole(account)


def settle_traders(world: World, asked: list, cleared: dict, row: dict) -> None:
    """Fill traders at the same price as everyone."""
    market, rules = world.market, world.scenario.rules
    for number, units in enumerate(asked):
        state = world.traders[number]
        quantity, cash = state.quantity.copy(), state.cash
        for a, wanted in enumerate(units):
            buys = wanted > 0.0
            filled = wanted * cleared["buy" if buys else "sell"][a]
            side = (wanted > 0.0) - (wanted < 0.0)
            each = (cleared["paid"][a] + side * cleared["half"][a]) * market["fx"][a]
            fee = rules.fee * abs(filled) * market["price"][a] * market["fx"][a]
            quantity[a] += filled
            cash -= filled * each + fee
            world.makers_units[a] -= filled
            world.makers_cash += filled * each
            world.others_cash += fee
            row["sold"][a] -= filled
        world.traders[number] = TraderState(quantity, cash, state.memory)


def record(world: World, row: dict) -> None:
    """Keep the bar."""
    for account in world.accounts:
        if account.called is not None:
            _add(row["open"], account.segment, account.weight)
    row["price"] = list(world.market["price"])
    row["pressure"] = list(world.market["pressure"])
    world.history.append(row)


def set_limits(world: World, bar: Bar) -> None:
    """Show every venue the closing price of its instruments and take its next limits."""
    scenario = world.scenario
    moment = scenario.clock.start + (bar.number + 1) * scenario.clock.step
    for number, listing in enumerate(scenario.rules.listings):
        own = [int(a) for a in listing.instruments]
        if not bar.open[own[0]]:
            continue
        closing = []
        for a in own:
            price = _dealt(world, world.market["pressure"], world.market["lasting"], a)
            price = world.market["price"][a] if scenario.news.given[a] else price
            closing.append(min(max(price, world.low[a]), world.high[a]))
        phase = Phase.CLOSING if bar.closing[own[0]] else Phase.OPEN
        brake = listing.venue.after(world.brakes[number], np.array(closing), int(phase), moment)
        world.brakes[number] = brake
        for place, a in enumerate(own):
            world.low[a], world.high[a] = float(brake.low[place]), float(brake.high[place])
            world.market["settlement"][a] = float(brake.settlement[place])


def _add(total: dict, key: object, value: float) -> None:
    total[key] = total.get(key, 0.0) + value
