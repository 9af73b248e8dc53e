"""The page opens with the answer, holds everything, and loads nothing."""

from __future__ import annotations

import builtins
import re
from copy import deepcopy
from html.parser import HTMLParser
from types import ModuleType

import pytest

from stored_run import BARE, SENTENCE, bare, full, whole

pytest.importorskip("plotly", reason="the extra `page` is not installed")

from undertow.core.answers.stored import number, pair
from undertow.core.answers.tables import Tables
from undertow.core.errors import InputError
from undertow.report.page import page
from undertow.report.page_html import Markup, amount, between, element, percent, signed
from undertow.report.stored import said
from undertow.report.theme import DARK, plotly_script
from undertow.report.words import ENGLISH, speaker

MEGABYTE = 1_000_000
LOADING = ("src", "srcset", "poster", "action", "formaction", "background", "data")


class Reader(HTMLParser):
    """What a browser would show and load, without running a script."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "br"}:
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.within.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.within):
            self.text.append(data)


def made(summary: dict[str, object], tables: Tables, **more: object) -> str:
    return page(summary, tables, words=ENGLISH, **more)  # type: ignore[arg-type]


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    return reader


def shown(summary: dict[str, object], tables: Tables, **more: object) -> str:
    return " ".join(" ".join(read(made(summary, tables, **more)).text).split())


@pytest.fixture(scope="module")
def everything() -> str:
    return made(whole(), full())


def test_the_page_opens_with_the_sentence(everything: str) -> None:
    reader = read(everything)
    first = everything.index("<h1>")

    assert everything[first:].startswith(f"<h1>{SENTENCE}</h1>")
    assert next(tag for tag, _ in reader.tags if tag in {"h1", "table", "h2"}) == "h1"


def test_every_element_is_closed(everything: str) -> None:
    assert read(everything).within == []


def test_every_instrument_and_segment_is_on_the_page(everything: str) -> None:
    text = " ".join(read(everything).text)

    assert [name for name in ("COMEX silver", "SLV", "NQ", "Small accounts", "trend", "idle")
            if name not in text] == []  # fmt: skip


def test_targets_stand_before_the_linked_and_the_given(everything: str) -> None:
    text = " ".join(read(everything).text)

    assert text.index("Free:") < text.index("Linked:") < text.index("Given:")


def test_nothing_is_loaded_from_anywhere(everything: str) -> None:
    tags = read(everything).tags
    loads = [(tag, key) for tag, attributes in tags for key in LOADING if key in attributes]
    links = [attributes["href"] or "" for _, attributes in tags if "href" in attributes]
    styles = re.findall(r"<style>(.*?)</style>", everything, re.S)

    assert loads == []
    assert [link for link in links if not link.startswith("#")] == []
    assert [style for style in styles if "url(" in style or "@import" in style] == []


def test_five_figures_have_a_place_a_question_and_data(everything: str) -> None:
    tags = read(everything).tags
    data = [a["data-figure"] for tag, a in tags if tag == "script" and "data-figure" in a]
    places = [a["id"] for tag, a in tags if tag == "div" and a.get("class") == "figure"]
    questions = {a.get("id") for tag, a in tags if tag == "h2"}

    assert data == places == ["paths", "who", "calls", "depth", "rests"]
    assert {f"{key}-question" for key in places} <= questions


def test_the_page_is_mostly_the_drawing_library(everything: str) -> None:
    assert len(everything.encode()) < 6 * MEGABYTE
    assert len(everything) - len(plotly_script()) < MEGABYTE


def test_every_headline_has_its_range(everything: str) -> None:
    text = " ".join(read(everything).text)

    assert text.count("1,000 to 3,000") == 1
    assert text.count("1.0 thousand dollars to 3.0 thousand dollars") == 2


def test_the_page_says_what_is_given_and_what_is_earned_before_any_table(everything: str) -> None:
    top = everything[: everything.index("<table")]

    assert ">earned</span>" in top
    assert ">given</span>" in top


def test_the_ceiling_says_what_it_leaves_out_and_facts_stand_beside_the_engine() -> None:
    text = shown(whole(), full())

    assert "33.0 billion dollars" in text
    assert "Left out:" in text
    assert "Longs cut 90.0 m 60.0 m 1.50 ounces what to know a report (official)" in text


def test_named_news_of_a_free_instrument_is_told_and_rounding_is_not() -> None:
    summary = whole()
    summary["instruments"]["NQ"]["given"] = 1e-12  # type: ignore[index]
    quiet = shown(summary, full())
    summary["instruments"]["NQ"]["given"] = -0.17  # type: ignore[index]

    assert "NQ −0.90 −1.00 −3.00 … +0.20 −1.00" in quiet
    assert "NQ −0.90 −1.00 −3.00 … +0.20 −17.00 −1.00" in shown(summary, full())


def test_segments_that_did_nothing_are_named_in_one_sentence() -> None:
    assert "Neither called nor forced to sell: idle." in shown(whole(), full())


def test_the_page_has_a_language(everything: str) -> None:
    chinese = page(whole(), full(), words=speaker("zh"))

    assert '<html lang="en">' in everything
    assert '<html lang="zh">' in chinese
    assert "追" in "".join(read(chinese).text)


def test_a_bare_run_has_a_page_that_says_what_it_lacks() -> None:
    text = shown(deepcopy(BARE), bare())

    assert text.count("no range computed") == 3
    assert "This run has no ranges" in text
    assert "range of forced" not in text
    assert "Left out:" not in text


def test_markup_in_names_is_text() -> None:
    summary = whole()
    summary["titles"] = {"NQ": "<script>alert(1)</script>", "retail": 'a" onload="b'}
    summary["warnings"] = ["<img src=x>"]
    summary["facts_check"][0]["what"] = "<b>bold</b>"  # type: ignore[index]
    text = made(summary, full())
    tags = read(text).tags

    assert "<script>alert" not in text
    assert [tag for tag, a in tags if tag in {"img", "b"} or "onload" in a] == []


def test_broken_books_are_a_warning() -> None:
    summary = whole()
    summary["audit"] = [{"law": "cash in = cash out", "holds": False, "worst": 0.1}]

    assert "The books do not close: cash in = cash out." in shown(summary, full())


def test_a_run_that_was_cut_off_says_so_at_the_top() -> None:
    text = shown({**whole(), "truncated": True}, full())

    assert text.index("cut off before it had come to rest") < text.index("Instruments")


def test_two_runs_are_compared_where_one_has_changes() -> None:
    summary = {**whole(), "changes": ["SI margin 22 % from 9 February"]}
    other = deepcopy(BARE)
    text = shown(summary, full(), beside=(other, bare()))

    assert "Changed from the episode: SI margin 22 % from 9 February" in text
    assert "What do the changes do?" in text


def test_the_stored_comparison_is_enough_for_its_table() -> None:
    assert "Beside the other run" in shown({**whole(), "beside": deepcopy(BARE)}, full())


def test_what_differs_between_two_runs_stands_with_its_sign() -> None:
    other = deepcopy(BARE)
    other["segments"]["retail"]["called"] = 900.0  # type: ignore[index]
    other["instruments"]["NQ"]["forced"] = -0.004  # type: ignore[index]
    text = shown(whole(), full(), beside=(other, bare()))

    assert "margin calls 1,200 900 +300" in text
    assert "NQ −1.000 −0.400 −0.600" in text
    assert "Small accounts 1,200 900 2.00 2.00" in text


def test_every_colour_of_the_figures_has_a_twin_on_dark_paper() -> None:
    colours = re.findall(r"#[0-9a-f]{6}", " ".join(DARK))

    assert len(set(colours)) == len(DARK)
    assert not set(DARK) & set(DARK.values())


def test_without_plotly_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def missing(name: str, *more: object) -> ModuleType:
        if name.startswith("plotly"):
            raise ImportError(name)
        return found(name, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", missing)

    with pytest.raises(InputError, match=r"needs plotly, .*; pip install 'undertow\[page\]'\.$"):
        made(whole(), full())


def test_text_is_escaped_and_markup_is_not() -> None:
    assert element("p", "a < b", Markup("<br>"), class_="x") == '<p class="x">a &lt; b<br></p>'


@pytest.mark.parametrize(
    ("share", "told"), [(0.0123, "+1.23"), (-0.5, "−50.00"), (-1e-9, "0.00"), (None, "–")]
)
def test_a_share_is_told_in_per_cent(share: float | None, told: str) -> None:
    assert percent(share) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [(2.5e9, "2.50"), (1e6, "<0.01"), (0.0, "–"), (None, "–"), (1.2e13, "12,000.00")],
)
def test_money_is_told_in_its_unit(value: float | None, told: str) -> None:
    assert amount(value, 1e9, 2) == told


@pytest.mark.parametrize(
    ("value", "told"), [(1234.5, "+1,234.5"), (-0.04, "0.0"), (0.04, "0.0"), (-2.0, "−2.0")]
)
def test_what_rounds_to_nothing_has_no_sign(value: float, told: str) -> None:
    assert signed(value, 1) == told


def test_a_range_is_told_from_low_to_high() -> None:
    assert between((-0.02, 0.01)) == "−2.00 … +1.00"
    assert between(None) == ""


def test_numbers_that_are_none_are_none() -> None:
    assert number({"a": float("nan")}, "a") is None
    assert number({"a": True}, "a") is None
    assert pair({"a": [1.0, None]}, "a") is None


def test_a_stored_sentence_is_said_again() -> None:
    one = {"text": "{n} calls in {where}", "values": {"n": {"value": 5, "kind": "count"},
                                                     "where": "New York"}}  # fmt: skip

    assert ENGLISH.said(said(one)) == "5 calls in New York"
    assert ENGLISH.said(said("a {plain} one")) == "a {plain} one"


def test_the_same_run_gives_the_same_page(everything: str) -> None:
    assert made(whole(), full()) == everything
