"""No tracked file names a package index or a folder of one machine, and none is large."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LARGEST = 500_000
# Written in pieces, so that this file does not name what it looks for.
HOSTS = (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("pypa", "io"),
    ("anaconda", "org"),
    ("npmjs", "(?:org|com)"),
    ("yarnpkg", "com"),
    ("crates", "io"),
    ("rubygems", "org"),
    ("proxy.golang", "org"),
    ("repo1?.maven", "org"),
    ("deb.debian", "org"),
    ("archive.ubuntu", "com"),
    ("tuna.tsinghua", "edu"),
    ("mirrors.aliyun", "com"),
)
INDEX = re.compile("|".join(rf"{name}\.{end}\b" for name, end in HOSTS))
INDEX_URL = re.compile("(?:extra-)?index" + "-url|find" + "-links|registry" + r"\s*=\s*http")
MACHINE = re.compile(r"(?<![\w.])/(?:" + "|".join(("work", "root", "home/[a-z]", "Users")) + ")/")


def tracked() -> list[Path]:
    try:
        done = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git clone, so nothing says which files are tracked")
    files = [ROOT / name for name in done.stdout.split("\0") if name]
    return [file for file in files if file.is_file()]


def naming(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for file in tracked():
        text = file.read_bytes().decode("utf-8", errors="ignore")
        found += [f"{file.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
    return found


def test_no_tracked_file_names_the_host_of_a_package_index() -> None:
    assert naming(INDEX) == []


def test_no_tracked_file_points_an_installer_at_an_index() -> None:
    assert naming(INDEX_URL) == []


def test_no_tracked_file_names_a_folder_of_one_machine() -> None:
    assert naming(MACHINE) == []


def test_the_patterns_find_what_they_look_for() -> None:
    assert INDEX.search(".".join(("https://files.pythonhosted", "org/packages")))
    assert INDEX_URL.search("--extra-index" + "-url")
    assert MACHINE.search("/".join(("", "work", "main")))


def test_no_tracked_file_is_large() -> None:
    assert [file.name for file in tracked() if file.stat().st_size > LARGEST] == []
