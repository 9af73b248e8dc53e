"""FRED, the data base of the Federal Reserve Bank of St. Louis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from undertow.core.errors import NoAnswer
from undertow.data.sources._json import read_json, rows_of
from undertow.data.sources._wire import Wire, key
from undertow.data.sources.base import NAN, Ask, Bar, Provider, Row, cell, moment, needed, within

WHO = "fred"
KNOWN = ("realtime_start", "realtime_end")


@dataclass(frozen=True, slots=True)
class Fred(Provider):
    """Observations of a series such as DGS10, SOFR or NFCI; they stand in the column close.

    bar = (observation date, nan, nan, nan, value, nan); a value "." is no observation
    With a day of knowledge (ALFRED: realtime_start = realtime_end = that day) nothing that was
    published or revised later is in the answer; without one values are as revised to date.
    Limits: a value stands under the date it is about, not the date it was published;  ICE series
    reach back three years.  The key (free) is read from FRED_API_KEY.
    Source: FRED API, fred/series/observations, https://fred.stlouisfed.org/docs/api/fred/
    """

    vintages: ClassVar[bool] = True

    address: str = "https://api.stlouisfed.org"

    def answer(self, ask: Ask, wire: Wire) -> bytes:
        """The JSON as it came; the key is in the question only."""
        asked = {
            "series_id": ask.symbol,
            "observation_start": ask.first.isoformat(),
            "observation_end": ask.last.isoformat(),
            "file_type": "json",
            "api_key": key("FRED_API_KEY", WHO, "fredaccount.stlouisfed.org"),
        }
        if ask.as_of is not None:
            asked |= {"realtime_start": str(ask.as_of), "realtime_end": str(ask.as_of)}
        return wire.get(WHO, f"{wire.at or self.address}/fred/series/observations", asked)

    def bars(self, answer: bytes, ask: Ask) -> list[Bar]:
        """One bar an observation."""
        told = read_json(answer, WHO)
        told = told if isinstance(told, dict) else {}
        rows = rows_of(told.get("observations"), WHO)
        if cell(told, "count", WHO) > len(rows):
            raise NoAnswer(
                f"{WHO} gave {len(rows)} of {told['count']} observations; ask for fewer years."
            )
        needed(rows, ("date", "value"), WHO)
        if ask.as_of is not None:
            needed(rows, KNOWN, WHO)
            _of_its_day(rows, ask.as_of)
        return within((_bar(row, ask.symbol) for row in rows), ask)


def _of_its_day(rows: Iterable[Row], as_of: date) -> None:
    """NoAnswer if a value was not the one known on this day."""
    for row in rows:
        start, end = (moment(row[name], WHO).date() for name in KNOWN)
        if not start <= as_of <= end:
            raise NoAnswer(
                f"{WHO} gave a value of {row['date']} as known from {start} to {end}, not on"
                f" {as_of}; it does not keep the vintages of this series."
            )


def _bar(row: Row, symbol: str) -> Bar:
    value = cell(row, "value", WHO)
    return Bar(moment(row["date"], WHO), symbol, NAN, NAN, NAN, value, NAN)
