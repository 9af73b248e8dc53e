"""Daily closes of a user's own file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from undertow.core.errors import BadFile
from undertow.data.closes import read_closes

LONG = "date,symbol,close\n2026-01-03,A,11\n2026-01-02,A,10\n2026-01-02,B,5\n"
WIDE = "date,A,B\n2026-01-02,10,5\n2026-01-03,11,\n"


def written(folder: Path, text: str) -> Path:
    file = folder / "closes.csv"
    file.write_text(text)
    return file


@pytest.mark.parametrize("text", [LONG, WIDE])
def test_long_and_wide_say_the_same(tmp_path: Path, text: str) -> None:
    found = read_closes(written(tmp_path, text))

    assert sorted(found) == ["A", "B"]
    assert found["A"][0].tolist() == np.array(["2026-01-02", "2026-01-03"], "M8[D]").tolist()
    assert found["A"][1].tolist() == [10.0, 11.0]
    assert found["B"][1].tolist() == [5.0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("day,A\n1,2\n", "no column date"),
        ("date,A\n2026-01-02,ten\n", "line 2"),
        ("date,A\nsoon,10\n", "line 2"),
        (LONG + "2026-01-02,A,12\n", "two closes of 'A' on 2026-01-02"),
        ("date,symbol,close\n2026-01-02\n", "line 2"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        read_closes(written(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no-such"):
        read_closes(tmp_path / "no-such.csv")


OHLC = "date,symbol,open,high,low,close\n2026-01-03,A,10,12,9,11\n2026-01-02,A,9,11,8,10\n"


def test_lows_and_highs_are_read_where_a_file_has_them(tmp_path: Path) -> None:
    found = read_closes(written(tmp_path, OHLC))["A"]

    assert found.close.tolist() == [10.0, 11.0]
    assert (found.low.tolist(), found.high.tolist()) == ([8.0, 9.0], [11.0, 12.0])


@pytest.mark.parametrize("row", ["2026-01-05,A,10,,9,11\n", "2026-01-05,A,10,12,,11\n"])
def test_a_symbol_without_all_its_lows_and_highs_has_closes_only(tmp_path: Path, row: str) -> None:
    found = read_closes(written(tmp_path, OHLC + row))["A"]

    assert found.close.tolist() == [10.0, 11.0, 11.0]
    assert (found.low, found.high) == (None, None)


def test_a_close_outside_its_day_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"2026-01-05 of 13, which is not between 9 and 12"):
        read_closes(written(tmp_path, OHLC + "2026-01-05,A,10,12,9,13\n"))


def test_parquet_is_read_as_the_table_is(tmp_path: Path) -> None:
    frame = pl.read_csv(written(tmp_path, OHLC), try_parse_dates=True)
    frame.write_parquet(tmp_path / "closes.parquet")
    ours, theirs = (read_closes(tmp_path / f"closes.{end}")["A"] for end in ("csv", "parquet"))

    assert ours.close.tolist() == theirs.close.tolist()
    assert ours.dates.tolist() == theirs.dates.tolist()


def test_bars_of_hours_are_no_closes_of_days(tmp_path: Path) -> None:
    rows = "".join(f"2026-01-02T{hour:02}:00,A,1\n" for hour in range(9, 15))

    with pytest.raises(BadFile, match="bars of 3600 seconds of 'A', no days"):
        read_closes(written(tmp_path, "date,symbol,close\n" + rows))
