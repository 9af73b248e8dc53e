"""What every connector keeps: one file, one provider, nothing heavy, nothing hidden."""

from __future__ import annotations

import inspect
import subprocess
import sys
import tomllib
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from undertow.core.errors import NoAnswer
from undertow.data.sources import SOURCES
from undertow.data.sources._wire import Wire
from undertow.data.sources.base import STEP_SECONDS, Ask

ROOT = Path(__file__).parents[2]
EACH = pytest.mark.parametrize("name", SOURCES.members())
ASK = Ask("legacy:088691", date(2026, 1, 1), date(2026, 2, 1))


@EACH
def test_a_connector_says_its_symbols_limits_and_source(name: str) -> None:
    said = inspect.getdoc(SOURCES.member(name)) or ""

    assert "Limits: " in said
    assert "Source: " in said
    assert "symbol" in said or "series" in said or "anything" in said


@EACH
def test_a_connector_knows_its_steps(name: str) -> None:
    steps = SOURCES.member(name).steps

    assert steps[0] == "1d"
    assert set(steps) <= set(STEP_SECONDS)


@EACH
def test_a_connector_is_frozen_and_holds_an_address_at_most(name: str) -> None:
    part = SOURCES.member(name)

    assert part.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert {one.name for one in fields(part)} <= {"address"}  # type: ignore[arg-type]


@EACH
def test_a_library_is_loaded_only_when_it_is_asked(name: str) -> None:
    heavy = ("yfinance", "ccxt", "akshare", "pandas", "polars")
    code = (
        f"import sys, undertow.data.sources.{name}\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


@EACH
def test_an_extra_that_is_named_can_be_installed(name: str) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    extra = SOURCES.member(name).extra

    assert not extra or extra in extras
    assert not extra or extra in extras["fetch"][0]


@EACH
@pytest.mark.parametrize("answer", [b"", b"{", b"<html>", b"\xff\xfe", b"null", b"[1]", b"{}"])
def test_an_answer_that_is_none_is_one_sentence(name: str, answer: bytes) -> None:
    with pytest.raises(NoAnswer) as caught:
        SOURCES.make(name, {}).bars(answer, ASK)

    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


@EACH
def test_a_place_where_nobody_listens_is_one_sentence(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("FRED_API_KEY", "DATABENTO_API_KEY"):
        monkeypatch.setenv(key, "secret")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    wire = Wire(at="http://127.0.0.1:9", tries=1, timeout_s=1.0, sleep=lambda _: None)
    with pytest.raises(NoAnswer) as caught:
        SOURCES.make(name, {}).answer(ASK, wire)

    assert "secret" not in str(caught.value)
    assert str(caught.value).endswith((".", "'."))
