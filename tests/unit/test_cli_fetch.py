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
    assert "fred gave 5 rows of 1 symbol." in out
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
    assert "1 symbol gave nothing." in out
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
    assert told["outcome"].endswith("The checks find 1 thing to look at.")


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


def vintage(as_of: str, values: tuple[str, ...]) -> Reply:
    known = {"realtime_start": as_of, "realtime_end": as_of}
    rows = [{**known, "date": d, "value": v} for d, v in zip(WEEK, values, strict=False)]
    return as_json({"observations": rows})


def test_a_vintage_stands_in_the_name_the_rows_and_the_question(
    door: Terminal, tmp_path: Path
) -> None:
    with replaying(vintage("2026-02-05", YIELDS[:3])) as fred:
        words = asking(fred.address, tmp_path / "prices", "--as-of", "2026-02-05", "--json")
        told = json.loads(door(*words)[1])
    one = told["fetched"][0]
    raw = tmp_path / "home" / "raw" / "fred" / one["raw"]
    with (tmp_path / "prices" / "fred-DGS10@2026-02-05.csv").open() as file:
        rows = list(csv.DictReader(file))

    assert one["as_of"] == told["inputs"]["as_of"] == "2026-02-05"
    assert {row["source"] for row in rows} == {"fred@2026-02-05"}
    assert [row["close"] for row in rows] == list(YIELDS[:3])
    assert "as_of" in "".join(p.read_text() for p in raw.parent.iterdir() if p.suffix == ".json")


def test_another_vintage_is_another_question(door: Terminal, tmp_path: Path) -> None:
    replies = (vintage("2026-02-05", YIELDS[:3]), vintage("2026-02-06", YIELDS))
    with replaying(*replies) as fred:
        for day in ("2026-02-05", "2026-02-06", "2026-02-05"):
            door(*asking(fred.address, tmp_path / "prices", "--as-of", day))

    assert len(fred.asked) == 2
    assert len(list((tmp_path / "prices").iterdir())) == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--as-of", "soon"), "no day"),
        (("--as-of", "2999-01-01"), "in the future"),
        (("--as-of", "1999-01-01"), "before --from"),
    ],
)
def test_a_day_of_knowledge_that_cannot_be_is_refused(
    door: Terminal, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    with replaying(SERIES) as fred:
        said = refused(door(*asking(fred.address, tmp_path / "prices", *words)))

    assert says in said
    assert not fred.asked


def test_a_provider_without_vintages_says_who_has_them(door: Terminal, tmp_path: Path) -> None:
    days = ("--from", "2026-02-02", "--as-of", "2026-02-05")
    said = refused(door("fetch", "cftc", "legacy:088691", *days, "--out", str(tmp_path / "p")))

    assert "cftc keeps no vintages; leave --as-of out, or use fred." in said


@pytest.mark.parametrize(
    ("as_of", "says"),
    [
        ("", "revised by the day they were fetched"),
        ("2026-02-09", "revised by 2026-02-09, after 2026-02-06"),
        ("2026-02-06", None),
    ],
)
def test_a_series_that_is_not_point_in_time_is_said(
    tmp_path: Path, as_of: str, says: str | None
) -> None:
    from undertow.data.history import read_history
    from undertow.studies.price_doubts import data_warnings, price_warnings

    source = f"fred@{as_of}" if as_of else "fred"
    rows = [f"{day},{name},1,{who}" for day in WEEK for name, who in
            (("NFCI", source), ("^GSPC", "yfinance"))]  # fmt: skip
    (tmp_path / "p.csv").write_text("\n".join(["date,symbol,close,source", *rows]) + "\n")
    history = read_history(tmp_path / "p.csv").until("2026-02-06")
    measured, gauged = price_warnings(history, ["NFCI", "^GSPC"]), data_warnings(history)

    for said in (measured, gauged):
        found = [str(one) for one in said if "point in time" in str(one)]

        assert len(found) == (says is not None)
        assert all("NFCI" in one and says in one for one in found)
