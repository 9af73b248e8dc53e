"""Random markets and moments for mechanical traders."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from undertow.core.market import Market, calm_market, plain_instruments
from undertow.model.traders.base import Moment

SHARES = st.floats(0.0, 1.0)


def vector(draw: DrawFn, size: int, low: float, high: float) -> np.ndarray:
    """Numbers between two bounds, one per instrument."""
    return np.array(draw(st.lists(st.floats(low, high), min_size=size, max_size=size)))


@st.composite
def calm_markets(draw: DrawFn, *, most: int = 5) -> Market:
    """A market at rest of up to `most` instruments of very different size."""
    size = draw(st.integers(1, most))
    volume = 10.0 ** vector(draw, size, 3, 9)
    instruments = plain_instruments(
        tuple(f"I{k}" for k in range(size)),
        volume=volume,
        depth=volume * vector(draw, size, 0.2, 5.0),
        sigma=vector(draw, size, 0.004, 0.06),
    )
    return calm_market(instruments, 10.0 ** vector(draw, size, -2, 5))


@st.composite
def moved(draw: DrawFn, market: Market) -> Market:
    """The same market after news, pressure, a change of volatility, and some venues locked."""
    size = len(market.instruments)
    news, pressure = (np.exp(vector(draw, size, -0.4, 0.2)) for _ in range(2))
    return replace(
        market,
        fundamental=market.fundamental * news,
        price=market.price * news * pressure,
        sigma=market.sigma * vector(draw, size, 0.5, 5.0),
        sellable=np.round(vector(draw, size, 0, 1)),
        buyable=np.round(vector(draw, size, 0, 1)),
    )


@st.composite
def moments(draw: DrawFn, market: Market) -> Moment:
    """A bar of up to a day, closed for some instruments and the last of the day for others."""
    size = len(market.instruments)
    return Moment(
        bar=draw(st.integers(0, 500)),
        days=vector(draw, size, 0.01, 1.0) * np.round(vector(draw, size, 0, 1)),
        closing=vector(draw, size, 0, 1) > 0.5,
        slope=vector(draw, size, 0.0, 2.0) / market.instruments.depth,
    )


def reordered(market: Market, order: np.ndarray) -> Market:
    """The same market with its instruments in another order."""
    calm = market.instruments
    arrays = {f.name: getattr(calm, f.name)[order] for f in fields(calm) if f.name != "names"}
    arrays["lookthrough"] = calm.lookthrough[np.ix_(order, order)]
    names = tuple(calm.names[k] for k in order)
    rest = {f.name: getattr(market, f.name)[order] for f in fields(market)[1:]}
    return Market(instruments=replace(calm, names=names, **arrays), **rest)
