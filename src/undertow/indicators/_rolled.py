"""Windows that roll over days: every reading has a full window behind it, or is NaN."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from undertow.core.errors import BadNumber
from undertow.core.history import Bars, History, Moments
from undertow.core.shapes import Floats


def bars_of(history: History, symbols: Sequence[str]) -> Bars:
    """The bars of the one symbol of an indicator that knows one."""
    if len(symbols) != 1:
        raise BadNumber(f"{len(symbols)} symbols were given; this indicator is of one.")
    return history[symbols[0]]


def windows(values: Floats, length: int) -> Floats:
    """Windows [day, length] that end on each day from the first full one on."""
    return np.lib.stride_tricks.sliding_window_view(values, length, axis=0)


def rolled(values: Floats, length: int, over: Callable[[Floats], Floats]) -> Floats:
    """`over` of the window that ends on each day; NaN until there is a full one."""
    found = np.full(values.shape, np.nan)
    if len(values) >= length:
        found[length - 1 :] = over(windows(values, length))
    return found


def means(values: Floats, length: int) -> Floats:
    """Mean of the window that ends on each day; NaN where one of its values is."""
    return rolled(values, length, lambda window: window.mean(axis=-1))


def returns(prices: Floats) -> Floats:
    """Logarithmic returns; the first is NaN, as is one with a price that is not above 0."""
    positive = np.where(prices > 0.0, prices, np.nan)
    return np.concatenate(
        [np.full((1, *prices.shape[1:]), np.nan), np.diff(np.log(positive), axis=0)]
    )


def panel(history: History, symbols: Sequence[str], fewest: int = 2) -> tuple[Moments, Floats]:
    """Dates on which all symbols have a close, and their returns [date, symbol]."""
    if len(symbols) < fewest:
        raise BadNumber(f"{len(symbols)} symbols are too few; name at least {fewest}.")
    date, closes = history.together(symbols)
    return date[1:], returns(closes)[1:]
