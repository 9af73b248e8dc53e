"""News and mark: prices, volatility, brakes and makers, and what every account lost."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from rival.world import Bar, World, forced_by_source, forced_of, seen, tests_of
from undertow.core.columns import Way
from undertow.model.margin.base import MarginRule


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
    _hikes(world, bar)


def _hikes(world: World, bar: Bar) -> None:
    """Rates in effect, and higher ones that a broker who heeds their notice asks already."""
    for name, segment in world.segments.items():
        regime = segment.regime
        mine = [h for h in world.scenario.news.hikes if name in h.segments]
        in_force = regime.rule
        for hike in mine:
            if hike.effect == bar.number:
                in_force = in_force.hiked(hike.instrument, hike.rate)
        for hike in mine:
            if regime.heeds_notice and hike.notice <= bar.number < hike.effect:
                more = in_force.hiked(hike.instrument, hike.rate)
                in_force = more if _asks_more(world, more, in_force) else in_force
        world.segments[name] = replace(segment, regime=replace(regime, rule=in_force))


def _asks_more(world: World, new: MarginRule, old: MarginRule) -> bool:
    """Whether the largest loss of no column and no money per unit is smaller under the new rule."""
    market, columns = seen(world), world.scenario.columns
    asked, before = (rule.table(market, columns, target=False) for rule in (new, old))
    return all(
        max(asked.rate[:, k]) >= max(before.rate[:, k]) and asked.money[k] >= before.money[k]
        for k in range(len(asked.money))
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


def lose(world: World, bar: Bar) -> None:
    """Book what every account lost in this bar, by cause (DESIGN 1.9); additive rules only."""
    by_source = forced_by_source(world)
    columns = world.scenario.columns
    links = world.scenario.market.instruments.lookthrough
    for number, name in enumerate(world.segments):
        old, new = world.shown[number], tests_of(world, name)
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
