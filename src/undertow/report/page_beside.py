"""A run beside the run without its changes."""

from __future__ import annotations

from undertow.report.page_html import Markup, amount, element, percent, row, table
from undertow.report.stored import Record, instruments, number, records, text, title
from undertow.report.words import Words

BILLION = 1e9


def beside_section(summary: Record, other: Record, words: Words) -> Markup:
    """What the changes do: forced change of every free instrument, sales of every segment."""
    head = [
        words("forced change, %"), words("with the changes"), words("without"),
        words("difference, percentage points"),
    ]  # fmt: skip
    before = records(other, "instruments")
    listed = [
        _forced(title(summary, name, words), one, before[name])
        for name, one in instruments(summary).items()
        if name in before and text(one, "role") == "free"
    ]
    return element(
        "section",
        element("h2", words("What do the changes do?"), id="beside"),
        table(head, [("", listed)], ""),
        _segments(summary, other, words),
    )


def _forced(name: str, one: Record, before: Record) -> Markup:
    now, then = number(one, "forced"), number(before, "forced")
    gap = None if now is None or then is None else now - then
    return row(name, [(percent(x, 3), "n") for x in (now, then, gap)])


def _segments(summary: Record, other: Record, words: Words) -> Markup:
    head = [
        words("segment"), words("calls with the changes"), words("calls without"),
        words("forced sales with the changes, billion dollars"),
        words("forced sales without, billion dollars"),
    ]  # fmt: skip
    before = records(other, "segments")
    listed = []
    for name, one in records(summary, "segments").items():
        calls = [number(each, "called") for each in (one, before.get(name, {}))]
        sales = [number(each, "forced_usd") for each in (one, before.get(name, {}))]
        cells = [(amount(x), "n calls") for x in calls]
        cells += [(amount(x, BILLION, 2), "n forced") for x in sales]
        listed.append(row(title(summary, name, words), cells))
    return table(head, [("", listed)], "")
