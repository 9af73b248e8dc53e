"""The parts of the page, each for itself."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest

from stored_run import BARE, whole
from undertow.core.answers.stored import furthest, items, pair, record, records, rows, text
from undertow.report import theme
from undertow.report.figures._flows import OWN_RULE, REST, Flow, kind_of, matrix
from undertow.report.page_answer import day, opening, warnings
from undertow.report.page_beside import beside_section
from undertow.report.page_checks import checks, origin
from undertow.report.page_html import Markup, element, joined, row, table
from undertow.report.page_instruments import instruments_table, later_table
from undertow.report.page_marks import WIDE, marks, span_of
from undertow.report.page_segments import segments_table
from undertow.report.stored import instruments, label, naming, title
from undertow.report.words import ENGLISH, speaker

PAPERS = {"light": (theme.PAPER, {}), "dark": (theme.DARK[theme.PAPER], theme.DARK)}
INKS = (
    theme.INK, theme.MUTED, theme.SIMULATED, theme.CALLS, theme.FORCED, theme.DEFAULTS,
    theme.DEPTH, theme.SPREAD,
)  # fmt: skip
SCALES = (
    (theme.CALLS_FAINT, theme.CALLS), (theme.FORCED_FAINT, theme.FORCED),
    (theme.DEPTH_FAINT, theme.DEPTH), (theme.SPREAD_FAINT, theme.SPREAD),
)  # fmt: skip


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    parts = [int(colour[k : k + 2], 16) / 255.0 for k in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def words(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", markup).replace("&nbsp;", " ").split())


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("ink", INKS)
def test_a_line_can_be_seen_on_both_papers(paper: str, ink: str) -> None:
    ground, twins = PAPERS[paper]

    assert contrast(twins.get(ink, ink), ground) >= 2.7


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(("faint", "full"), SCALES)
def test_more_is_farther_from_the_paper_in_grey_too(paper: str, faint: str, full: str) -> None:
    ground, twins = PAPERS[paper]
    near, far = (contrast(twins.get(one, one), ground) for one in (faint, full))

    assert 1.0 < near < 0.6 * far


def test_two_meanings_have_two_colours() -> None:
    meant = [*INKS[2:], theme.ACTUAL, theme.CEILING, theme.RANGE]

    assert len(set(meant)) == len(meant)


def test_a_label_breaks_between_words_and_shows_its_markup() -> None:
    assert theme.plain("Funds with metals", 12) == "Funds with<br>metals"
    assert theme.plain("a<br>b") == "a&lt;br&gt;b"


def test_attributes_are_escaped_and_underscores_are_hyphens() -> None:
    made = element("a", "x", data_pick='"><b>', class_="c", id=None)

    assert made == '<a data-pick="&quot;&gt;&lt;b&gt;" class="c">x</a>'


def test_an_element_without_content_is_not_closed() -> None:
    assert element("meta", charset="utf-8") == '<meta charset="utf-8">'


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    assert joined("−0.16 % at most") == "−0.16&nbsp;% at most"


def test_children_may_be_lists_of_lists() -> None:
    assert joined(["a", [Markup("<i>"), "<"]], "b") == "a<i>&lt;b"


def test_a_group_of_rows_has_its_title_over_all_columns() -> None:
    made = table(["a", "b"], [("first", [row("x", [("1", "n")])]), ("", [])], "a note")

    assert '<th colspan="2" scope="colgroup">first</th>' in made
    assert made.count('class="group"') == 1
    assert made.endswith('<p class="note">a note</p>')


def test_what_is_absent_is_empty() -> None:
    assert record({}, "a") == {} == records({}, "a")
    assert list(rows({}, "a")) == [] == list(items({}, "a"))
    assert text({"a": 1}, "a") == ""
    assert pair({}, "a") is None


def test_what_is_of_another_kind_is_left_out() -> None:
    assert records({"a": {"b": {}, "c": 1}}, "a") == {"b": {}}
    assert rows({"a": [{}, 1]}, "a") == [{}]


def test_instruments_stand_by_role_and_by_how_far_they_were_moved() -> None:
    summary = whole()
    nearer = {**summary["instruments"]["NQ"], "forced_low": -0.001}  # type: ignore[index]
    summary["instruments"]["A"] = nearer  # type: ignore[index]

    assert list(instruments(summary)) == ["NQ", "A", "SLV", "SI"]


def test_furthest_counts_a_rise_as_much_as_a_fall() -> None:
    assert furthest({"forced_low": -0.01, "forced_high": 0.03}) == 0.03


def test_a_name_without_title_is_said_in_words() -> None:
    assert title({}, "risk_funds", ENGLISH) == "risk funds"
    assert title({"titles": {"SI": "COMEX silver"}}, "SI", ENGLISH) == "COMEX silver"
    assert label({"titles": {"SI": "s" * 60}}, "SI", ENGLISH) == "SI"


def test_titles_are_put_where_a_sentence_names_an_instrument() -> None:
    named = naming({"titles": {"SI": "COMEX silver"}}, ENGLISH)

    assert named("{target} fell.", target="SI") == "COMEX silver fell."


def test_a_day_is_said_in_the_readers_way() -> None:
    assert day("2026-02-07T00:00:00+00:00", ENGLISH) == "7 February"
    assert day("2026-02-07T00:00:00+00:00", speaker("zh")) == "2 月 7 日"
    assert day("", ENGLISH) == ""


def test_warnings_with_places_go_before_plain_ones() -> None:
    summary = {"warnings": ["plain"], "warned": [{"text": "with {n}", "values": {"n": "places"}}]}

    assert warnings(summary, ENGLISH) == ["with places"]
    assert warnings({"warnings": ["plain"]}, ENGLISH) == ["plain"]


def test_the_opening_counts_what_is_given_and_what_is_earned() -> None:
    told = words(opening(whole(), ENGLISH))

    assert "earned 1 free instrument" in told
    assert "given 1 source" in told
    assert "linked 1 instrument" in told


def test_a_role_that_no_instrument_has_is_not_spoken_of() -> None:
    summary = whole()
    del summary["instruments"]["SLV"]  # type: ignore[attr-defined]

    assert "linked" not in words(opening(summary, ENGLISH))


def test_an_unknown_actual_is_a_dash() -> None:
    summary = whole()
    summary["instruments"]["NQ"] |= {"actual": None, "unexplained": None}  # type: ignore[index]

    assert "NQ −0.90 −1.00 −3.00 … +0.20 −1.00 – – 25 12.7" in words(
        instruments_table(summary, ENGLISH)
    )


def test_a_row_leads_to_the_instruments_path() -> None:
    assert '<a href="#paths" data-pick="NQ">NQ</a>' in instruments_table(whole(), ENGLISH)


def test_only_targets_have_a_picture_of_their_own() -> None:
    assert instruments_table(whole(), ENGLISH).count('role="img"') == 1


def test_later_days_are_told_of_targets_only() -> None:
    summary = whole()
    summary["out_of_sample"]["SI"] = summary["out_of_sample"]["NQ"]  # type: ignore[index]
    told = words(later_table(summary, ENGLISH))

    assert "NQ +0.10 +0.10 +2.00 +1.90" in told
    assert "COMEX silver" not in told


def test_the_first_later_days_are_in_sight_and_the_others_folded() -> None:
    summary = whole()
    for k in range(12):
        summary["instruments"][f"X{k}"] = summary["instruments"]["NQ"]  # type: ignore[index]
        summary["out_of_sample"][f"X{k}"] = summary["out_of_sample"]["NQ"]  # type: ignore[index]
    seen, _, folded = later_table(summary, ENGLISH).partition("<details>")

    assert seen.count("data-pick") == 10
    assert folded.count("data-pick") == 3


def test_a_run_without_later_days_has_no_table_of_them() -> None:
    assert later_table(BARE, ENGLISH) == ""


def test_the_marks_of_a_target_lie_within_their_picture() -> None:
    summary = whole()
    made = marks(summary, "NQ", span_of(summary))
    places = [float(x) for x in re.findall(r'x="([-\d.]+)"', made)]

    assert len(places) == 4
    assert all(0.0 <= place <= WIDE for place in places)


def test_a_target_lies_left_of_nothing_if_it_fell() -> None:
    summary = whole()
    made = marks(summary, "NQ", span_of(summary))
    zero, simulated = (
        float(re.findall(rf'x="([-\d.]+)"[^>]*class="{look}"', made)[0])
        for look in ("m-zero", "m-simulated")
    )

    assert simulated < zero


def test_a_market_where_nothing_moved_has_marks() -> None:
    still = {"instruments": {"A": {"role": "free", "forced": 0.0, "simulated": 0.0}}}

    assert "m-simulated" in marks(still, "A", span_of(still))


def test_accounts_stand_before_traders() -> None:
    told = words(segments_table(whole(), ENGLISH))

    assert told.index("Small accounts 20,000 1,200 2.00 3 4.2") < told.index("trend – – 0.50 – –")


def test_the_law_that_is_broken_is_named() -> None:
    summary = {"audit": [{"law": "a", "holds": False, "worst": 0.1}, {"law": "b", "holds": True}]}
    told = words(joined(checks(summary, ENGLISH)))

    assert "The books do not close: a." in told


def test_the_ceiling_adds_up_what_was_lost() -> None:
    summary = whole() | {"losses": {"SI": 2e10, "GC": 1e10}}

    assert "lost 30.0 billion dollars in SI; GC" in words(joined(checks(summary, ENGLISH)))


def test_the_foot_says_how_to_make_the_run_again() -> None:
    assert words(origin(BARE, ENGLISH)) == f"Undertow 0 · inputs {'ab' * 8} · seed 7"


def test_two_equal_runs_differ_in_nothing() -> None:
    told = words(beside_section(whole(), deepcopy(whole()), ENGLISH))

    assert "margin calls 1,200 1,200 0" in told
    assert "Segments that differ" not in told


def test_the_largest_stand_first_and_the_rest_is_one() -> None:
    flows = [Flow("s", f"X{k}: news", "A", float(k)) for k in range(1, 6)]
    found = matrix(flows, kind_of, rows=3, columns=2)

    assert found.columns == ("X5: news", "X4: news", REST)
    assert found.usd["A", REST] == 6.0


def test_hikes_and_forced_selling_are_shown_however_small() -> None:
    flows = [
        Flow("s", "A: news", "A", 9.0), Flow("s", "B: news", "A", 8.0),
        Flow("s", "A: forced selling", "A", 1.0), Flow("s", "B: forced selling", "A", 2.0),
        Flow("t", OWN_RULE, "A", 0.5),
    ]  # fmt: skip
    found = matrix(flows, kind_of, rows=3, columns=1)

    assert found.columns == ("A: news", REST, "forced selling", OWN_RULE)
    assert found.usd["A", "forced selling"] == 3.0


def test_no_dollar_is_lost_in_a_matrix() -> None:
    flows = [Flow(f"s{k % 3}", f"X{k % 7}: news", f"A{k % 5}", 1.0 + k) for k in range(50)]
    found = matrix(flows, kind_of, rows=2, columns=2)

    assert sum(found.usd.values()) == sum(flow.usd for flow in flows)
