"""`undertow book --hike --shock` beside the crowd, the way out, the odds and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from undertow.core.answers.book import BookAnswer
from undertow.jobs.answer import Json, told
from undertow.jobs.book import BookRequest, book_of
from undertow.jobs.inside import Inside
from undertow.report.book import book_page
from undertow.report.words import speaker

DAY = date(2026, 2, 9)
SMALL = Inside("feb-2026", accounts=700, bar="1h", threads=1)
HEAD = "account,regime,equity,date\nf,cme_futures,{equity},2026-02-09\n\nsymbol,quantity,price\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books of one silver contract before and after a fall of 10 %, and a year of closes."""
    there = tmp_path_factory.mktemp("book")
    (there / "before.csv").write_text(HEAD.format(equity=140_000) + "SI,1,80\n")
    (there / "after.csv").write_text(HEAD.format(equity=100_000) + "SI,1,72\n")
    (there / "inside.csv").write_text(
        "account,regime,equity\nf,cme_futures,250000\n\nsymbol,quantity,price\nSI,1,\n"
    )
    moves = np.random.default_rng(1).normal(0.0, 0.02, 250)
    days = (DAY - timedelta(days=250 - k) for k in range(250))
    rows = (f"{day},{p:.6f}" for day, p in zip(days, 80 * np.exp(np.cumsum(moves)), strict=True))
    (there / "closes.csv").write_text("\n".join(["date,SI", *rows]) + "\n")
    return there


def asked(folder: Path, book: str, **options: object) -> BookAnswer:
    data = folder / "closes.csv"
    request = BookRequest((folder / f"{book}.csv",), DAY, data=data, likely="90%")
    return book_of(replace(request, **options)).answer  # type: ignore[arg-type]


def inside(folder: Path, **options: object) -> BookAnswer:
    request = BookRequest((folder / "inside.csv",), DAY, inside=SMALL)
    return book_of(replace(request, **options)).answer  # type: ignore[arg-type]


