"""What `undertow book` adds to prices: the way out, the odds, and what to do."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from terminal import Terminal, refused
from undertow.core.answers.book import BookAnswer
from undertow.core.book import Book, BookAccount, Kind, Position
from undertow.jobs.advice import remedies, returns_for, way_out
from undertow.jobs.book import BookRequest, book_of
from undertow.report.book_ways import ways_tables
from undertow.report.words import speaker

DAY = date(2026, 2, 9)
BOOK = "account,regime,equity,date\nf,cme_futures,250000,2026-02-09\n\n"
LINES = "symbol,quantity,price\nSI,1,80\nGC,2,5000\n"


def files(folder: Path, *, names: tuple[str, str] = ("SI", "GC")) -> tuple[Path, Path]:
    """A book of silver and gold, and a year of their closes."""
    book, closes = folder / "book.csv", folder / "closes.csv"
    book.write_text(BOOK + LINES)
    moves = np.random.default_rng(1).normal(0.0, 0.02, (250, 2)) @ np.array([[1.0, 0.4], [0, 0.5]])
    prices = np.array([80.0, 5000.0]) * np.exp(np.cumsum(moves, axis=0))
    days = (DAY - timedelta(days=250 - k) for k in range(250))
    rows = (f"{day},{a:.6f},{b:.6f}" for day, (a, b) in zip(days, prices, strict=True))
    closes.write_text("\n".join([f"date,{','.join(names)}", *rows]) + "\n")
    return book, closes


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> BookAnswer:
    folder = tmp_path_factory.mktemp("book")
    book, closes = files(folder)
    hedges = folder / "hedges.csv"
    hedges.write_text("account,symbol,quantity,price\nf,SIK6,-1,81\nf,ES,-1,7000\n")
    request = BookRequest((book,), DAY, beyond="12%", data=closes, hedges=hedges)
    return book_of(request).answer


def printed(answer: BookAnswer, lang: str = "en") -> str:
    console = Console(width=110, no_color=True)
    with console.capture() as got:
        for table in ways_tables(answer, speaker(lang)):
            console.print(table)
    return got.get()


def test_the_way_out_is_by_the_markets_that_come_with_the_package(answer: BookAnswer) -> None:
    assert answer.markets == "feb-2026"
    assert answer.leaving is not None
    assert [line.symbol for line in answer.leaving.normal.lines] == ["SI", "GC"]
    assert answer.leaving.stressed.cost > answer.leaving.normal.cost


def test_what_the_markets_do_not_list_is_said(answer: BookAnswer) -> None:
    assert answer.leaving is not None
    told = replace(answer, leaving=replace(answer.leaving, without=("ZZZ", "YYY")))

    assert "not listed there: ZZZ, YYY" in printed(told)
    assert "not listed there" not in printed(answer)


def test_a_book_that_no_market_lists_has_no_way_out_said() -> None:
    held = Position("b", "ZZZ", 1.0, 10.0)
    book = Book((held,), (BookAccount("b", "reg_t", 100.0),), DAY)

    assert way_out(book, None) == (None, "")


def test_currencies_that_the_book_does_not_exchange_are_lent_by_the_episode() -> None:
    held = Position("s", "AG", 1.0, 20_000.0, Kind.FUTURE, multiplier=15.0, currency="CNY")
    account = BookAccount("s", "shfe", 200_000.0, "CNY")
    found, _ = way_out(Book((held,), (account,), DAY, base="CNY"), None)

    assert found is not None
    assert found.normal.usd == pytest.approx(300_000.0 / 7.0, rel=0.05)


def test_trades_bring_the_call_to_the_move_and_money_alone_does_too(answer: BookAnswer) -> None:
    (found,) = answer.remedies

    assert found.call < 0.12
    assert found.trades is not None
    assert found.trades.call >= 0.12 - 1e-9
    assert found.deposit.call == pytest.approx(0.12)
    assert found.need > 0.0


def test_what_may_be_opened_is_no_part_of_the_book(answer: BookAnswer) -> None:
    (found,) = answer.remedies

    assert [p.symbol for p in answer.accounts[0].positions] == ["SI", "GC"]
    assert {t.symbol for way in found.hedges for t in way.trades} | set(found.unable) == {
        "SIK6",
        "ES",
    }


def test_a_shock_is_a_move_to_be_survived_too() -> None:
    held = Position("f", "SI", 1.0, 80.0, Kind.FUTURE, multiplier=5000.0)
    book = Book((held,), (BookAccount("f", "cme_futures", 90_000.0),), DAY)
    (found,) = remedies(book, 0.0, {"SI": -0.1}, ())

    assert found.along == {"SI": -0.1}
    assert found.deposit.deposit == pytest.approx(0.18 * 360_000.0 - 50_000.0)
    assert remedies(book, 0.0, {}, ()) == ()


def test_the_odds_are_of_each_account_with_an_interval(answer: BookAnswer) -> None:
    (found,) = answer.survival

    assert 0.0 <= found.no_call.low <= found.no_call.value <= found.no_call.high <= 1.0
    assert found.days == 20
    assert found.until is not None
    assert found.until <= DAY


def test_real_returns_give_the_first_component(answer: BookAnswer) -> None:
    ways = {way.name: way for way in answer.accounts[0].directions}
    along = ways["first component"].along

    assert set(along) == {"SI", "GC"}
    assert max(map(abs, along.values())) == pytest.approx(1.0)
    assert ways["first component"].reach.call >= ways["all against"].reach.call


def test_a_geared_fund_does_not_return_what_it_follows(tmp_path: Path) -> None:
    _, closes = files(tmp_path)
    plain = Position("b", "SILVER", 1.0, 80.0, underlying="SI")
    fund = replace(plain, symbol="AGQ", leverage=2.0)
    book = Book((plain, fund), (BookAccount("b", "reg_t", 1e4),), DAY)

    assert returns_for(book, closes).symbols == ("SILVER",)


def test_what_the_odds_hold_at_its_price_is_noted(tmp_path: Path) -> None:
    book, closes = files(tmp_path, names=("SI", "XAU"))
    answer = book_of(BookRequest((book,), DAY, data=closes)).answer

    assert "The odds hold GC at today's prices: there are no closes of it." in map(
        str, answer.warnings
    )


def test_closes_of_other_names_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    book, closes = files(tmp_path, names=("XAG", "XAU"))
    undertow = Terminal(monkeypatch, capsys, tmp_path)
    said = refused(undertow("book", str(book), "--data", str(closes)))

    assert "closes of XAG, XAU, and the book holds GC, SI" in said


def test_tables_say_the_way_out_the_odds_and_what_to_do(answer: BookAnswer) -> None:
    text = printed(answer)

    for part in ("The way out", "Whether selling", "Odds over 20", "cheapest trades", "pay in"):
        assert part in text


def test_an_account_that_no_sale_rescues_says_so(answer: BookAnswer) -> None:
    assert answer.leaving is not None
    lost = replace(answer.leaving.rescues[0], now=math.inf)
    (remedy,) = answer.remedies
    helpless = replace(remedy, trades=None, pro_rata=None, unable=("ES",))
    told = replace(answer, leaving=replace(answer.leaving, rescues=(lost,)), remedies=(helpless,))

    assert printed(told).count("no sale does") == 2
    assert "no hedge at any size: ES" in printed(told)


def test_nothing_to_do_is_said(answer: BookAnswer) -> None:
    (remedy,) = answer.remedies

    assert "nothing to do" in printed(replace(answer, remedies=(replace(remedy, need=0.0),)))


def test_the_tables_are_in_chinese(answer: BookAnswer) -> None:
    text = printed(answer, "zh")

    assert "怎样使追保价移到该变动之外" in text
    assert not [word for word in ("call", "trades", "stress", "hedge", "days") if word in text]
