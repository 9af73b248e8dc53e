"""Minute quotes from files: a file here is a layout more."""

from __future__ import annotations

from pathlib import Path

from undertow.core.family import Family
from undertow.core.quotes import Quotes
from undertow.data.quotes.base import QuoteLayout

QUOTES: Family[QuoteLayout] = Family("quotes", __name__, QuoteLayout)  # type: ignore[type-abstract]


def read_quotes(file: Path, form: str, expiry: str | None = None) -> Quotes:
    """The minute quotes of a file; form is written as in the terminal (lean-crypto)."""
    return QUOTES.written(form)().quotes(file, expiry)
