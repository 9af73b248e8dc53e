"""Run folders appear whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars
import pytest

from undertow.core.errors import NotWritable
from undertow.data.store import run_name, whole_folder, write_tables


def stopped_by(folder: Path, reason: BaseException) -> None:
    with whole_folder(folder, "run") as place:
        (place.path / "a.txt").write_text("a")
        raise reason


def test_a_run_is_named_by_time_scenario_and_hash() -> None:
    name = run_name(datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC), "feb-2026", "0123456789abcdef")

    assert name == "20260203T040506Z-feb-2026-01234567"


def test_a_folder_appears_under_its_name_when_all_went_well(tmp_path: Path) -> None:
    with whole_folder(tmp_path, "run") as place:
        (place.path / "a.txt").write_text("a")
        before = (tmp_path / "run").exists()

    assert not before
    assert place.path == tmp_path / "run"
    assert (tmp_path / "run" / "a.txt").read_text() == "a"


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        stopped_by(tmp_path, ZeroDivisionError())

    assert list(tmp_path.iterdir()) == []


def test_an_interruption_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        stopped_by(tmp_path, KeyboardInterrupt())

    assert list(tmp_path.iterdir()) == []


def test_a_second_run_of_the_same_second_does_not_overwrite_the_first(tmp_path: Path) -> None:
    for _ in range(3):
        with whole_folder(tmp_path, "run") as place:
            (place.path / "a.txt").write_text("a")

    assert sorted(p.name for p in tmp_path.iterdir()) == ["run", "run-2", "run-3"]


def test_a_place_that_is_a_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    refused = pytest.raises(NotWritable, match=r"^runs cannot be stored in .*choose another folder")

    with refused, whole_folder(tmp_path / "file" / "runs", "run"):
        pass


def test_a_disk_that_is_full_within_a_table_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(frame: polars.DataFrame, file: Path) -> None:
        raise polars.exceptions.ComputeError("transport error")

    monkeypatch.setattr(polars.DataFrame, "write_parquet", full)

    with pytest.raises(NotWritable, match=r"a\.parquet could not be stored"):
        write_tables(tmp_path, {"a": {"b": [1]}})
