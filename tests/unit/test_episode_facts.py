"""Facts: every row is checked, and nothing later than the start is an opening value."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toy_episode import HEADER
from undertow.core.errors import BadDate, BadFile, BadNumber, MissingSource, UnknownName
from undertow.episodes.facts import Facts, read_facts

PATH = (
    "GC.price,2026-01-28T21:00Z,5300,USD/oz,data,,,a vendor,",
    "GC.price,2026-01-30T21:00Z,4700,USD/oz,data,,,a vendor,",
    "GC.price,2026-01-29T21:00Z,5310,USD/oz,data,,,a vendor,",
)
LATE = datetime(2026, 1, 29, 22, tzinfo=UTC)


def facts_of(folder: Path, *rows: str, header: str = HEADER) -> Facts:
    file = folder / "facts.csv"
    file.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return read_facts(file)


def test_a_single_row_is_the_value(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, "x.rate,2026-01-01T00:00Z,0.25,share,official,,,a rule,")

    assert facts.value("x.rate", "here") == 0.25


def test_a_path_is_in_order_of_time_whatever_the_order_of_rows(tmp_path: Path) -> None:
    times, values = facts_of(tmp_path, *PATH).path("GC.price")

    assert values.tolist() == [5300.0, 5310.0, 4700.0]
    assert (np.diff(times) > np.timedelta64(0)).all()


def test_the_value_of_a_path_is_the_last_one_at_or_before_the_start(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, *PATH)

    assert facts.as_of(LATE).value("GC.price") == 5310.0
    assert facts.as_of(datetime(2026, 1, 29, 21, tzinfo=UTC)).value("GC.price") == 5310.0
    assert facts.as_of(datetime(2026, 1, 29, 20, tzinfo=UTC)).value("GC.price") == 5300.0


def test_a_path_that_begins_after_the_start_has_no_opening(tmp_path: Path) -> None:
    early = facts_of(tmp_path, *PATH).as_of(datetime(2026, 1, 1, tzinfo=UTC))

    with pytest.raises(BadDate, match=r"facts.csv has no 'GC.price' at or before 2026-01-01"):
        early.value("GC.price", "instruments.GC.path")


def test_an_opening_may_not_lie_after_the_start_even_if_it_is_the_only_row(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, PATH[1]).as_of(LATE)

    assert facts.value("GC.price") == 4700.0
    with pytest.raises(BadDate):
        facts.opening("GC.price")


def test_a_key_stands_for_the_source_in_the_table_beside(tmp_path: Path) -> None:
    (tmp_path / "sources.csv").write_text('key,source\nvt,"a vendor, by a carrier"\n')
    facts = facts_of(tmp_path, "x.y,,2,1,data,,,#vt,", "x.z,,2,1,data,,,in words,")

    assert facts.fact("x.y").source == "a vendor, by a carrier"
    assert facts.fact("x.z").source == "in words"


def test_a_key_that_is_not_in_the_table_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "sources.csv").write_text("key,source\nvendor,a vendor\n")

    with pytest.raises(UnknownName, match=r"source '#vendr' in facts.csv.*did you mean '#vendor'"):
        facts_of(tmp_path, "x.y,,2,1,data,,,#vendr,")


def test_a_table_of_sources_with_other_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sources.csv").write_text("name,text\nvendor,a vendor\n")

    with pytest.raises(BadFile, match=r"sources.csv has the columns name, text; it needs key,sou"):
        facts_of(tmp_path, "x.y,,2,1,data,,,#vendor,")


def test_an_unknown_fact_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"'GC.prise' in \[segments\].*did you mean 'GC.price'"):
        facts_of(tmp_path, *PATH).value("GC.prise", "[segments]")


def test_a_stated_range_is_the_range(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, "x.y,2026-01-01T00:00Z,2,1,assumed,1.5,5,a guess,")

    assert facts.range("x.y") == (1.5, 5.0)


@pytest.mark.parametrize("value", [2.0, -2.0])
def test_an_assumption_without_a_range_may_be_wrong_by_half(tmp_path: Path, value: float) -> None:
    facts = facts_of(tmp_path, f"x.y,2026-01-01T00:00Z,{value},1,assumed,,,a guess,")

    assert facts.range("x.y") == (value - 1.0, value + 1.0)


def test_a_fact_that_is_no_assumption_has_no_range_of_its_own(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, "x.y,2026-01-01T00:00Z,2,1,official,,,a rule,")

    assert facts.range("x.y") == (2.0, 2.0)


def test_another_value_leaves_the_first_facts_as_they_were(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, *PATH).as_of(LATE)
    other = facts.with_values([(facts.fact("GC.price"), 1.0)])

    assert other.value("GC.price") == 1.0
    assert facts.value("GC.price") == 5310.0
    assert other.path("GC.price")[1].tolist() == [5300.0, 1.0, 4700.0]


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=30)
def test_every_finite_number_comes_back_as_written(
    tmp_path_factory: pytest.TempPathFactory, value: float
) -> None:
    folder = tmp_path_factory.mktemp("facts")
    facts = facts_of(folder, f"x.y,2026-01-01T00:00Z,{value!r},1,official,,,a rule,")

    assert facts.value("x.y") == value


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "", "12 %", "1,5"])
def test_a_value_that_is_no_finite_number_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadNumber, match=r"facts.csv line 2 \(GC.price\).*finite number"):
        facts_of(tmp_path, f'GC.price,2026-01-01T00:00Z,"{text}",1,data,,,a vendor,')


def test_a_missing_source_names_file_line_and_id(tmp_path: Path) -> None:
    with pytest.raises(MissingSource, match=r"^facts.csv line 3 \(x.y\) has no source; name"):
        facts_of(tmp_path, PATH[0], "x.y,2026-01-01T00:00Z,2,1,assumed,,, ,a note")


@pytest.mark.parametrize("text", ["30 January", "2026-13-01", "2026-01-30T25:00Z"])
def test_a_time_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadDate, match=r"line 2 \(x.y\)"):
        facts_of(tmp_path, f"x.y,{text},2,1,assumed,,,a guess,")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",2026-01-01T00:00Z,2,1,assumed,,,a guess,", "names no fact"),
        ("x.y,2026-01-01T00:00Z,2,,assumed,,,a guess,", "has no unit"),
        ("x.y,2026-01-01T00:00Z,2,1,assumed,,,a guess, twice as much,", "9 fields"),
        ("x.y,2026-01-01T00:00Z,2", "9 fields"),
    ],
)
def test_a_row_that_is_not_whole_is_refused(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        facts_of(tmp_path, row)


def test_an_unknown_status_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'assumed'"):
        facts_of(tmp_path, "x.y,2026-01-01T00:00Z,2,1,asumed,,,a guess,")


def test_a_value_outside_its_own_range_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadNumber, match=r"lies outside its range 3.0 to 4.0"):
        facts_of(tmp_path, "x.y,2026-01-01T00:00Z,2,1,assumed,3,4,a guess,")


def test_two_values_for_one_time_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="twice for the same time, in lines 2 and 3"):
        facts_of(tmp_path, PATH[0], PATH[0])


def test_other_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"it needs id,time_utc,value"):
        facts_of(tmp_path, PATH[0], header=HEADER.replace("unit", "units"))


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        read_facts(tmp_path / "facts.csv")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "facts.csv").write_bytes(b"\xff\xfe\x00rubbish")

    with pytest.raises(BadFile, match="UTF-8"):
        read_facts(tmp_path / "facts.csv")


def test_a_row_without_a_range_says_so_with_nan(tmp_path: Path) -> None:
    fact = facts_of(tmp_path, *PATH).fact("GC.price")

    assert math.isnan(fact.low)
    assert math.isnan(fact.high)
