"""Texts in the reader's language: templates, amounts, lists, origins, and whole pages."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from string import Formatter

import pytest
from rich.cells import cell_len
from rich.console import Console

from small_answer import answer
from undertow.core.answers.said import Amount, Said, money
from undertow.core.errors import UnknownName
from undertow.report.messages import catalogue
from undertow.report.rules import rules_page
from undertow.report.tables import simulation_page
from undertow.report.words import ENGLISH, LANGUAGES, Words, speaker

ZH = speaker("zh")
EVERY = pytest.mark.parametrize("words", [ENGLISH, ZH], ids=lambda words: words.language)
PUSHED = Said(
    "{calls} margin calls and {money} of forced sales pushed {target} by {furthest} at most.",
    {
        "calls": Amount(491_842, "count"),
        "money": Amount(63.5e9, "dollars"),
        "target": "NVDA",
        "furthest": Amount(-0.0231, "percent"),
    },
)


def printed(words: Words, width: int = 120, titles: Mapping[str, str] | None = None) -> str:
    screen = io.StringIO()
    told = replace(answer(), said=(PUSHED,))
    Console(file=screen, width=width).print(simulation_page(told, words, titles))
    return screen.getvalue()


@pytest.mark.parametrize("kind", ["percent", "share", "dollars", "count", "number"])
@pytest.mark.parametrize("value", [0.0, -0.151, 7.0, 63.5e9])
def test_english_writes_amounts_as_the_answer_does(kind: str, value: float) -> None:
    amount = Amount(value, kind)  # type: ignore[arg-type]

    assert ENGLISH.amount(value, amount.kind) == str(amount)


def test_english_says_a_sentence_as_the_answer_does() -> None:
    assert ENGLISH.said(PUSHED) == str(PUSHED)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (6.35e12, "6.35 万亿美元"),
        (63.5e9, "635 亿美元"),
        (1.239e9, "12.4 亿美元"),
        (99_999_999.0, "1.00 亿美元"),
        (1_234_567.0, "123 万美元"),
        (635.04e9, "6,350 亿美元"),
        (-2.5e8, "−2.50 亿美元"),
        (9_876.0, "9,876 美元"),
        (0.0, "0 美元"),
    ],
)
def test_chinese_money_is_in_units_of_ten_thousand(value: float, written: str) -> None:
    assert ZH.amount(value, "dollars") == written


@pytest.mark.parametrize(
    ("value", "written"),
    [(492_000.0, "49.2 万"), (420_000.0, "42 万"), (491_842.0, "491,842"), (950.0, "950")],
)
def test_a_chinese_count_is_short_only_where_nothing_is_lost(value: float, written: str) -> None:
    assert ZH.amount(value, "count") == written


def test_chinese_writes_per_cent_without_a_gap_and_with_a_true_minus() -> None:
    assert (ZH.amount(-0.151, "percent"), ZH.amount(0.05, "share")) == ("−15.10%", "5.00%")


def test_an_unknown_amount_of_money_in_a_cell_is_a_dash() -> None:
    assert (ZH.money(0.0), ZH.money(2.5e9), ENGLISH.money(2.5e9)) == ("–", "25.0 亿", "2.5 bn")


def test_chinese_says_a_sentence_with_its_amounts() -> None:
    said = ZH.said(PUSHED)

    assert "491,842 次追加保证金通知" in said
    assert "635 亿美元；" in said
    assert "；NVDA 受到" in said
    assert said.endswith("−2.31%。")


def test_what_stands_in_a_place_is_never_changed() -> None:
    folder = "数据2/A股x"

    assert folder in ZH("Note: {warning}", warning=folder)


@EVERY
def test_a_text_without_a_translation_stays_as_it_is(words: Words) -> None:
    text = "Title of nobody's episode"

    assert words(text) == text
    assert words("{a} of nobody", a=text) == f"{text} of nobody"
    assert words("") == ""


@EVERY
def test_a_place_may_say_how_its_number_is_written(words: Words) -> None:
    assert words("[{gap:.1e}]", gap=0.00123) == "[1.2e-03]"


@EVERY
def test_a_place_without_a_value_is_refused(words: Words) -> None:
    with pytest.raises(KeyError, match="nobody"):
        words("{nobody}", somebody="x")


def test_a_sentence_may_stand_in_a_place() -> None:
    warning = Said("the books do not close: {laws}.", {"laws": "cash in = cash out"})

    assert ZH("Note: {warning}", warning=warning) == "注意：账目不平：现金流入 = 现金流出。"


def test_names_in_places_and_lists_are_translated() -> None:
    laws = "cash in = cash out; units sold = units absorbed"

    assert ZH("{laws}", laws=laws) == "现金流入 = 现金流出、卖出数量 = 承接数量"
    assert ZH("{why}", why="opening; did you mean x?") == "opening; did you mean x?"
    assert ZH.listed(["Apple", "XYZ"]) == "苹果、XYZ"
    assert ENGLISH.listed(["Apple", "XYZ"]) == "Apple, XYZ"


def test_sentences_are_joined_as_the_language_does() -> None:
    assert ENGLISH.join(["One.", "Two."]) == "One. Two."
    assert ZH.join(["一。", "二。"]) == "一。二。"
    assert ENGLISH.outcome([PUSHED, PUSHED]) == f"{PUSHED} {PUSHED}"


def test_an_origin_is_a_symbol_and_a_kind() -> None:
    assert ENGLISH.origin("SI: margin hike") == "SI: margin hike"
    assert ZH.origin("SI: margin hike") == "SI：上调保证金"
    assert ZH.origin("opening") == ZH("opening") != "opening"


def test_days_are_written_as_the_language_does() -> None:
    day = datetime(2026, 1, 30, tzinfo=UTC)

    assert (ENGLISH.day(day), ZH.day(day)) == ("30 January", "1 月 30 日")
    assert day.strftime(ZH.day_format()) == "1月30日"


def test_an_unknown_language_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="language 'fr' is not known; known are: en, zh"):
        speaker("fr")


def test_a_language_is_loaded_once() -> None:
    assert [speaker(one) is speaker(one) for one in LANGUAGES] == [True, True]


def test_the_page_is_chinese_from_its_first_to_its_last_line() -> None:
    page = printed(ZH)

    assert page.index("目标品种") < page.index("投资者群体") < page.index("账目平衡")
    assert not {"role", "forced", "Segments", "calls", "dollars", "news"} & set(page.split())


def test_columns_of_wide_characters_are_straight() -> None:
    lines = printed(ZH).splitlines()
    head = next(k for k, line in enumerate(lines) if "实际户数" in line)

    ends = {cell_len(line.rstrip()) for line in lines[head : head + 2]}

    assert len(ends) == 1


TITLES = {"A": "US software, priced as IGV", "retail": "COMEX longs, small accounts"}


@EVERY
def test_titles_stand_beside_names_where_there_is_room(words: Words) -> None:
    wide, narrow = printed(words, 130, TITLES), printed(words, 80, TITLES)
    title = words("COMEX longs, small accounts")

    assert re.search(rf"^A +{re.escape(words(TITLES['A']))} +–", wide, re.M)
    assert re.search(r"^A +–", narrow, re.M)
    assert re.search(rf"^retail +{title} +1,000", wide, re.M)


def test_segments_have_their_titles_alone_before_they_have_none() -> None:
    assert re.search(r"^COMEX 散户多头 +1,000", printed(ZH, 62, TITLES), re.M)
    assert "COMEX 散户多头" not in printed(ZH, 50, TITLES)


def test_a_sentence_calls_an_instrument_by_its_title() -> None:
    named = ZH.naming({"NVDA": "Nvidia"})

    assert "；英伟达受到的最大影响" in named.said(PUSHED)
    assert named.origin("NVDA: news") == "英伟达：消息面"
    assert ZH.titles == {}


def test_a_name_without_a_title_is_read_as_words() -> None:
    named = ZH.naming(TITLES).name

    assert (named("silver_funds"), named("X_Y")) == ("杠杆白银基金", "X Y")


def test_the_page_is_no_wider_than_the_terminal() -> None:
    for width in (80, 100, 130):
        assert max(map(cell_len, printed(ZH, width, TITLES).splitlines())) <= width


def test_the_list_of_rules_has_heads_in_the_language() -> None:
    answer = {"families": {"margin": {"flat": {"what": "One rate.", "parameters": {"rate": None}}}}}
    screen = io.StringIO()
    Console(file=screen, width=80).print(rules_page(answer, ZH))

    assert screen.getvalue().split()[:4] == ["margin", "规则", "含义", "参数"]


@pytest.mark.parametrize(
    ("value", "said"),
    [(34_657.6, "34,658"), (-486.4, "−486"), (12.345, "12.35"), (0.07, "0.07000"), (-1e-9, "0")],
)
def test_money_is_whole_where_it_is_much_and_has_places_where_it_is_a_coin(value, said) -> None:
    assert money(value) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 rows have"), (1, "1 row has"), (2, "2 rows have"), (1e6, "1,000,000")],
)
def test_one_is_said_in_the_singular(count: float, said: str) -> None:
    sentence = Said(
        "{count} {count:row has|rows have} no range (open, high, low and close are one).",
        {"count": Amount(count, "count")},
    )

    assert str(sentence).startswith(said)
    assert speaker("en").said(sentence) == str(sentence)


def test_chinese_has_no_plural_and_loses_nothing() -> None:
    values = {"provider": "fred", "rows": Amount(1, "count"), "symbols": Amount(2, "count")}
    sentence = Said(
        "{provider} gave {rows} {rows:row|rows} of {symbols} {symbols:symbol|symbols}.", values
    )

    assert str(sentence) == "fred gave 1 row of 2 symbols."
    assert "row" not in ZH.said(sentence)
    assert "1" in ZH.said(sentence)


def test_a_number_that_is_written_as_text_has_its_singular() -> None:
    assert speaker("en")("{n} {n:bar|bars} apart", n="1") == "1 bar apart"
    assert speaker("en")("{n} {n:bar|bars} apart", n=3) == "3 bars apart"


def test_every_form_for_one_has_a_form_for_more() -> None:
    forms = [
        form
        for text in catalogue("zh")
        for _, place, form, _ in Formatter().parse(text)
        if place is not None and "|" in (form or "")
    ]

    assert len(forms) > 50
    assert all(len(form.split("|")) == 2 and all(form.split("|")) for form in forms)
    assert not any("|" in said for said in catalogue("zh").values())


def test_a_sentence_of_an_older_run_keeps_its_translation() -> None:
    old = Said("{count} symbols gave nothing.", {"count": Amount(3, "count")})
    new = Said("{count} {count:symbol|symbols} gave nothing.", old.values)

    assert ZH.said(old) == ZH.said(new) != str(old)
    assert str(old) == str(new)