def close(value: Json) -> object:
    """The same JSON, its numbers to rounding."""
    if isinstance(value, dict):
        return {key: close(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [close(inner) for inner in value]
    return pytest.approx(value, rel=1e-9) if isinstance(value, float) else value


@pytest.fixture(scope="module")
def shipped(folder: Path) -> BookAnswer:
    return inside(folder)


@pytest.fixture(scope="module")
def hiked(folder: Path) -> BookAnswer:
    return inside(folder, hikes=("SI=22%",), shock="SI=-10%")


def test_a_margin_acts_on_the_own_book_inside_the_crowd(
    shipped: BookAnswer, hiked: BookAnswer
) -> None:
    plain, harder = (one.within.accounts[0] for one in (shipped, hiked) if one.within)
    first = plain.equity[0] - plain.excess[0]

    assert harder.equity[0] - harder.excess[0] == pytest.approx(2.0 * first)
    assert harder.called is not None
    assert plain.called is None or harder.called < plain.called


def test_the_exchange_does_not_lower_a_margin_asked_for_later(hiked: BookAnswer) -> None:
    assert hiked.within is not None
    (one,) = hiked.within.accounts
    held = np.array([at < one.sold for at in one.times]) if one.sold else slice(None)
    required = (one.equity - one.excess)[held]

    assert required / (one.equity[held] - 250_000.0 + 588_900.0) == pytest.approx(0.22)


def test_a_margin_of_the_own_book_leaves_the_crowd_as_it_is(
    shipped: BookAnswer, hiked: BookAnswer
) -> None:
    plain, harder = (one.within.accounts[0] for one in (shipped, hiked) if one.within)
    before = [k for k, at in enumerate(harder.times) if harder.sold is None or at < harder.sold]

    assert harder.equity[before].tolist() == plain.equity[before].tolist()


def test_what_holds_inside_and_what_does_not_is_said(
    shipped: BookAnswer, hiked: BookAnswer
) -> None:
    said = hiked.outcome

    assert "under the margins asked for (SI=22%) from the first bar on" in said
    assert "enters without the shock" in said
    assert "margins asked for" not in shipped.outcome


def test_odds_after_a_shock_are_those_of_the_book_as_it_leaves_it(folder: Path) -> None:
    shocked = asked(folder, "before", shock="SI=-10%", beyond="30%")
    written = asked(folder, "after", beyond="30%")

    for part in ("survival", "likely", "remedies", "leaving"):
        assert told(getattr(shocked, part)) == close(told(getattr(written, part)))
    assert told(shocked.survival) != told(asked(folder, "before").survival)


def test_odds_and_ways_are_under_the_margins_asked_for(folder: Path) -> None:
    plain = asked(folder, "before", beyond="15%")
    harder = asked(folder, "before", beyond="15%", hikes=("SI=30%",))

    assert harder.survival[0].no_call.value < plain.survival[0].no_call.value
    assert plain.remedies[0].need == 0.0
    assert harder.remedies[0].need == pytest.approx(0.30 * 340_000.0 - 80_000.0)
    assert plain.leaving is not None
    assert harder.leaving is not None
    assert harder.leaving.rescues[0].call_move < plain.leaving.rescues[0].call_move
    assert harder.likely[0].now.value < plain.likely[0].now.value


def test_what_survives_a_shock_is_asked_before_it_and_under_the_margins(folder: Path) -> None:
    (found,) = asked(folder, "before", shock="SI=-10%", hikes=("SI=30%",)).remedies

    assert found.along == {"SI": -0.1}
    assert found.need == pytest.approx(0.30 * 360_000.0 - 100_000.0)


def test_all_margins_hold_together_beside_the_table_where_each_is_alone(folder: Path) -> None:
    both = asked(folder, "before", hikes=("SI=20%", "SI=30%"))
    last = asked(folder, "before", hikes=("SI=30%",))

    assert [one.requirement for one in both.accounts[0].hiked] == [80_000.0, 120_000.0]
    assert told(both.survival) == told(last.survival)


def test_a_margin_names_the_account_that_it_touches(tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    file.write_text(
        "account,regime,equity,currency\np,binance,24000,USDT\n\n"
        "symbol,quantity,price,entry,mode,isolated_margin\n"
        "BTCUSDT,1,84000,88000,cross,\nSOLUSDT,200,117.5,125,isolated,3500\n"
    )
    answer = book_of(BookRequest((file,), DAY, hikes=("BTCUSDT=6%", "SOLUSDT=10%"))).answer

    assert "a margin of 6.00 % on BTCUSDT, p keeps" in answer.outcome
    assert "a margin of 10.00 % on SOLUSDT, p: SOLUSDT is called" in answer.outcome
    assert [len(one.touched) for one in answer.accounts] == [1, 1]


@pytest.mark.parametrize(
    ("lang", "parts"),
    [
        ("en", ("after the shock SI=-10%", "under the margins SI=30%")),
        ("zh", ("冲击之后：SI=-10%", "所用保证金率：SI=30%")),
    ],
)
def test_each_table_says_what_it_is_of(folder: Path, lang: str, parts: tuple[str, str]) -> None:
    answer = asked(folder, "before", shock="SI=-10%", hikes=("SI=30%",))
    console = Console(width=100, no_color=True)
    with console.capture() as got:
        console.print(book_page(answer, speaker(lang)))

    # The way out, whether selling helps, two of odds; what survives the shock comes before it.
    assert [got.get().count(part) for part in parts] == [4, 4]


def test_returns_after_the_books_day_are_not_known(folder: Path, tmp_path: Path) -> None:
    closes = (folder / "closes.csv").read_text()
    late = tmp_path / "closes.csv"
    late.write_text(closes + "2026-02-10,1\n2026-02-11,900\n")

    assert told(asked(folder, "before", data=late)) == told(asked(folder, "before"))


def test_too_few_returns_before_the_books_day_are_refused(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    early = HEAD.replace("2026-02-09", "2025-08-01").format(equity=140_000)
    file.write_text(early + "SI,1,38\n")

    with pytest.raises(Exception, match=r"closes.csv has \d+ daily returns until 2025-08-01"):
        book_of(BookRequest((file,), DAY, data=folder / "closes.csv"))
