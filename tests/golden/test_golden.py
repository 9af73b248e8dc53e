"""Answers that must not move without a word in `news/`; compared at a relative 1e-9."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parent


def refresher() -> ModuleType:
    spec = importlib.util.spec_from_file_location("refresh", FOLDER / "refresh.py")

    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REFRESH = refresher()


def differences(got: object, golden: object, where: str = "") -> list[str]:
    """Places where two JSON values differ by more than a relative 1e-9."""
    if isinstance(golden, dict) and isinstance(got, dict):
        missing = [f"{where}.{key}" for key in set(golden) ^ set(got)]
        shared = [key for key in golden if key in got]
        inner = [differences(got[key], golden[key], f"{where}.{key}") for key in shared]
        return missing + [place for places in inner for place in places]
    if isinstance(golden, list) and isinstance(got, list) and len(golden) == len(got):
        pairs = enumerate(zip(got, golden, strict=True))
        inner = [differences(a, b, f"{where}[{k}]") for k, (a, b) in pairs]
        return [place for places in inner for place in places]
    if isinstance(golden, float) and isinstance(got, float):
        return [] if got == pytest.approx(golden, rel=1e-9, abs=1e-12) else [where]
    return [] if got == golden else [where]


NAMES = sorted({*REFRESH.REQUESTS, *REFRESH.BOOKS, REFRESH.CLAIM})


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_is_what_it_was(name: str) -> None:
    golden = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    got = json.loads(json.dumps(REFRESH.told(name)))

    # The audit's gaps are rounding; that they are small is tested, not how small.
    for answer in (golden, got):
        for finding in answer.get("audit", ()):
            del finding["worst"]

    assert differences(got, golden) == []


def test_a_moved_number_is_noticed() -> None:
    assert differences({"a": [1.0, {"b": 2.0}]}, {"a": [1.0, {"b": 2.1}]}) == [".a[1].b"]


def test_a_lost_field_is_noticed() -> None:
    assert differences({}, {"a": 1}) == [".a"]
