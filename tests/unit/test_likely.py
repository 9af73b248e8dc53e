"""The cheapest trades after which a call is as unlikely as is wanted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from terminal import Terminal
from undertow.core.answers.book import BookAnswer
from undertow.core.answers.remedy import Likely
from undertow.core.book import Book, BookAccount, Kind, Mode, Position
from undertow.core.errors import BadNumber
from undertow.report.book_ways import ways_tables
from undertow.report.words import speaker
from undertow.studies.likely import Chances, likely
from undertow.studies.returns import DailyReturns
from undertow.studies.survival import Drawing

DAY = date(2026, 2, 9)
SILVER = Position("f", "SI", 2.0, 80.0, Kind.FUTURE, multiplier=5000.0)
ACCOUNT = BookAccount("f", "cme_futures", 170_000.0)
DAYS = np.arange("2024-01-01", "2026-01-01", dtype="datetime64[D]")
RETURNS = DailyReturns(("SI",), DAYS, np.random.default_rng(3).normal(0.0, 0.02, (len(DAYS), 1)))
DRAWING = Drawing(days=10, paths=2_000)


def found(wanted: float, *held: Position, equity: float = 170_000.0) -> Likely:
    account = replace(ACCOUNT, equity=equity)
    book = Book(held or (SILVER,), (account,), DAY)
    (one,) = likely(book, Chances(RETURNS, DRAWING, wanted))
    return one


def test_the_odds_after_the_trades_are_what_is_wanted_and_hardly_more() -> None:
    one = found(0.9)

    assert one.now.value < 0.9
    assert one.after is not None
    assert 0.9 <= one.after.value < 0.93


def test_better_odds_cost_more() -> None:
    some, more = found(0.8).remedy, found(0.95).remedy

    assert some is not None
    assert more is not None
    assert some.trades is not None
    assert more.trades is not None
    assert some.beyond < more.beyond
    assert some.trades.cost < more.trades.cost


def test_where_the_odds_are_good_there_is_nothing_to_do() -> None:
    one = found(0.9, equity=700_000.0)

    assert one.now.value >= 0.9
    assert (one.remedy, one.after) == (None, None)


def test_an_isolated_position_is_left_alone() -> None:
    alone = Position(
        "p", "BTCUSDT", 0.5, 80_000.0, Kind.PERPETUAL, 80_000.0, currency="USDT",
        mode=Mode.ISOLATED, isolated_margin=5_000.0,
    )  # fmt: skip
    book = Book((alone,), (BookAccount("p", "binance", 1_000.0, "USDT"),), DAY)

    assert likely(book, Chances(RETURNS, DRAWING, 0.9)) == ()


@pytest.mark.parametrize("wanted", [0.0, 1.0, -0.1])
def test_certainty_is_not_for_sale(wanted: float) -> None:
    with pytest.raises(BadNumber, match="between 0 and 1"):
        Chances(RETURNS, DRAWING, wanted)


def printed(one: Likely) -> str:
    console = Console(width=100, no_color=True)
    with console.capture() as got:
        for table in ways_tables(BookAnswer((), DAY, (), likely=(one,)), speaker("en")):
            console.print(table)
    return got.get()


def test_the_table_has_the_odds_before_and_after() -> None:
    one = found(0.9)

    assert one.after is not None
    assert f"{100 * one.now.value:.1f}%" in printed(one)
    assert f"{100 * one.after.value:.1f}%" in printed(one)
    assert "nothing to do" in printed(replace(one, wanted=0.0, remedy=None, after=None))
    assert "no sale does" in printed(replace(one, wanted=1.0, remedy=None, after=None))


def test_odds_without_closes_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    undertow = Terminal(monkeypatch, capsys, tmp_path)
    book = Path(__file__).parents[2] / "examples" / "futures.csv"

    code, _, err = undertow("book", str(book), "--likely", "95%")

    assert code == 2
    assert "--likely needs --data" in err
