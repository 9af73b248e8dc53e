"""LEAN's minute quotes of equities."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from undertow.core.quotes import Quotes
from undertow.data.quotes._lean import Layout, read_lean
from undertow.data.quotes.base import QuoteLayout


@dataclass(frozen=True, slots=True)
class LeanEquity(QuoteLayout):
    """LEAN's equities: New York's clock, prices in ten-thousandths.

    20131007_spy_minute_quote.csv, bare or in a zip.
    Rows: milliseconds since midnight; open, high, low, close of the bid, its size; the same of the
    ask. The day and the symbol stand in the name inside the zip.
    Source: QuantConnect LEAN, data format of US equities.
    """

    def quotes(self, file: Path, expiry: str | None) -> Quotes:
        """No contract months."""
        return read_lean(file, expiry, Layout("America/New_York", unit=1e-4))
