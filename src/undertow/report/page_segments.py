"""The table of segments and traders."""

from __future__ import annotations

from undertow.core.answers.stored import Record, number, records
from undertow.report.page_html import Markup, amount, row, table
from undertow.report.stored import title
from undertow.report.words import Words

BILLION, MILLION = 1e9, 1e6
DONE = ("called", "forced_usd", "bankrupt", "bad_debt_usd")


def segments_table(summary: Record, words: Words) -> Markup:
    """One row a segment; counts are real accounts that the simulated ones stand for."""
    head = [
        words("segment"), words("real accounts"), words("calls"),
        words("forced sales, billion dollars"), words("bankrupt accounts"),
        words("bad debt, million dollars"),
    ]  # fmt: skip
    found = records(summary, "segments")
    busy = [name for name in found if any(number(found[name], key) for key in DONE)]
    called = [name for name in busy if number(found[name], "accounts")]
    groups = (
        (words("Accounts, called when their equity falls short"), called),
        (words("Traders, who sell by their own rule without a call"),
         [name for name in busy if name not in called]),
    )  # fmt: skip
    listed = [
        (heading, [_segment(summary, name, words) for name in names])
        for heading, names in groups
        if names
    ]
    return table(head, listed, _note(summary, [name for name in found if name not in busy], words))


def _note(summary: Record, idle: list[str], words: Words) -> str:
    told = [words("Calls count every call, so that one account may be called more than once.")]
    if idle:
        names = "; ".join(words.titles.get(name) or name.replace("_", " ") for name in idle)
        told.append(words("Neither called nor forced to sell: {names}.", names=names))
    return words.join(told)


def _segment(summary: Record, name: str, words: Words) -> Markup:
    one = records(summary, "segments")[name]
    cells = [
        (amount(number(one, "weight")), "n"),
        (amount(number(one, "called")), "n calls"),
        (amount(number(one, "forced_usd"), BILLION, 2), "n forced"),
        (amount(number(one, "bankrupt")), "n"),
        (amount(number(one, "bad_debt_usd"), MILLION, 1), "n defaults"),
    ]
    return row(title(summary, name, words), cells)
