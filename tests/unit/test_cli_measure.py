"""`undertow measure`: quotes, basis, gamma, correlation, coverage, daily at the terminal."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from quotes import day_file
from terminal import Terminal
from undertow.cli.shared import repeated


@pytest.fixture
def terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Terminal:
    return Terminal(monkeypatch, capsys, tmp_path)


@pytest.fixture
def days(tmp_path: Path) -> tuple[str, str, str]:
    """Two calm days and one that is twice as wide."""
    ones = np.ones(1440)
    files = [
        day_file(tmp_path, day, spread * ones, ones)
        for day, spread in ((20170902, 0.1), (20170903, 0.1), (20170904, 0.2))
    ]
    return str(files[0]), str(files[1]), str(files[2])


def test_an_option_with_several_files_may_be_written_once() -> None:
    said = repeated(
        ["--spot", "a", "b", "--json", "c", "--future", "d", "e"], {"--spot", "--future"}
    )

    assert " ".join(said) == "--spot a --spot b --json c --future d --future e"


def test_quotes_are_measured_at_the_terminal(terminal: Terminal, days: tuple[str, ...]) -> None:
    calm, again, stress = days
    asked = ("measure", "quotes", "--baseline", calm, again, "--stress", stress)
    code, out, _ = terminal(*asked, "--format", "lean-crypto", "--json")
    found = json.loads(out)

    assert code == 0
    assert found["command"] == "measure quotes"
    assert found["spread_multiple"] == pytest.approx(2.0)
    assert found["inputs"]["baseline"] == [Path(calm).name, Path(again).name]


@pytest.mark.parametrize(("lang", "says"), [("en", "times baseline"), ("zh", "倍")])
def test_the_page_is_in_the_readers_language(
    terminal: Terminal, days: tuple[str, ...], lang: str, says: str
) -> None:
    asked = ("measure", "quotes", "--baseline", days[0], "--stress", days[2])
    code, out, _ = terminal(*asked, "--format", "lean-crypto", "--lang", lang)

    assert code == 0
    assert says in out


def test_wrong_input_is_one_sentence_and_exit_1(terminal: Terminal, days: tuple[str, ...]) -> None:
    asked = ("measure", "quotes", "--baseline", "absent.zip", "--stress", days[2])
    code, out, err = terminal(*asked, "--format", "lean-crypto")

    assert (code, out) == (1, "")
    assert err.startswith("undertow: absent.zip cannot be read")
    assert err.count("\n") == 1


@pytest.fixture
def prices(tmp_path: Path) -> str:
    rng = np.random.default_rng(1)
    closes = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 0.01, (300, 2)), axis=0))
    first = np.datetime64("2020-01-01")
    rows = [
        f"{first + k},{name},{close},1000"
        for k, pair in enumerate(closes.tolist())
        for name, close in zip("AB", pair, strict=True)
    ]
    file = tmp_path / "prices.csv"
    file.write_text("\n".join(["date,symbol,close,volume", *rows]) + "\n")
    return str(file)


def test_correlation_is_measured_at_the_terminal(terminal: Terminal, prices: str) -> None:
    code, out, _ = terminal("measure", "correlation", prices, "--pair", "A,B", "--json")
    found = json.loads(out)

    assert code == 0
    assert found["symbols"] == ["A", "B"]
    assert found["rolling"]["low"] < found["rolling"]["value"] < found["rolling"]["high"]


def test_coverage_is_measured_at_the_terminal(
    terminal: Terminal, prices: str, tmp_path: Path
) -> None:
    fund = tmp_path / "fund.csv"
    fund.write_text("symbol,shares\nA,100\nB,100\n")
    code, out, _ = terminal("measure", "coverage", str(fund), "--data", prices, "--json")
    found = json.loads(out)

    assert code == 0
    assert found["liquidation"]["rcr"] == pytest.approx(10.0)
    assert found["inputs"]["days"] == 5.0


def test_daily_indicators_are_measured_at_the_terminal(terminal: Terminal, prices: str) -> None:
    code, out, _ = terminal("measure", "daily", prices, "--symbols", "A", "--json")
    found = json.loads(out)

    assert code == 0
    assert set(found["symbols"]["A"]) == {"amihud", "roll"}


@pytest.mark.parametrize("kind", ["correlation", "coverage", "daily"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_kind_has_a_page_in_both_languages(
    terminal: Terminal, prices: str, tmp_path: Path, kind: str, lang: str
) -> None:
    fund = tmp_path / "fund.csv"
    fund.write_text("symbol,shares\nA,100\nB,100\n")
    asked = {
        "correlation": (prices, "--pair", "A,B", "--crisis", "2020-08-01:2020-09-30"),
        "coverage": (str(fund), "--data", prices),
        "daily": (prices,),
    }
    code, out, err = terminal("measure", kind, *asked[kind], "--lang", lang)

    assert (code, err) == (0, "")
    assert out.count("\n") > 5
    assert any("\u4e00" <= letter <= "\u9fff" for letter in out) == (lang == "zh")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_sentence(days: tuple[str, ...]) -> None:
    asked = ["measure", "quotes", "--baseline", days[0], "--stress", days[2]]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(  # noqa: S603 - our own
            [sys.executable, "-m", "undertow.cli", *asked, "--format", "lean-crypto", "--json"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "the answer cannot be written (No space left on device)" in ended.stderr


def test_prices_within_days_are_measured_at_the_terminal(
    terminal: Terminal, tmp_path: Path
) -> None:
    rows = [
        f"2026-02-05T10:{k:02d}:00,{name},{100 + 3 * math.sin(k + shift)}"
        for k in range(50)
        for name, shift in (("A", 0.0), ("B", 0.3))
    ]
    (tmp_path / "ticks.csv").write_text("\n".join(["date,symbol,close", *rows]) + "\n")
    asked = ("measure", "correlation", str(tmp_path / "ticks.csv"), "--pair", "A,B")
    code, out, _ = terminal(*asked, "--intraday", "--json")
    shown = terminal(*asked, "--intraday", "--lang", "zh")
    mixed = terminal(*asked, "--intraday", "--crisis", "2026-02-05:2026-02-05")
    lacking = terminal(*asked, "--every", "1min")

    assert code == 0
    assert json.loads(out)["value"] > 0.8
    assert "相关系数" in shown[1]
    assert (mixed[0], lacking[0]) == (1, 1)
    assert "--crisis is for daily prices" in mixed[2]
    assert "--every is for --intraday" in lacking[2]
