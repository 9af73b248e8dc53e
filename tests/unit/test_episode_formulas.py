"""Formulas over facts: numbers, brackets and four operations, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toy_episode import HEADER
from undertow.core.errors import BadDate, BadFile, BadNumber, UnknownName
from undertow.episodes.facts import Fact, Facts, read_facts
from undertow.episodes.formulas import number, referred, resolved

ROWS = (
    "a.long,2026-01-01T00:00Z,3,oz,data,,,s,",
    "b.price,2026-01-01T00:00Z,4,USD,data,,,s,",
    "m.rate,2026-01-02T22:00Z,0.1,share,data,,,s,",
    "m.rate,2026-02-02T22:00Z,0.2,share,data,,,s,",
    "z.nothing,2026-01-01T00:00Z,0,1,data,,,s,",
)


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    (tmp_path / "facts.csv").write_text("\n".join((HEADER, *ROWS)), encoding="utf-8")
    return read_facts(tmp_path / "facts.csv")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("@a.long", 3.0),
        ("= @a.long * @b.price", 12.0),
        ("= @a.long * (1 - @m.rate@2026-02-02T22:00Z)", 2.4),
        ("= -@a.long / 2 + 1e1", 8.5),
        ("=@b.price-@a.long", 1.0),
        ("@m.rate@2026-01-02T22:00:00Z", 0.1),
    ],
)
def test_a_formula_has_the_value_a_reader_expects(facts: Facts, text: str, value: float) -> None:
    assert number(text, facts, "here") == pytest.approx(value, rel=1e-15)


@given(st.integers(-99, 99), st.integers(1, 99), st.sampled_from("+-*/"))
def test_plain_arithmetic_is_that_of_python(left: int, right: int, sign: str) -> None:
    no_facts = Facts("facts.csv", {})
    by_hand = {"+": left + right, "-": left - right, "*": left * right, "/": left / right}

    assert number(f"= {left} {sign} {right}", no_facts, "here") == by_hand[sign]


@pytest.mark.parametrize(
    "text",
    [
        "= @a.long ** 2",
        "= __import__('os')",
        "= abs(@a.long)",
        "= 'text'",
        "= @a.long @b.price",
        "= f0",
        "= True",
        "=",
        "@",
        "= (1",
        "= 1e999 * @a.long",
    ],
)
def test_anything_else_is_refused_with_its_place(facts: Facts, text: str) -> None:
    with pytest.raises((BadFile, BadNumber), match=r"segments.x.count"):
        number(text, facts, "segments.x.count")


def test_a_division_by_zero_is_refused(facts: Facts) -> None:
    with pytest.raises(BadNumber, match="no finite value"):
        number("= @a.long / @z.nothing", facts, "here")


def test_a_date_must_be_that_of_a_row(facts: Facts) -> None:
    with pytest.raises(BadDate, match=r"2026-01-02T22:00Z, 2026-02-02T22:00Z, not at 2026-02-03"):
        number("@m.rate@2026-02-03", facts, "hikes.0.rate")


def test_a_date_that_is_none_is_refused(facts: Facts) -> None:
    with pytest.raises(BadDate, match="2026-02-31"):
        number("@m.rate@2026-02-31", facts, "hikes.0.rate")


def test_an_unknown_fact_names_the_nearest_and_the_place(facts: Facts) -> None:
    with pytest.raises(UnknownName, match=r"'a.lung' in segments.x.*'a.long'"):
        number("= 2 * @a.lung", facts, "segments.x")


def test_numbers_take_their_place_wherever_they_stand(facts: Facts) -> None:
    raw = {"t": {"rates": {"GC": "@m.rate@2026-02-02T22:00Z"}, "list": ["@a.long", "plain", 1]}}

    assert resolved(raw, facts) == {"t": {"rates": {"GC": 0.2}, "list": [3.0, "plain", 1]}}


def test_titles_and_sources_are_never_formulas(facts: Facts) -> None:
    raw = {"title": "@home", "source": "= a page", "x": 1}

    assert resolved(raw, facts) == raw
    assert list(referred(raw, facts)) == []


def test_the_facts_a_table_refers_to_are_listed_with_their_dates(facts: Facts) -> None:
    raw = {"x": ["= @a.long + @b.price", {"y": "@m.rate@2026-02-02T22:00Z"}]}
    found: list[Fact] = list(referred(raw, facts))

    assert [(f.id, f.value) for f in found] == [("a.long", 3.0), ("b.price", 4.0), ("m.rate", 0.2)]
