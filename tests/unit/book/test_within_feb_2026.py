"""A book of silver, technology and bitcoin through February 2026, with a small crowd."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache, reduce

import numpy as np
import pytest

from undertow.core.answers.within import Within
from undertow.core.book import Book, BookAccount, Kind, Position
from undertow.engine.channels import without
from undertow.engine.run import How, run
from undertow.episodes import compile_episode, load
from undertow.model.scenario import Scenario
from undertow.studies.leaving import leaving
from undertow.studies.within import played, times, within

ALONE = How(threads=1, ledger=False)
PERP = (88_000.0, Kind.PERPETUAL, 88_000.0, 1.0, "USDT")
BOOK = Book(
    (
        Position("futures", "SIH6", 2.0, 117.78, Kind.FUTURE, multiplier=5000.0, underlying="SI"),
        Position("stocks", "MSFT", 1000.0, 480.0),
        Position("stocks", "AGQ", 200.0, 400.0, Kind.ETF, underlying="SI", leverage=2.0),
        Position("stocks", "GLDX", 10.0, 50.0),
        Position("perps", "BTCUSDT", 3.0, *PERP),
    ),
    (
        BookAccount("futures", "cme_futures", 200_000.0),
        BookAccount("stocks", "reg_t", 290_000.0),
        BookAccount("perps", "binance", 30_000.0, "USDT"),
    ),
    date(2026, 1, 29),
)


@cache
def february() -> Scenario:
    return compile_episode(load("feb-2026"), accounts=100, bar="4h")


@cache
def answer(factor: float = 1.0) -> Within:
    return within(times(BOOK, factor), february(), how=ALONE)


def test_silver_calls_the_futures_account_after_its_own_price_has_fallen() -> None:
    futures = next(a for a in answer().accounts if a.account == "futures")

    assert futures.called is not None
    assert datetime(2026, 1, 29, tzinfo=UTC) < futures.called < datetime(2026, 2, 3, tzinfo=UTC)
    assert {sale.symbol for sale in futures.sales} == {"SIH6"}
    assert sum(sale.quantity for sale in futures.sales) >= -2.0 - 1e-9
    assert all(60.0 < sale.price < 117.78 for sale in futures.sales)


def test_the_fall_of_silver_is_news_for_it_and_no_crowds_work_alone() -> None:
    futures = next(a for a in answer().accounts if a.account == "futures")

    assert futures.losses.news > 0.5 * futures.losses.total > 0.0


def test_parts_add_up_in_every_account_and_in_dollars() -> None:
    found = answer()
    total = sum(a.losses.total for a in found.accounts)

    assert found.losses.total == pytest.approx(total)
    for losses in (found.losses, *(a.losses for a in found.accounts)):
        parts = losses.news + losses.crowd + losses.footprint
        assert parts == pytest.approx(losses.total, abs=1e-6)


def test_what_the_episode_does_not_list_stands_still() -> None:
    assert answer().still == ("GLDX",)


def test_ten_thousand_times_the_book_moves_silver_and_its_wrappers() -> None:
    moved = answer(10_000.0).footprint

    assert moved["SI"].deepest < -1e-3
    assert moved["SLV"].deepest < -1e-3
    assert abs(moved["SI"].deepest) > 10.0 * abs(moved["TLT"].deepest if "TLT" in moved else 0.0)


def test_the_crowd_does_not_notice_a_book_of_nothing() -> None:
    scenario = february()
    alone = run(scenario, how=ALONE)
    entered = played(times(BOOK, 0.0), scenario, how=ALONE).trace
    count = len(scenario.rules.segments)

    assert entered.paths.price.tobytes() == alone.paths.price.tobytes()
    assert entered.segments[:count] == scenario.rules.names
    assert np.array_equal(entered.by_segment.sold[:, :count], alone.by_segment.sold[:, :count])


def test_stocks_wait_for_new_york_and_bitcoin_does_not() -> None:
    lines = {line.symbol: line for line in leaving(BOOK, february()).normal.lines}

    assert lines["MSFT"].wait_hours == 14.5
    assert lines["BTCUSDT"].wait_hours == 0.0
    assert lines["SIH6"].cost > 0.0


def test_without_calls_and_traders_the_crowd_has_cost_nothing() -> None:
    scenario = reduce(without, ("calls", "traders"), february())
    found = within(BOOK, scenario, how=ALONE)

    assert found.losses.crowd == 0.0
    assert found.losses.news > 0.0


def test_bars_of_every_account_are_those_of_the_episode() -> None:
    clock = february().clock

    for account in answer().accounts:
        assert len(account.times) == len(account.equity) == len(account.excess) == clock.bars
        assert account.times[0] == clock.start
        assert account.opening == pytest.approx(account.equity[0], rel=0.02)
