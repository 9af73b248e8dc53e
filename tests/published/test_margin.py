"""`python -m undertow.published margin FILE`: examples in, what we get beside what was printed."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from published_answers import DATA
from undertow.core.errors import BadFile, BadNumber
from undertow.published.__main__ import app
from undertow.published.margin import (
    Adapter,
    Inputs,
    adapters,
    got,
    margin_answer,
    matches,
    read_examples,
)
from undertow.published.margin._answer import alike, tolerance

GIVEN = DATA / "margin" / "worked_examples.csv"
OURS = (
    "RegT/IBKR", "RegT maintenance", "RegT live account", "RegT leveraged ETF", "CME ",
    "Futures ", "Binance ",
)  # fmt: skip
LATER = ("RegT/IBKR SMA",)


def written(tmp_path, *rows, columns="regime,inputs,expected,note"):
    file = tmp_path / "examples.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(columns.split(","))
        writer.writerows(rows)
    return file


def example(regime, inputs, expected, note=""):
    return (regime, json.dumps(inputs), json.dumps(expected), note)


CALL = example("Futures margin call", {"initial": 1000, "maintenance": 750, "loss": 300},
               {"deposit": 300, "call": True})  # fmt: skip


def given_rows() -> Path:
    if not GIVEN.is_file():
        pytest.skip(f"{GIVEN.name} is not in {DATA}; set UNDERTOW_DATA")
    return GIVEN


def test_a_row_that_matches_is_counted_and_shown(tmp_path):
    found = margin_answer(written(tmp_path, CALL))

    assert (found["rows"], found["matched"], found["failed"]) == (1, 1, [])
    assert found["results"][0]["got"]["deposit"] == 300
    assert found["outcome"] == "1 of 1 worked examples match, 0 do not, 0 are not supported."


def test_a_row_that_does_not_match_is_shown_with_both(tmp_path):
    wrong = example("Futures margin call", {"initial": 9, "maintenance": 5, "loss": 5},
                    {"deposit": 4})  # fmt: skip
    failed = margin_answer(written(tmp_path, CALL, wrong))["failed"]

    assert failed == [
        {
            "row": 2,
            "regime": "Futures margin call",
            "got": {"deposit": 5.0},
            "expected": {"deposit": 4},
        }
    ]


def test_a_row_without_a_rule_is_unsupported_with_the_reason(tmp_path):
    strange = example("Tea futures", {"leaves": 3}, {"cups": 1})
    found = margin_answer(written(tmp_path, strange))

    assert found["results"] == []
    assert found["unsupported"][0]["reason"] == (
        "no rule is registered for 'Tea futures' with leaves"
    )


def test_inputs_that_a_rule_refuses_are_unsupported_with_its_sentence(tmp_path):
    wrong = example("Binance isolated", {"entry": "ten", "leverage": 5, "mmr": 0.01}, {"liq": 1})
    reason = margin_answer(written(tmp_path, wrong))["unsupported"][0]["reason"]

    assert "input 'entry' is 'ten'; give a number." in reason


def test_no_division_by_zero_stops_the_other_rows(tmp_path):
    wrong = example("Binance isolated", {"entry": 10, "leverage": 0, "mmr": 0.01}, {"liq": 1})
    found = margin_answer(written(tmp_path, wrong, CALL))

    assert found["matched"] == 1
    assert "ZeroDivisionError" in found["unsupported"][0]["reason"]


def test_every_row_of_our_regimes_matches():
    examples = read_examples(given_rows())
    mine = {e.row for e in examples if e.regime.startswith(OURS) and not e.regime.startswith(LATER)}
    found = margin_answer(GIVEN)
    supported = {each["row"] for each in found["results"]}

    assert found["failed"] == []
    assert mine <= supported


def corrupted(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return 1.5 * value + 1.0
    if isinstance(value, list):
        return [corrupted(each) for each in value]
    return f"not {value}"


def test_with_corrupted_expectations_nothing_matches(tmp_path):
    rows = []
    with given_rows().open(encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            expected = {k: corrupted(v) for k, v in json.loads(cells["expected"]).items()}
            rows.append((cells["regime"], cells["inputs"], json.dumps(expected), cells["note"]))

    assert margin_answer(written(tmp_path, *rows))["matched"] == 0


def test_what_is_got_does_not_depend_on_what_is_expected(tmp_path):
    other = (*CALL[:2], '{"deposit": 7}', "")
    ours, theirs = (
        margin_answer(written(tmp_path, row))["results"][0]["got"] for row in (CALL, other)
    )

    assert ours == theirs


@pytest.mark.parametrize(
    ("note", "key", "within"),
    [
        ("exact | recomputed: match (rel tol 1e-09)", "liq", 1e-9),
        ("use rel tol 1e-4", "liq", 1e-4),
        ("5% tolerance | recomputed: match (rel tol 0.05)", "margin", 0.05),
        ("net; pm needs model prices (use as +/-2% band) | (rel tol 1e-06)", "pm", 0.02),
        ("net; pm needs model prices (use as +/-2% band) | (rel tol 1e-06)", "im", 1e-6),
        ("", "liq", 1e-6),
    ],
)
def test_the_tolerance_is_read_from_the_note(note, key, within):
    assert tolerance(note, key) == within


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        (1.0, 1, True),
        (1.0, 1.1, False),
        ((1.0, 2.0), [1, 2], True),
        ((1.0,), [1, 2], False),
        (True, 1, False),
        (True, True, True),
        ({"a": 1.0, "b": 2}, {"a": 1}, True),
        ("first call", "first call", True),
        (3.0, "3", False),
        (float("nan"), 1.0, False),
    ],
)
def test_values_are_alike_by_kind(ours, theirs, same):
    assert alike(ours, theirs, 1e-6) is same


def test_nothing_expected_is_no_match():
    assert not matches({"a": 1.0}, {}, "")


def test_the_first_adapter_that_fits_and_can_answers():
    def refuses(_):
        raise BadNumber("no.")

    known = (Adapter("x", ("a",), refuses), Adapter("X", ("a|b",), lambda _: {"c": 1}))

    assert got("x rule", {"a": 1}, known) == ({"c": 1}, "")
    assert got("y rule", {"a": 1}, known)[0] is None


def test_inputs_are_asked_for_by_kind():
    row = Inputs({"a": 1, "b": [1, 2], "c": [[1, 2]], "d": True, "e": "long"})

    assert (row.number("a"), row.number("z", 3.0)) == (1.0, 3.0)
    assert (row.numbers("a"), row.numbers("b"), row.table("c")) == (
        (1.0,),
        (1.0, 2.0),
        ((1.0, 2.0),),
    )
    assert (row.flag("d"), row.text("e"), row.of("e")) == (True, "long", "long")
    with pytest.raises(BadNumber, match="'d' is True"):
        row.number("d")


def test_every_file_of_the_folder_registers_something():
    assert len(adapters()) >= 3
    assert all(isinstance(each, Adapter) for each in adapters())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("regime,inputs\n", "no column 'expected'"),
        ("regime,inputs,expected\nx,{,{}\n", "row 1 inputs is not JSON"),
        ("regime,inputs,expected\nx,{},[1]\n", "write an object"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path, text, says):
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(BadFile, match=says):
        read_examples(file)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadFile, match="cannot be read"):
        read_examples(tmp_path / "none.csv")


def test_the_door_prints_the_one_json_and_exits_1_if_a_row_does_not_match(tmp_path):
    wrong = (*CALL[:2], '{"deposit": 7}', "")
    good, bad = (
        CliRunner().invoke(app, ["margin", str(written(tmp_path, row)), "--json"])
        for row in (CALL, wrong)
    )

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert set(json.loads(good.output)) >= {
        "undertow", "rows", "matched", "failed", "results", "unsupported",
    }  # fmt: skip


def test_the_door_says_in_lines_what_it_found(tmp_path):
    strange = example("Tea futures", {"leaves": 3}, {"cups": 1})
    said = CliRunner().invoke(app, ["margin", str(written(tmp_path, CALL, strange))]).output

    assert "· row 2  regime Tea futures  reason no rule is registered" in said
    assert said.strip().endswith("1 of 2 worked examples match, 0 do not, 1 are not supported.")


def test_margin_without_a_file_is_refused():
    assert isinstance(CliRunner().invoke(app, ["margin"]).exception, BadFile)
