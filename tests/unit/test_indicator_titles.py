"""Indicators and parts of a fragility are called by titles, not by the names of their files."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from undertow.indicators import INDICATORS
from undertow.jobs.measure_daily import DailyRequest, measure_daily
from undertow.report.indicators import fragilities, indicators
from undertow.report.measured import measured_page
from undertow.report.words import LANGUAGES, Words, speaker
from undertow.studies.daily import VARIANTS
from undertow.studies.fragility import SIGNS

WORDS = pytest.mark.parametrize("words", [speaker(lang) for lang in LANGUAGES], ids=LANGUAGES)


@WORDS
def test_every_indicator_and_every_part_has_a_title(words: Words) -> None:
    titles, parts = indicators(words), fragilities(words)

    assert {*INDICATORS.members(), *VARIANTS} == titles.keys()
    assert {sign.name for sign in SIGNS} == parts.keys()
    assert len(set(titles.values())) == len(titles)
    assert not any("_" in title for title in (*titles.values(), *parts.values()))


@WORDS
def test_what_is_printed_of_daily_prices_names_no_file(tmp_path: Path, words: Words) -> None:
    rng = np.random.default_rng(5)
    days = np.datetime64("2024-01-01") + np.arange(400)
    lines = ["date,symbol,open,high,low,close,volume"]
    for name in ("AAA", "BBB", "CCC"):
        closes = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 0.01, 400)))
        closes[-1] *= 1.3
        lines += [
            f"{day},{name},{c},{1.02 * c},{0.98 * c},{c},{'' if name == 'CCC' else 1000}"
            for day, c in zip(days, closes.tolist(), strict=True)
        ]
    (tmp_path / "p.csv").write_text("\n".join(lines) + "\n")
    found = measure_daily(DailyRequest((tmp_path / "p.csv",)))
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(measured_page(found.answer, words))
    shown = console.export_text()
    files = {name for name in (*INDICATORS.members(), *VARIANTS) if "_" in name}

    assert indicators(words)["ciss"] in shown
    assert not [name for name in files if re.search(rf"\b{name}\b", shown)]
    assert "ciss" in found.json()["together"]
