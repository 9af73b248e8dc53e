"""Clearing: what is filled, what is paid, and the pressure after it."""

from __future__ import annotations

import math

import numpy as np

from rival.world import Bar, World, seen

HALVINGS = 60


def flow_of(world: World, orders: list, asked: list) -> tuple[list[float], ...]:
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


def pressed(world: World, bar: Bar, net: list[float]) -> tuple[list[float], list[float]]:
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
    forced, sold, bought = flow_of(world, orders, asked)
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
    pressure, lasting = pressed(world, bar, net)
    paid = _paid(world, bar, net, (pressure, lasting))
    wide = rules.makers.spread(seen(world))
    half = [0.5 * float(wide[a]) * market["price"][a] for a in range(count)]
    return {
        "forced": [p * s for p, s in zip(paced, sell, strict=True)], "sell": sell, "buy": buy,
        "paid": paid, "half": half,
        "pressure": pressure, "lasting": lasting,
    }  # fmt: skip


def dealt(world: World, pressure: list[float], lasting: list[float], a: int) -> float:
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
        return dealt(world, *pressed(world, bar, net), a)

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
        total += part * dealt(world, z, l, a)
    return total
