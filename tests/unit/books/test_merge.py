"""Files of one person become one book."""

import math
from datetime import date

import pytest

from undertow.core.answers.said import Said
from undertow.core.book import Book, BookAccount, Position
from undertow.data.books import Finding, Read, Stated, housed
from undertow.data.books._merge import merged

DAY = date(2026, 1, 30)


def part(account="a", symbol="AG2606", *, on=DAY, base="CNY", fx=None, price=100.0):
    held = Position(account, symbol, 1.0, price, currency=base, line=7)
    book = Book((held,), (BookAccount(account, "shfe", 1.0, base),), on, fx or {}, base)
    return Read(book, (Stated(account, "f"),), (), (f"{account}.csv",))


def said(read):
    return " ".join(str(one) for one in read.findings)


def test_two_files_make_one_book_in_their_order():
    both = merged((part("a"), part("b", "AU2606")))

    assert [p.symbol for p in both.book.positions] == ["AG2606", "AU2606"]
    assert both.files == ("a.csv", "b.csv")
    assert len(both.stated) == 2
    assert both.findings == ()


def test_rates_of_another_base_are_carried_over():
    both = merged((part(base="USD", fx={"CNY": 0.14}), part("b", base="CNY", fx={"HKD": 0.9})))

    assert both.book.base == "USD"
    assert both.book.fx == {"CNY": 0.14, "HKD": pytest.approx(0.9 * 0.14)}


def test_a_base_alone_needs_no_link():
    assert merged((part(base="USD"), part("b", "BTCUSDT", base="USDT"))).findings == ()


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (part("b", base="CNY", fx={"HKD": 0.9}), "no link to USD"),
        (part("b", base="USD", fx={"EUR": 1.5}), "rate of EUR is 1.2 in one file and 1.5"),
        (part("b", base="USD", on=date(2026, 2, 2)), "from 2026-01-30 to 2026-02-02"),
        (part("b", base="USD", price=90.0), "b.csv line 7: AG2606 has the price 90 here and 100"),
        (part("a", base="USD"), "Account a is stated twice"),
    ],
)
def test_files_that_do_not_fit_together_are_found(other, words):
    assert words in said(merged((part(base="USD", fx={"EUR": 1.2}), other)))


def test_no_book_at_all_is_a_finding():
    assert "no book" in said(merged(()))
    assert merged(()).book is None


def test_a_finding_refuses_the_book_unless_lines_may_be_dropped():
    bad = Read(part().book, (), (Finding("f", 3, Said("Bad.")),), ("f",))
    grave = Read(part().book, (), (Finding("f", 3, Said("Bad."), grave=True),), ("f",))

    assert bad.judged(lenient=False).book is None
    assert bad.judged(lenient=True).book is bad.book
    assert grave.judged(lenient=True).book is None
    assert str(bad.findings[0]) == "f line 3: Bad."


def test_a_margin_stated_by_line_becomes_the_house_rate():
    book = part().book
    found = housed(book, (Stated("a", "f", margins={"AG2606": 23.0}),))

    assert found.positions[0].broker_rate == pytest.approx(0.23)
    assert math.isnan(housed(book, ()).positions[0].broker_rate)
