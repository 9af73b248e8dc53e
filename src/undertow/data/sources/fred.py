"""FRED, the data base of the Federal Reserve Bank of St. Louis."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.core.errors import NoAnswer
from undertow.data.sources._json import read_json, rows_of
from undertow.data.sources._wire import Wire, key
from undertow.data.sources.base import NAN, Ask, Bar, Provider, Row, cell, moment, needed, within

WHO = "fred"


@dataclass(frozen=True, slots=True)
class Fred(Provider):
    """Observations of a series such as DGS10, SOFR or NFCI; they stand in the column close.

    bar = (observation date, nan, nan, nan, value, nan); a value "." is no observation
    Limits: values as revised to date, under the date they are about, not the date they were known;
    ICE series reach back three years.  The key (free) is read from FRED_API_KEY.
    Source: FRED API, fred/series/observations, https://fred.stlouisfed.org/docs/api/fred/
    """

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
        return within((_bar(row, ask.symbol) for row in rows), ask)


def _bar(row: Row, symbol: str) -> Bar:
    value = cell(row, "value", WHO)
    return Bar(moment(row["date"], WHO), symbol, NAN, NAN, NAN, value, NAN)
