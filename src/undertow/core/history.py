"""Prices as they were known: handed out cut at a moment, so that nothing can look ahead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import reduce
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from undertow.core.errors import BadDate, BadNumber, unknown
from undertow.core.shapes import Floats

Moments: TypeAlias = NDArray[np.datetime64]
Moment: TypeAlias = date | datetime | str
"""A day, or a moment in UTC."""
DAY = np.timedelta64(1, "D")
FIELDS = ("open", "high", "low", "close", "volume")


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars of one symbol, oldest first; NaN where a file has no value.

    date: start of each bar, strictly rising: days (`datetime64[D]`) or UTC seconds
    step: length of a bar; a bar is known when it has ended
    volume: in units, not in money
    """

    symbol: str
    date: Moments
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    step: np.timedelta64 = DAY

    def __post_init__(self) -> None:
        if not np.all(self.date[1:] > self.date[:-1]):
            raise BadNumber(f"the dates of {self.symbol!r} do not rise; sort them, one row each.")
        for name in FIELDS:
            if len(getattr(self, name)) != len(self.date):
                raise BadNumber(f"{self.symbol!r} has not one {name} for each date.")
        for name in ("date", *FIELDS):
            getattr(self, name).setflags(write=False)

    def __len__(self) -> int:
        return len(self.date)

    def until(self, moment: Moment) -> Bars:
        """The bars that had ended at this moment; a day means its end."""
        return self._first(int(np.searchsorted(self.date + self.step, end_of(moment), "right")))

    def last(self, bars: int) -> Bars:
        """The newest bars, all of them if there are fewer."""
        return self._slice(slice(max(0, len(self) - bars), None))

    def since(self, moment: Moment) -> Bars:
        """The bars that start at this moment or later; a day means its start."""
        start = np.searchsorted(self.date, start_of(moment), "left")
        return self._slice(slice(int(start), None))

    def _first(self, bars: int) -> Bars:
        return self._slice(slice(0, bars))

    def _slice(self, kept: slice) -> Bars:
        cut = {name: getattr(self, name)[kept] for name in ("date", *FIELDS)}
        return replace(self, **cut)


EARLIER, NO_CLOSE = "is in an earlier file", "has no close"
UNKNOWN, INTRADAY, DAILY = "has not date, symbol and close", "is intraday", "is daily"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a file holds and a history does not.

    why: one of the reasons above;  symbol: empty if it is the whole file;  rows: how many of them
    """

    file: str
    why: str
    symbol: str = ""
    rows: int = 0

    def __str__(self) -> str:
        named = f"{self.symbol} of {self.file}" if self.symbol else self.file
        return f"{named} {self.why}" + (f" in {self.rows} rows" if self.rows else "")


@dataclass(frozen=True, slots=True)
class History:
    """Bars of many symbols.

    bars: by symbol;  left_out: what the files hold and this does not
    source: who gave a symbol, as its file says (`fred`, `fred@2026-02-05` as known on a day)
    """

    bars: Mapping[str, Bars]
    left_out: tuple[LeftOut, ...] = field(default=())
    source: Mapping[str, str] = field(default_factory=dict)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Names, sorted."""
        return tuple(sorted(self.bars))

    def __contains__(self, symbol: object) -> bool:
        return symbol in self.bars

    def __getitem__(self, symbol: str) -> Bars:
        """Bars of a symbol; UnknownName if it is not there."""
        if symbol not in self.bars:
            raise unknown("symbol", symbol, self.bars)
        return self.bars[symbol]

    def until(self, moment: Moment) -> History:
        """All that was known at this moment; symbols that had not begun are not there.

        A day means its end, so the bar of that day is the last; a moment in a day hands out the
        bars that had ended, of daily ones those of the days before.
        """
        return self._kept({name: bars.until(moment) for name, bars in self.bars.items()})

    def since(self, moment: Moment) -> History:
        """The bars that start at this moment or later."""
        return self._kept({name: bars.since(moment) for name, bars in self.bars.items()})

    def of(self, symbols: Iterable[str]) -> History:
        """These symbols alone; UnknownName if one is not there."""
        return replace(self, bars={symbol: self[symbol] for symbol in symbols})

    def together(self, symbols: Iterable[str], of: str = "close") -> tuple[Moments, Floats]:
        """Dates on which all symbols have this field, and a matrix [date, symbol] of it."""
        chosen = [self[symbol] for symbol in symbols]
        known = [bars.date[np.isfinite(getattr(bars, of))] for bars in chosen]
        common = reduce(np.intersect1d, known)
        columns = [getattr(bars, of)[np.searchsorted(bars.date, common)] for bars in chosen]
        return common, np.column_stack(columns)

    @property
    def end(self) -> np.datetime64:
        """Start of the newest bar; NaT of an empty history."""
        newest = [bars.date[-1] for bars in self.bars.values() if len(bars)]
        return max(newest, default=np.datetime64("NaT"))

    def _kept(self, bars: Mapping[str, Bars]) -> History:
        return replace(self, bars={name: one for name, one in bars.items() if len(one)})


def start_of(moment: Moment) -> np.datetime64:
    """A moment in UTC, of a day its first."""
    if isinstance(moment, str):
        moment = _moment(moment)
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return np.datetime64(moment)


def _moment(text: str) -> date | datetime:
    try:
        return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
    except ValueError:
        raise BadDate(
            f"{text!r} is no day and no moment; write 2026-01-30 or 2026-01-30T14:30."
        ) from None


def end_of(moment: Moment) -> np.datetime64:
    """A moment in UTC, of a day its last."""
    start = start_of(moment)
    return start + DAY if np.datetime_data(start.dtype)[0] == "D" else start
