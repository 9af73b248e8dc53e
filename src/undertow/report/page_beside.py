"""A run beside the run without its changes, or beside any other."""

from __future__ import annotations

from undertow.core.answers.stored import Record, items, number, records
from undertow.report.page_html import Cell, Markup, amount, element, percent, row, signed, table
from undertow.report.stored import instruments, title
from undertow.report.words import Words

BILLION, MILLION = 1e9, 1e6
MOST = 8


def beside_section(summary: Record, other: Record, words: Words) -> Markup:
    """What differs: calls and money, the prices that differ most, the segments that differ."""
    changed = bool(items(summary, "changes"))
    question = words("What do the changes do?") if changed else words("Beside the other run")
    head = [
        "", words("this run"), words("without the changes") if changed else words("the other run"),
        words("difference"),
    ]  # fmt: skip
    groups = [
        (words("All together"), _totals(summary, other, words)),
        (words("Change by forced selling, % of the price"), _moved(summary, other, words)),
    ]
    note = words("The {count} instruments that differ most.", count=str(MOST))
    return element(
        "section",
        element("h2", question, id="beside"),
        table(head, groups, note),
        _segments(summary, other, words),
    )


def _totals(summary: Record, other: Record, words: Words) -> list[Markup]:
    shown = (
        (words("margin calls"), "called", 1.0, 0, "calls"),
        (words("forced sales, billion dollars"), "forced_usd", BILLION, 2, "forced"),
        (words("bad debt, million dollars"), "bad_debt_usd", MILLION, 1, "defaults"),
    )
    listed = []
    for name, key, unit, digits, look in shown:
        here, there = (
            sum(number(one, key) or 0.0 for one in records(run, "segments").values())
            for run in (summary, other)
        )
        values = [f"{x / unit:,.{digits}f}" for x in (here, there)]
        gap = signed((here - there) / unit, digits)
        listed.append(row(name, [(x, f"n {look}") for x in (*values, gap)]))
    return listed


def _moved(summary: Record, other: Record, words: Words) -> list[Markup]:
    before = records(other, "instruments")
    pairs = {
        name: (number(one, "forced") or 0.0, number(before[name], "forced") or 0.0)
        for name, one in instruments(summary).items()
        if name in before
    }
    most = sorted(pairs, key=lambda name: -abs(pairs[name][0] - pairs[name][1]))[:MOST]
    return [_shares(title(summary, name, words), *pairs[name]) for name in most]


def _shares(name: str, here: float, there: float) -> Markup:
    return row(name, [(percent(x, 3), "n") for x in (here, there, here - there)])


def _segments(summary: Record, other: Record, words: Words) -> Markup:
    """Only the segments that differ; empty if none does."""
    head = [
        words("segment"), words("calls"), words("in the other run"),
        words("forced sales, billion dollars"), words("in the other run"),
    ]  # fmt: skip
    before = records(other, "segments")
    listed = []
    for name, one in records(summary, "segments").items():
        pairs = [
            [number(each, key) for each in (one, before.get(name, {}))]
            for key in ("called", "forced_usd")
        ]
        if any(here != there for here, there in pairs):
            cells: list[Cell] = [(amount(x), "n calls") for x in pairs[0]]
            cells += [(amount(x, BILLION, 2), "n forced") for x in pairs[1]]
            listed.append(row(title(summary, name, words), cells))
    if not listed:
        return Markup("")
    inner = table(head, [("", listed)], "")
    return element("details", element("summary", words("Segments that differ")), inner)
