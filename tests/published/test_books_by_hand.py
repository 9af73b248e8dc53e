"""Books of orders against figures that another script computed, from the notes alone.

The script reads the files with parsers of its own, keeps each book in a dictionary and sorted
lists, and knows no line of this package. It was run before ours was read; of its rows, those on
CME's fills and cancels were set afterwards to the wording of section 3 of the notes.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from feeds import measured
from published_answers import data_file
from undertow.core.answers.orderbook import OrderbookAnswer
from undertow.published.order_feeds import FIXTURES

ORDERS, TRADES, ORDERS_2015, MINI, TICKS = FIXTURES
FEEDS = {
    "bitstamp-2026": ((ORDERS, TRADES), "bitstamp"),
    "bitstamp-2026-alone": ((ORDERS,), "bitstamp"),
    "bitstamp-2015": ((ORDERS_2015,), "bitstamp"),
    "e-mini": ((MINI,), "dbn"),
    "binance": ((TICKS,), "binance"),
}
TABLE = Path(__file__).with_name("books_by_hand.csv")


@cache
def answered(name: str) -> OrderbookAnswer:
    files, feed = FEEDS[name]
    return measured([data_file(one) for one in files], feed)


def field_of(answer: object, path: str) -> float:
    """A number by its place in the JSON."""
    found = answer
    for name in path.split("."):
        found = found[name] if isinstance(found, Mapping) else getattr(found, name)
    if not isinstance(found, int | float):
        raise TypeError(f"{path} is no number")
    return float(found)


def figures(feed: str) -> dict[str, float]:
    with TABLE.open(encoding="utf-8") as lines:
        return {
            row["field"]: float(row["value"])
            for row in csv.DictReader(lines)
            if row["feed"] == feed
        }


@pytest.mark.parametrize("feed", FEEDS)
def test_another_script_finds_the_same(feed: str) -> None:
    wanted = figures(feed)
    got = {field: field_of(answered(feed), field) for field in wanted}

    assert got == pytest.approx(wanted, rel=1e-6)
