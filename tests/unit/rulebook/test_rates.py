"""Dated rates: which row is in force, and what a bad table is told."""

from datetime import date

import pytest

from undertow.core.errors import BadDate, BadFile, BadNumber, MissingSource, UnknownName
from undertow.model.rulebook import RULEBOOK, Rates, rates_of, read_rates
from undertow.model.rulebook._rates import FOLDER, HEADER

HEAD = ",".join(HEADER)
GOOD = "r,*,initial,0,0.5,share,2020-01-01,,somebody,official"


def table(tmp_path, *lines, head=HEAD):
    file = tmp_path / "r.csv"
    file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return file


def rates(tmp_path, *lines):
    return Rates("r", read_rates(table(tmp_path, *lines)))


def test_the_latest_row_in_force_counts(tmp_path):
    later = "r,*,initial,0,0.6,share,2021-01-01,,somebody,official"
    found = rates(tmp_path, later, GOOD)

    assert found.value((), "initial", date(2020, 6, 1)) == 0.5
    assert found.value((), "initial", date(2021, 1, 1)) == 0.6


def test_a_row_ends_on_the_day_it_names(tmp_path):
    ended = "r,*,initial,0,0.9,share,2020-06-01,2020-07-01,somebody,official"
    found = rates(tmp_path, GOOD, ended)

    assert found.value((), "initial", date(2020, 6, 30)) == 0.9
    assert found.value((), "initial", date(2020, 7, 1)) == 0.5


def test_a_symbols_own_row_goes_before_that_of_all(tmp_path):
    own = "r,SI,initial,0,0.7,share,2020-01-01,,somebody,official"
    found = rates(tmp_path, GOOD, own)

    assert found.value(("SIH6", "SI"), "initial", date(2022, 1, 1)) == 0.7
    assert found.value(("GC",), "initial", date(2022, 1, 1)) == 0.5


def test_tiers_of_one_day_belong_together(tmp_path):
    first = "r,B,initial,0,0.1,share,2020-01-01,,somebody,data"
    second = "r,B,initial,100,0.2,share,2020-01-01,,somebody,data"
    newer = "r,B,initial,0,0.3,share,2021-01-01,,somebody,data"
    found = rates(tmp_path, second, first, newer)

    assert found.tiers(("B",), "initial", date(2020, 5, 1)).rates == (0.1, 0.2)
    assert found.tiers(("B",), "initial", date(2021, 5, 1)).rates == (0.3,)


def test_a_day_before_the_first_row_is_an_error_that_names_the_first(tmp_path):
    with pytest.raises(BadDate, match="on 2019-01-01, only from 2020-01-01; choose a later date"):
        rates(tmp_path, GOOD).value((), "initial", date(2019, 1, 1))


def test_an_unknown_symbol_is_an_error_with_the_nearest_name(tmp_path):
    own = "r,SILVER,initial,0,0.7,share,2020-01-01,,somebody,official"

    with pytest.raises(UnknownName, match="did you mean 'SILVER'"):
        rates(tmp_path, own).value(("SILVR",), "initial", date(2022, 1, 1))


def test_an_unknown_word_is_an_error_with_the_nearest_word(tmp_path):
    with pytest.raises(UnknownName, match="did you mean 'initial'"):
        rates(tmp_path, GOOD).value((), "initia", date(2022, 1, 1))


def test_an_unknown_regime_has_no_table():
    with pytest.raises(UnknownName, match="did you mean 'binance'"):
        rates_of("binanse")


@pytest.mark.parametrize(
    ("line", "error", "says"),
    [
        (GOOD.replace("0.5", "half"), BadNumber, "line 2 has 'half'"),
        (GOOD.replace("2020-01-01", "1.1.2020"), BadDate, "write 2026-01-30"),
        (GOOD.replace("somebody", ""), MissingSource, "line 2 has no source"),
        (GOOD.replace("official", "officia"), UnknownName, "did you mean 'official'"),
        ("r,*,initial", BadFile, "line 2 has not 10 cells"),
    ],
)
def test_a_bad_row_names_its_line(tmp_path, line, error, says):
    with pytest.raises(error, match=says):
        read_rates(table(tmp_path, line))


def test_a_table_with_other_columns_is_refused(tmp_path):
    with pytest.raises(BadFile, match="has not the columns regime,symbol"):
        read_rates(table(tmp_path, GOOD, head="regime,symbol"))


def test_a_hike_holds_from_its_day_and_is_not_lowered_later(tmp_path):
    own = "r,SI,initial,0,0.7,share,2020-01-01,,somebody,official"
    lower = "r,SI,initial,0,0.1,share,2023-01-01,,somebody,official"
    found = rates(tmp_path, own, lower).hiked("SI", "initial", 0.8, date(2022, 1, 1))

    assert found.value(("SI",), "initial", date(2021, 1, 1)) == 0.7
    assert found.value(("SI",), "initial", date(2024, 1, 1)) == 0.8


def test_a_hike_of_tiers_lifts_the_lower_ones_only(tmp_path):
    lines = [f"r,B,initial,{a},{v},share,,,somebody,data" for a, v in ((0, 0.1), (9, 0.5))]
    found = rates(tmp_path, *lines).hiked("B", "initial", 0.2, date(2022, 1, 1))

    assert found.tiers(("B",), "initial", date(2022, 1, 2)).rates == (0.2, 0.5)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.csv")), ids=lambda file: file.stem)
def test_every_table_that_is_shipped_can_be_read_and_has_one_row_per_fact(file):
    rows = read_rates(file)
    keys = [(r.regime, r.symbol, r.what, r.above, r.since) for r in rows]

    assert rows
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("member", RULEBOOK.members())
def test_every_member_has_a_table(member):
    assert rates_of(member).rows


def test_a_row_without_an_end_holds_to_the_last_day_there_is():
    assert rates_of("reg_t").value((), "minimum_equity", date.max) == 2000.0
