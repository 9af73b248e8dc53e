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

if TYPE_CHECKING:
    from polars import DataFrame

LEAST_DAYS = 60


@dataclass(frozen=True, slots=True)
class DailyReturns:
    """Log returns from one common date to the next, [day, symbol].

    dates: on which each return ends
    """

    symbols: tuple[str, ...]
    dates: NDArray[np.datetime64]
    log: Floats

    def until(self, last: date) -> DailyReturns:
        """The returns that end on or before a date: nothing later is known."""
        stop = int(np.searchsorted(self.dates, np.datetime64(last), side="right"))
        return DailyReturns(self.symbols, self.dates[:stop], self.log[:stop])

    def of(self, symbols: Iterable[str]) -> DailyReturns:
        """The returns of some symbols, in this order."""
        wanted = tuple(symbols)
        for symbol in wanted:
            if symbol not in self.symbols:
                raise unknown("returns of", symbol, self.symbols)
        return DailyReturns(
            wanted, self.dates, self.log[:, [self.symbols.index(symbol) for symbol in wanted]]
        )


def returns_of(prices: Mapping[str, tuple[NDArray[np.datetime64], Floats]]) -> DailyReturns:
    """Returns from closing prices, (dates, closes) by symbol, over the dates all of them have.

    BadNumber if fewer than `LEAST_DAYS` dates are common, or a price is not above 0.
    """
    days = [np.asarray(dates, "datetime64[D]") for dates, _ in prices.values()]
    common = days[0] if days else np.empty(0, "datetime64[D]")
    for other in days[1:]:
        common = np.intersect1d(common, other)
    if len(common) <= LEAST_DAYS:
        raise BadNumber(
            f"{', '.join(prices) or 'nothing'} have {len(common)} dates in common; give daily "
            f"prices with more than {LEAST_DAYS} dates that all symbols have."
        )
    closes = np.column_stack(
        [
            close[np.searchsorted(own, common)]
            for own, (_, close) in zip(days, prices.values(), strict=True)
        ]
    )
    if not (closes > 0.0).all():
        raise BadNumber("a closing price is not above 0; mend it, for returns are logs.")
    return DailyReturns(tuple(prices), common[1:], np.diff(np.log(closes), axis=0))


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
        found[symbol] = (dates, mine["close"].to_numpy().astype(np.float64))
    return returns_of(found)
