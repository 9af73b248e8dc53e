"""`undertow report`: the page of a stored run."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from undertow.core.errors import NotWritable
from undertow.data.runs import read_run
from undertow.data.store import find_run, runs_folder
from undertow.report.page import page
from undertow.report.words import speaker

PAGE, BESIDE = "page.html", "beside"


def draw_page(
    run: str, *, beside: str | None = None, out: Path | None = None, lang: str = "en"
) -> Path:
    """Write the page of a stored run, and compare it with another one; returns the file."""
    runs = runs_folder()
    folder = find_run(run, runs)
    other = None if beside is None else find_run(beside, runs)
    file = out or folder / PAGE
    text = page_of(folder, other, lang=lang)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NotWritable(
            f"the page cannot be written to {str(file)!r} ({error.strerror}); choose another file"
            " with --out."
        ) from error
    return file


def page_of(folder: Path, beside: Path | None = None, *, lang: str = "en") -> str:
    """The page of a run folder, beside another one or the run without its changes."""
    summary, tables = read_run(folder)
    within = folder / BESIDE
    other = beside or (within if within.is_dir() else None)
    return page(summary, tables, words=speaker(lang), beside=read_run(other) if other else None)


def can_draw() -> bool:
    """Whether what draws the figures is installed."""
    return find_spec("plotly") is not None
