"""Call and order: slack by slack, account by account."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from rival.world import Account, Bar, World, add, seen
from undertow.core.columns import Way
from undertow.model.liquidation.base import Called, Terms

ROUNDING = 1e-9
"""A bar that a grace reaches into by less than this share is not part of it."""

DUST = 1e-12
"""Nobody is called, and a call is met, when the need is below this share of what is at stake."""


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
                add(row["called"], account.segment, account.weight)


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


def answers_now(world: World, bar: Bar, account: Account) -> bool:
    """A call waits while its seller can trade nothing it would sell, save the first time."""
    if account.called is None:
        return False
    owner = sold_by_owner(world, bar, account)
    offered = zip(account.columns, offered_by(account, owner=owner), strict=True)
    kinds = [kind for kind, units in offered if units]
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
    regime = world.segments[account.segment].regime
    way = world.scenario.columns.way[kind // 2]
    if way == Way.ELSEWHERE and regime.transfer_days > regime.grace_days:
        return False
    return bool(way == Way.PLEDGED or owner or regime.recourse)


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
    return fall_per_unit(world, world.scenario.rules.impact.slope(market.pressure, market))


def fall_per_unit(world: World, steep) -> list[float]:
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
