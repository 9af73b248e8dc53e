"""What starts light stays light, and floors are kept."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CALENDARS = ("pandas", "exchange_calendars")
HEAVY = ("numba", "polars", "scipy", "plotly", "rich.progress", *CALENDARS)


def loaded_after(code: str) -> set[str]:
    asked = f"{code}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import undertow",
        "import undertow.cli",
        "from undertow.cli import app\ntry: app(['--help'])\nexcept SystemExit: pass",
        "from undertow.cli import app\ntry: app(['run', '--help'])\nexcept SystemExit: pass",
        "from undertow.cli import app\ntry: app(['book', '--help'])\nexcept SystemExit: pass",
        "from undertow.cli import app\ntry: app(['fetch', '--help'])\nexcept SystemExit: pass",
        "from undertow.cli import app\ntry: app(['gauge', '--help'])\nexcept SystemExit: pass",
        "from undertow.cli import app\ntry: app(['measure', 'orderbook', '--help'])\n"
        "except SystemExit: pass",
    ],
    ids=[
        "import",
        "door",
        "help",
        "help of run",
        "help of book",
        "help of fetch",
        "help of gauge",
        "help of measure",
    ],
)
def test_asking_for_help_loads_nothing_heavy(code: str) -> None:
    assert loaded_after(code).isdisjoint(HEAVY)


def test_importing_undertow_loads_not_even_numpy() -> None:
    assert "numpy" not in loaded_after("import undertow")


def test_a_run_needs_no_calendar_package() -> None:
    code = (
        "from undertow.episodes import compile_episode, load\n"
        "from undertow.jobs import run\n"
        "import undertow.data.store, undertow.report.tables\n"
        "compile_episode(load('feb-2026'), accounts=100, bar='1h')"
    )

    assert loaded_after(code).isdisjoint(CALENDARS)


def test_listing_members_imports_none_of_them() -> None:
    code = "from undertow.model.impact import IMPACT\nIMPACT.members()"
    members = {name for name in loaded_after(code) if name.startswith("undertow.model.impact.")}
    shared = {name for name in members if name.rpartition(".")[2].startswith("_")}

    assert members - shared == {"undertow.model.impact.base"}


def test_imports_go_down_only() -> None:
    beside = Path(sys.executable).with_name("lint-imports")
    tool = str(beside) if beside.exists() else shutil.which("lint-imports")
    if tool is None:
        pytest.skip("import-linter is not installed; the lint step of CI has it")
    done = subprocess.run([tool], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
