"""Codes of money and of coins that a book may be in: rows of a table, each with its source."""

from __future__ import annotations

import csv
import difflib
from functools import cache
from pathlib import Path

from undertow.core.answers.said import Said

TABLE = Path(__file__).with_name("currencies.csv")


@cache
def currencies() -> frozenset[str]:
    """All codes that are known."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return frozenset(row["code"] for row in csv.DictReader(file))


def strange_currency(code: str) -> Said | None:
    """The sentence for a code that nobody uses, with the nearest that somebody does."""
    if code in currencies():
        return None
    close = difflib.get_close_matches(code, sorted(currencies()), n=1, cutoff=0.6)
    if close:
        told = {"code": code, "close": close[0]}
        return Said("{code} is no currency and no coin that is known; is it {close}?", told)
    return Said(
        "{code} is no currency and no coin that is known; write a code such as USD or USDT.",
        {"code": code},
    )
