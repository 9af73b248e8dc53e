"""The broker's figure beside ours, and what explains a gap."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from undertow.core.answers.book import Reconciled
from undertow.core.book import Book, BookAccount, Kind, Position
from undertow.model.rulebook import pools, rulebook_of
from undertow.studies.reconcile import reconciled

SILVER = Position("f", "SI", 1.0, 80.0, Kind.FUTURE, multiplier=5000.0)
ACCOUNT = BookAccount("f", "cme_futures", 100_000.0)
"""400,000 of silver at 18 %: 72 % of the equity is used."""


def beside(account: BookAccount, *held: Position) -> Reconciled | None:
    book = Book(held or (SILVER,), (account,), date(2026, 2, 9))
    return reconciled(rulebook_of(account), pools(book, account)[0])


def test_a_broker_that_says_nothing_is_not_held_against_us() -> None:
    assert beside(ACCOUNT) is None


def test_figures_within_half_a_point_agree() -> None:
    found = beside(replace(ACCOUNT, broker_says=0.7234))

    assert found is not None
    assert found.cause == "agrees"
    assert [str(one) for one in found.said] == [
        "f: the broker says 72.34 % of the equity is used, we say 72.00 %."
    ]


def test_the_margin_that_is_used_is_as_good_as_a_ratio() -> None:
    found = beside(replace(ACCOUNT, margin_used=72_000.0))

    assert found is not None
    assert (found.broker, found.cause) == (0.72, "agrees")


def test_a_gap_is_explained_by_the_rate_that_closes_it() -> None:
    found = beside(replace(ACCOUNT, broker_says=0.88))

    assert found is not None
    assert (found.cause, found.symbol) == ("rate", "SI")
    assert "A margin of 22.00 % on SI explains it, where we have 18.00 %" in str(found.said[1])


def test_with_that_rate_as_house_margin_the_two_agree() -> None:
    found = beside(replace(ACCOUNT, broker_says=0.88), replace(SILVER, broker_rate=0.22))

    assert found is not None
    assert found.cause == "agrees"
    assert found.ours == pytest.approx(0.88)
    assert found.exchange == pytest.approx(0.72)


def test_a_ratio_of_another_equity_names_the_price_that_explains_it() -> None:
    gold = Position("f", "GC", 1.0, 5000.0, Kind.FUTURE, multiplier=100.0)
    account = replace(ACCOUNT, margin_used=117_000.0, broker_says=117_000.0 / 105_000.0)
    found = beside(account, SILVER, gold)

    assert found is not None
    assert (found.cause, found.symbol) == ("equity", "GC")
    assert "a price of 5,050.00 for GC explains it, where the book has 5,000.00" in str(
        found.said[1]
    )


def test_a_ratio_of_another_equity_is_a_price_or_a_line() -> None:
    found = beside(replace(ACCOUNT, broker_says=0.80, margin_used=72_000.0))

    assert found is not None
    assert found.cause == "equity"
    assert "an equity of 90,000, and the book has 100,000" in str(found.said[1])


def test_what_the_broker_adds_to_the_exchange_is_said() -> None:
    found = beside(replace(ACCOUNT, broker_says=0.88), replace(SILVER, broker_rate=0.22))

    assert found is not None
    assert str(found.said[-1]).startswith("By the exchange's rates alone it is 72.00 %")


def test_a_broker_that_counts_initial_margin_is_understood() -> None:
    found = beside(replace(ACCOUNT, broker_says=0.72 * 1.1))

    assert found is not None
    assert found.cause == "initial"


def test_an_account_with_nothing_left_has_no_ratio() -> None:
    assert beside(replace(ACCOUNT, equity=0.0, broker_says=0.9)) is None


def test_what_no_rate_explains_is_a_missing_line() -> None:
    found = beside(replace(ACCOUNT, broker_says=5.0))

    assert found is not None
    assert (found.cause, found.symbol) == ("unknown", "")
    assert math.isclose(found.gap, 0.72 - 5.0)
