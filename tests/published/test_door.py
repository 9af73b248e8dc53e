"""`python -m undertow.published`: lists, runs, prints got beside published, and its exit codes."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from published_answers import DATA, played
from undertow.core.errors import BadFile, UnknownName
from undertow.published import check as checking
from undertow.published.__main__ import app, main
from undertow.published.check import Check, Fixture, answer, close, exactly, printed
from undertow.published.checks import CHECKS
from undertow.published.pages import outcome, summary


def door(*words):
    return CliRunner().invoke(app, [*words, "--data", str(DATA)])


def wrong():
    return Check("wrong", "A result we miss", "nobody", lambda _: [exactly("one", 1, 2)])


def test_every_check_has_a_name_of_its_own_a_title_and_a_source():
    names = [check.name for check in CHECKS]

    assert len(set(names)) == len(names)
    assert all(check.title and check.source for check in CHECKS)


@pytest.mark.parametrize("check", [c for c in CHECKS if c.fixtures], ids=lambda c: c.name)
def test_a_check_on_data_names_commit_and_licence(check):
    assert re.search(r"commit [0-9a-f]{7}", check.source)
    assert re.search(r"\b(MIT|Apache-2\.0|GPL-[23]|US government work|no licence)\b", check.source)
    assert all(re.fullmatch(r"[0-9a-f]{64}", f.sha256) for f in check.fixtures)


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.name)
def test_every_published_result_is_met_or_says_why_it_was_skipped(check):
    found = played(check)

    assert found.holds
    assert bool(found.rows) != bool(found.skipped)


def test_the_page_lists_the_check_and_prints_got_beside_published():
    said = door("three-banks")

    assert said.exit_code == 0
    for word in ("three-banks", "published", "got", "0.0564801", "✓", "6 of 6 rows hold"):
        assert word in said.output


def test_the_json_has_the_one_shape():
    found = json.loads(door("three-banks", "--json").output)

    assert found["command"] == "published"
    assert found["outcome"] == "6 of 6 rows hold in 1 published results."
    assert found["warnings"] == []
    assert set(found["checks"][0]) == {"name", "title", "source", "skipped", "holds", "rows"}
    assert set(found["checks"][0]["rows"][0]) == {"name", "published", "got", "tolerance", "holds"}


def test_absent_data_are_a_reason_to_skip_and_no_failure(tmp_path):
    said = CliRunner().invoke(app, ["breuer", "oxford", "--data", str(tmp_path)])

    assert said.exit_code == 0
    assert said.output.count("skipped:") == 2
    assert "give --data DIR" in said.output.replace("\n", " ")
    assert said.output.strip().endswith("2 skipped.")


def test_the_data_folder_can_come_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("UNDERTOW_DATA", str(tmp_path))
    found = json.loads(CliRunner().invoke(app, ["oxford", "--json"]).output)

    assert str(tmp_path) in found["checks"][0]["skipped"]
    assert found["checks"][0]["holds"] is None
    assert len(found["warnings"]) == 1


def test_a_missed_row_is_exit_1_and_named(monkeypatch):
    monkeypatch.setattr("undertow.published.checks.CHECKS", (wrong(),))
    said = door()

    assert said.exit_code == 1
    assert "missed in wrong" in said.output


def test_an_unknown_check_is_one_sentence_and_exit_1(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["published", "brewer"])
    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        "undertow: check 'brewer' is not known; did you mean 'breuer'?\n"
    )
    assert isinstance(door("brewer").exception, UnknownName)


def test_the_wrong_option_is_exit_2():
    assert door("--no-such-option").exit_code == 2


def test_a_changed_file_fails_instead_of_passing(tmp_path):
    (tmp_path / "table.csv").write_text("1,2\n", encoding="utf-8")
    changed = Check("c", "t", "s", lambda _: [], (Fixture("table.csv", "0" * 64),))

    with pytest.raises(BadFile, match=r"table\.csv has sha256 .* restore the file"):
        answer(changed, tmp_path)


def test_python_dash_m_runs_the_door():
    command = [sys.executable, "-m", "undertow.published", "spiral", "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603

    assert json.loads(ended.stdout)["checks"][0]["holds"] is True


def test_the_outcome_counts_rows_results_and_skips(tmp_path):
    answers = [answer(wrong(), tmp_path), answer(CHECKS[0], tmp_path)]

    assert outcome(answers) == (
        "0 of 1 rows hold in 1 published results; missed in wrong; 1 skipped."
    )
    assert len(summary(answers)["inputs"]["sha256"]) == 64


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [("0.00492", 0.0049192, True), ("0.00492", 0.0049251, False), ("20", 19.86, True)],
)
def test_a_printed_number_is_met_if_it_would_be_printed_alike(text, value, holds):
    assert printed("x", text, value).holds is holds


def test_the_largest_gap_of_several_numbers_decides():
    theirs, ours = np.array([1.0, 2.0]), np.array([1.0, 2.1])

    assert not close("x", theirs, ours, within=0.09).holds
    assert close("x", theirs, ours, within=0.06, relative=True).holds
    assert not close("x", 1.0, np.nan, within=1.0).holds


def test_exact_means_exact():
    assert exactly("x", 0.0, 0.0).holds
    assert not exactly("x", 0.0, 1e-300).holds


def test_long_lists_are_shown_by_their_head():
    assert (
        checking.close("x", np.arange(9.0), np.arange(9.0), within=0).got == "0 1 2 … (9 numbers)"
    )
