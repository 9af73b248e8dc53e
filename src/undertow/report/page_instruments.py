"""The table of instruments, and the one of the days out of sample."""

from __future__ import annotations

from collections.abc import Iterator

from undertow.core.answers.stored import Record, number, pair, record, records, text
from undertow.report.page_answer import day
from undertow.report.page_html import (
    Cell,
    Markup,
    between,
    element,
    joined,
    percent,
    row,
    table,
)  # fmt: skip
from undertow.report.page_marks import legend, marks, span_of
from undertow.report.stored import instruments, label, title
from undertow.report.words import Words

CHANGES = ("simulated", "actual", "unexplained")
SHOWN = 10
SHOWN_SHARE = 5e-5


def instruments_table(summary: Record, words: Words) -> Markup:
    """Targets first: ceiling, forced with its range, simulated, actual, unexplained."""
    ranged = [words("range of forced")] if record(summary, "ranges") else []
    head = [
        words("change, %"), words("on one scale"), words("ceiling"), words("forced"), *ranged,
        words("named news"), words("simulated"), words("actual"), words("unexplained"),
        words("lowest depth, %"), words("widest spread, ×"),
    ]  # fmt: skip
    note = words(
        "Changes over the window in % of the opening price. Ceiling: the fall if every dollar lost "
        "in the sources had been raised by selling this instrument alone. Forced: by forced "
        "selling, as it stands at the end. Range: over the assumed inputs. Named news: given, with "
        "its date and source. Unexplained: actual less simulated. Depth and spread: of "
        "normal. Choose a name to see its path."
    )
    return joined(legend(words), table(head, _by_role(summary, words), note))


def _by_role(summary: Record, words: Words) -> Iterator[tuple[str, list[Markup]]]:
    titles = {
        "free": words("Free: earned, but for named news"),
        "linked": words("Linked: follow a source by what they are made of"),
        "given": words("Given: the actual path is fed in"),
    }
    found = instruments(summary)
    for role, heading in titles.items():
        names = [name for name, one in found.items() if text(one, "role") == role]
        if names:
            yield heading, [_instrument(summary, name, words) for name in names]


def _instrument(summary: Record, name: str, words: Words) -> Markup:
    one = records(summary, "instruments")[name]
    earned = text(one, "role") == "free"
    ceiling = number(records(summary, "ceiling").get(name, {}), "impact")
    ranges = record(summary, "ranges")
    depth, spread = number(one, "depth_low"), number(one, "spread_high")
    given = number(one, "given")
    picture = marks(summary, name, span_of(summary)) if earned else ""
    cells: list[Cell] = [
        (picture, "picture"),
        ("" if ceiling is None else percent(ceiling), "n ceiling"),
        (percent(number(one, "forced")), "n forced"),
        *([(between(pair(ranges, name)), "n range")] if ranges else []),
        ("" if given is None or abs(given) < SHOWN_SHARE else percent(given), "n"),
        *((percent(number(one, key)), "n") for key in CHANGES),
        ("–" if depth is None else f"{100.0 * depth:.0f}", "n"),
        ("–" if spread is None else f"{spread:.1f}", "n"),
    ]
    return row(_named(summary, name, words), cells)


def _named(summary: Record, name: str, words: Words) -> Markup:
    """The title with its symbol, or the symbol with a long title; a way to its path."""
    long, short = title(summary, name, words), label(summary, name, words)
    link = element("a", short, href="#paths", data_pick=name)
    if short != long:
        return joined(link, " ", element("small", long, class_="long"))
    return joined(link, " ", element("small", name)) if long != name else link


def later_table(summary: Record, words: Words) -> Markup:
    """The days that no choice was made with; empty where there are none."""
    found = records(summary, "out_of_sample")
    if not found:
        return Markup("")
    head = [
        words("change, %"), words("forced"), words("simulated"), words("actual"),
        words("unexplained"),
    ]  # fmt: skip
    keys = ("forced", "simulated", "actual", "unexplained")
    listed = [
        row(
            _named(summary, name, words), [(percent(number(found[name], key)), "n") for key in keys]
        )
        for name, one in instruments(summary).items()
        if name in found and text(one, "role") == "free"
    ]
    window = record(summary, "window")
    note = words(
        "Free instruments from {until} to {end}, in % of the price at its start.",
        until=day(text(window, "until"), words), end=day(text(window, "end"), words),
    )  # fmt: skip
    rest = listed[SHOWN:]
    more = (
        element("details", element("summary", words("The others")), table(head, [("", rest)], ""))
        if rest
        else ""
    )
    return joined(table(head, [("", listed[:SHOWN])], note), more)
