"""The two files of docs/extend.md, dropped into a copy of the package, are members at once."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "extend.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"`src/(undertow/\S+\.py)`:\n\n```python\n(.*?)```", PAGE, re.S))
NEW = {"margin": "flat_rate", "impact": "hyperbolic"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extended")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src" / "undertow", folder / "undertow", ignore=ignored)
    for name, code in FILES.items():
        (folder / name).write_text(code, encoding="utf-8")
    return folder


def python(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def listed(copy: Path) -> dict[str, dict[str, dict[str, object]]]:
    said = python(copy, "-m", "undertow.cli", "rules", "--json")
    families: dict[str, dict[str, dict[str, object]]] = json.loads(said.stdout)["families"]
    return families


def test_the_page_has_one_file_for_each_of_two_families() -> None:
    assert sorted(FILES) == [f"undertow/model/{f}/{n}.py" for f, n in sorted(NEW.items())]


def test_both_are_listed_by_undertow_rules_with_their_parameters(copy: Path) -> None:
    families = listed(copy)

    assert families["margin"]["flat_rate"]["parameters"] == {"rate": None, "target": "1.0"}
    assert families["impact"]["hyperbolic"]["parameters"] == {"fill": "path"}


def test_both_would_be_on_the_page_of_rules(copy: Path) -> None:
    code = (
        "import importlib.util as u; s = u.spec_from_file_location('r', 'docs/_reference.py');"
        "m = u.module_from_spec(s); s.loader.exec_module(m); print(m.rules())"
    )
    said = python(copy, "-c", code).stdout

    assert all(f"### `{name}`" in said for name in NEW.values())


def test_both_keep_the_contracts_of_their_families(copy: Path) -> None:
    chosen = ["-m", "pytest", "tests/contracts", "-k", " or ".join(NEW.values())]
    done = python(copy, *chosen, "-p", "no:cacheprovider")
    passed = re.search(r"(\d+) passed", done.stdout)

    assert done.returncode == 0, done.stdout
    assert int((passed or ["", "0"])[1]) > 20


def test_an_outsider_adds_a_member_by_an_entry_point(tmp_path: Path) -> None:
    part = FILES["undertow/model/margin/flat_rate.py"].replace("FlatRate", "HouseRate")
    (tmp_path / "yourpackage").mkdir()
    (tmp_path / "yourpackage" / "house_rate.py").write_text(part, encoding="utf-8")
    entry = re.search(r'entry-points."(.*?)"\]\n(\w+) = "(.*?)"', PAGE)
    info = tmp_path / "yourpackage-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: yourpackage\nVersion: 1.0\n")
    group, name, target = entry.groups() if entry else ("", "", "")
    (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {target}\n")
    families = listed(tmp_path)

    assert "rate" in families["margin"]["house_rate"]["parameters"]  # type: ignore[operator]
