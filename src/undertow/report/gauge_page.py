"""The page of a gauge: the sentences, the index through time, its parts, every indicator."""

from __future__ import annotations

from collections.abc import Iterator

from undertow.core.answers.gauge import GaugeAnswer, GaugeHistory, Reading
from undertow.report.figures.stress import index_figure, parts_figure
from undertow.report.gauge import level, lights, named, number, segments
from undertow.report.page import whole
from undertow.report.page_figures import section
from undertow.report.page_html import Cell, Markup, element, row, table
from undertow.report.theme import plotly_script
from undertow.report.words import Words


def gauge_page(answer: GaugeAnswer, history: GaugeHistory, words: Words) -> str:
    """As HTML that opens without a network; InputError if plotly is not installed."""
    script, said = plotly_script(), [words.said(one) for one in answer.said]
    main = element(
        "main",
        element("p", "Undertow", class_="over"),
        element("h1", said[0]),
        element("p", words.join(said[1:]), class_="lead"),
        (element("p", words.said(one), class_="warning") for one in answer.warnings),
        _figures(answer, history, words),
        element("section", element("h2", words("Parts of the index")), _segments(answer, words)),
        element("section", element("h2", words("Indicators")), _readings(answer, words)),
    )
    return whole(main, script, title=said[0], words=words)


def _figures(answer: GaugeAnswer, history: GaugeHistory, words: Words) -> Iterator[Markup]:
    yield section(
        "index", index_figure(answer, history, words),
        words("How strained is liquidity, and how strained was it?"),
        words("Every session. 20 is the median and 50, the dotted line, the 95th percentile of "
              "{first} to {last}. Marked: the highest sessions of autumn 2008 and of March 2020, "
              "and the day itself.", first=answer.reference[0], last=answer.reference[1]),
    )  # fmt: skip
    yield section(
        "parts", parts_figure(history, words),
        words("What is it made of?"),
        words("The highest session of each month. The points of the segments add up to the index. "
              "A segment counts for more when others are strained with it."),
    )  # fmt: skip


def _segments(answer: GaugeAnswer, words: Words) -> Markup:
    head = [
        words("part"), words("points"), words("score"), words("weight"), words("members"),
    ]  # fmt: skip
    titles = segments(words)
    rows = [
        row(titles[one.name], _numbers(
            number(one.points, 1), number(one.score, 2), number(one.weight, 2),
            f"{one.members}/{one.of}",
        ))
        for one in answer.segments
    ]  # fmt: skip
    note = words(
        "Score: 0.5 is the 99th percentile of the reference window; it never reaches 1. Points add"
        " up to the index."
    )
    return table(head, [("", rows)], note)


def _readings(answer: GaugeAnswer, words: Words) -> Markup:
    head = [
        words("indicator"), words("light"), words("percentile"), words("level"), words("change"),
    ]  # fmt: skip
    note = words(
        "Percentile: of its own past. Green below the 80th, amber below the 95th, else red; grey:"
        " no reading, or fewer than 252."
    )
    titles = {**segments(words), "beside": words("Beside the index")}
    groups = [
        (titles[name], [_reading(one, words) for one in answer.readings if one.segment == name])
        for name in titles
    ]
    return table(head, groups, note)


def _reading(one: Reading, words: Words) -> Markup:
    cells = _numbers(
        number(100.0 * one.percentile, 1), level(one, one.level), level(one, one.change)
    )
    light = element("span", lights(words)[one.light], class_=f"light {one.light}")
    return row(named(one, words), [(light, "n"), *cells])


def _numbers(*texts: str) -> list[Cell]:
    return [(text, "n") for text in texts]
