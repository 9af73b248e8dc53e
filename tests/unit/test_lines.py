"""Labels in lines: English between words, Chinese between characters."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from undertow.report.lines import lines

LABEL = "美国必需消费品（XLP）：检验“无差别抛售”的反证"
ENGLISH = st.lists(st.sampled_from(["fund", "of", "metals,", "a", "technology"]), max_size=12)


@given(words=ENGLISH, wide=st.integers(10, 40))
def test_english_is_broken_between_words(words: list[str], wide: int) -> None:
    text = " ".join(words)

    assert lines(text, wide) == textwrap.wrap(text, wide, break_long_words=False)


@given(text=st.text("美股融资账（）：，。“”ETF 5"), wide=st.integers(8, 40))
def test_nothing_but_space_is_lost(text: str, wide: int) -> None:
    assert "".join("".join(lines(text, wide)).split()) == "".join(text.split())


@pytest.mark.parametrize("wide", [10, 14, 20])
def test_chinese_is_broken_between_characters_and_punctuation_stays(wide: int) -> None:
    broken = lines(LABEL, wide)

    assert all(cell_len(line) <= wide for line in broken)
    assert not any(line[0] in "）：”" or line[-1] in "（“" for line in broken)


def test_a_short_label_is_one_line() -> None:
    assert lines(LABEL, 60) == [LABEL]
    assert lines("", 10) == []
