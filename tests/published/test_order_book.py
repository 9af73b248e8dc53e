"""Order books whose figures are known."""

from __future__ import annotations

from published_answers import missed
from undertow.published import order_book, order_feeds


def test_the_day_of_amazon_is_met_to_the_printed_digits() -> None:
    assert missed(order_book.CHECK) == []


def test_ghosts_sweeps_and_ticks_of_other_feeds_are_met() -> None:
    assert missed(order_feeds.CHECK) == []
