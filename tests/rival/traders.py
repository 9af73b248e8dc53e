"""Mechanical traders: asked twice, filled at the price of everyone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rival.calls import fall_per_unit, own_slope
from rival.clear import flow_of, pressed
from rival.world import Bar, World, seen
from undertow.model.traders.base import Moment, TraderState


def trader_orders(world: World, bar: Bar, orders: list) -> list[list[float]]:
    """Asked at the tangent, then again at the secant over everything that was asked."""
    if not world.traders:
        return []
    first = _answers(world, bar, own_slope(world))
    flow = flow_of(world, orders, [units for units, _ in first])
    market, law = seen(world), world.scenario.rules.impact
    pressure, _ = pressed(world, bar, [f + s - b for f, s, b in zip(*flow, strict=True)])
    there = law.log_factor(np.array(pressure), market)
    here = law.log_factor(market.pressure, market)
    tangent = law.slope(market.pressure, market)
    secant = [
        float(tangent[u]) if pressure[u] == world.market["pressure"][u]
        else float(here[u] - there[u]) / (pressure[u] - world.market["pressure"][u])
        for u in range(len(pressure))
    ]  # fmt: skip
    second = _answers(world, bar, fall_per_unit(world, secant))
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
