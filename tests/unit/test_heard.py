"""Options of `undertow book`: what is written is heeded or refused, alone and in pairs."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import typer

from terminal import Terminal
from undertow.cli import app
from undertow.jobs.heard import NEEDS, unheard

CLOSES, HEDGES = "closes.csv", "hedges.csv"
SAID = {
    "--shock": "SI=-30%",
    "--hike": "SI=25%",
    "--gap": "2%",
    "--on": "2026-01-05",
    "--lenient": "",
    "--beyond": "40%",
    "--data": CLOSES,
    "--hedges": HEDGES,
    "--days": "5",
    "--likely": "99%",
}
"""Every option that asks something of a book alone, and how it is written."""

CROWD = {"--in", "--accounts", "--seed", "--bar", "--runs"}
CLAIM = {"--leverage", "--move"}
SHOWN = {"--lang", "--json"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with one bad line, a year of closes, and a hedge."""
    there = tmp_path_factory.mktemp("book")
    (there / "book.csv").write_text(
        "account,regime,equity\nf,cme_futures,140000\n\nsymbol,quantity,price\nSI,1,80\n"
    )
    (there / "bad.csv").write_text((there / "book.csv").read_text() + "GC,many,5000\n")
    (there / HEDGES).write_text("account,symbol,quantity,price\nf,SIK6,-1,81\n")
    moves = np.random.default_rng(1).normal(0.0, 0.03, 250)
    days = (date(2026, 1, 2) - timedelta(days=k) for k in range(250))
    rows = (f"{day},{p:.6f}" for day, p in zip(days, 80 * np.exp(np.cumsum(moves)), strict=True))
    (there / CLOSES).write_text("\n".join(["date,SI", *rows]) + "\n")
    return there


@pytest.fixture
def undertow(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> Terminal:
    monkeypatch.chdir(folder)
    return Terminal(monkeypatch, capsys, folder)


def asked(undertow: Terminal, *options: str) -> dict | None:
    """The answer without what went in; None where the command is used wrongly."""
    book = "bad.csv" if "--lenient" in options else "book.csv"
    words = (word for option in options for word in (option, SAID[option]) if word)
    code, out, _ = undertow("book", book, *words, "--json")
    if code == 2:
        return None

    assert code == 0
    told = json.loads(out)
    return {key: value for key, value in told.items() if key not in {"inputs"}}


def test_every_option_of_the_command_is_looked_at_here() -> None:
    known = typer.main.get_command(app).commands["book"].params  # type: ignore[attr-defined]
    written = {one.opts[0] for one in known} - {"files", "--help"}

    assert written == SAID.keys() | CROWD | CLAIM | SHOWN


def test_each_option_alone_changes_the_answer_or_is_refused(undertow: Terminal) -> None:
    plain, alone = asked(undertow), {option: asked(undertow, option) for option in SAID}

    assert plain not in alone.values()
    assert {option for option in SAID if alone[option] is None} == NEEDS.keys() & SAID.keys()


def test_each_pair_that_is_taken_says_more_than_either_alone(undertow: Terminal) -> None:
    # A day and leniency change what is read, whatever is asked of it.
    options = [option for option in SAID if option not in {"--on", "--lenient"}]
    alone = {option: asked(undertow, option) for option in options}
    pairs = {pair: asked(undertow, *pair) for pair in combinations(options, 2)}
    told = {pair: answer for pair, answer in pairs.items() if answer is not None}
    idle = [pair for pair, answer in told.items() if answer in (alone[pair[0]], alone[pair[1]])]

    assert len(told) > 10
    assert idle == []


@pytest.mark.parametrize("option", sorted(NEEDS))
def test_an_option_that_needs_another_names_it(option: str) -> None:
    said = unheard({"FILE", option}) or ""

    assert all(other in said for other in NEEDS[option])
    assert all(unheard({"FILE", option, other}) is None for other in NEEDS[option])


@pytest.mark.parametrize("option", sorted((SAID.keys() | CROWD) - CLAIM))
def test_a_claim_takes_no_option_of_a_book(option: str) -> None:
    said = unheard({*CLAIM, *SHOWN, option}) or ""

    assert option in said
    assert unheard({*CLAIM, *SHOWN}) is None


def test_an_episode_has_a_day_of_its_own() -> None:
    assert "leave --on out" in (unheard({"FILE", "--in", "--on"}) or "")


def test_a_day_that_the_book_knows_better_is_noted(undertow: Terminal, folder: Path) -> None:
    dated = folder / "dated.csv"
    text = (folder / "book.csv").read_text()
    dated.write_text(text.replace("equity", "equity,date").replace("140000", "140000,2026-02-09"))
    told = json.loads(undertow("book", str(dated), "--on", "2026-01-30", "--json")[1])
    same = json.loads(undertow("book", str(dated), "--on", "2026-02-09", "--json")[1])

    assert told["warnings"] == [
        "The rules are those of 2026-02-09, as the book says; 2026-01-30 is for a book without a"
        " day."
    ]
    assert same["warnings"] == []
