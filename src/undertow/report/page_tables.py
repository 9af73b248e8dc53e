"""The tables of the page: instruments, the days out of sample, segments."""

from __future__ import annotations

from collections.abc import Iterator

from undertow.report.page_html import (
    Cell, Markup, amount, between, element, joined, percent, row, table,
)  # fmt: skip
from undertow.report.page_marks import marks, span_of
from undertow.report.speech import Words
from undertow.report.stored import (
    Record, instruments, number, pair, record, records, text, title,
)  # fmt: skip

BILLION, MILLION = 1e9, 1e6


def instruments_table(summary: Record, words: Words) -> Markup:
    """Targets first: ceiling, forced with its range, simulated, actual, unexplained."""
    head = [
        words("change, %"), words("on one scale"), words("ceiling"), words("forced"),
        words("range"), words("simulated"), words("actual"), words("unexplained"),
        words("lowest depth, % of normal"), words("widest spread, × normal"),
    ]  # fmt: skip
    note = words(
        "Changes over the window in % of the opening price. Ceiling: the fall if every dollar lost "
        "in the sources had been raised by selling this instrument alone. Forced: by forced "
        "selling. Range: forced over the assumed inputs. Unexplained: actual less simulated. "
        "Choose a name to see its path."
    )
    return table(head, _by_role(summary, words), note)


def _by_role(summary: Record, words: Words) -> Iterator[tuple[str, list[Markup]]]:
    titles = {
        "free": words("Free: every number is earned"),
        "linked": words("Linked: follow a source by what they are made of"),
        "given": words("Given: the actual path is fed in"),
    }
    found = instruments(summary)
    for role, label in titles.items():
        names = [name for name, one in found.items() if text(one, "role") == role]
        if names:
            yield label, [_instrument(summary, name, role == "free") for name in names]


def _instrument(summary: Record, name: str, earned: bool) -> Markup:
    one = records(summary, "instruments")[name]
    ceiling = number(records(summary, "ceiling").get(name, {}), "impact")
    ends = pair(record(summary, "ranges"), name)
    depth, spread = number(one, "depth_low"), number(one, "spread_high")
    picture = marks(summary, name, span_of(summary)) if earned else ""
    cells: list[Cell] = [
        (picture, "picture"),
        ("" if ceiling is None else percent(ceiling), "n ceiling"),
        (percent(number(one, "forced")), "n forced"),
        (between(ends), "n range"),
        *((percent(number(one, key)), "n") for key in ("simulated", "actual", "unexplained")),
        ("–" if depth is None else f"{100.0 * depth:.0f}", "n"),
        ("–" if spread is None else f"{spread:.1f}", "n"),
    ]
    return row(_named(summary, name), cells)


def _named(summary: Record, name: str) -> Markup:
    """The title, the symbol under it if they differ, and a way to the instrument's path."""
    long = title(summary, name)
    link = element("a", long, href="#paths", data_pick=name)
    return joined(link, element("small", name)) if long != name else link


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
        row(_named(summary, name), [(percent(number(found[name], key)), "n") for key in keys])
        for name, one in instruments(summary).items()
        if name in found and text(one, "role") == "free"
    ]
    window = record(summary, "window")
    note = words(
        "Free instruments from {until} to {end}, in % of the price at its start.",
        until=text(window, "until")[:10], end=text(window, "end")[:10],
    )  # fmt: skip
    return table(head, [("", listed)], note)


def segments_table(summary: Record, words: Words) -> Markup:
    """One row a segment; counts are real accounts that the simulated ones stand for."""
    head = [
        words("segment"), words("real accounts"), words("calls"),
        words("forced sales, billion dollars"), words("bankrupt accounts"),
        words("bad debt, million dollars"),
    ]  # fmt: skip
    found = records(summary, "segments")
    groups = {
        words("Accounts, called when their equity falls short"): [
            name for name in found if number(found[name], "accounts")
        ],
        words("Traders, who sell by their own rule without a call"): [
            name for name in found if not number(found[name], "accounts")
        ],
    }
    listed = [
        (label, [_segment(summary, name) for name in names])
        for label, names in groups.items()
        if names
    ]
    note = words("Calls count every call, so that one account may be called more than once.")
    return table(head, listed, note)


def _segment(summary: Record, name: str) -> Markup:
    one = records(summary, "segments")[name]
    cells = [
        (amount(number(one, "weight")), "n"),
        (amount(number(one, "called")), "n calls"),
        (amount(number(one, "forced_usd"), BILLION, 2), "n forced"),
        (amount(number(one, "bankrupt")), "n"),
        (amount(number(one, "bad_debt_usd"), MILLION, 1), "n defaults"),
    ]
    return row(title(summary, name), cells)
