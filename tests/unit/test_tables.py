"""What the terminal says, in words and digits."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

from small_answer import answer
from undertow.core.answers.simulation import Simulation
from undertow.jobs.answer import plain, simulation_json, wrapped
from undertow.report.tables import count, percent, simulation_page
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
