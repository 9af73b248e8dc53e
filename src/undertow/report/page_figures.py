"""The five figures of the page, each under its question and how to read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from undertow.core.answers.said import Amount
from undertow.core.answers.stored import Record, number, record, records, rows, text
from undertow.core.answers.tables import Tables
from undertow.report.figures import calls, depth, paths, rests, who
from undertow.report.page_html import Markup, element
from undertow.report.words import Words

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

NOT_IN_SCRIPTS = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def figures(
    summary: Record, tables: Tables, words: Words, beside: Tables | None
) -> Iterator[Markup]:
    """In the order in which a reader asks."""
    yield section(
        "paths", paths.figure(summary, tables, words, beside=beside),
        words("How much of what happened does it account for?"),
        words("What lies between the black line and the blue one is unexplained. Band: the range "
              "over the assumed inputs. Long dashes: the ceiling. Dots: news alone."),
    )  # fmt: skip
    yield section(
        "who", who.figure(summary, tables, words),
        words("Who made whom sell what?"),
        words("Rows: what was sold. Columns: because of what, or by whom. A sale after a call is "
              "booked to the losses that led to it. Only forced selling is contagion: news and "
              "margin hikes hit their holders directly. The stronger the colour, the more, in "
              "powers of ten."),
    )  # fmt: skip
    yield section(
        "calls", calls.figure(summary, tables, words),
        words("When were they called, and when did they sell?"),
        words("Bars: all segments together. Rows: each segment; the stronger the colour, the more, "
              "in powers of ten. Shaded and at the foot: when venues trade."),
    )  # fmt: skip
    yield section(
        "depth", depth.figure(summary, tables, words),
        words("Could one still trade?"),
        words("Displayed depth over its normal, and the quoted spread as a multiple of its normal. "
              "Depth is what makers still show, less what forced selling has used up."),
    )  # fmt: skip
    yield _rests(summary, tables, words)


def _rests(summary: Record, tables: Tables, words: Words) -> Markup:
    question = words("What does the answer rest on?")
    if not rows(summary, "tornado"):
        missing = words("This run has no ranges, so nobody knows what it rests on. Run it with "
                        "ranges before you quote a number.")  # fmt: skip
        return element("section", element("h2", question), element("p", missing, class_="warning"))
    told = words("Each assumed input alone, at its lowest and its highest; the line is the base. "
                 "An input whose bar crosses zero decides the sign.")  # fmt: skip
    return section(
        "rests", rests.figure(summary, tables, words), question,
        words.join([told, *_smaller(summary, words)]),
    )  # fmt: skip


def _smaller(summary: Record, words: Words) -> Iterator[str]:
    """The base of the ranges beside the run's own."""
    of = record(summary, "ranges_of")
    target = text(of, "target")
    small = number(record(of, "base"), target)
    full = number(records(summary, "instruments").get(target, {}), "forced")
    if small is not None and full is not None:
        yield words(
            "These runs are smaller than the one above: their base is {small}, its own {full}.",
            small=Amount(small, "percent"), full=Amount(full, "percent"),
        )  # fmt: skip


def section(key: str, drawn: Figure, question: str, reading: str) -> Markup:
    """The place of the picture and its data; the page's script draws it."""
    data = Markup(drawn.to_json().translate(NOT_IN_SCRIPTS))
    return element(
        "section",
        element("h2", question, id=f"{key}-question"),
        element("p", reading, class_="reading"),
        element("div", id=key, class_="figure", style=f"min-height:{drawn.layout.height}px"),
        element("script", data, type="application/json", data_figure=key),
    )
