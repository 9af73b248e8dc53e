"""The terminal's door: what it prints, what it stores, and how it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import polars
import pytest

from terminal import SMALL, Terminal, refused
from undertow import __version__
from undertow.episodes import find

FIELDS = (
    "outcome", "accounts", "bars", "rounds", "instruments", "segments", "contagion", "audit",
    "warnings",
)  # fmt: skip


@pytest.fixture
def undertow(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Terminal:
    return Terminal(monkeypatch, capsys, tmp_path)


NO_CHANGE = ("", "")


def episode_with(
    tmp_path: Path, *, toml: tuple[str, str] = NO_CHANGE, facts: tuple[str, str] = NO_CHANGE
) -> str:
    """feb-2026 with one text replaced in each of its files."""
    source = find("feb-2026")
    for file, (old, new) in ((source, toml), (source.with_name("facts.csv"), facts)):
        text = file.read_text(encoding="utf-8")

        assert old in text
        (tmp_path / file.name).write_text(text.replace(old, new, 1) if old else text)
    (tmp_path / "sources.csv").write_bytes(source.with_name("sources.csv").read_bytes())
    return str(tmp_path / "episode.toml")


def test_the_version_is_printed(undertow: Terminal) -> None:
    assert undertow("--version") == (0, f"undertow {__version__}\n", "")


def test_a_run_prints_the_sentence_the_tables_and_the_books(undertow: Terminal) -> None:
    code, out, _ = undertow.run()

    assert code == 0
    for part in (
        "margin calls",
        "Targets",
        "Segments",
        "Who made whom sell what",
        "books close",
    ):
        assert part in out


def test_the_json_has_every_field(undertow: Terminal) -> None:
    code, out, err = undertow.run("--json")
    told = json.loads(out)

    assert (code, err) == (0, "")
    assert set(FIELDS) <= set(told)
    assert told["command"] == "run"
    assert set(told["instruments"]["NVDA"]) >= {
        "role", "given", "forced", "simulated", "actual", "unexplained", "depth_low", "spread_high",
    }  # fmt: skip
    assert set(told["segments"]["comex_retail"]) >= {
        "accounts", "weight", "called", "forced_usd", "bankrupt", "bad_debt_usd",
    }  # fmt: skip
    assert all(finding["holds"] for finding in told["audit"])
    assert "timing" not in told


def test_timing_is_added_only_when_asked_for(undertow: Terminal) -> None:
    told = json.loads(undertow.run("--json", "--timing")[1])

    assert set(told["timing"]) == {
        "build_s", "compile_s", "run_s", "ranges_s", "account_rounds",
    }  # fmt: skip


def test_the_same_seed_gives_the_same_bytes_with_any_number_of_threads(undertow: Terminal) -> None:
    one = undertow.run("--json")[1]
    two = undertow("run", "feb-2026", *SMALL[:-1], "2", "--out", str(undertow.runs), "--json")[1]

    assert one == two


def test_another_seed_gives_another_answer(undertow: Terminal) -> None:
    assert undertow.run("--json", "--seed", "1")[1] != undertow.run("--json", "--seed", "2")[1]


def test_a_run_folder_holds_tables_scenario_and_summary(undertow: Terminal) -> None:
    told = json.loads(undertow.run("--json")[1])
    (folder,) = undertow.runs.iterdir()
    prices = polars.read_parquet(folder / "instruments.parquet")
    sales = polars.read_parquet(folder / "sales.parquet")

    stored = json.loads((folder / "summary.json").read_text())

    assert {key: value for key, value in stored.items() if key not in {"said", "warned"}} == told
    assert (folder / "episode.toml").read_bytes() == find("feb-2026").read_bytes()
    assert prices.height == told["bars"] * len(told["instruments"])
    forced = sum(segment["forced_usd"] for segment in told["segments"].values())
    assert sales["usd"].sum() == pytest.approx(forced, rel=1e-12)


def test_free_origins_answer_to_their_stated_news(undertow: Terminal) -> None:
    told = json.loads(undertow.run("--json", "--origin", "free")[1])

    assert told["instruments"]["SI"]["role"] == "free"
    assert told["instruments"]["SI"]["given"] < -0.05
    assert told["inputs"]["origin"] == "free"


def test_an_unknown_episode_is_refused_with_the_nearest_name(undertow: Terminal) -> None:
    assert "did you mean 'feb-2026'?" in refused(undertow("run", "feb2026"))


def test_a_folder_that_cannot_be_written_is_refused(undertow: Terminal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    said = refused(undertow("run", "feb-2026", *SMALL, "--out", str(tmp_path / "file")))
    assert "--out" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('rule = "square_root"', 'rule = "square_rot"', "square_root"),
        ("[makers]", "[maker]", "makers"),
        ("[makers]", "[makers", "TOML"),
        ("look_through = { SI = 2.0 }", "look_through = { SY = 2.0 }", "SY"),
        ('owner = "least_cost"', 'owner = "least_costs"', "least_cost"),
        ("accounts = 200_000", "accounts = 0", "accounts"),
        ("share = 0.14", "share = 0.35", "share"),
        ("start = 2026-01-29T00:00:00Z", "start = 2026-02-19T00:00:00Z", "start"),
        ('segments = ["shanghai_futures"]', 'segments = ["shanghai"]', "shanghai_futures"),
        ("effect = 2026-02-06T22:00:00Z", "effect = 2027-02-06T22:00:00Z", "window"),
    ],
)
def test_a_wrong_entry_is_refused_in_one_sentence(
    undertow: Terminal, tmp_path: Path, old: str, new: str, said: str
) -> None:
    file = episode_with(tmp_path, toml=(old, new))

    assert said in refused(undertow("run", file, "--out", str(undertow.runs)))
    assert not undertow.runs.exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2026-01-29T01:00Z,117.96,USD/oz,data", "2026-01-29T01:00Z,nan,USD/oz,data", "nan"),
        ("2026-01-29T01:00Z,117.96", "yesterday,117.96", "yesterday"),
        ("USD/oz,data,,,#xag", "USD/oz,data,,,", "source"),
        ("USD/oz,data,,,#xag", "USD/oz,data,,,#silver", "#silver"),
    ],
)
def test_a_wrong_fact_is_refused_in_one_sentence(
    undertow: Terminal, tmp_path: Path, old: str, new: str, said: str
) -> None:
    file = episode_with(tmp_path, facts=(old, new))

    assert said in refused(undertow("run", file, "--out", str(undertow.runs)))


def test_a_negative_depth_is_refused(undertow: Terminal, tmp_path: Path) -> None:
    old = 'title = "COMEX silver"\n'
    file = episode_with(tmp_path, toml=(old, old + "depth = -1.0\n"))

    assert "depth" in refused(undertow("run", file, "--out", str(undertow.runs)))


def test_an_interrupted_run_says_so_and_leaves_no_folder(
    undertow: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("undertow.data.store._instrument_rows", stop)
    code, out, err = undertow.run()

    assert (code, out) == (130, "")
    assert err == "undertow: interrupted; nothing was stored.\n"
    assert list(undertow.runs.iterdir()) == []


def test_rules_lists_every_family(undertow: Terminal) -> None:
    told = json.loads(undertow("rules", "--json")[1])["families"]

    assert set(told) == {
        "margin", "liquidation", "impact", "makers", "traders", "venues", "rulebook",
        "indicator", "source",
    }  # fmt: skip
    assert "square_root" in told["impact"]
    assert told["impact"]["square_root"]["what"]


def test_rules_for_people_name_the_parameters(undertow: Terminal) -> None:
    assert "linear_below" in undertow("rules")[1]


def test_episodes_are_listed(undertow: Terminal) -> None:
    assert "feb-2026" in undertow("episodes")[1]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['undertow', '--help']\n"
        "from undertow.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numba', 'polars', 'pandas', 'pydantic', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603

    assert done.returncode == 0, done.stderr


def test_a_terminal_without_our_letters_gets_question_marks() -> None:
    code = "import sys; sys.argv = ['undertow', 'rules']; from undertow.cli import main; main()"
    env = {**os.environ, "PYTHONIOENCODING": "ascii:strict"}
    called = [sys.executable, "-c", code]
    done = subprocess.run(called, capture_output=True, text=True, env=env, check=False)  # noqa: S603

    assert done.returncode == 0, done.stderr
    assert "????z" in done.stdout
