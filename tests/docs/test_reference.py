"""Nothing that a user can write or read is missing from the docs."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from toy_episode import write
from undertow.core.answers.simulation import InstrumentAnswer, SegmentAnswer, Simulation
from undertow.core.family import Family
from undertow.episodes.schema import Plan
from undertow.jobs.rules import FAMILIES
from undertow.model.rulebook import RULEBOOK, rates_of

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FAMILY = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
COMMANDS = ("run", "book", "rules", "episodes", "measure orderbook", "gauge", "fetch")


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def undertow(*arguments: str, module: str = "undertow.cli") -> str:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_generated_pages_are_what_the_code_says() -> None:
    script = str(DOCS / "_reference.py")
    command = [sys.executable, script, "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


@FAMILY
def test_every_member_and_parameter_is_on_the_page_of_rules(family: Family[object]) -> None:
    text = page("rules.md")
    for name, part in family.discover().items():
        section = text.split(f"\n### `{name}`\n", 1)[1].split("\n### ", 1)[0]
        fields = [field.name for field in dataclasses.fields(part)]  # type: ignore[arg-type]

        assert all(f"| `{field}` |" in section for field in fields)


def test_every_regime_is_on_its_page_with_each_of_its_sources() -> None:
    text = page("regimes.md")
    for name in RULEBOOK.members():
        section = text.split(f"\n## `{name}`\n", 1)[1].split("\n## ", 1)[0]
        kinds = {row.what for row in rates_of(name).rows}

        assert [what for what in kinds if f"| `{what}` |" not in section] == []


@FAMILY
def test_every_member_is_recommended_for_something(family: Family[object]) -> None:
    text = page("choose.md")

    assert [name for name in family.members() if f"`{name}`" not in text] == []


@FAMILY
def test_every_member_names_where_it_comes_from_or_that_it_is_assumed(
    family: Family[object],
) -> None:
    text = page("method.md")

    assert [name for name in family.members() if f"`{name}`" not in text] == []


def test_every_command_of_the_help_is_on_the_page_of_commands() -> None:
    listed = re.findall(r"^  (\w+) {2,}", undertow("--help").split("Commands:")[1], re.M)

    assert listed
    assert [name for name in listed if f"## `undertow {name}`" not in page("commands.md")] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_the_help_is_on_the_page_of_commands(command: str) -> None:
    flags = set(re.findall(r"--[a-z][a-z-]*[a-z]", undertow(*command.split(), "--help"))) - {
        "--help"
    }
    section = page("commands.md").split(f"## `undertow {command}`", 1)[1].split("\n## ", 1)[0]

    assert flags
    assert {flag for flag in flags if f"`{flag}`" not in section} <= {"--no-"}


def test_every_key_of_the_episode_file_is_documented() -> None:
    text = page("episode-file.md")
    schema = Plan.model_json_schema(by_alias=True)
    parts = [schema, *schema["$defs"].values()]
    keys = {key for part in parts for key in part["properties"]}

    assert {key for key in keys if f"| `{key}` |" not in text} == set()


@pytest.mark.parametrize("record", [Simulation, InstrumentAnswer, SegmentAnswer])
def test_every_field_of_the_answer_is_documented(record: type[object]) -> None:
    text = page("answer.md")
    fields = [field.name for field in dataclasses.fields(record)]  # type: ignore[arg-type]

    assert [name for name in fields if f"| `{name}` |" not in text] == []


def test_every_column_of_a_run_folder_is_in_the_tour(tmp_path: Path) -> None:
    import polars

    said = undertow("run", str(write(tmp_path)), "--out", str(tmp_path / "runs"), "--json")
    folder = next((tmp_path / "runs").iterdir())
    tables = {file.stem: polars.read_parquet(file).columns for file in folder.glob("*.parquet")}
    text = page("tour.md").split("## The run folder", 1)[1]
    rows = {name: re.search(rf"^\| `{name}` \|.*$", text, re.M) for name in tables}
    missing = [
        f"{name}.{column}"
        for name, columns in tables.items()
        for column in columns
        if f"`{column}`" not in (rows[name] or [""])[0]
    ]

    assert missing == []
    assert {file.name for file in folder.glob("*.json")} >= {"summary.json"}
    assert json.loads(said)["outcome"]
