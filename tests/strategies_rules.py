"""Random markets, kinds of position and holdings for margin rules, impact laws and makers."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np

from undertow.core.columns import Columns, Way
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.core.shapes import Floats

NAMES = ("GC", "SI", "HG", "NVDA", "MSFT", "BTC")


ORDERS = st.permutations(range(len(NAMES)))


def positive(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_subnormal=False)


def several(size: int, values: st.SearchStrategy[float]) -> st.SearchStrategy[Floats]:
    return st.lists(values, min_size=size, max_size=size).map(np.array)


@st.composite
def markets(draw: st.DrawFn, least: int = 1, most: int = 4) -> Market:
    """A market in any state: stressed, half withdrawn, in several currencies."""
    size = draw(st.integers(least, most))
    calm = plain_instruments(
        NAMES[:size],
        depth=draw(several(size, positive(1.0, 1e6))),
        volume=draw(several(size, positive(1.0, 1e6))),
        sigma=draw(several(size, positive(0.001, 0.1))),
        spread=draw(several(size, positive(1e-5, 1e-2))),
        resilience=draw(several(size, positive(0.01, 100.0))),
        outstanding=draw(several(size, positive(1e6, 1e9))),
    )
    return replace(
        calm_market(calm, draw(several(size, positive(0.01, 1e4)))),
        fx=draw(several(size, positive(0.01, 10.0))),
        sigma=calm.sigma * draw(several(size, positive(0.2, 20.0))),
        available=draw(several(size, positive(0.02, 1.0))),
        pressure=draw(several(size, st.floats(-2.0, 2.0))),
    )


@st.composite
def quoted_markets(draw: st.DrawFn, least: int = 1, most: int = 4) -> Market:
    """A calm market in several currencies."""
    size = draw(st.integers(least, most))
    prices = draw(several(size, positive(0.01, 1e4)))
    calm = calm_market(plain_instruments(NAMES[:size]), prices)
    return replace(calm, fx=draw(several(size, positive(0.01, 10.0))))


@st.composite
def kinds_of_position(draw: st.DrawFn, market: Market) -> Columns:
    """Some pairs of instrument and way, each with an entry price."""
    size = len(market.instruments)
    pairs = draw(st.integers(1, 6))
    instrument = draw(
        st.lists(st.integers(0, size - 1), min_size=pairs, max_size=pairs).map(np.array)
    )
    way = draw(st.lists(st.sampled_from(Way), min_size=pairs, max_size=pairs))
    return Columns(
        instrument=instrument.astype(np.int64),
        way=np.array(way, dtype=np.int64),
        entry=draw(several(pairs, positive(0.01, 1e4))),
        released=np.ones(pairs),
    )


@st.composite
def accounts_held(draw: st.DrawFn, least: int = 1, most: int = 4) -> tuple[Market, Columns, Floats]:
    """A market, its kinds of position, and one account's signed units per pair."""
    market = draw(quoted_markets(least, most))
    columns = draw(kinds_of_position(market))
    units = draw(several(len(columns.instrument), st.floats(-1e4, 1e4)))
    return market, columns, units


@st.composite
def round_trips(draw: st.DrawFn) -> tuple[Floats, Floats, Floats]:
    """Sales that sum to zero, the decay between them (Δt/τ), and depths that refill no faster."""
    size = draw(st.integers(2, 8))
    sold = draw(several(size, st.floats(-0.2, 0.2)))
    decay = draw(several(size, st.floats(0.0, 3.0)))
    refill = draw(several(size, st.floats(-3.0, 1.0)))
    depth = np.exp(np.maximum(np.cumsum(np.append(0.0, np.minimum(refill, decay))), -2.0))
    return np.append(sold, -sold.sum()), np.append(decay, 0.0), depth
