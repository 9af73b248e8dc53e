"""Raw answers are kept as they came, and only fresh ones are used again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from undertow.core.errors import NotWritable
from undertow.data.cache import Cache, raw_answers

NOON = datetime(2026, 2, 6, 12, tzinfo=UTC)
QUESTION = {"provider": "fred", "symbol": "DGS10", "from": "2026-01-01"}
HOURS = timedelta(hours=12)


def test_an_answer_is_kept_byte_by_byte_under_its_moment(tmp_path: Path) -> None:
    kept = Cache(tmp_path).keep("fred", QUESTION, b"\x00raw\xff", NOON)

    assert kept.file.read_bytes() == b"\x00raw\xff"
    assert kept.file.name.endswith("-20260206T120000000000Z.raw")
    assert kept.file.parent == tmp_path / "fred"


def test_the_question_stands_beside_the_answer(tmp_path: Path) -> None:
    Cache(tmp_path).keep("fred", QUESTION, b"raw", NOON)
    (asked,) = (tmp_path / "fred").glob("*.json")

    assert json.loads(asked.read_text()) == QUESTION


def test_a_fresh_answer_is_found_and_an_old_one_is_not(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.keep("fred", QUESTION, b"raw", NOON)
    later, too_late = NOON + timedelta(hours=11), NOON + timedelta(hours=13)
    found = cache.newest("fred", QUESTION, later, HOURS)

    assert found is not None
    assert (found.content, found.moment) == (b"raw", NOON)
    assert cache.newest("fred", QUESTION, too_late, HOURS) is None


def test_an_answer_of_the_future_is_not_used(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.keep("fred", QUESTION, b"raw", NOON)

    assert cache.newest("fred", QUESTION, NOON - timedelta(hours=1), HOURS) is None


def test_another_question_has_another_answer(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.keep("fred", QUESTION, b"raw", NOON)

    assert cache.newest("fred", {**QUESTION, "from": "2025-01-01"}, NOON, HOURS) is None
    assert cache.newest("cftc", QUESTION, NOON, HOURS) is None


def test_the_newest_of_several_answers_is_found(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for hour in (1, 3, 2):
        cache.keep("fred", QUESTION, bytes([hour]), NOON + timedelta(hours=hour))
    found = cache.newest("fred", QUESTION, NOON + timedelta(hours=4), HOURS)

    assert found is not None
    assert found.content == b"\x03"


def test_the_cache_lies_under_the_home_of_undertow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERTOW_HOME", str(tmp_path))

    assert raw_answers().folder == tmp_path / "raw"


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")

    with pytest.raises(NotWritable, match=r"answers cannot be kept in .*UNDERTOW_HOME"):
        Cache(tmp_path / "file").keep("fred", QUESTION, b"raw", NOON)


def test_what_is_no_answer_and_one_of_the_future_are_passed_over(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    kept = cache.keep("fred", QUESTION, b"raw", NOON)
    cache.keep("fred", QUESTION, b"later", NOON + timedelta(days=400))
    stem = kept.file.name.rpartition("-")[0]
    (kept.file.parent / f"{stem}-notes.raw").write_bytes(b"mine")
    found = cache.newest("fred", QUESTION, NOON + timedelta(hours=1), HOURS)

    assert found is not None
    assert found.content == b"raw"
