"""Clearing: all orders of one bar meet at once; brakes fill pro rata."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from undertow.core.market import Market
from undertow.core.shapes import PerInstrument
from undertow.engine.pace import Pace
from undertow.engine.prices import (
    dealt_price,
    decayed,
    paid_price,
    pressed,
    pressure_factor,
    priced,
)
from undertow.model.impact.base import ImpactLaw
from undertow.model.scenario import Rules

HALVINGS, PASSES = 60, 20
"""Steps of the search for the share that a price limit lets through, and its rounds."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Units that want to trade, per instrument, all ≥ 0.

    forced: called accounts' sales;  sold: traders' sales;  bought: everybody's purchases
    """

    forced: PerInstrument
    sold: PerInstrument
    bought: PerInstrument


@dataclass(frozen=True, slots=True)
class Limits:
    """Price limits of every instrument now; 0 and inf where there are none."""

    low: PerInstrument
    high: PerInstrument

    def broken(self, price: PerInstrument, sold: PerInstrument, bought: PerInstrument) -> list[int]:
        """Instruments whose sales at this price are below their limit, then purchases above it.

        The number of an instrument for its sales, −1 − number for its purchases.
        """
        low = np.flatnonzero((price < self.low) & (sold > 0.0))
        high = np.flatnonzero((price > self.high) & (bought > 0.0))
        return [*low.tolist(), *(-1 - high).tolist()]


@dataclass(frozen=True, slots=True)
class Cleared:
    """What a bar's orders came to.

    filled_forced, filled_sold, filled_bought: share of each part of the flow that was filled
    paid: price per unit without spread
    spread: share of the price;  half_spread: money a seller gives up (and a buyer adds) per unit
    market: after the trades;  factor: its ln π per underlying
    """

    filled_forced: PerInstrument
    filled_sold: PerInstrument
    filled_bought: PerInstrument
    paid: PerInstrument
    spread: PerInstrument
    half_spread: PerInstrument
    market: Market
    factor: PerInstrument


def clear(market: Market, flow: Flow, rules: Rules, pace: Pace, limits: Limits) -> Cleared:
    """Fill what venues, volume and price limits allow, and move pressure by what was filled.

    The largest share of volume binds forced sales; traders who must be done by the close deal.
    """
    calm = decayed(market, pace.days)
    paced = np.ones(len(calm.price))
    if pace.elapsed > 0.0 and np.isfinite(rules.participation):
        paced = _share(rules.participation * calm.instruments.volume * pace.days, flow.forced)
    wanted = Flow(np.zeros_like(paced), paced * flow.forced + flow.sold, flow.bought)
    sell, buy = calm.sellable, calm.buyable
    sold, bought = sell * wanted.sold, buy * wanted.bought
    after = pressed(calm, sold - bought, pace.days)
    factor = pressure_factor(rules.impact, after)
    if limits.broken(priced(after, factor), sold, bought):
        sell, buy = _within_limits(calm, wanted, rules.impact, pace.days, limits)
        sold, bought = sell * wanted.sold, buy * wanted.bought
        after = pressed(calm, sold - bought, pace.days)
        factor = pressure_factor(rules.impact, after)
    speed = (sold - bought) / (market.instruments.volume * np.where(pace.days > 0, pace.days, 1.0))
    paid = paid_price(rules.impact, calm, after, speed)
    paid = np.clip(paid, limits.low, limits.high)
    spread = rules.makers.spread(market)
    half = 0.5 * spread * market.price
    return Cleared(paced * sell, sell, buy, paid, spread, half, after, factor)


def _share(largest: PerInstrument, wanted: PerInstrument) -> PerInstrument:
    return np.where(wanted > largest, largest / np.where(wanted > 0.0, wanted, 1.0), 1.0)


def _within_limits(
    calm: Market, flow: Flow, law: ImpactLaw, days: PerInstrument, limits: Limits
) -> tuple[PerInstrument, PerInstrument]:
    """Largest shares at which no instrument's own orders are filled beyond its limits.

    One instrument after the other is cut back with the others held, and all again, until none
    breaks its limit: shares only fall. What still breaks after PASSES is not filled at all.
    """
    sell, buy = calm.sellable.copy(), calm.buyable.copy()

    def price() -> PerInstrument:
        return dealt_price(law, pressed(calm, sell * flow.sold - buy * flow.bought, days))

    def broken() -> list[tuple[int, PerInstrument]]:
        cut = limits.broken(price(), sell * flow.sold, buy * flow.bought)
        return [(at, sell) if at >= 0 else (-1 - at, buy) for at in cut]

    def holds(at: int) -> bool:
        now = price()[at]
        return bool(limits.low[at] <= now <= limits.high[at])

    for _ in range(PASSES):
        cut = broken()
        if not cut:
            return sell, buy
        for at, share in cut:
            _cut_back(share, at, holds)
    for at, share in broken():
        share[at] = 0.0
    return sell, buy


def _cut_back(share: PerInstrument, at: int, holds: Callable[[int], bool]) -> None:
    """Lower one share to the largest at which `holds` is true, by bisection."""
    least, most = 0.0, float(share[at])
    for _ in range(HALVINGS):
        share[at] = 0.5 * (least + most)
        least, most = (share[at], most) if holds(at) else (least, share[at])
    share[at] = least
