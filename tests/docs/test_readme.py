"""The README does what it says."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = [
    line for block in re.findall(r"```sh\n(.*?)```", README, re.S) for line in block.split("\n")
]
COMMANDS = [line for line in SHELL if line]


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise LookupError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_two_lines_do_all_the_set_up() -> None:
    assert len(COMMANDS) == 2
    assert all(c.startswith("python3 -m venv .venv && .venv/bin/pip install ") for c in COMMANDS)
    assert COMMANDS[0].endswith(" && .venv/bin/undertow run feb-2026")
    assert COMMANDS[1].endswith(" && .venv/bin/python -m pytest")


def test_the_extras_that_the_lines_install_exist() -> None:
    extras = re.findall(r'\[(\w+)\]"', "\n".join(COMMANDS))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    assert extras == ["page", "test"]
    assert all(re.search(rf"^{extra} = \[", project, re.M) for extra in extras)


@pytest.mark.parametrize("ending", ["-m pytest", "undertow run feb-2026"])
def test_ci_runs_the_lines_of_the_readme_and_not_copies_of_them(ending: str) -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert f"readme_line '{ending}'" in ci
    assert sum(line.endswith(ending) for line in README.splitlines()) == 1


def test_the_python_of_the_readme_runs_and_the_books_close(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = re.findall(r"```python\n(.*?)```", README, re.S)
    for block in code:
        exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - the README is ours

    assert len(code) == 1
    assert capsys.readouterr().out.startswith("True [(")


def test_the_pasted_output_has_every_part_of_the_page() -> None:
    pasted = [match["text"] for match in script("_readme").PASTED.finditer(README)]

    assert len(pasted) == 1
    for part in ("Targets", "Sources", "Segments", "Who made whom", "rests on", "The books"):
        assert part in pasted[0]


def test_a_table_that_is_left_out_leaves_a_mark() -> None:
    page = "said\n\nOut of sample, a\nrow\n\nSegments\nrow\n"

    assert script("_readme").as_pasted(page) == "said\n\n…\n\nSegments\nrow\n"


def test_a_pasted_number_may_differ_in_its_last_digit_and_no_more() -> None:
    differences = script("_readme").differences

    assert not differences("SI  −33.40 %  3.1×  1,200", "SI −33.41 %  3.1×  1,205")
    assert differences("SI  −33.40 %", "SI −34.40 %")
    assert differences("SI  −33.40 %", "SI +33.40 %")
    assert differences("SI  −33.40 %", "GC −33.40 %")
    assert differences("one line", "one line\nand another")


def test_the_first_hops_lead_to_the_step() -> None:
    hops = ["src/undertow/cli/run.py", "src/undertow/engine/run.py", "src/undertow/engine/step.py"]
    places = [README.index(f"({hop})") for hop in hops]
    words = [f"undertow.{'.'.join(Path(hop).with_suffix('').parts[2:])}" for hop in hops]

    assert places == sorted(places)
    assert "engine.step import step" in (ROOT / hops[1]).read_text(encoding="utf-8")
    assert words[-1] == "undertow.engine.step"


def test_the_command_line_says_its_version() -> None:
    command = [sys.executable, "-m", "undertow.cli", "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)

    assert re.fullmatch(r"undertow \d+\.\d+\.\d+\n", said.stdout)


def test_every_regime_is_in_the_readme_and_its_first_book_is_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from undertow.cli import main
    from undertow.model.rulebook import RULEBOOK

    (book,) = re.findall(r"```csv\n(.*?)```", README, re.S)
    (tmp_path / "book.csv").write_text(book)
    monkeypatch.setattr(sys, "argv", ["undertow", "book", str(tmp_path / "book.csv")])
    with pytest.raises(SystemExit) as left:
        main()

    assert not left.value.code
    assert capsys.readouterr().out.startswith("Liquidation price of NVDA in broker")
    assert [name for name in RULEBOOK.members() if f"`{name}`" not in README] == []
