"""Examples reckoned by hand from the rules, in the many words that sources use, of all regimes."""

import csv
import json
from pathlib import Path

import pytest

from undertow.core.errors import BadNumber
from undertow.published.margin import Inputs, adapters, got, margin_answer
from undertow.published.margin._adapter import each_of, row_of, spoken
from undertow.published.margin._words import FOUND, GIVEN, in_all_words, plain, words_for

BY_HAND = Path(__file__).with_name("examples_by_hand.csv")


def wrong(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return 1.1 * value + 1.0
    return [wrong(each) for each in value] if isinstance(value, list) else f"not {value}"


def test_every_example_by_hand_comes_out():
    found = margin_answer(BY_HAND)

    assert found["rows"] > 250
    assert (found["failed"], found["unsupported"]) == ([], [])


def test_none_comes_out_once_what_is_expected_is_another(tmp_path):
    file = tmp_path / "wrong.csv"
    with BY_HAND.open(encoding="utf-8") as given, file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("regime", "inputs", "expected", "note"))
        for row in csv.DictReader(given):
            expected = {k: wrong(v) for k, v in json.loads(row["expected"]).items()}
            writer.writerow((row["regime"], row["inputs"], json.dumps(expected), row["note"]))

    assert margin_answer(file)["matched"] == 0


def test_a_file_of_a_chinese_spreadsheet_is_read(tmp_path):
    file = tmp_path / "两融.csv"
    text = 'regime,inputs,expected\n两融,"{""cash"": 0, ""融资"": 1, ""loan"": 5, ""assets"": 7}",'
    file.write_bytes((text + '"{""ratio"": 1.4}"\n').encode("gb18030"))

    assert margin_answer(file)["matched"] == 1


def test_a_byte_mark_of_a_spreadsheet_is_no_part_of_the_first_column(tmp_path):
    file = tmp_path / "marked.csv"
    file.write_bytes(b"\xef\xbb\xbf" + BY_HAND.read_bytes())

    assert margin_answer(file)["matched"] == margin_answer(BY_HAND)["matched"]


@pytest.mark.parametrize("groups", [GIVEN, FOUND])
def test_a_word_is_written_plainly_and_once_in_its_line(groups):
    assert all(word == plain(word) for group in groups for word in group)
    assert all(len(group) == len(set(group)) for group in groups)


def test_what_a_row_calls_a_thing_itself_goes_before_another_word_of_it():
    row = Inputs({"maint_rate": 0.01, "mmr": 0.02})

    assert row.number("mmr") == 0.02
    assert row.number("maint_rate") == 0.01
    assert row.number("maintenance_margin_rate") == 0.02


def test_words_are_found_whichever_way_they_are_written():
    row = row_of({"Entry Price": 10, "maxLeverage": 20, "Taker-Fee": 0.1})

    assert (row.number("entry"), row.number("max_lev"), row.number("fee")) == (10, 20, 0.1)


def test_a_result_has_every_name_and_keeps_those_it_has():
    found = in_all_words({"liq": 5.0, "liquidation": True})

    assert found["liq_price"] == 5.0
    assert found["liquidation"] is True


def test_an_unknown_word_stands_for_itself():
    assert words_for("leaves") == ("leaves", "leaves")
    assert "leaves" not in Inputs({"tea": 1})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("20%", 0.2),
        ("5x", 5.0),
        ("30:1", 30.0),
        ("1:30", 30.0),
        ("$1,234.5", 1234.5),
        ("-7 %", -0.07),
        ("1e3", 1000.0),
        ("ten", "ten"),
        ("", ""),
        ("1.2.3", "1.2.3"),
    ],
)
def test_numbers_may_be_written_as_people_say_them(text, number):
    assert spoken(text) == number


def test_no_text_is_a_number():
    with pytest.raises(BadNumber, match="'entry' is 'ten'; give a number"):
        Inputs({"entry": "ten"}).number("entry")


def test_lists_are_reckoned_one_by_one_and_a_single_value_is_for_all():
    row = Inputs({"a": [1, 2], "b": [3, 4], "c": 10})
    found = each_of(
        row, ["a", "b"], lambda r: {"sum": r.number("a") + r.number("b") + r.number("c")}
    )

    assert found == {"sum": [14.0, 16.0]}


def test_lists_of_other_lengths_are_unsupported():
    found, why = got("CFD ESMA", {"notional": [1, 2], "class": ["gold"]}, adapters())

    assert found is None
    assert why


@pytest.mark.parametrize(
    ("regime", "strike", "right"), [("RegT short put", 95.0, "P"), ("RegT naked call", 105.0, "C")]
)
def test_what_only_the_regime_says_of_an_option_is_heard(regime, strike, right):
    from undertow.published.margin._answer import _said
    from undertow.published.margin._legs import options

    (leg,) = options(_said(regime, {"K": strike, "premium": 1.0}))

    assert (leg.right, leg.strike, leg.contracts) == (right, strike, -1.0)
