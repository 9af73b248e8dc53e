"""A stored run is read back, or refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from stored_run import BARE, bare, full, whole, write
from undertow.core.errors import BadFile
from undertow.data.runs import read_run


def test_what_was_stored_is_read_back(tmp_path: Path) -> None:
    stored = full()
    write(tmp_path, whole(), stored)

    summary, tables = read_run(tmp_path)

    assert summary == whole()
    assert tables.instruments.equals(stored.instruments)
    assert tables.sessions is not None
    assert tables.sessions.equals(stored.sessions)


def test_tables_that_older_runs_lack_are_none(tmp_path: Path) -> None:
    write(tmp_path, BARE, bare())

    _, tables = read_run(tmp_path)

    assert (tables.bands, tables.actual, tables.sessions) == (None, None, None)


def test_titles_come_from_the_episode_stored_with_the_run(tmp_path: Path) -> None:
    write(tmp_path, BARE, bare())
    (tmp_path / "episode.toml").write_text(
        '[instruments.SI]\ntitle = "COMEX silver"\n[segments.idle]\nrule = "none"\n'
        '[traders.trend]\ntitle = "Trend"\n'
    )

    assert read_run(tmp_path)[0]["titles"] == {"SI": "COMEX silver", "trend": "Trend"}


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        BadFile, match=r"is not a run .*name a folder that `undertow run` stored\.$"
    ):
        read_run(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["{", "[]", '{"command": "book"}'])
def test_a_foreign_summary_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, BARE, bare())
    (tmp_path / "summary.json").write_text(text)

    with pytest.raises(BadFile, match=r"summary\.json.*name a folder"):
        read_run(tmp_path)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    write(tmp_path, BARE, bare())
    (tmp_path / "sales.parquet").unlink()

    with pytest.raises(BadFile, match=r"sales\.parquet.*cannot be read"):
        read_run(tmp_path)


def test_a_table_that_is_none_is_named(tmp_path: Path) -> None:
    write(tmp_path, BARE, bare())
    (tmp_path / "sales.parquet").write_bytes(b"not a table")

    with pytest.raises(BadFile, match=r"sales\.parquet.*cannot be read"):
        read_run(tmp_path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    write(tmp_path, BARE, bare())
    pl.DataFrame({"seller": ["a"]}).write_parquet(tmp_path / "contagion.parquet")

    with pytest.raises(BadFile, match=r"contagion\.parquet.*has no column 'origin'"):
        read_run(tmp_path)


def test_an_episode_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path, BARE, bare())
    (tmp_path / "episode.toml").write_text("[instruments")

    with pytest.raises(BadFile, match=r"episode\.toml.*cannot be read.*name a folder"):
        read_run(tmp_path)


def test_an_entry_without_a_title_keeps_its_name(tmp_path: Path) -> None:
    write(tmp_path, BARE, bare())
    (tmp_path / "episode.toml").write_text('instruments = []\n[segments]\nodd = "title"\n')

    assert read_run(tmp_path)[0]["titles"] == {}
