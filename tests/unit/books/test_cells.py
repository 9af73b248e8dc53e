"""Numbers and days as people write them; what may be read in two ways is refused."""

from datetime import date

import pytest

from undertow.core.errors import BadDate, BadNumber
from undertow.data.books._cells import day, number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0),
        (" -1,234.50 ", -1234.5),
        ("(1,234.50)", -1234.5),
        ("−3", -3.0),
        ("（12）", -12.0),
        ("１２．５", 12.5),
        ("68.4%", 0.684),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("12 345", 12345.0),
    ],
)
def test_a_number_is_read_as_it_is_written(text, value):
    assert number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "ten", "1,5", "1.234,56", "--", "nan", "inf", "1e999", "0x1"])
def test_what_is_no_number_or_two_is_refused(text):
    with pytest.raises(BadNumber, match="is no number"):
        number(text)


@pytest.mark.parametrize(
    "text",
    ["2026-01-30", "20260130", "2026/01/30", "2026年01月30日", "January 30, 2026", "30JAN26"],
)
def test_a_day_is_read_as_it_is_written(text):
    assert day(text) == date(2026, 1, 30)


@pytest.mark.parametrize("text", ["", "30/01/2026", "2026-13-01", "soon"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(BadDate, match="is no day"):
        day(text)
