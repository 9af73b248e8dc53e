"""Nothing that is shown in Chinese has an English phrase of ours left in it."""

from __future__ import annotations

import io
import json
import re

import pytest
from rich.console import Console

from small_answer import full
from stored_run import full as tables
from stored_run import whole
from undertow.core.answers.explanation import Explanation, Flow
from undertow.core.answers.said import Amount, Said
from undertow.report.explanation import explanation_page
from undertow.report.tables import simulation_page
from undertow.report.words import ENGLISH, Words, speaker

ZH = speaker("zh")
PHRASE = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,})+")
DRAWING = {"Noto Sans", "Noto Sans CJK SC", "Segoe UI"}
MOVED = Said("Forced selling moved {name} by {forced} at the end.", {"name": "NQ",
             "forced": Amount(-0.01, "percent")})  # fmt: skip
TOLD = Explanation(
    said=(MOVED,), instrument="NQ", role="free", news=0.0, forced=-0.01, low=-0.02, high=0.01,
    simulated=-0.01, actual=-0.05, unexplained=-0.04, ceiling=-0.03, deepest=-0.02,
    when="2026-02-03 01:00 UTC", sold_usd=2e9, by_seller=(Flow("retail", "", "NQ", 2e9),),
    from_what=(Flow("retail", "SI: margin hike", "NQ", 1e9), Flow("other", "", "", 1e9)),
    onward=(Flow("retail", "NQ: forced selling", "NQ", 1e6),),
)  # fmt: skip


def phrases(shown: str) -> set[str]:
    return set(PHRASE.findall(shown))


def printed(page: object, width: int = 200) -> str:
    screen = io.StringIO()
    Console(file=screen, width=width).print(page)
    return screen.getvalue()


def html(words: Words) -> str:
    """What a page says, in its text and in the texts of its figures."""
    pytest.importorskip("plotly", reason="the extra `page` is not installed")
    from undertow.report.page import page

    body = re.sub(r"<style.*?</style>", "", page(whole(), tables(), words=words), flags=re.S)
    data = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', body, re.S)
    plain = re.sub(r"<[^>]*>", " ", re.sub(r"<script.*?</script>", "", body, flags=re.S))
    figures = [text for one in data for text in re.findall(r'"((?:[^"\\]|\\.)*)"', one)]
    return "\n".join([plain, *(re.sub(r"<[^>]*>", "\n", json.loads(f'"{t}"')) for t in figures)])


def test_the_answer_in_the_terminal_has_no_english_phrase() -> None:
    told = full()
    own = phrases(f"{told.outcome} {told.warnings} {told.facts_check} {told.ranges}")

    assert phrases(printed(simulation_page(told, ENGLISH))) - own
    assert phrases(printed(simulation_page(told, ZH))) - own == set()


def test_the_story_of_an_instrument_has_no_english_phrase() -> None:
    page = printed(explanation_page(TOLD, ZH.naming({"retail": "Owners without a loan"})))

    assert phrases(page) == set()
    assert "无杠杆持有者" in page
    assert "SI：上调保证金" in page


def test_the_page_has_no_english_phrase() -> None:
    own = phrases(json.dumps(whole())) | DRAWING

    assert phrases(html(ENGLISH)) - own
    assert {one for one in phrases(html(ZH)) - own if not any(one in text for text in own)} == set()
