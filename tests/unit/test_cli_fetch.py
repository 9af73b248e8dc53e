"""`undertow fetch` at the door, against a server of this machine."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from replay import Reply, as_json, replaying
from terminal import Terminal, refused

WEEK = [f"2026-02-0{day}" for day in (2, 3, 4, 5, 6)]
YIELDS = ("4.29", "4.27", "4.28", "4.21", "4.22")
SERIES = as_json(
    {"observations": [{"date": d, "value": v} for d, v in zip(WEEK, YIELDS, strict=True)]}
)
NOTHING = as_json({"observations": []})


@pytest.fixture
def door(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Terminal:
    monkeypatch.setenv("FRED_API_KEY", "secret-of-fred")
    monkeypatch.setenv("UNDERTOW_HOME", str(tmp_path / "home"))
    return Terminal(monkeypatch, capsys, tmp_path)


def asking(address: str, folder: Path, *more: str) -> tuple[str, ...]:
    days = ("--from", "2026-02-02", "--to", "2026-02-06")
    return ("fetch", "fred", "DGS10", *days, "--out", str(folder), "--at", address, *more)


def test_a_fetch_writes_the_long_form(door: Terminal, tmp_path: Path) -> None:
    with replaying(SERIES) as fred:
        code, out, err = door(*asking(fred.address, tmp_path / "prices"))
    with (tmp_path / "prices" / "fred-DGS10.csv").open() as file:
        rows = list(csv.DictReader(file))

    assert (code, err) == (0, "")
    assert "fred gave 5 rows of 1 symbols." in out
    assert list(rows[0]) == ["date", "symbol", "open", "high", "low", "close", "volume", "source"]
    assert [row["close"] for row in rows] == ["4.29", "4.27", "4.28", "4.21", "4.22"]
    assert rows[0]["open"] == ""


def test_what_was_fetched_is_a_history(door: Terminal, tmp_path: Path) -> None:
    from undertow.data.history import read_history

    with replaying(SERIES) as fred:
        door(*asking(fred.address, tmp_path / "prices"))
    bars = read_history(tmp_path / "prices")["DGS10"]

    assert bars.close.tolist() == [4.29, 4.27, 4.28, 4.21, 4.22]


def test_the_answer_as_json_names_the_raw_answer_by_its_hash(
    door: Terminal, tmp_path: Path
) -> None:
    with replaying(SERIES) as fred:
        _, out, _ = door(*asking(fred.address, tmp_path / "prices", "--json"))
    told = json.loads(out)
    (one,) = told["fetched"]
    raw = tmp_path / "home" / "raw" / "fred" / one["raw"]

    assert told["command"] == "fetch"
    assert told["provider"] == "fred"
    assert (one["rows"], one["skipped"], one["cached"], one["doubts"]) == (5, 0, False, [])
    assert raw.read_bytes() == SERIES.body
    assert "secret" not in out


def test_no_key_is_written_anywhere(door: Terminal, tmp_path: Path) -> None:
    with replaying(SERIES) as fred:
        door(*asking(fred.address, tmp_path / "prices"))
    written = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]

    assert written
    assert not any(b"secret" in content for content in written)


def test_the_same_question_is_answered_from_what_is_kept(door: Terminal, tmp_path: Path) -> None:
    with replaying(SERIES) as fred:
        ask = asking(fred.address, tmp_path / "prices", "--json")
        door(*ask)
        _, out, _ = door(*ask)
        times = len(fred.asked)
        door(*ask, "--again")

    assert times == 1
    assert json.loads(out)["fetched"][0]["cached"]
    assert len(fred.asked) == 2


def test_an_answer_that_cannot_be_read_is_not_kept(door: Terminal, tmp_path: Path) -> None:
    with replaying(Reply(b'{"observations": ['), SERIES) as fred:
        ask = asking(fred.address, tmp_path / "prices")
        said = refused(door(*ask))
        code, _, _ = door(*ask)

    assert "half an answer" in said
    assert code == 0


def test_nothing_is_one_sentence_and_no_file(door: Terminal, tmp_path: Path) -> None:
    with replaying(NOTHING) as fred:
        said = refused(door(*asking(fred.address, tmp_path / "prices")))

    assert said == (
        "undertow: fred has nothing of 'DGS10' from 2026-02-02 to 2026-02-06; check the symbol and"
        " the days.\n"
    )
    assert not (tmp_path / "prices").exists()


def test_one_symbol_that_fails_does_not_stop_the_others(door: Terminal, tmp_path: Path) -> None:
    with replaying(SERIES, NOTHING) as fred:
        words = asking(fred.address, tmp_path / "prices")
        code, out, _ = door(*words[:3], "NONE", *words[3:])

    assert code == 1
    assert "1 symbols gave nothing." in out
    assert "NONE gave nothing: fred has nothing of 'NONE'" in out.replace("\n", " ")
    assert (tmp_path / "prices" / "fred-DGS10.csv").exists()


def test_rows_that_stand_twice_or_run_backwards_are_counted(door: Terminal, tmp_path: Path) -> None:
    found = [
        {"date": "2026-02-03", "value": "4.27"},
        {"date": "2026-02-02", "value": "4.00"},
        {"date": "2026-02-02", "value": "4.29"},
    ]
    with replaying(as_json({"observations": found})) as fred:
        _, out, _ = door(*asking(fred.address, tmp_path / "prices", "--json"))
    (one,) = json.loads(out)["fetched"]

    assert (one["rows"], one["skipped"]) == (2, 1)
    assert "4.29" in (tmp_path / "prices" / "fred-DGS10.csv").read_text()


def test_another_source_is_held_against_it(door: Terminal, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    lines = [
        f"{d},DGS10,{float(v) * (1.1 if d.endswith('4') else 1.0)}"
        for d, v in zip(WEEK, YIELDS, strict=True)
    ]
    other.write_text("date,symbol,close\n" + "\n".join(lines))
    with replaying(SERIES) as fred:
        _, out, _ = door(*asking(fred.address, tmp_path / "p", "--against", str(other), "--json"))
    told = json.loads(out)
    (doubt,) = told["fetched"][0]["doubts"]

    assert (doubt["check"], doubt["count"], doubt["first"]) == ("difference", 1, "2026-02-04")
    assert told["outcome"].endswith("The checks find 1 things to look at.")


def test_it_speaks_chinese(door: Terminal, tmp_path: Path) -> None:
    with replaying(SERIES) as fred:
        _, out, _ = door(*asking(fred.address, tmp_path / "prices", "--lang", "zh"))

    assert "检查未发现问题" in out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--step", "1h"), "fred has no bars of '1h'; it has 1d."),
        (("--from", "2026-03-01"), "2026-03-01 is after 2026-02-06; write --from before --to."),
        (("--to", "yesterday"), "'yesterday' is no day; write it like --to 2026-01-30."),
    ],
)
def test_a_wrong_question_is_refused(
    more: tuple[str, ...], said: str, door: Terminal, tmp_path: Path
) -> None:
    answer = door(*asking("http://127.0.0.1:9", tmp_path / "prices", *more))

    assert refused(answer) == f"undertow: {said}\n"


def test_an_unknown_provider_is_refused(door: Terminal, tmp_path: Path) -> None:
    words = asking("http://127.0.0.1:9", tmp_path)

    assert "did you mean 'fred'?" in refused(door("fetch", "fredd", *words[2:]))
