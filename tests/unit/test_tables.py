"""What the terminal says, in words and digits."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

from small_answer import answer, full
from undertow.core.answers.simulation import Simulation
from undertow.jobs.answer import plain, simulation_json, wrapped
from undertow.report.layout import count, percent
from undertow.report.tables import simulation_page
from undertow.report.words import ENGLISH


def printed(simulation: Simulation) -> str:
    screen = io.StringIO()
    Console(file=screen, width=120).print(simulation_page(simulation))
    return screen.getvalue()


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0123, "+1.23"), (-0.5, "−50.00"), (0.0, "0.00"), (None, "–"), (-1e-9, "0.00")],
)
def test_a_share_is_said_with_its_sign(value: float | None, said: str) -> None:
    assert percent(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(2.5e12, "2.5 tn"), (-3.4e9, "−3.4 bn"), (12e6, "12.0 m"), (999.0, "999"), (0.0, "–")],
)
def test_money_is_said_in_a_unit_a_reader_can_take_in(value: float, said: str) -> None:
    assert ENGLISH.money(value) == said


def test_accounts_are_whole() -> None:
    assert (count(1234.4), count(0.0)) == ("1,234", "–")


def test_the_page_opens_with_the_sentence_and_ends_with_the_books() -> None:
    page = printed(answer())

    assert page.startswith("5 margin calls pushed A by −1 %.")
    assert "The books close" in page
    assert "something to know." in page


def test_the_page_shows_the_largest_causes_first() -> None:
    page = printed(answer())

    assert page.index("B: news") < page.index("B: forced selling")
    assert "3.0 bn" in page


def test_the_page_says_where_the_books_do_not_close() -> None:
    assert "The books do not close: cash in = cash out (1.0e-03)" in printed(answer(gap=1e-3))


def test_an_unknown_actual_is_a_dash_and_null() -> None:
    told = simulation_json(answer(actual=None))

    assert told["instruments"]["A"]["actual"] is None  # type: ignore[index, call-overload]
    assert told["instruments"]["A"]["unexplained"] is None  # type: ignore[index, call-overload]


def test_the_json_leaves_out_origins_that_caused_nothing() -> None:
    told = simulation_json(answer())["contagion"]

    assert told == {
        "origins": ["B: news", "B: forced selling"], "sold": ["A"], "usd": [[3.0e9], [1.0e6]],
    }  # fmt: skip


def test_nan_and_infinity_are_null() -> None:
    assert plain([float("nan"), float("inf"), np.float64(1.0), 2, True]) == [
        None,
        None,
        1.0,
        2,
        True,
    ]


def test_every_answer_carries_version_schema_command_and_inputs() -> None:
    told = wrapped("run", {"seed": 7}, {"outcome": "done"})

    assert list(told) == ["undertow", "schema", "command", "inputs", "outcome"]
    assert told["inputs"] == {"seed": 7}


def test_a_target_stands_with_its_ceiling_and_its_range() -> None:
    (row,) = [line for line in printed(full()).splitlines() if line.startswith("A ")][:1]

    assert row.split() == [
        "A", "−12.00", "0.00", "−1.00", "−3.00", "+0.20", "−1.00", "−5.00", "−4.00", "50%", "3.0×",
    ]  # fmt: skip


def test_sources_stand_apart_and_say_that_they_are_no_result() -> None:
    text = printed(full())

    assert text.index("Targets") < text.index("Sources")
    assert "that they fit is no result" in text
    assert "S given −30.00 −2.00 −4.00" in flat(text)


def test_the_ceiling_says_what_it_rests_on() -> None:
    assert "had every dollar lost in the sources (30.0 billion dollars)" in flat(printed(full()))


def test_later_days_are_out_of_sample() -> None:
    text = flat(printed(full()))

    assert "Out of sample, 7 February to 14 February" in text
    assert "A −0.10 −0.20 +7.00 +7.20" in text


def test_reported_figures_stand_beside_the_engine_s_with_their_ratio() -> None:
    text = flat(printed(full()))

    assert "longs cut USD 2.0 bn 1.0 bn 2.00" in text
    assert "nothing reported ounce 5 – –" in text


def test_the_five_inputs_that_matter_most_are_named() -> None:
    text = printed(full())

    assert "What A rests on most" in text
    assert [k for k in range(1, 10) if f"input {k}" in text] == [5, 6, 7, 8, 9]
    assert "21 small runs (2,000 accounts)" in flat(text)


def test_changes_stand_beside_the_run_without_them() -> None:
    text = flat(printed(full()))

    assert "With --hike S=22%@2026-02-09, and without" in text
    assert "margin calls 5 5 –" in text


def test_what_is_not_known_leaves_no_empty_table() -> None:
    text = printed(answer())

    for title in ("Sources", "Out of sample", "reported on selling", "rests on", "and without"):
        assert title not in text


def flat(text: str) -> str:
    return " ".join(text.split())
