"""The cheapest trades for the odds wanted."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from undertow.core.book import Book, BookAccount, Kind, Marks, Mode, Position
from undertow.core.errors import BadNumber
from undertow.model.rulebook import Pool, moves, pools
from undertow.model.rulebook.binance import Binance
from undertow.model.rulebook.bybit import Bybit
from undertow.model.rulebook.reg_t import RegT
from undertow.studies.dealing import Dealing, Dealings
from undertow.studies.likelier import Odds, after, likelier
from undertow.studies.remedy import Means, Wanted, remedy
from undertow.studies.returns import DailyReturns
from undertow.studies.survival import Drawing

DAY = date(2026, 2, 9)
MEANS = Means(Dealings({"A": Dealing(0.001), "B": Dealing(0.0005), "BTCUSDT": Dealing(0.0002)}))
DRAWING = Drawing(days=10, paths=2_000)


def past(symbols, sigma=0.03):
    draw = np.random.default_rng(7)
    dates = np.arange("2023-01-01", "2026-02-01", dtype="datetime64[D]")
    log = draw.normal(0.0, sigma, (len(dates), len(symbols)))
    return DailyReturns(tuple(symbols), dates, log)


def coins(equity=12_000.0):
    held = Position("p", "BTCUSDT", 1.0, 80_000.0, Kind.PERPETUAL, 80_000.0, currency="USDT")
    marks = Marks(DAY, {"BTCUSDT": 80_000.0}, {"USDT": 1.0})
    return Pool(BookAccount("p", "binance", equity, "USDT"), (held,), equity, marks)


def test_the_odds_wanted_are_had_and_hardly_more():
    odds = Odds(0.95, past(["BTCUSDT"]), DRAWING)
    found = likelier(Binance(), coins(), {"BTCUSDT": -1.0}, odds, MEANS)

    assert found.now < 0.95 <= found.then < 0.97
    assert found.remedy.trades.trades[0].quantity < 0.0
    assert odds.of(Binance(), after(coins(), found.remedy.trades)) == found.then


def test_better_odds_cost_more():
    costs = [
        likelier(
            Binance(), coins(), {"BTCUSDT": -1.0}, Odds(p, past(["BTCUSDT"]), DRAWING), MEANS
        ).remedy.trades.cost
        for p in (0.95, 0.97, 0.99)
    ]

    assert 0.0 < costs[0] < costs[1] < costs[2]


def test_odds_that_are_there_need_nothing():
    odds = Odds(0.9, past(["BTCUSDT"]), DRAWING)
    found = likelier(Binance(), coins(60_000.0), {"BTCUSDT": -1.0}, odds, MEANS)

    assert found.now == found.then >= 0.9
    assert found.remedy.trades.trades == ()


def test_who_is_bankrupt_has_no_odds():
    odds = Odds(0.9, past(["BTCUSDT"]), DRAWING)

    assert likelier(Binance(), coins(-100.0), {"BTCUSDT": -1.0}, odds, MEANS) is None


def test_two_lines_of_one_symbol_are_closed_line_by_line():
    held = (Position("m", "A", 100.0, 100.0), Position("m", "A", 300.0, 100.0),
            Position("m", "B", 50.0, 100.0))  # fmt: skip
    marks = Marks(DAY, {"A": 100.0, "B": 100.0})
    pool = Pool(BookAccount("m", "reg_t", 0.0), held, 15_000.0, marks)
    found = remedy(RegT(), pool, Wanted({"A": -1.0, "B": -1.0}, 0.3), MEANS)
    left = after(pool, found.trades)

    assert found.call < 0.3
    assert moves(RegT(), left, {"A": -1.0, "B": -1.0}).call == pytest.approx(0.3, abs=1e-6)
    assert sum(p.quantity for p in left.positions) == pytest.approx(
        450.0 + sum(t.quantity for t in found.trades.trades)
    )


def test_an_isolated_position_keeps_its_own_margin():
    alone = replace(coins().positions[0], mode=Mode.ISOLATED, isolated_margin=9_000.0, price=8.1e4)
    book = Book((alone,), (BookAccount("p", "bybit", 0.0, "USDT"),), DAY, base="USDT")
    pool = pools(book, book.accounts[0])[0]
    odds = Odds(0.99, past(["BTCUSDT"]), DRAWING)
    found = likelier(Bybit(), pool, {"BTCUSDT": -1.0}, odds, MEANS)

    assert found.now < 0.99 <= found.then
    assert odds.of(Bybit(), after(pool, found.remedy.trades)) == found.then


@pytest.mark.parametrize("probability", [0.0, 1.0, 1.5])
def test_certainty_cannot_be_had(probability):
    with pytest.raises(BadNumber, match="give 0 to 1"):
        Odds(probability, past(["A"]))
