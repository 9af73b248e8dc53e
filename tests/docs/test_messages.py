"""Every text that a reader can meet has a translation, in the words of the trade."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from undertow.report.messages import catalogue

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "docs" / "_messages.py"
CATALOGUE = ROOT / "src" / "undertow" / "report" / "messages" / "zh.po"
HEADER = "Language: zh\nContent-Type: text/plain; charset=UTF-8\n"
HAN, LATIN = r"[\u4e00-\u9fff]", r"[A-Za-z0-9]"
TERMS = {
    r"margin calls?\b": ("追加保证金", "追保"),
    r"liquidat": ("强制平仓", "强平", "爆仓"),
    r"maintenance margin": ("维持保证金",),
    r"delever": ("去杠杆",),
    r"\bdepth\b": ("市场深度",),
    r"liquidity trap": ("流动性陷阱",),
    r"limit-down": ("跌停",),
    r"indiscriminate": ("无差别抛售",),
    r"cash machine": ("提款机", "现金奶牛"),
}
"""Words of the story, and what they are in Chinese."""


def messages() -> list[Message]:
    with CATALOGUE.open("rb") as file:
        return [message for message in read_po(file, locale="zh") if message.id]


def translated() -> Iterator[tuple[str, str]]:
    for message in messages():
        yield str(message.id), str(message.string)


def places(text: str) -> set[tuple[str, str]]:
    """Places without those that only choose between a word's forms for one and for more."""
    parts = [(name, form or "") for _, name, form, _ in Formatter().parse(text) if name is not None]
    return {(name, form) for name, form in parts if "|" not in form}


def test_the_catalogue_has_the_texts_of_the_sources_and_no_others() -> None:
    command = [sys.executable, str(SCRIPT), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, f"{done.stdout}{done.stderr}: run docs/_messages.py and translate"


def test_the_reader_reads_what_babel_reads() -> None:
    assert catalogue("zh") == {"": HEADER, **dict(translated())}


def test_no_translation_is_missing_or_doubtful() -> None:
    wrong = [message.id for message in messages() if message.fuzzy or not message.string]

    assert wrong == []


def test_no_translation_is_kept_for_a_text_that_is_gone() -> None:
    assert "#~" not in CATALOGUE.read_text(encoding="utf-8")


def test_every_place_of_a_text_is_in_its_translation_and_no_other() -> None:
    wrong = [text for text, said in translated() if places(text) != places(said)]

    assert wrong == []


@pytest.mark.parametrize("term", TERMS)
def test_the_words_of_the_trade_are_those_of_the_story(term: str) -> None:
    wrong = [
        (text, said)
        for text, said in translated()
        if re.search(term, text, re.IGNORECASE) and not any(word in said for word in TERMS[term])
    ]

    assert wrong == []


def test_margin_calls_and_depth_are_spoken_of() -> None:
    spoken = " ".join(text for text, _ in translated())

    assert [term for term in ("margin call", "depth") if term not in spoken] == []


def test_chinese_stands_apart_from_letters_and_digits_and_not_from_chinese() -> None:
    glued = re.compile(f"{HAN}{LATIN}|{LATIN}{HAN}|{HAN} +{HAN}|{HAN} *[,;:?!()]|[,;:?!] *{HAN}")
    texts = {text: re.sub(r"\{[^}]*\}|<[^>]*>", "", said) for text, said in translated()}
    wrong = [said for said in texts.values() if glued.search(said)]

    assert wrong == []


def test_a_sentence_ends_as_one() -> None:
    wrong = [
        said
        for text, said in translated()
        if " " in text and text.endswith(".") != said.endswith("。")
    ]

    assert wrong == []
