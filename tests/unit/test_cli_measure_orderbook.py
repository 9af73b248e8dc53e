"""`undertow measure orderbook` at the terminal: what it prints, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feeds import write_lobster
from terminal import Terminal

ASKED = (
    "spread_bps", "depth", "cancel_share_quantity", "cancel_share_count", "cancels_per_fill",
    "order_to_trade", "kyle_lambda", "ofi_beta", "samples", "windows", "warnings", "events",
)  # fmt: skip
LINES = [
    f"{34200 + k}.5,{1 + 3 * (k % 5 == 0)},{k},10,{1000000 + k % 3},{1 if k % 2 else -1}"
    for k in range(1, 200)
]
BOOK = [f"{1000100 + 100 * (k > 150)},5,{1000000 + k % 3},10" for k in range(1, 200)]


@pytest.fixture
def undertow(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Terminal:
    monkeypatch.setenv("COLUMNS", "100")
    return Terminal(monkeypatch, capsys, tmp_path)


def files(folder: Path) -> list[str]:
    return list(map(str, write_lobster(folder, LINES, BOOK)))


def test_the_json_has_every_quantity(undertow: Terminal, tmp_path: Path) -> None:
    code, out, _ = undertow(
        "measure", "orderbook", *files(tmp_path), "--format", "lobster", "--json"
    )
    answer = json.loads(out)

    assert code == 0
    assert set(ASKED) <= set(answer)
    assert set(answer["depth"]) == {"touch", "top10", "within_10bps", "within_50bps"}
    assert {"time_median", "time_mean", "event_median", "p99", "max"} <= set(answer["spread_bps"])
    assert all({"median", "min", "loss"} <= set(one) for one in answer["depth"].values())


def test_the_page_names_the_worst_window_in_two_languages(
    undertow: Terminal, tmp_path: Path
) -> None:
    asked = ("measure", "orderbook", *files(tmp_path), "--format", "lobster")
    english, chinese = undertow(*asked)[1], undertow(*asked, "--lang", "zh")[1]

    assert "Widest of 4 windows" in english
    assert "个窗口中价差相对基准最宽的" in chinese


def test_an_earlier_day_is_the_baseline(undertow: Terminal, tmp_path: Path) -> None:
    now = files(tmp_path)
    code, out, _ = undertow(
        "measure", "orderbook", *now, "--format", "lobster", "--baseline", ",".join(now), "--json"
    )
    answer = json.loads(out)

    assert code == 0
    assert (answer["baseline"]["of"], answer["baseline"]["n"]) == ("files", 4)


@pytest.mark.parametrize("days", [19, 20])
def test_from_twenty_days_on_windows_of_the_same_time_are_compared(
    undertow: Terminal, tmp_path: Path, days: int
) -> None:
    now = files(tmp_path)
    baseline = ("--baseline", ",".join(now)) * days
    _, out, _ = undertow("measure", "orderbook", *now, "--format", "lobster", *baseline, "--json")
    answer = json.loads(out)
    multiples = [one["spread_multiple"] for one in answer["windows"]]

    assert answer["baseline"]["same_time"] is (days == 20)
    assert (multiples == [1.0] * 4) is (days == 20)


@pytest.mark.parametrize("window", ["0s", "2d", "minute"])
def test_a_window_that_is_none_is_refused(undertow: Terminal, tmp_path: Path, window: str) -> None:
    code, _, err = undertow(
        "measure", "orderbook", *files(tmp_path), "--format", "lobster", "--window", window
    )

    assert code == 1
    assert "write it like 1min" in err


def test_a_baseline_shorter_than_a_window_is_refused(undertow: Terminal, tmp_path: Path) -> None:
    now = files(tmp_path)
    code, _, err = undertow(
        "measure", "orderbook", *now, "--format", "lobster", "--window", "1h",
        "--baseline", ",".join(now),
    )  # fmt: skip

    assert code == 1
    assert "shorter than a window" in err


def test_what_is_odd_in_a_feed_is_said_in_the_readers_language() -> None:
    from undertow.core.answers.said import Amount, Said
    from undertow.report.words import speaker

    said = Said("{count} messages: {reason}.", {"count": Amount(2, "count"), "reason": "x"})
    for reason in ("gaps in the sequence", "of another symbol", "times that ran backwards"):
        text = speaker("zh").said(Said(said.text, {**said.values, "reason": reason}))

        assert not any(letter.isascii() and letter.isalpha() for letter in text)


def test_kinds_of_messages_are_said_in_chinese_and_written_in_english(
    undertow: Terminal, tmp_path: Path
) -> None:
    asked = ("measure", "orderbook", *files(tmp_path), "--format", "lobster")
    _, out, _ = undertow(*asked, "--lang", "zh")
    _, said, _ = undertow(*asked, "--lang", "zh", "--json")

    assert "新增订单" in out
    assert "delete" not in out
    assert {"add", "fill"} <= set(json.loads(said)["events"])
