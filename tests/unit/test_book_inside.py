"""`undertow book --in EPISODE`: prices it lends, and what is told of the crowd."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from terminal import Terminal, refused
from undertow.core.answers.within import InsideAccount, Within
from undertow.jobs.book import Booked, BookRequest, book_of
from undertow.jobs.inside import Inside, _said
from undertow.report.book_within import MOST_SALES, within_tables
from undertow.report.words import ENGLISH, Words, speaker

BOOK = "account,regime,equity\nf,cme_futures,180000\n\nsymbol,quantity,price\n"
SMALL = Inside("feb-2026", accounts=700, bar="1h", threads=1)


@pytest.fixture(scope="module")
def booked(tmp_path_factory: pytest.TempPathFactory) -> Booked:
    file = tmp_path_factory.mktemp("book") / "book.csv"
    file.write_text(BOOK + "SI,2,\nGC,1,\n")
    return book_of(BookRequest((file,), date(2026, 11, 23), inside=SMALL))


@pytest.fixture(scope="module")
def found(booked: Booked) -> Within:
    assert booked.answer.within is not None
    return booked.answer.within


def test_lines_without_a_price_take_that_of_the_episode_as_it_begins(booked: Booked) -> None:
    answer = booked.answer

    assert answer.on == date(2026, 1, 29)
    assert answer.accounts[0].positions[0].price == pytest.approx(117.78)
    assert answer.accounts[0].requirement == pytest.approx(0.11 * 1_177_800 + 0.05 * 551_170)


def test_a_price_that_is_given_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    file.write_text(BOOK + "SI,2,100\n")
    answer = book_of(BookRequest((file,), date(2026, 11, 23), inside=SMALL)).answer

    assert answer.accounts[0].positions[0].price == 100.0


def test_the_episode_is_a_direction_and_the_call_is_early_on_it(booked: Booked) -> None:
    way = next(w for w in booked.answer.accounts[0].directions if w.name == "feb-2026")

    assert way.along["SI"] == pytest.approx(-0.342, abs=0.01)
    assert 0.0 < way.reach.call < way.reach.zero < 1.0


def test_what_no_news_moves_is_said_and_what_news_moves_is_not(tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    file.write_text(
        "account,regime,equity,currency\nf,cme_futures,180000,USD\np,binance,30000,USDT\n"
        "\naccount,symbol,quantity,price\nf,SI,2,\np,BTCUSDT,1,88000\n"
    )
    answer = book_of(BookRequest((file,), date(2026, 11, 23), inside=SMALL)).answer
    (said,) = [str(one) for one in answer.said if "No news of" in str(one)]
    change = next(w for w in answer.accounts[1].directions if w.name == "feb-2026").along["BTCUSDT"]

    assert said.startswith("No news of BTCUSDT is in that, only forced sales: ")
    assert f"(BTCUSDT {100 * change:.2f} %)".replace("-", "−") in said
    assert f"cost {-88_000.0 * change:,.0f} dollars" in said


def test_a_book_of_another_day_enters_with_its_money_and_says_so(
    booked: Booked, tmp_path: Path
) -> None:
    file = tmp_path / "book.csv"
    text = BOOK.replace("equity", "equity,date").replace("180000", "250000,2026-02-09")
    file.write_text(text + "SI,1,80\n")
    answer = book_of(BookRequest((file,), inside=SMALL)).answer
    said = "The book is of 2026-02-09; inside feb-2026 it holds as much money in each position"

    assert answer.within is not None
    assert (
        answer.within.accounts[0].equity[0] - answer.within.accounts[0].excess[0] < 0.12 * 400_000
    )
    assert [one for one in map(str, answer.warnings) if one.startswith(said)]
    assert not [one for one in map(str, booked.answer.warnings) if one.startswith("The book is of")]


def test_a_short_gains_from_the_news_that_is_not_in_it(tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    file.write_text(
        "account,regime,equity,currency\np,binance,30000,USDT\n\nsymbol,quantity,price\n"
        "BTCUSDT,-1,88000\n"
    )
    answer = book_of(BookRequest((file,), inside=SMALL)).answer

    assert "would have brought" in answer.outcome


PERPETUAL = (
    "account,regime,equity,currency\np,{regime},4000,USDT\n\n"
    "symbol,quantity,price,kind,underlying,broker_rate\n{symbol},200,117.78,perpetual,SI,2%\n"
    "\ncurrency,rate\nUSD,1\nUSDT,1\n"
)


def venue(folder: Path, regime: str, symbol: str) -> Booked:
    """A perpetual on silver at six times, inside the episode."""
    file = folder / f"{regime}.csv"
    file.write_text(PERPETUAL.format(regime=regime, symbol=symbol))
    return book_of(BookRequest((file,), date(2026, 11, 23), inside=SMALL))


def test_a_venue_closes_its_lowest_tier_at_once(tmp_path: Path) -> None:
    answer = venue(tmp_path, "okx", "XAG-USDT-SWAP").answer

    assert answer.within is not None
    assert [sale.quantity for sale in answer.within.accounts[0].sales] == pytest.approx([-200.0])
    assert not [one for one in map(str, answer.warnings) if "and no more" in one]


def test_a_venue_without_published_steps_says_so(tmp_path: Path) -> None:
    answer = venue(tmp_path, "binance", "SOLUSDT").answer

    assert answer.within is not None
    assert answer.within.accounts[0].sales
    assert [one for one in map(str, answer.warnings) if "what ends its call and no more" in one]


def test_three_losses_add_up_in_what_is_told(booked: Booked) -> None:
    told = booked.json()["within"]
    losses = told["losses"]  # type: ignore[index, call-overload]

    assert losses["news"] + losses["crowd"] + losses["footprint"] == pytest.approx(losses["total"])
    assert len(told["accounts"][0]["equity"]) == 16 * 24  # type: ignore[index, call-overload]
    assert told["accounts"][0]["sales"][0]["symbol"] == "SI"  # type: ignore[index, call-overload]


def test_the_crowd_is_told_after_the_prices(booked: Booked) -> None:
    first, *_, fate, losses = map(str, booked.answer.said)

    assert first.startswith("Liquidation price")
    assert fate.startswith("Inside feb-2026 f is called at 2026-01-")
    assert "to news" in losses


def page(found: Within, words: Words = ENGLISH) -> str:
    console = Console(width=100, no_color=True)
    with console.capture() as got:
        for table in within_tables(found, words):
            console.print(table)
    return got.get()


def test_tables_name_each_sale_with_its_time_and_price(found: Within) -> None:
    sale, text = found.accounts[0].sales[0], page(found)

    assert f"{sale.time:%m-%d %H:%M}" in text
    assert f"{sale.price:,.2f}" in text
    assert "f: the lowest of each day" in text
    assert "What was lost, and why" in text


def test_of_very_many_sales_the_first_are_shown_and_the_rest_counted(found: Within) -> None:
    one = found.accounts[0]
    many = replace(one, sales=one.sales[:1] * (MOST_SALES + 5))

    assert "5 more are in --json" in page(replace(found, accounts=(many,)))


def test_the_tables_are_in_chinese(found: Within) -> None:
    text = page(found, speaker("zh"))

    assert "损失及原因" in text
    assert not [word for word in ("equity", "called", "news", "crowd") if word in text]


def fate(found: Within, **change: object) -> str:
    one: InsideAccount = replace(found.accounts[0], **change)  # type: ignore[arg-type]
    return str(next(_said(replace(found, accounts=(one,)))))


def test_fates_are_told_apart(found: Within) -> None:
    assert fate(found, called=None) == "Inside feb-2026 no account is called."
    assert fate(found, owed=0.0, sold=None).endswith("and not sold out.")
    assert "left owing" not in fate(found, owed=0.0)
    assert fate(found, owed=5_000.0).endswith("left owing 5,000 USD.")


def test_a_day_after_the_last_position_ends_the_table(found: Within) -> None:
    one = found.accounts[0]
    gone = replace(one, equity=np.zeros(len(one.times)), excess=np.zeros(len(one.times)))
    text = page(replace(found, accounts=(gone,)))

    assert "29 January" in text
    assert "30 January" not in text


def test_an_unknown_episode_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    undertow = Terminal(monkeypatch, capsys, tmp_path)
    (tmp_path / "book.csv").write_text(BOOK + "SI,2,80\n")
    said = refused(undertow("book", str(tmp_path / "book.csv"), "--in", "feb2026"))

    assert "did you mean 'feb-2026'?" in said


def test_a_book_of_which_the_episode_has_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    undertow = Terminal(monkeypatch, capsys, tmp_path)
    text = "account,regime,equity\nb,reg_t,1000\n\nsymbol,quantity,price\nZZZ,1,80\n"
    (tmp_path / "book.csv").write_text(text)
    words = ("--in", "feb-2026", "--accounts", "700", "--bar", "1h")
    said = refused(undertow("book", str(tmp_path / "book.csv"), *words))

    assert "'feb-2026' has none of it" in said


def test_the_same_answer_comes_as_json(booked: Booked) -> None:
    told = json.loads(json.dumps(booked.json()))

    assert told["inputs"]["in"] == "feb-2026"
    assert told["inputs"]["accounts"] == 700


def test_odds_inside_an_episode_are_shares_of_its_small_runs(tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    file.write_text(
        "account,regime,equity\nrich,cme_futures,9000000\npoor,cme_futures,70000\n\n"
        "account,symbol,quantity,price\nrich,SI,1,\npoor,SI,1,\n"
    )
    asked = replace(SMALL, runs=3)
    answer = book_of(BookRequest((file,), date(2026, 11, 23), inside=asked)).answer
    odds = {one.pool.removeprefix("book: "): one for one in answer.survival_inside}

    assert [(one.paths, one.trials, one.source) for one in odds.values()] == [(3, 3, "runs")] * 2
    assert odds["rich"].no_call.value == odds["rich"].no_liquidation.value == 1.0
    assert odds["poor"].no_call.value == 0.0
    assert odds["poor"].no_call.high > 0.5


def test_no_odds_inside_are_given_unasked(booked: Booked) -> None:
    assert booked.answer.survival_inside == ()
