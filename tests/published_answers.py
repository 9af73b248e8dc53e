"""The checks of `python -m undertow.published`, run once for all tests that look at them."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from undertow.published.check import Answer, Check, Fixture, Row, answer

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("UNDERTOW_DATA", ROOT.parent / "shared" / "data"))


@cache
def played(check: Check) -> Answer:
    """The answer of a check on the data folder."""
    return answer(check, DATA)


def rows(check: Check) -> dict[str, Row]:
    """Rows of a check by name; the test is skipped, with the reason, where data are absent."""
    found = played(check)
    if found.skipped is not None:
        pytest.skip(found.skipped)
    return {row.name: row for row in found.rows}


def missed(check: Check, start: str = "") -> list[str]:
    """Rows whose name begins with `start` and that do not hold, with what was got."""
    chosen = [row for name, row in rows(check).items() if name.startswith(start)]
    if not chosen:
        raise LookupError(f"no row of {check.name} begins with {start!r}")
    return [f"{r.name}: {r.published} | {r.got}" for r in chosen if not r.holds]


def data_file(fixture: Fixture) -> Path:
    """A fixture's path; the test is skipped, with the reason, where it is absent."""
    if fixture.missing(DATA):
        pytest.skip(f"{fixture.path} is not in {DATA}; set UNDERTOW_DATA")
    return DATA / fixture.path
