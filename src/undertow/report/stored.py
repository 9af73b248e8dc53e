"""The stored summary as the page needs it: sentences, titles, and instruments in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from undertow.core.answers.said import Amount, Kind, Said
from undertow.core.answers.stored import Record, furthest, number, record, records, text
from undertow.report.words import Words

SHORT = 32
"""So many letters of a title fit beside a picture."""


def said(one: object) -> Said:
    """A sentence as stored: a text, or a text with places and what stands in them."""
    if not isinstance(one, Mapping):
        return Said(str(one))
    return Said(text(one, "text"), {name: _place(v) for name, v in record(one, "values").items()})


def _place(value: object) -> Amount | str:
    if not isinstance(value, Mapping):
        return str(value)
    for kind in get_args(Kind):
        if kind == value.get("kind"):
            return Amount(number(value, "value") or 0.0, kind)
    return str(said(value))


def instruments(summary: Record) -> dict[str, Record]:
    """All instruments: the free ones first, the furthest moved by force ahead, then linked ones."""
    found = records(summary, "instruments")
    order = {"free": 0, "linked": 1, "given": 2}
    names = sorted(
        found, key=lambda name: (order.get(text(found[name], "role"), 3), -furthest(found[name]))
    )
    return {name: found[name] for name in names}


def naming(summary: Record, words: Words) -> Words:
    """The words, with the titles that are stored with the run."""
    titles = record(summary, "titles")
    return words.naming({name: text(titles, name) for name in titles})


def title(summary: Record, name: str, words: Words) -> str:
    """The episode's title of an instrument or segment, else its name."""
    return words(text(record(summary, "titles"), name) or name.replace("_", " "))


def label(summary: Record, name: str, words: Words) -> str:
    """The title if it is short enough for a picture, else the name."""
    long = title(summary, name, words)
    return long if len(long) <= SHORT else name.replace("_", " ")
