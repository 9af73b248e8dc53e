"""`undertow gauge` at the door: page, history, JSON, watching and alerts."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from gauges import as_csv, prices
from market_files import market_folder
from replay import Reply, replaying
from terminal import Terminal, refused
from undertow.core.errors import BadFile, BadNumber
from undertow.jobs.gauge import Gauged, GaugeRequest, _windows, gauge_of
from undertow.jobs.watch import Watch, seconds, watch
from undertow.studies.alerts import Alert


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prices")
    (folder / "storm.csv").write_text(as_csv(prices(storm=12)))
    return folder


@pytest.fixture
def door(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Terminal:
    return Terminal(monkeypatch, capsys, tmp_path)


LAST = prices().end.item().isoformat()


def test_the_terminal_shows_segments_and_every_indicator(door: Terminal, data: Path) -> None:
    code, out, err = door("gauge", "--data", str(data), "--on", LAST)

    assert (code, err) == (0, "")
    assert f"On {LAST} the Liquidity Stress Index is" in out
    assert "range volatility" in out
    assert "Note: The segment cross has no reading" in out
    assert "red" in out


def test_it_speaks_chinese(door: Terminal, data: Path) -> None:
    _, out, _ = door("gauge", "--data", str(data), "--on", LAST, "--lang", "zh")

    assert "流动性压力指数" in out
    assert "红" in out


def test_the_json_has_every_field(door: Terminal, data: Path) -> None:
    _, out, _ = door("gauge", "--data", str(data), "--on", LAST, "--json")
    told = json.loads(out)

    assert (told["command"], told["session"], told["light"]) == ("gauge", LAST, "red")
    assert {one["name"] for one in told["segments"]} == {
        "spread",
        "depth",
        "impact",
        "flow",
        "cross",
    }
    assert sum(one["contribution"] for one in told["segments"]) == pytest.approx(
        told["y"], abs=1e-12
    )
    assert set(told["readings"][0]) == {
        "name", "segment", "symbol", "level", "unit", "percentile", "change", "light", "readings",
    }  # fmt: skip
    assert told["missing"] == ["cross"]
    assert told["reference"] == ["2010-01-04", "2019-12-31"]


def test_prices_after_the_day_do_not_even_change_the_hash(data: Path, tmp_path: Path) -> None:
    whole = gauge_of(GaugeRequest(data, date(2025, 3, 14)))
    (tmp_path / "cut.csv").write_text(as_csv(prices(storm=12).until("2025-03-14")))
    cut = gauge_of(GaugeRequest(tmp_path / "cut.csv", date(2025, 3, 14)))

    assert cut.inputs["sha256"] == whole.inputs["sha256"]
    assert cut.json()["readings"] == whole.json()["readings"]


def test_the_history_is_parquet_and_ends_as_the_answer_does(
    door: Terminal, data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "history.parquet"
    code, out, err = door(
        "gauge", "--data", str(data), "--on", LAST, "--since", "2025-06-01", "--out", str(file),
        "--json",
    )  # fmt: skip
    told, rows = json.loads(out), pl.read_parquet(file)
    index = rows.filter(pl.col("name") == "index").sort("date")
    last = index.row(-1, named=True)
    parts = rows.filter(pl.col("name").str.starts_with("points "), pl.col("date") == last["date"])

    assert code == 0
    assert str(file) in err
    assert rows.columns == ["date", "name", "segment", "level", "percentile", "change", "light"]
    assert rows["date"].min() >= date(2025, 6, 1)
    assert (last["date"].isoformat(), last["light"]) == (LAST, "red")
    assert last["level"] == told["index"]
    assert last["percentile"] == told["percentile"]
    assert last["change"] == told["change"]
    assert parts["level"].sum() == pytest.approx(told["index"], abs=1e-12)


def test_readings_of_the_history_are_those_of_the_day(data: Path, tmp_path: Path) -> None:
    from undertow.jobs.gauge import write_history

    found = gauge_of(GaugeRequest(data, date(2025, 3, 14)))
    write_history(found, date(2025, 3, 14), tmp_path / "day.parquet")
    rows = {row["name"]: row for row in pl.read_parquet(tmp_path / "day.parquet").to_dicts()}

    spoken = [one for one in found.answer.readings if one.readings]
    assert len(spoken) > 20
    for one in spoken:
        row = rows[one.name]
        assert (row["level"], row["light"]) == (one.level, one.light)
        assert row["percentile"] == pytest.approx(one.percentile)


@pytest.mark.parametrize(
    ("lang", "heads", "red"),
    [("en", ["light", "percentile", "level", "change"], "red"),
     ("zh", ["信号灯", "百分位", "水平", "变化"], "红")],
)  # fmt: skip
def test_a_phone_shows_the_light_before_it_scrolls(
    door: Terminal, data: Path, tmp_path: Path, lang: str, heads: list[str], red: str
) -> None:
    page = tmp_path / "gauge.html"
    door("gauge", "--data", str(data), "--on", LAST, "--page", str(page), "--lang", lang)
    text = page.read_text(encoding="utf-8")
    places = [text.rindex(f">{head}</th>") for head in heads]

    assert places == sorted(places)
    assert f'class="light red">{red}<' in text


def test_the_page_opens_without_a_network(door: Terminal, data: Path, tmp_path: Path) -> None:
    page = tmp_path / "gauge.html"
    code, _, err = door("gauge", "--data", str(data), "--on", LAST, "--page", str(page))
    text = page.read_text(encoding="utf-8")

    assert code == 0
    assert str(page) in err
    assert text.startswith("<!doctype html>")
    assert 'data-figure="index"' in text
    assert 'data-figure="parts"' in text
    assert 'src="http' not in text


def test_without_plotly_one_sentence_says_how_to_get_it(
    door: Terminal, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("plotly", "plotly.offline", "plotly.graph_objects"):
        monkeypatch.setitem(sys.modules, name, None)
    page = tmp_path / "gauge.html"
    said = refused(door("gauge", "--data", str(data), "--on", LAST, "--page", str(page)))

    assert "pip install 'undertow[page]'" in said
    assert not page.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--on", "soon"), "'soon' is no day; write it like --on 2026-01-30."),
        (("--every", "often"), "'often' is no length of time; write it like --every 1h."),
        (("--since", "x"), "'x' is no day; write it like --since 2026-01-30."),
        (("--every", "1h", "--alert", "indexx > 5"), "did you mean 'index'?"),
        (("--page", "no/such/folder/page.html"), "the page cannot be written"),
    ],
)
def test_a_wrong_question_is_refused(
    words: tuple[str, ...], said: str, door: Terminal, data: Path
) -> None:
    answer = door("gauge", "--data", str(data), "--every", "1h", "--times", "1", *words)

    assert said in refused(answer)


def test_a_folder_without_prices_is_refused(door: Terminal, tmp_path: Path) -> None:
    assert "holds no prices" in refused(door("gauge", "--data", str(tmp_path)))


def test_alerts_without_watching_are_a_wrong_use(door: Terminal, data: Path) -> None:
    code, _, err = door("gauge", "--data", str(data), "--alert", "index > 5")

    assert code == 2
    assert "--every" in err


def watched(door: Terminal, data: Path, *words: str) -> tuple[int, str, str]:
    once = ("--every", "1h", "--times", "1")
    return door("gauge", "--data", str(data), "--on", LAST, *once, *words)


def test_watching_tells_alerts_on_the_screen(door: Terminal, data: Path) -> None:
    _, out, _ = watched(door, data, "--alert", "index > 30")

    assert f"{LAST}: index > 30 (index is " in out


def test_alerts_go_to_a_file_line_by_line(door: Terminal, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "alerts.txt"
    for _ in range(2):
        watched(door, data, "--to", str(file))
    lines = file.read_text().splitlines()

    assert len(lines) == 2
    assert all("index percentile >= 95%" in line for line in lines)


def test_alerts_go_to_a_web_address_as_json(door: Terminal, data: Path) -> None:
    with replaying(Reply(b"ok")) as hook:
        code, _, err = watched(door, data, "--alert", "index > 30", "--to", f"{hook.address}/hook")
    (sent,) = map(json.loads, hook.forms)

    assert (code, err) == (0, "")
    assert hook.asked == ["/hook"]
    assert (sent["rule"], sent["session"]) == ("index > 30", LAST)
    assert sent["text"].startswith(f"{LAST}: index > 30")


def test_a_web_address_that_fails_is_said_and_the_file_still_gets_it(
    door: Terminal, data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "alerts.txt"
    with replaying(Reply(b"no", 500)) as hook:
        code, _, err = watched(
            door, data, "--alert", "index > 30", "--to", hook.address, "--to", str(file)
        )

    assert code == 0
    assert "an alert did not reach" in err
    assert len(file.read_text().splitlines()) == 1


def test_a_watch_waits_between_looks_and_survives_a_file_that_is_being_written(
    data: Path,
) -> None:
    from undertow.core.errors import BadFile

    waits: list[float] = []
    looks: list[int] = []
    told: list[tuple[Alert, ...]] = []
    shown: list[Gauged] = []
    lost: list[Exception] = []

    def look() -> Gauged:
        looks.append(len(looks))
        if len(looks) == 2:
            raise BadFile("half a file.")
        on = date(2025, 3, 14) if len(looks) == 1 else date.fromisoformat(LAST)
        return gauge_of(GaugeRequest(data, on))

    watch(
        look,
        Watch(("index > 50",), 900.0, 4, waits.append),
        first=shown.append,
        tell=told.append,
        failed=lost.append,
    )

    assert waits == [900.0] * 3
    assert len(looks) == 4
    assert len(shown) == 1
    assert [str(one) for one in lost] == ["half a file."]
    assert [alert.rule.text for (alert,) in told] == ["index > 50"]


@pytest.mark.parametrize(
    ("text", "wanted"), [("90s", 90), ("15min", 900), ("1h", 3600), ("1d", 86400)]
)
def test_lengths_of_time_are_read(text: str, wanted: int) -> None:
    assert seconds(text) == wanted


def test_the_market_folder_is_gauged_as_the_issue_asks(door: Terminal) -> None:
    folder = market_folder()
    _, out, _ = door("gauge", "--data", str(folder), "--on", "2026-02-05", "--json")
    told = json.loads(out)

    assert told["index"] == pytest.approx(42.5, abs=0.05)
    assert told["missing"] == []
    assert len([one for one in told["readings"] if one["light"] != "grey"]) == 70
    assert np.isfinite([one["level"] for one in told["readings"]]).all()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--alert", "index > 5"), "need --every"),
        (("--times", "3"), "need --every"),
        (("--out", "x.parquet"), "--out needs --since"),
        (("--every", "1h", "--to", ""), "--to is empty"),
    ],
)
def test_an_option_that_would_change_nothing_is_refused(
    words: tuple[str, ...], said: str, door: Terminal, data: Path
) -> None:
    code, out, err = door("gauge", "--data", str(data), *words)

    assert (code, out) == (2, "")
    assert said in " ".join(err.split())


def test_an_address_that_is_none_does_not_stop_the_watch(door: Terminal, data: Path) -> None:
    code, _, err = door(
        "gauge", "--data", str(data), "--on", LAST, "--every", "1h", "--times", "1",
        "--alert", "index > 1", "--to", "http://bad host/x",
    )  # fmt: skip

    assert code == 0
    assert "an alert did not reach http://bad host/x" in err


def test_a_history_since_a_day_after_the_last_session_is_refused(
    door: Terminal, data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "none.parquet"
    answer = door(
        "gauge", "--data", str(data), "--on", LAST, "--since", "2099-01-01", "--out", str(file)
    )

    assert f"--since 2099-01-01 is after the last session, {LAST}" in refused(answer)
    assert not file.exists()


def test_a_history_that_cannot_be_written_says_why(door: Terminal, data: Path) -> None:
    asked = ("--on", LAST, "--since", "2025-01-02", "--out", "no/such/folder/x.parquet")
    said = refused(door("gauge", "--data", str(data), *asked))

    assert "cannot be written to" in said
    assert "(None)" not in said


@pytest.mark.parametrize("every", ["99999999999999d", "367d"])
def test_nobody_waits_longer_than_a_year(every: str) -> None:
    with pytest.raises(BadNumber, match="more than a year"):
        seconds(every)


def test_deep_json_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text("[" * 100_000)

    with pytest.raises(BadFile, match="cannot be read as JSON"):
        _windows((tmp_path / "deep.json",))
