"""The market at the opening, from the plan and from facts not later than the start."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from undertow.core.errors import BadNumber
from undertow.core.market import Instruments, Market, calm_market
from undertow.core.shapes import InstrumentMatrix, PerInstrument
from undertow.episodes.episode import Episode
from undertow.episodes.schema import Plan
from undertow.episodes.schema_market import Instrument
from undertow.model.impact.square_root import calibrated_depth


def opening_market(episode: Episode) -> Market:
    """Last prices before the start, normal depth and volatility, exchange rates as they opened."""
    plan = episode.plan
    listed = plan.instruments.values()
    market = calm_market(instruments_of(plan), opening_prices(episode))
    settled = [_price(episode, i.settlement or i.path) for i in listed]
    rate = {name: _price(episode, money.path) for name, money in plan.currencies.items()}
    return replace(
        market,
        settlement=np.array(settled),
        fx=np.array([1.0 / rate.get(i.currency, 1.0) for i in listed]),
    )


def opening_prices(episode: Episode) -> PerInstrument:
    """Last price of each instrument at or before the start, in its currency."""
    return np.array([_price(episode, i.path) for i in episode.plan.instruments.values()])


def _price(episode: Episode, path: str) -> float:
    fact = episode.facts.opening(path)
    if fact.value <= 0.0:
        raise BadNumber(
            f"{episode.facts.file} line {fact.line} ({path}): the price {fact.value:g} is not above"
            " 0, as log prices need; mend it."
        )
    return fact.value


def instruments_of(plan: Plan) -> Instruments:
    """What does not change during a run, in the order of the plan."""
    listed = tuple(plan.instruments.values())
    return Instruments(
        names=tuple(plan.instruments),
        depth=np.array([_depth(i) for i in listed]),
        volume=np.array([i.volume for i in listed]),
        sigma=np.array([i.sigma for i in listed]),
        spread=np.array([i.spread for i in listed]),
        resilience=np.array([i.resilience for i in listed]),
        permanent=np.array([i.permanent for i in listed]),
        outstanding=np.array([i.outstanding or np.inf for i in listed]),
        lookthrough=_look_through(plan),
        future=np.array([i.future for i in listed], dtype=np.bool_),
    )


def _depth(instrument: Instrument) -> float:
    if instrument.depth is not None:
        return instrument.depth
    return float(calibrated_depth(np.array(instrument.volume), np.array(instrument.resilience)))


def _look_through(plan: Plan) -> InstrumentMatrix:
    """B[a, u]; an instrument that looks through to nothing is its own underlying.

    A product of products stands on what lies beneath: B = own + links·B, links without rings.
    """
    place = {symbol: at for at, symbol in enumerate(plan.instruments)}
    own, links = np.zeros((2, len(place), len(place)))
    for symbol, one in plan.instruments.items():
        at = place[symbol]
        for underlying, weight in one.look_through.items():
            part = own if underlying == symbol else links
            part[at, place[underlying]] = weight
        if one.rest_on_itself or not one.look_through:
            own[at, at] += 1.0 - (own[at] + links[at]).sum()
    weights = own
    while (deeper := own + links @ weights).tobytes() != weights.tobytes():
        weights = deeper
    return weights
