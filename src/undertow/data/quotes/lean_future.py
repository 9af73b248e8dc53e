"""LEAN's minute quotes of futures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from undertow.core.quotes import Quotes
from undertow.data.quotes._lean import Layout, read_lean
from undertow.data.quotes.base import QuoteLayout


@dataclass(frozen=True, slots=True)
class LeanFuture(QuoteLayout):
    """LEAN's futures: UTC, prices as they are, one file a contract month in a zip.

    20131007_es_minute_quote_201312.csv, bare or in a zip.
    Rows: milliseconds since midnight; open, high, low, close of the bid, its size; the same of the
    ask. The day and the symbol stand in the name inside the zip.
    Source: QuantConnect LEAN, data format of futures.
    """

    def quotes(self, file: Path, expiry: str | None) -> Quotes:
        """The month that is asked for, else the first."""
        return read_lean(file, expiry, Layout("UTC", dated=True))
