"""What daily prices say of liquidity: one series a proxy, in logs, up is worse.

Windows end at the session itself and baselines before it: nothing looks ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from undertow.core.history import DAY, Bars, History, Moments
from undertow.core.shapes import Floats
from undertow.studies.stress_panel import Member
from undertow.studies.windows import ewma_correlation, trailing_mean, trailing_median

SHORT, MONTH, YEAR = 10, 21, 252
PREMIUM_BASE, PREMIUM_MEAN = 63, 5
LAMBDA = 0.94
NAN = np.nan


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
    found = tuple(on_sessions(history[name], clock) for name in member.symbols)
    with np.errstate(divide="ignore", invalid="ignore"):
        return PROXIES[member.proxy](*found)


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


def corwin_schultz(own: Session) -> Floats:
    """ln of the mean spread of two days' highs and lows, negative ones 0, over 10 sessions.

    beta = (h-l)² + (h1-l1)², gamma = (max h - min l)² after the overnight gap is taken out;
    alpha = (√(2 beta) - √beta)/(3-2√2) - √(gamma/(3-2√2)); s = 2(e^alpha - 1)/(1 + e^alpha)
    Source: Corwin and Schultz, J. Finance 67 (2012), 719
    """
    high, low, close = np.log(own.high), np.log(own.low), np.log(own.close)
    shift = np.maximum(0.0, low[1:] - close[:-1]) + np.minimum(0.0, high[1:] - close[:-1])
    h1, l1 = high[1:] - shift, low[1:] - shift
    beta = (high[:-1] - low[:-1]) ** 2 + (h1 - l1) ** 2
    gamma = (np.maximum(high[:-1], h1) - np.minimum(low[:-1], l1)) ** 2
    k = 3.0 - 2.0 * np.sqrt(2.0)
    alpha = (np.sqrt(2.0 * beta) - np.sqrt(beta)) / k - np.sqrt(gamma / k)
    spread = np.maximum(0.0, 2.0 * (np.exp(alpha) - 1.0) / (1.0 + np.exp(alpha)))
    return np.log(trailing_mean(_after(spread), SHORT))


def abdi_ranaldo(own: Session) -> Floats:
    """ln of the spread from closes and mid-ranges over 21 sessions; −inf where it is not positive.

    s² = 4 mean((c_{t-1} - m_{t-1})(c_{t-1} - m_t)), m the middle of high and low, in logs
    Source: Abdi and Ranaldo, Review of Financial Studies 30 (2017), 4437
    """
    close, middle = np.log(own.close), (np.log(own.high) + np.log(own.low)) / 2.0
    squared = 4.0 * (close[:-1] - middle[:-1]) * (close[:-1] - middle[1:])
    return np.log(np.maximum(0.0, trailing_mean(_after(squared), MONTH))) / 2.0


def range_volatility(own: Session) -> Floats:
    """ln of Parkinson's volatility of a day over 10 sessions.

    σ² = mean(ln(h/l)²) / (4 ln 2);  stands in for depth, which a maker cuts as volatility rises
    Source: Parkinson, J. Business 53 (1980), 61
    """
    squared = np.log(own.high / own.low) ** 2 / (4.0 * np.log(2.0))
    return np.log(trailing_mean(squared, SHORT)) / 2.0


def level(own: Session) -> Floats:
    """ln of the close: of an index that is a measure itself, such as the VIX."""
    return np.log(own.close)


def amihud(own: Session) -> Floats:
    """ln of mean |return| per money traded over 10 sessions, over the median of the year before.

    Source: Amihud, J. Financial Markets 5 (2002), 31
    """
    moves = np.abs(_after(np.diff(np.log(own.close))))
    return _multiple(moves / (own.close * own.volume))


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
    one.__name__: one
    for one in (
        corwin_schultz, abdi_ranaldo, range_volatility, level, amihud, volume, premium, stock_bond,
    )
}  # fmt: skip
