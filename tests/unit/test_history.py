"""A history of prices, cut at a moment, and the files that it is read from."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.errors import BadDate, BadFile, BadNumber, UnknownName
from undertow.core.history import FIELDS, Bars, History
from undertow.data.history import read_history

DATA = Path(__file__).parents[3] / "shared" / "data" / "market"
LONG = (
    "date,symbol,open,high,low,close,volume\n"
    "2026-01-06,A,11,13,10,12,200\n"
    "2026-01-02,A,10,11,9,10,100\n"
    "2026-01-05,A,10,12,10,11,\n"
    "2026-01-02,B,5,5,5,5,7\n"
)
WIDE = "date,A,B\n2026-01-02,10,5\n2026-01-05,11,\n2026-01-06,12,\n"


def written(folder: Path, text: str, name: str = "prices.csv") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def days(first: str, closes: list[float], symbol: str = "A") -> Bars:
    dates = np.datetime64(first) + np.arange(len(closes))
    column = np.array(closes, dtype=np.float64)
    return Bars(symbol, dates, *(column.copy() for _ in FIELDS))


def test_long_and_wide_say_the_same_closes(tmp_path: Path) -> None:
    long, wide = (
        read_history(written(tmp_path, text, f"{k}.csv")) for k, text in enumerate((LONG, WIDE))
    )

    assert long.symbols == wide.symbols == ("A", "B")
    assert long["A"].date.tolist() == wide["A"].date.tolist()
    assert long["A"].close.tolist() == wide["A"].close.tolist() == [10.0, 11.0, 12.0]
    assert long["A"].high.tolist() == [11.0, 12.0, 13.0]
    assert np.isnan(long["A"].volume[1])
    assert np.isnan(wide["A"].open).all()


def test_a_parquet_file_says_what_the_csv_file_says(tmp_path: Path) -> None:
    csv = written(tmp_path, LONG)
    pl.read_csv(csv, try_parse_dates=True).write_parquet(tmp_path / "prices.parquet")
    ours, theirs = read_history(csv), read_history(tmp_path / "prices.parquet")

    for name in ("date", *FIELDS):
        np.testing.assert_array_equal(getattr(ours["A"], name), getattr(theirs["A"], name))


def test_a_symbol_map_gives_the_wanted_name(tmp_path: Path) -> None:
    found = read_history(written(tmp_path, LONG), symbol_map={"A": "SI=F"})

    assert found.symbols == ("B", "SI=F")


def test_a_folder_gives_its_daily_files_or_its_intraday_files(tmp_path: Path) -> None:
    written(tmp_path, LONG, "days.csv")
    written(tmp_path, "ts_utc,symbol,close\n2026-01-02 10:00,C,1\n2026-01-02 11:00,C,2\n", "h.csv")
    written(tmp_path, "month,debt\n2026-01,4\n", "debt.csv")
    daily, hourly = read_history(tmp_path), read_history(tmp_path, intraday=True)

    assert daily.symbols == ("A", "B")
    assert hourly.symbols == ("C",)
    assert hourly["C"].step == np.timedelta64(1, "h")
    assert [str(one) for one in daily.left_out] == [
        "debt.csv has not date, symbol and close",
        "h.csv is intraday",
    ]


def test_a_symbol_in_two_files_is_taken_from_the_first_and_said(tmp_path: Path) -> None:
    first = written(tmp_path, LONG, "first.csv")
    again = written(tmp_path, "date,symbol,close\n2026-01-02,B,6\n", "again.csv")
    found = read_history(first, again)

    assert found["B"].close.tolist() == [5.0]
    assert [str(one) for one in found.left_out] == ["B of again.csv is in an earlier file"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "cannot be read"),
        ("day,A\n1,2\n", "no column date"),
        ("date,A\n2026-01-02,ten\n", "line 2 has 'ten' as close"),
        ("date,A\n2026-01-02,inf\n", "line 2 has 'inf' as close"),
        ("date,A,A\n2026-01-02,1,2\n", "the column 'A' twice"),
        ("date,A\nsoon,10\n", "line 2 has 'soon' as date"),
        ("date,symbol,close,volume\n2026-01-02,A,10,-4\n", "as volume"),
        (LONG + "2026-01-02,A,1,1,1,1,1\n", "two closes of 'A' on 2026-01-02"),
        ("date,symbol,close\n2026-01-02,A,1,2,3\n", "cannot be read"),
        ("date,symbol,close\n2026-01-02,A,\n", "holds no prices"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        read_history(written(tmp_path, text))


def test_a_truncated_gzip_and_an_absent_file_are_refused(tmp_path: Path) -> None:
    cut = tmp_path / "prices.csv.gz"
    cut.write_bytes(gzip.compress(LONG.encode() * 50)[:-20])
    for file in (cut, tmp_path / "absent.csv", tmp_path / "absent.parquet"):
        with pytest.raises(BadFile, match=f"{file.name} cannot be read"):
            read_history(file)


@pytest.mark.parametrize("form", ["2026-01-02", "20260102", "2026/01/02"])
def test_days_are_understood_in_several_forms(tmp_path: Path, form: str) -> None:
    found = read_history(written(tmp_path, f"date,symbol,close\n{form},A,1\n"))

    assert found["A"].date.tolist() == [date(2026, 1, 2)]


@pytest.mark.parametrize(
    "form", ["2026-01-02 05:00:00-05:00", "2026-01-02T10:00:00Z", "2026-01-02 10:00"]
)
def test_moments_with_a_zone_become_utc(tmp_path: Path, form: str) -> None:
    found = read_history(written(tmp_path, f"date,symbol,close\n{form},A,1\n"))

    assert found["A"].date.tolist() == [datetime(2026, 1, 2, 10)]


def test_a_day_is_known_at_its_end_and_not_before() -> None:
    history = History({"A": days("2026-01-01", [1.0, 2.0, 3.0])})

    assert history.until("2026-01-02")["A"].close.tolist() == [1.0, 2.0]
    assert history.until("2026-01-02T23:59")["A"].close.tolist() == [1.0]
    assert history.until(datetime(2026, 1, 3, tzinfo=UTC))["A"].close.tolist() == [1.0, 2.0]
    assert history.since("2026-01-02")["A"].close.tolist() == [2.0, 3.0]


def test_an_hour_is_known_when_it_has_ended() -> None:
    hours = np.datetime64("2026-01-02T10:00:00") + np.arange(3) * np.timedelta64(1, "h")
    column = np.arange(3.0)
    bars = Bars("A", hours, *(column for _ in FIELDS), step=np.timedelta64(1, "h"))

    assert bars.until("2026-01-02T11:59").close.tolist() == [0.0]
    assert bars.until("2026-01-02T12:00").close.tolist() == [0.0, 1.0]


@given(
    closes=st.lists(st.floats(1.0, 100.0), min_size=2, max_size=30),
    at=st.integers(0, 40),
    noise=st.floats(0.0, 9.0),
)
@settings(max_examples=50)
def test_what_comes_later_changes_nothing_earlier(
    closes: list[float], at: int, noise: float
) -> None:
    moment = (np.datetime64("2026-01-01") + at).item()
    later = [c if k <= at else c + noise for k, c in enumerate(closes)]
    ours, theirs = (History({"A": days("2026-01-01", c)}).until(moment) for c in (closes, later))

    assert ours["A"].close.tolist() == theirs["A"].close.tolist() == closes[: at + 1]


def test_a_symbol_that_has_not_begun_is_not_there() -> None:
    history = History({"A": days("2026-01-01", [1.0]), "B": days("2026-02-01", [1.0], "B")})
    cut = history.until("2026-01-15")

    assert "B" not in cut
    with pytest.raises(UnknownName, match="'B'"):
        cut["B"]


def test_prices_cannot_be_written() -> None:
    bars = days("2026-01-01", [1.0, 2.0])

    with pytest.raises(ValueError, match="read-only"):
        bars.close[0] = 5.0


def test_together_keeps_the_days_that_all_know() -> None:
    ours, theirs = days("2026-01-01", [1.0, np.nan, 3.0, 4.0]), days("2026-01-02", [5.0, 6.0], "B")
    dates, closes = History({"A": ours, "B": theirs}).together(["A", "B"])

    assert dates.tolist() == [date(2026, 1, 3)]
    assert closes.tolist() == [[3.0, 6.0]]


def test_dates_that_do_not_rise_are_refused() -> None:
    dates = np.array(["2026-01-02", "2026-01-01"], dtype="M8[D]")

    with pytest.raises(BadNumber, match="do not rise"):
        Bars("A", dates, *(np.ones(2) for _ in FIELDS))


def test_a_moment_that_is_none_is_refused() -> None:
    with pytest.raises(BadDate, match="'soon'"):
        History({"A": days("2026-01-01", [1.0])}).until("soon")


@pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not there")
def test_the_market_folder_is_read_whole() -> None:
    history = read_history(DATA)

    assert len(history.symbols) == 152
    assert history.until("2020-03-16")["^VIX"].close[-1] == 82.69
    assert str(history["^VIX"].until("2008-11-20").date[-1]) == "2008-11-20"


def test_a_truncated_parquet_file_of_a_folder_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "prices.parquet"
    pl.read_csv(written(tmp_path, LONG)).write_parquet(file)
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(BadFile, match=r"prices\.parquet cannot be read"):
        read_history(tmp_path)


def test_a_folder_of_other_files_says_what_they_lack(tmp_path: Path) -> None:
    written(tmp_path, "a,b\n1,2\n", "other.csv")
    with pytest.raises(BadFile, match=r"no prices \(other\.csv has not date, symbol and close\)"):
        read_history(tmp_path)


def test_a_negative_volume_says_what_a_volume_is(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"'-200\.0' as volume; write a number not below 0"):
        read_history(written(tmp_path, LONG.replace("12,200", "12,-200")))


def test_a_file_of_one_symbol_is_named_as_it_is(tmp_path: Path) -> None:
    file = written(tmp_path, "Date,Open,High,Low,Close\n2026-01-02,1,3,1,2\n", "SPY.csv")
    found = read_history(file)

    assert found.symbols == ("SPY",)
    assert found["SPY"].high.tolist() == [3.0]


@pytest.mark.parametrize(
    "text", ["date,symbol,price\n2026-01-02,A,1\n", "date,A\n2026-01-02,1e300\n"]
)
def test_no_close_and_a_number_that_is_no_price_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadFile, match="close"):
        read_history(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("date;symbol;close\n2026-01-02;A;1\n", r"no column date \(cells seem to be parted by ';'"),
        ("date\tA\n2026-01-02\t1\n", "cells seem to be parted by"),
        ("date,symbol,close\n2026-01-02,A,1\n2026-01-05,A,1,234\n", "line 3 has 4 cells and"),
        ("date,symbol,close\n2026-01-02,A,1\n,A,2\n", "line 3 has '' as date; write a day"),
        ("date,symbol,close\n2026-01-02,,1\n", "line 2 has '' as symbol; write its name"),
        ("date,symbol,close\n2026-01-02,A\x00,1\n", "as symbol; write its name"),
        (
            "date,symbol,close\n2026-01-02,A,1\n2026-01-05,A,2\n2026-01-06,A,2\n"
            "2026-01-07,A,2\n2026-01-08,A,2\n2026-01-09,A,2\n2026-01-06T10:00,A,3\n",
            "two bars of 'A' on 2026-01-06",
        ),
    ],
)
def test_a_file_that_is_parted_otherwise_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        read_history(written(tmp_path, text))


def test_utf_16_is_named(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_bytes(LONG.encode("utf-16"))

    with pytest.raises(BadFile, match="UTF-16"):
        read_history(file)


@pytest.mark.parametrize(
    "columns",
    [
        {"date": ["2026-01-02"], "symbol": ["A"], "close": [[1.0]]},
        {"date": ["2026-01-02"], "symbol": ["A"], "close": [{"a": 1.0}]},
        {"date": ["2026-01-02"], "symbol": ["A"], "close": [True]},
        {"date": [b"2026-01-02"], "symbol": ["A"], "close": [1.0]},
        {"date": [1.5e9], "symbol": ["A"], "close": [1.0]},
        {"date": [1], "symbol": ["A"], "close": [1.0]},
    ],
)
def test_parquet_of_wrong_types_is_refused(tmp_path: Path, columns: dict[str, list]) -> None:
    pl.DataFrame(columns).write_parquet(tmp_path / "p.parquet")

    with pytest.raises(BadFile, match=r"p\.parquet (line 2 )?has"):
        read_history(tmp_path / "p.parquet")


def test_a_midnight_of_seoul_is_the_day_of_seoul(tmp_path: Path) -> None:
    rows = "".join(f"2026-01-0{k}T00:00:00+09:00,A,{k}\n" for k in (5, 6, 7))
    found = read_history(written(tmp_path, "date,symbol,close\n" + rows))["A"]
    frame = pl.DataFrame({"date": ["2026-01-05", "2026-01-06"], "symbol": "A", "close": 1.0})
    stamps = pl.col("date").str.to_datetime().dt.replace_time_zone("Asia/Seoul")
    frame.with_columns(stamps).write_parquet(tmp_path / "p.parquet")

    assert str(found.date[0]) == "2026-01-05"
    assert str(read_history(tmp_path / "p.parquet")["A"].date[0]) == "2026-01-05"


def test_rows_without_a_close_are_counted(tmp_path: Path) -> None:
    found = read_history(written(tmp_path, LONG + "2026-01-07,A,1,2,3,,\n2026-01-08,A\n"))

    assert [str(one) for one in found.left_out] == ["A of prices.csv has no close in 2 rows"]
    assert not read_history(written(tmp_path, WIDE)).left_out
