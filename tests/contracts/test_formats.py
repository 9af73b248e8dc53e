"""What every format of a measured file promises; a file dropped into a folder is one more."""

from __future__ import annotations

import dataclasses
import gzip
import importlib.util
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from terminal import Terminal
from undertow.core import events as ev
from undertow.core.errors import BadFile
from undertow.core.family import Family, file_names, terminal_name
from undertow.data.chains import read_chain
from undertow.data.orderbooks import opened
from undertow.data.quotes import read_quotes
from undertow.jobs.rules import FORMATS

ROOT = Path(__file__).parents[2]
MADE_UP = ROOT / "tests" / "formats"
COMMANDS = {"orderbooks": "orderbook", "quotes": "quotes", "chains": "gamma"}
READ: dict[str, Callable[[Path, str], object]] = {
    "orderbooks": lambda file, form: list(opened([file], form, "T").blocks),
    "quotes": read_quotes,
    "chains": read_chain,
}
LETTER = b"Dear reader,\nthis is no market, but a letter, of two lines.\n"
EACH = pytest.mark.parametrize(
    ("family", "name"),
    [(family, terminal_name(name)) for family in FORMATS for name in family.members()],
    ids=lambda value: value if isinstance(value, str) else value.name,
)


@EACH
def test_the_help_names_a_format_without_importing_it(
    family: Family[object], name: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], tmp_path: Path,
) -> None:  # fmt: skip
    undertow = Terminal(monkeypatch, capsys, tmp_path)
    code, out, _ = undertow("measure", COMMANDS[family.name], "--help")
    choice = re.search(r"--format <(.*?)>", out)

    assert code == 0
    assert name in (choice or ["", ""])[1].split("|")


@EACH
def test_the_page_of_formats_says_what_a_format_is(family: Family[object], name: str) -> None:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs" / "_reference.py")
    assert spec is not None
    assert spec.loader is not None
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    section = page.formats().split(f"\n## {family.name}\n", 1)[1].split("\n## ", 1)[0]

    assert f"\n### `{name}`\n" in section


@EACH
def test_a_format_is_frozen_without_parameters_and_says_its_source(
    family: Family[object], name: str
) -> None:
    part = family.written(name)

    assert dataclasses.fields(part) == ()  # type: ignore[arg-type]
    assert part.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "Source: " in (inspect.getdoc(part) or "")


@EACH
@pytest.mark.parametrize("content", [LETTER, b"\xff\xfe\x00\x01" * 99, gzip.compress(LETTER)[:-9]])
def test_what_is_of_another_kind_is_refused_in_one_sentence(
    family: Family[object], name: str, content: bytes, tmp_path: Path
) -> None:
    for suffix in (".csv", ".csv.gz", ".zip"):
        file = tmp_path / f"20170903_t_minute_quote{suffix}"
        file.write_bytes(content)
        with pytest.raises(BadFile) as caught:
            READ[family.name](file, name)

        assert "\n" not in str(caught.value)
        assert str(caught.value).endswith(".")


@EACH
def test_an_empty_file_and_a_missing_one_are_refused(
    family: Family[object], name: str, tmp_path: Path
) -> None:
    empty, absent = tmp_path / "20170903_t_minute_quote.csv", tmp_path / "absent.csv"
    empty.write_bytes(b"")
    for file in (empty, absent):
        with pytest.raises(BadFile) as caught:
            READ[family.name](file, name)

        assert file.name in str(caught.value)


@pytest.mark.parametrize("family", FORMATS, ids=lambda family: family.name)
def test_the_files_of_a_family_are_its_members(family: Family[object]) -> None:
    assert file_names(family.package) <= set(family.members())


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package with one file more in each of the three folders, and nothing else."""
    folder = tmp_path_factory.mktemp("dropped")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src" / "undertow", folder / "undertow", ignore=ignored)
    for family in FORMATS:
        into = folder.joinpath(*family.package.split("."))
        shutil.copy(MADE_UP / f"{family.name}.py", into / "made_up.py")
    return folder


def python(copy: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    done = subprocess.run(  # noqa: S603 - our own code
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def measured(copy: Path, *words: str) -> dict:
    return json.loads(python(copy, "-m", "undertow.cli", "measure", *words, "--json"))


def test_a_file_that_is_dropped_in_keeps_the_contract_of_formats(copy: Path) -> None:
    said = python(
        copy, "-m", "pytest", str(Path(__file__)), "-k", "made-up", "-p", "no:cacheprovider"
    )

    assert re.search(r"\b21 passed", said)


def test_a_feed_that_is_dropped_in_is_read(copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "book.txt"
    file.write_text(
        f"made up book\n1 {ev.ADD} 1 7 100 5 {ev.END}\n2 {ev.ADD} -1 8 101 5 {ev.END}\n"
    )
    code = (
        "import sys, pathlib; from undertow.data.orderbooks import opened\n"
        "found = opened([pathlib.Path(sys.argv[1])], 'made-up')\n"
        "print(*(len(block.time) for block in found.blocks))"
    )

    # Not through the terminal: the kernels would be compiled again for the copy.
    assert python(copy, "-c", code, str(file)).split() == ["2"]


def test_a_layout_of_quotes_that_is_dropped_in_is_measured(copy: Path, tmp_path: Path) -> None:
    for day, half in ((3, 0.1), (4, 0.5)):
        rows = "\n".join(f"{m} {100 - half} {100 + half} 7" for m in range(1440))
        (tmp_path / f"{day}.txt").write_text(f"made up quotes of 2017-09-0{day}\n{rows}\n")
    calm, bad = str(tmp_path / "3.txt"), str(tmp_path / "4.txt")
    asked = ("--baseline", calm, "--stress", bad, "--format", "made-up")

    assert measured(copy, "quotes", *asked)["spread_multiple"] == pytest.approx(5.0)


def test_a_layout_of_chains_that_is_dropped_in_is_known_by_its_lines(
    copy: Path, tmp_path: Path
) -> None:
    file = tmp_path / "chain.txt"
    file.write_text("made up chain,XYZ,100,2026-01-05\n2026-02-06,105,C,2.0,1000\n")
    found = measured(copy, "gamma", str(file))

    assert found["call_usd_per_1pct"] > 0.0
    assert found["put_usd_per_1pct"] == 0.0
