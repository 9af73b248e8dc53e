"""The contract of a reader of minute quotes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

from undertow.core.quotes import Quotes


class QuoteLayout(ABC):
    """Reads the minute quotes of one symbol from one file.

    Times are given in UTC, prices in money. A file that cannot be read, or is of another layout,
    is BadFile with its place; a minute with one side only is left out and counted.
    """

    @abstractmethod
    def quotes(self, file: Path, expiry: str | None) -> Quotes:
        """expiry: month of a future, as 201312, where a file has several; else the first."""
