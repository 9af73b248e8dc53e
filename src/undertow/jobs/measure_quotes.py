"""`undertow measure quotes`: read minute quotes of calm and of stress, and compare them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from undertow.core.quotes import Quotes, joined
from undertow.data.quotes import read_quotes
from undertow.jobs.answer import Json
from undertow.jobs.measured import Answered, inputs_of
from undertow.studies.quotes import quotes_answer


def measure_quotes(baseline: Sequence[Path], stress: Sequence[Path], form: str) -> Answered:
    """Spread multiple and depth loss of the stress files against the baseline files."""
    answer = quotes_answer(_read(baseline, form), _read(stress, form))
    asked: dict[str, Json] = {
        "format": form,
        "baseline": [file.name for file in baseline],
        "stress": [file.name for file in stress],
    }
    return Answered("quotes", answer, inputs_of((*baseline, *stress), asked))


def _read(files: Sequence[Path], form: str) -> Quotes:
    return joined(tuple(read_quotes(file, form) for file in files))
