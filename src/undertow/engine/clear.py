"""Clearing: all orders of one bar meet at once; brakes fill pro rata."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.market import Market
from undertow.core.shapes import Flags, PerInstrument
from undertow.engine.pace import Pace
from undertow.engine.prices import dealt_price, decayed, paid_price, pressed
from undertow.model.impact.base import ImpactLaw
from undertow.model.scenario import Rules

HALVINGS = 60


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

    @property
    def any(self) -> bool:
        """Whether any instrument has a limit."""
        return bool((self.low > 0.0).any() or np.isfinite(self.high).any())


@dataclass(frozen=True, slots=True)
class Cleared:
    """What a bar's orders came to.

    filled_forced, filled_sold, filled_bought: share of each part of the flow that was filled
    paid: price per unit without spread
    half_spread: money a seller gives up (and a buyer adds) per unit;  market: after the trades
    """

    filled_forced: PerInstrument
    filled_sold: PerInstrument
    filled_bought: PerInstrument
    paid: PerInstrument
    half_spread: PerInstrument
    market: Market


def clear(market: Market, flow: Flow, rules: Rules, pace: Pace, limits: Limits) -> Cleared:
    """Fill what venues, volume and price limits allow, and move pressure by what was filled.

    The largest share of volume binds forced sales; traders who must be done by the close deal.
    """
    calm = decayed(market, pace.days)
    paced = np.ones(len(calm.price))
    if pace.elapsed > 0.0 and np.isfinite(rules.participation):
        paced = _share(rules.participation * calm.instruments.volume * pace.days, flow.forced)
    wanted = Flow(np.zeros_like(paced), paced * flow.forced + flow.sold, flow.bought)
    sell, buy = market.sellable, market.buyable
    if limits.any:
        sell, buy = _within_limits(calm, wanted, (sell, buy), rules.impact, (pace, limits))
    sold, bought = sell * wanted.sold, buy * wanted.bought
    after = pressed(calm, sold - bought, pace.days)
    speed = (sold - bought) / (market.instruments.volume * np.where(pace.days > 0, pace.days, 1.0))
    paid = paid_price(rules.impact, calm, after, speed)
    paid = np.clip(paid, limits.low, limits.high)
    half = 0.5 * rules.makers.spread(market) * market.price
    return Cleared(paced * sell, sell, buy, paid, half, after)


def _share(largest: PerInstrument, wanted: PerInstrument) -> PerInstrument:
    return np.where(wanted > largest, largest / np.where(wanted > 0.0, wanted, 1.0), 1.0)


def _within_limits(
    calm: Market,
    flow: Flow,
    shares: tuple[PerInstrument, PerInstrument],
    law: ImpactLaw,
    at: tuple[Pace, Limits],
) -> tuple[PerInstrument, PerInstrument]:
    """Largest shares at which no order pushes its own price through a limit; by bisection."""
    sell, buy = shares
    pace, limits = at

    def broken(sell: PerInstrument, buy: PerInstrument) -> tuple[Flags, Flags]:
        after = pressed(calm, sell * flow.sold - buy * flow.bought, pace.days)
        price = dealt_price(law, after)
        return price < limits.low, price > limits.high

    low, high = broken(sell, buy)
    low, high = low & (flow.sold > 0.0), high & (flow.bought > 0.0)
    if not (low.any() or high.any()):
        return sell, buy
    least = (np.where(low, 0.0, sell), np.where(high, 0.0, buy))
    most = (sell, buy)
    for _ in range(HALVINGS):
        middle = tuple(0.5 * (a + b) for a, b in zip(least, most, strict=True))
        low_now, high_now = broken(*middle)
        least = (
            np.where(low & low_now, least[0], middle[0]),
            np.where(high & high_now, least[1], middle[1]),
        )
        most = (
            np.where(low & low_now, middle[0], most[0]),
            np.where(high & high_now, middle[1], most[1]),
        )
    return least
