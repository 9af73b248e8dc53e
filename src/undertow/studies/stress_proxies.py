"""What daily prices say of liquidity: one series a proxy, in logs, up is worse.

Spreads, range volatility and impact are indicators of the family; what is here is how they are
taken, and the proxies that are of the index alone. Windows end at the session itself and baselines
before it: nothing looks ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from undertow.core.history import DAY, Bars, History, Moments
from undertow.core.shapes import Floats
from undertow.indicators import INDICATORS
from undertow.studies.stress_panel import Member
from undertow.studies.windows import ewma_correlation, trailing_mean, trailing_median

SHORT, MONTH, YEAR = 10, 21, 252
PREMIUM_BASE, PREMIUM_MEAN = 63, 5
LAMBDA = 0.94
NAN = np.nan

OF_FAMILY: Mapping[str, int] = {
    "corwin_schultz": SHORT,
    "abdi_ranaldo": MONTH,
    "parkinson": SHORT,
    "amihud": SHORT,
}
"""Indicators of the family by name, and the window they are taken over."""

IN_MONEY = frozenset({"amihud"})
"""Those whose level drifts with prices and turnover: over the median of the year before."""


@dataclass(frozen=True, slots=True)
class Session:
    """One symbol on the sessions of the index; NaN where it has no usable value."""

    high: Floats
    low: Floats
    close: Floats
    volume: Floats


def proxy(member: Member, history: History, clock: Moments) -> Floats | None:
    """A member's series on these sessions; None where a symbol of it is absent or not daily."""
    if any(name not in history or history[name].step != DAY for name in member.symbols):
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        if member.proxy in OF_FAMILY:
            return indicated(member, history, clock)
        found = tuple(on_sessions(history[name], clock) for name in member.symbols)
        return PROXIES[member.proxy](*found)


def indicated(member: Member, history: History, clock: Moments) -> Floats:
    """ln of an indicator of the family; −∞ where it is not above 0."""
    indicator = INDICATORS.make(member.proxy, {"window": OF_FAMILY[member.proxy]})
    series = indicator.series(history, member.symbols)
    value = series.value
    if member.proxy in IN_MONEY:
        value = value / trailing_median(value, YEAR)
    at = np.minimum(np.searchsorted(series.date, clock), len(series) - 1)
    return np.where(series.date[at] == clock, np.log(np.maximum(0.0, value[at])), NAN)


def on_sessions(bars: Bars, clock: Moments) -> Session:
    """A symbol's bars on the sessions; a row without a range has none, prices are above 0."""
    at = np.minimum(np.searchsorted(bars.date, clock), len(bars) - 1)
    there = bars.date[at] == clock
    high, low, close, volume = (
        np.where(there, getattr(bars, name)[at], NAN) for name in ("high", "low", "close", "volume")
    )
    ranged = (high > low) & (low > 0.0)
    return Session(
        high=np.where(ranged, high, NAN),
        low=np.where(ranged, low, NAN),
        close=np.where(close > 0.0, close, NAN),
        volume=np.where(volume > 0.0, volume, NAN),
    )


def level(own: Session) -> Floats:
    """ln of the close: of an index that is a measure itself, such as the VIX."""
    return np.log(own.close)


def volume(own: Session) -> Floats:
    """ln of mean volume over 10 sessions, over the median of the year before."""
    return _multiple(own.volume)


def premium(future: Session, spot: Session) -> Floats:
    """ln of the mean |premium| of a future over its fund within 5 sessions.

    premium = ln(F/S) - its median over the 63 sessions before, which absorbs carry and dividends
    Limits: closes of metals and their funds are hours apart, so moves between them count
    """
    ratio = np.log(future.close / spot.close)
    apart = np.abs(ratio - trailing_median(ratio, PREMIUM_BASE))
    return np.log(trailing_mean(apart, PREMIUM_MEAN))


def stock_bond(stock: Session, yields: Session) -> Floats:
    """How far the correlation of stocks and bonds is above its median of the year before.

    atanh ρ of returns and of -Δyield (a bond's return but for its duration), EWMA λ = 0.94
    """
    moves = _after(np.diff(np.log(stock.close))), _after(-np.diff(yields.close))
    turned = np.arctanh(np.clip(ewma_correlation(*moves, LAMBDA), -0.999, 0.999))
    return turned - trailing_median(turned, YEAR)


def _multiple(values: Floats) -> Floats:
    return np.log(trailing_mean(values, SHORT)) - np.log(trailing_median(values, YEAR))


def _after(values: Floats) -> Floats:
    """A series of changes, with nothing on the first session."""
    return np.concatenate([[NAN], values]) if len(values) else np.full(1, NAN)


PROXIES: Mapping[str, Callable[..., Floats]] = {
    one.__name__: one for one in (level, volume, premium, stock_bond)
}
