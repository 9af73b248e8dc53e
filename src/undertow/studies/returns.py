"""Daily returns of several symbols on the dates that all of them have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from undertow.core.errors import BadNumber, unknown
from undertow.core.shapes import Floats
from undertow.data.closes import Closes, Daily

if TYPE_CHECKING:
    from polars import DataFrame

LEAST_DAYS = 60


@dataclass(frozen=True, slots=True)
class DailyReturns:
    """Log returns from one common date to the next, [day, symbol].

    dates: on which each return ends
    low, high: from the close before to the lowest and highest price of the day, both or neither;
    the return itself for a symbol of which they are not known
    """

    symbols: tuple[str, ...]
    dates: NDArray[np.datetime64]
    log: Floats
    low: Floats | None = None
    high: Floats | None = None

    def until(self, last: date) -> DailyReturns:
        """The returns that end on or before a date: nothing later is known."""
        stop = int(np.searchsorted(self.dates, np.datetime64(last), side="right"))
        return self._part(self.symbols, slice(stop), slice(None))

    def of(self, symbols: Iterable[str]) -> DailyReturns:
        """The returns of some symbols, in this order."""
        wanted = tuple(symbols)
        for symbol in wanted:
            if symbol not in self.symbols:
                raise unknown("returns of", symbol, self.symbols)
        columns = [self.symbols.index(symbol) for symbol in wanted]
        return self._part(wanted, slice(None), columns)

    def _part(
        self, symbols: tuple[str, ...], days: slice, columns: slice | list[int]
    ) -> DailyReturns:
        low, high = (None if x is None else x[days][:, columns] for x in (self.low, self.high))
        return DailyReturns(symbols, self.dates[days], self.log[days][:, columns], low, high)


def returns_of(prices: Closes) -> DailyReturns:
    """Returns from daily prices by symbol, over the dates all of them have.

    BadNumber if fewer than `LEAST_DAYS` dates are common, or a price is not above 0.
    """
    series = {symbol: Daily(*one) for symbol, one in prices.items()}
    days = [np.asarray(one.dates, "datetime64[D]") for one in series.values()]
    common = days[0] if days else np.empty(0, "datetime64[D]")
    for other in days[1:]:
        common = np.intersect1d(common, other)
    if len(common) <= LEAST_DAYS:
        raise BadNumber(
            f"{', '.join(prices) or 'nothing'} have {len(common)} dates in common; give daily "
            f"prices with more than {LEAST_DAYS} dates that all symbols have."
        )
    places = [np.searchsorted(own, common) for own in days]
    pairs = list(zip(series.values(), places, strict=True))
    close = np.column_stack([one.close[at] for one, at in pairs])
    low = np.column_stack([(one.close if one.low is None else one.low)[at] for one, at in pairs])
    high = np.column_stack([(one.close if one.high is None else one.high)[at] for one, at in pairs])
    if not (low > 0.0).all():
        raise BadNumber("a price is not above 0; mend it, for returns are logs.")
    before = np.log(close[:-1])
    log, down, up = (np.log(each[1:]) - before for each in (close, low, high))
    if all(one.low is None for one in series.values()):
        return DailyReturns(tuple(series), common[1:], log)
    return DailyReturns(tuple(series), common[1:], log, down, up)


def returns_from(frame: DataFrame, symbols: Mapping[str, str]) -> DailyReturns:
    """Returns of a long table with the columns date, symbol and close.

    symbols: name in the table by symbol of the book
    """
    named = frame.with_columns(frame["symbol"].cast(str)).drop_nulls("close").sort("date")
    own = named.partition_by("symbol", as_dict=True)
    found = {}
    for symbol, name in symbols.items():
        if (name,) not in own:
            raise unknown("returns of", name, (str(key[0]) for key in own))
        mine = own[name,]
        dates = mine["date"].to_numpy().astype("datetime64[D]")
        found[symbol] = Daily(dates, mine["close"].to_numpy().astype(np.float64))
    return returns_of(found)
