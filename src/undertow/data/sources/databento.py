"""Databento, bars of true contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from undertow.core.errors import NoAnswer
from undertow.data.sources._csv import read_csv
from undertow.data.sources._wire import Wire, key
from undertow.data.sources.base import Ask, Bar, Provider, Row, cell, moment, within

WHO = "databento"
COLUMNS = ("ts_event", "open", "high", "low", "close", "volume")


@dataclass(frozen=True, slots=True)
class Databento(Provider):
    """Bars of futures and stocks; symbol DATASET:SYMBOL, such as GLBX.MDP3:GC.v.0.

    schema ohlcv-1d (UTC days), ohlcv-1h or ohlcv-1m; a symbol ROOT.RULE.RANK is continuous
    Limits: paid by the byte; a day is a UTC day, not a session; the key is read from
    DATABENTO_API_KEY.  Source: Databento HTTP API, timeseries.get_range, https://databento.com/docs
    """

    steps: ClassVar[tuple[str, ...]] = ("1d", "1h", "1m")

    address: str = "https://hist.databento.com"

    def answer(self, ask: Ask, wire: Wire) -> bytes:
        """The table as it came."""
        dataset, symbol = _parts(ask)
        asked = {
            "dataset": dataset,
            "symbols": symbol,
            "stype_in": "continuous" if symbol.count(".") == 2 else "raw_symbol",
            "schema": f"ohlcv-{ask.step}",
            "start": ask.first.isoformat(),
            "end": (ask.last + timedelta(days=1)).isoformat(),
            "encoding": "csv",
            "pretty_px": "true",
            "pretty_ts": "true",
        }
        user = key("DATABENTO_API_KEY", WHO, "databento.com")
        return wire.post(WHO, f"{wire.at or self.address}/v0/timeseries.get_range", asked, user)

    def bars(self, answer: bytes, ask: Ask) -> list[Bar]:
        """One bar a row."""
        return within((_bar(row, ask.symbol) for row in read_csv(answer, COLUMNS, WHO)), ask)


def _parts(ask: Ask) -> tuple[str, str]:
    dataset, _, symbol = ask.symbol.partition(":")
    if not symbol:
        raise NoAnswer(f"{ask.symbol!r} is no symbol of {WHO}; write it like GLBX.MDP3:GC.v.0.")
    return dataset, symbol


def _bar(row: Row, symbol: str) -> Bar:
    opened, high, low, close, volume = (cell(row, name, WHO) for name in COLUMNS[1:])
    # Nanoseconds are more than Python's clock has.
    at = moment(str(row["ts_event"])[:19] + "Z", WHO)
    return Bar(at, symbol, opened, high, low, close, volume)
