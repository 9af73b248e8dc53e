"""Changes that a person asks for in one line: another entry of the file, another fact."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Iterator, Mapping, Set

from undertow.core.errors import BadFile, BadNumber, UnknownName
from undertow.episodes.episode import Episode
from undertow.episodes.made import said_with_place
from undertow.episodes.problems import keys
from undertow.episodes.schema import Plan

OF_A_CHOICE = ("rule",)
"""Keys of a table whose other keys are the parameters of the rule it names."""


def set_to(episode: Episode, text: str) -> Episode:
    """The episode with another entry or fact: "impact.coefficient=0.5", "@SI.margin_rate=0.2".

    PATH=VALUE, the path with dots as in the episode file (lists by number), the value as TOML
    writes it; @ID=NUMBER or @ID@MOMENT=NUMBER for a row of the facts.
    """
    path, equals, written = (part.strip() for part in text.partition("="))
    if not (path and equals and written):
        raise BadFile(f"{text!r} sets nothing; write PATH=VALUE or @FACT=VALUE.")
    value = _value(written, text)
    if path.startswith("@"):
        return _with_fact(episode, path.removeprefix("@"), value, text)
    entries = dict(_entries(episode.raw))
    known = entries.keys() | _addable(entries.keys())
    parent, _, last = path.rpartition(".")
    named = entries.get(parent)
    if isinstance(named, str) and keys(Plan, _steps(parent)) == OF_A_CHOICE:
        # A rule that stands there by its bare name becomes a table with a parameter.
        path, value = parent, {"rule": named, last: value}
    elif path not in known and not _may_be_new(path, value, entries, known):
        raise BadFile(
            f"{text}: {episode.file} has no entry {path!r}; did you mean {_nearest(path, known)!r}?"
        )
    with said_with_place(text):
        return episode.changed({path: value})


def _value(written: str, text: str) -> object:
    try:
        return tomllib.loads(f"value = {written}")["value"]
    except tomllib.TOMLDecodeError:
        raise BadFile(
            f"{text}: {written!r} is no value; write it as in TOML: a number, true, a date,"
            ' or a "text" in quotes.'
        ) from None


def _with_fact(episode: Episode, name: str, value: object, text: str) -> Episode:
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        raise BadNumber(f"{text}: the fact {name!r} is a number; give one that is finite.")
    ids = set(episode.facts.rows)
    if (own := name.partition("@")[0]) not in ids:
        raise UnknownName(
            f"{text}: {episode.facts.file} has no fact {own!r}; did you mean"
            f" {_nearest(own, ids)!r}?"
        )
    with said_with_place(text):
        return episode.with_facts({name: float(value)})


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _nearest(name: str, known: Set[str]) -> str:
    """The known name most like it, if possible one that ends with the same word."""
    last = name.rpartition(".")[2]
    alike = [one for one in known if one.rpartition(".")[2] == last]
    return difflib.get_close_matches(name, sorted(alike or known), n=1, cutoff=0.0)[0]


def _entries(raw: object, before: str = "") -> Iterator[tuple[str, object]]:
    """Dotted paths of all entries and tables, and what stands there."""
    tables = enumerate(raw) if isinstance(raw, list) else ()
    inner = raw.items() if isinstance(raw, Mapping) else tables
    for step, each in inner:
        path = _joined(before, str(step))
        yield path, each
        yield from _entries(each, path)


def _addable(entries: Set[str]) -> set[str]:
    """Entries that the tables of the file may have and do not."""
    found: set[str] = set()
    tables = {"", *entries}
    while tables:
        new = {_joined(table, key) for table in tables for key in keys(Plan, _steps(table))}
        tables = new - found - entries
        found |= tables
    return found


def _may_be_new(path: str, value: object, entries: Mapping[str, object], known: Set[str]) -> bool:
    """Whether the file leaves it open what stands there: parameters, weights, named tables."""
    parent = path.rpartition(".")[0]
    is_table = parent in known and isinstance(entries.get(parent, {}), Mapping)
    if not is_table or keys(Plan, _steps(parent)) not in {(), OF_A_CHOICE}:
        return False
    return isinstance(value, dict) or not keys(Plan, _steps(path))


def _joined(table: str, key: str) -> str:
    return f"{table}.{key}" if table else key


def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split(".")) if path else ()
