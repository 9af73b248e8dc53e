"""The benchmarks give equal answers; how fast is not tested here."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from toy_episode import write

BENCH = Path(__file__).parents[2] / "bench"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"bench_{name}", BENCH / f"{name}.py")

    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", [7, 11])
@pytest.mark.parametrize("plain", [True, False])
def test_the_cascade_ends_at_the_prices_of_the_plain_reference(seed: int, plain: bool) -> None:
    cascade = script("cascade")
    x = cascade.given(20_000, seed)
    ours, reference = cascade.engine(x, threads=2, plain=plain)(), cascade.plainly(x)

    assert ours["rounds"] == reference["rounds"]
    assert np.array(ours["prices"]) == pytest.approx(reference["prices"], rel=1e-12)


def test_the_published_cascade_takes_71_rounds() -> None:
    cascade = script("cascade")
    told = cascade.plainly(cascade.given(100_000, 7))

    assert told["rounds"] == 71
    assert told["prices"][0] == pytest.approx(0.499, abs=5e-4)


def test_calm_bars_find_the_same_accounts_with_and_without_the_list() -> None:
    calm = script("calm")
    group, rates = calm.people(40_000, 3)
    markets = calm.bars(0.02, 12, 3)
    _, near = calm.tested(group, rates, markets, plain=False, threads=1)
    _, plain = calm.tested(group, rates, markets, plain=True, threads=1)

    assert near == plain
    assert any(near)


def test_the_cascade_prints_one_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["cascade", "--accounts", "5000", "--threads", "1", "--peers", "none", "--json"]
    monkeypatch.setattr(sys, "argv", words)
    script("cascade").main()
    told = json.loads(capsys.readouterr().out)

    assert {row["name"] for row in told["rows"]} == {
        "undertow, near list", "undertow, plain scan", "NumPy",
    }  # fmt: skip
    assert all(row["gap"] < 1e-12 for row in told["rows"])


def test_the_ranges_print_one_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["ranges", "--episode", str(write(tmp_path)), "--accounts", "40", "--draws", "1"]
    monkeypatch.setattr(sys, "argv", [*words, "--workers", "1", "--json"])
    script("ranges").main()
    told = json.loads(capsys.readouterr().out)

    assert told["runs"] == 1 + 2 * 7 + 1
    assert 0.0 < told["build_s"] < told["run_s"] < told["ranges_s"]
