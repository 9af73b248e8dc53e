"""The stored summary, read by its keys: what is absent is empty."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias, get_args

from undertow.core.answers.said import Amount, Kind, Said
from undertow.report.words import Words

Record: TypeAlias = Mapping[str, object]

SHORT = 32
"""So many letters of a title fit beside a picture."""


def record(within: Record, key: str) -> Record:
    """An object of the JSON."""
    found = within.get(key)
    return found if isinstance(found, Mapping) else {}


def records(within: Record, key: str) -> dict[str, Record]:
    """An object whose values are objects."""
    return {name: one for name, one in record(within, key).items() if isinstance(one, Mapping)}


def rows(within: Record, key: str) -> list[Record]:
    """A list of objects."""
    return [one for one in items(within, key) if isinstance(one, Mapping)]


def items(within: Record, key: str) -> Sequence[object]:
    """A list."""
    found = within.get(key)
    return found if isinstance(found, list | tuple) else ()


def number(within: Record, key: str) -> float | None:
    """A finite number, or None."""
    found = within.get(key)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return float(found) if math.isfinite(found) else None


def pair(within: Record, key: str) -> tuple[float, float] | None:
    """Two finite numbers, or None."""
    found = items(within, key)
    if len(found) != 2 or not all(isinstance(x, int | float) for x in found):
        return None
    low, high = (float(str(x)) for x in found)
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


def text(within: Record, key: str) -> str:
    """A text, empty if there is none."""
    found = within.get(key)
    return found if isinstance(found, str) else ""


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


def furthest(instrument: Record) -> float:
    """The largest forced change on the way, up or down."""
    return max(abs(number(instrument, key) or 0.0) for key in ("forced_low", "forced_high"))


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
