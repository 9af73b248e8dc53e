"""Tables at any width: no number and no name is ever cut."""

from __future__ import annotations

import io
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from undertow.report.layout import fitted, numbers, table

CELLS = st.sampled_from(["−12.16", "2,670,322", "1.70*", "–", "8.062e−05", "99.9 %", "137.3 bn"])
NAMES = st.sampled_from(
    [
        "at the touch",
        "connectedness_cholesky",
        "Kyle's lambda, money a unit, by minute",
        "按时间加权",
    ]
)
HEADS = st.sampled_from(["spread, bp", "most lost, %", "最优价市场深度", "z"])


def lines(part: object, width: int) -> list[str]:
    screen = io.StringIO()
    Console(file=screen, width=width, markup=False).print(part)
    return screen.getvalue().splitlines()


@st.composite
def some_rows(draw: st.DrawFn) -> tuple[list[str], list[tuple[str, ...]]]:
    heads = draw(st.lists(HEADS, min_size=1, max_size=8))
    row = st.tuples(NAMES, *(CELLS for _ in heads))
    return heads, draw(st.lists(row, min_size=1, max_size=5))


@given(some_rows(), st.integers(28, 140))
@settings(max_examples=60, deadline=None)
def test_no_number_is_cut_at_any_width(
    made: tuple[list[str], list[tuple[str, ...]]], width: int
) -> None:
    heads, rows = made
    one = table("A heading of some words")
    numbers(one, heads)
    for row in rows:
        one.add_row(*row)
    said = lines(fitted(one), width)
    text = "\n".join(said)

    assert "…" not in text
    for cell in {cell for row in rows for cell in row[1:]}:
        shown = sum(row.count(cell) for row in rows)
        found = re.findall(rf"(?<![^ \n]){re.escape(cell)}(?![^ \n])", text)

        assert len(found) >= shown


def test_a_wide_terminal_has_the_table_as_it_is() -> None:
    one = table("Heading")
    numbers(one, ("a head", "another"))
    one.add_row("name", "1", "2")

    assert lines(fitted(one), 80) == lines(one, 80)


def test_one_number_a_row_stays_beside_its_name() -> None:
    one = table("")
    numbers(one, ("measured",))
    one.add_row("a name that is much longer than the terminal is wide", "12,345.67")
    said = lines(fitted(one), 30)

    assert any(line.startswith("a name") and line.endswith("12,345.67") for line in said)
    assert math.isclose(max(map(len, said)), 30, abs_tol=1)


@pytest.mark.parametrize("width", [40, 60])
def test_several_numbers_get_a_line_each_where_they_do_not_fit(width: int) -> None:
    one = table("")
    numbers(one, [f"head {k}" for k in range(9)])
    one.add_row("09:30:00", *(f"{k},000,000" for k in range(9)))
    said = [line.rstrip() for line in lines(fitted(one), width)]

    assert said[0].strip() == "09:30:00"
    assert [line.split() for line in said[1:]] == [
        ["head", str(k), f"{k},000,000"] for k in range(9)
    ]
