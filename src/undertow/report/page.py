"""The page: one file that opens anywhere without a network."""

from __future__ import annotations

import json
from importlib.resources import files

from undertow.core.answers.stored import Record, record
from undertow.core.answers.tables import Tables
from undertow.report.page_answer import opening, sentences
from undertow.report.page_beside import beside_section
from undertow.report.page_checks import checks, origin
from undertow.report.page_figures import figures
from undertow.report.page_html import Markup, element, joined
from undertow.report.page_instruments import instruments_table, later_table
from undertow.report.page_segments import segments_table
from undertow.report.stored import naming
from undertow.report.theme import DARK, plotly_script
from undertow.report.words import Words


def page(
    summary: Record,
    tables: Tables,
    *,
    words: Words,
    beside: tuple[Record, Tables] | None = None,
) -> str:
    """A run as HTML: the answer, its tables, five figures, and what it is held against.

    beside: the run without the changes; without its tables, `summary["beside"]` is enough for the
    comparison. InputError if plotly is not installed.
    """
    script, words = plotly_script(), naming(summary, words)
    other = beside[0] if beside else record(summary, "beside")
    main = element(
        "main",
        opening(summary, words),
        beside_section(summary, other, words) if other else "",
        _answer(summary, words),
        figures(summary, tables, words, beside[1] if beside else None),
        checks(summary, words),
        origin(summary, words),
    )
    first = (sentences(summary, words) or ["Undertow"])[0]
    return whole(main, script, title=first, words=words)


def whole(main: Markup, script: str, *, title: str, words: Words) -> str:
    """A page around its main part, with all it needs. script: the drawing library's"""
    scripts = map(_script, (script, _dark(), _asset("page.js")))
    body = element("body", main, *scripts)
    return f"<!doctype html>\n{element('html', _head(title), body, lang=words.language)}\n"


def _answer(summary: Record, words: Words) -> Markup:
    later = later_table(summary, words)
    return joined(
        element("section", element("h2", words("Instruments")), instruments_table(summary, words)),
        element(
            "section",
            element("h2", words("Out of sample: days that no choice was made with")),
            later,
        )
        if later
        else "",
        element("section", element("h2", words("Segments")), segments_table(summary, words)),
    )


def _head(title: str) -> Markup:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Markup(_asset("page.css"))),
    )


def _script(code: str) -> Markup:
    """Code as it is; it must not hold the end of its own element."""
    return element("script", Markup(code.replace("</script", "<\\/script")))


def _dark() -> str:
    return f"const DARK = {json.dumps(DARK)};"


def _asset(name: str) -> str:
    return (files("undertow.report") / name).read_text(encoding="utf-8")
