"""Changes of the system, another language, and doors that read a stored run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from terminal import Terminal, refused
from toy_episode import TOML, write


@pytest.fixture
def undertow(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Terminal:
    return Terminal(monkeypatch, capsys, tmp_path)


def test_a_hike_stands_beside_the_run_without_it(undertow: Terminal) -> None:
    told = undertow.json("--hike", "SI=40%@2026-02-02")
    base = undertow.json()

    assert told["changes"] == ["--hike SI=40%@2026-02-02"]
    assert told["inputs"]["sha256"] != base["inputs"]["sha256"]
    assert told["beside"]["segments"] == base["segments"]
    assert sold(told) > sold(base)


def test_the_run_without_the_changes_lies_within_the_run_folder(undertow: Terminal) -> None:
    undertow.run("--off", "traders")
    (folder,) = undertow.runs.iterdir()
    both = [f / "summary.json" for f in (folder, folder / "beside")]
    changed, base = (json.loads(file.read_text()) for file in both)

    assert "trend" not in changed["segments"]
    assert base["segments"]["trend"]["forced_usd"] > 0.0
    assert base["changes"] == []


def test_without_calls_nobody_is_called(undertow: Terminal) -> None:
    told = undertow.json("--off", "calls", "--off", "traders")

    assert calls(told) == 0.0
    assert all(a["forced"] == 0.0 for a in told["instruments"].values())


def test_a_fact_and_an_entry_are_set(undertow: Terminal) -> None:
    told = undertow.json("--set", "@impact.coefficient=0.5", "--set", "population.mixing=4.0")

    assert told["ceiling"]["NVDA"]["impact"] > told["beside"]["ceiling"]["NVDA"]["impact"]
    assert told["changes"] == ["--set @impact.coefficient=0.5", "--set population.mixing=4.0"]


def test_a_forbidden_fit_is_refused_until_it_is_allowed(undertow: Terminal) -> None:
    fit = ("--set", "@impact.coefficient=2.0")
    said = refused(undertow.run(*fit))

    assert "--allow coefficient" in said
    assert undertow.run(*fit, "--allow", "coefficient")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--hike", "SI=22%"), "SI=22%"),
        (("--hike", "GOLD=22%@2026-02-09"), "'GOLD'"),
        (("--hike", "SI=22%@2027-02-09"), "2027-02-09"),
        (("--off", "fear"), "'fear'"),
        (("--set", "impact.coefficien=1"), "'coefficient'"),
        (("--set", "@impact.coefficien=1"), "impact.coefficient"),
        (("--allow", "everything"), "'everything'"),
    ],
)
def test_a_change_that_means_nothing_is_refused(
    undertow: Terminal, words: tuple[str, ...], said: str
) -> None:
    assert said in refused(undertow.run(*words))
    assert not list(undertow.runs.glob("*")) if undertow.runs.exists() else True


def test_a_stored_run_is_explained(undertow: Terminal) -> None:
    undertow.run()
    (folder,) = undertow.runs.iterdir()
    code, out, err = undertow("explain", str(folder), "--instrument", "NVDA")
    told = json.loads(undertow("explain", str(folder), "--instrument", "NVDA", "--json")[1])

    assert (code, err) == (0, "")
    assert "Sold by force: by whom" in out
    assert told["instrument"] == "NVDA"
    assert told["inputs"]["run"] == folder.name
    assert sum(flow["usd"] for flow in told["by_seller"]) == pytest.approx(told["sold_usd"])


def test_an_explanation_is_told_in_chinese(undertow: Terminal) -> None:
    undertow.run()
    (folder,) = undertow.runs.iterdir()

    assert "被迫抛售" in undertow("explain", str(folder), "--lang", "zh")[1]


def test_a_run_speaks_chinese(undertow: Terminal) -> None:
    out = undertow.run("--lang", "zh")[1]

    assert "追加保证金" in out
    assert "margin calls" not in out


def test_the_page_is_drawn_and_drawn_again_beside_another_run(undertow: Terminal) -> None:
    undertow("run", "feb-2026", *undertow.small, "--page", "--out", str(undertow.runs))
    undertow.run("--off", "calls")
    first, second = sorted(undertow.runs.iterdir())
    file = undertow.runs / "both.html"
    code, out, _ = undertow(
        "report", str(second), "--beside", str(first), "--out", str(file), "--lang", "zh"
    )

    assert (first / "page.html").read_text().startswith("<!doctype html>")
    assert (code, out.strip()) == (0, str(file))
    assert 'lang="zh"' in file.read_text()


@pytest.mark.parametrize("door", ["explain", "report"])
def test_a_run_that_is_not_there_is_refused(undertow: Terminal, door: str) -> None:
    assert "'nowhere'" in refused(undertow(door, "nowhere"))


def test_brackets_in_a_title_are_letters(undertow: Terminal, tmp_path: Path) -> None:
    odd = TOML.replace('title = "Futures clients"', 'title = "[b]Clients[/x] :smile:"')
    file = write(tmp_path, odd)
    run = undertow("run", str(file), "--no-ranges", "--no-page", "--out", str(undertow.runs))
    (folder,) = undertow.runs.iterdir()

    for code, out, err in (run, undertow("explain", str(folder), "--instrument", "METAL")):
        assert (code, err) == (0, "")
        assert "[b]Clients[/x] :smile:" in " ".join(out.split())


def test_a_page_that_cannot_be_written_is_refused(undertow: Terminal) -> None:
    undertow.run()
    (folder,) = undertow.runs.iterdir()

    nowhere = str(folder / "no" / "x.html")

    assert "--out" in refused(undertow("report", str(folder), "--out", nowhere))


def sold(told: dict) -> float:
    return sum(segment["forced_usd"] for segment in told["segments"].values())


def calls(told: dict) -> float:
    return sum(segment["called"] for segment in told["segments"].values())


def test_without_what_draws_it_a_run_says_why_there_is_no_page(
    undertow: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("undertow.jobs.run.can_draw", lambda: False)
    code, out, _ = undertow(
        "run", "feb-2026", *undertow.small, "--page", "--out", str(undertow.runs)
    )

    assert code == 0
    assert "pip install 'undertow[page]'" in out
    assert not list(undertow.runs.glob("*/page.html"))
