"""`undertow report`: the page of a stored run."""

from __future__ import annotations

from pathlib import Path

from undertow.core.compiled import home
from undertow.core.errors import NotWritable
from undertow.data.runs import read_run
from undertow.data.store import find_run
from undertow.report.page import page
from undertow.report.words import speaker

PAGE = "page.html"


def draw_page(
    run: str, *, beside: str | None = None, out: Path | None = None, lang: str = "en"
) -> Path:
    """Write the page of a stored run, and compare it with another one; returns the file."""
    folder = find_run(run, home() / "runs")
    summary, tables = read_run(folder)
    other = None if beside is None else read_run(find_run(beside, home() / "runs"))
    file = out or folder / PAGE
    text = page(summary, tables, words=speaker(lang), beside=other)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NotWritable(
            f"the page cannot be written to {str(file)!r} ({error.strerror}); choose another file"
            " with --out."
        ) from error
    return file
