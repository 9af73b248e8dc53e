"""Books from files: two tables, or a broker's own export; a file here is a reader more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from undertow.core.answers.said import Said
from undertow.core.family import Family
from undertow.data.books._merge import merged
from undertow.data.books._source import opened
from undertow.data.books.base import Finding, Read, Reader, Source, Stated, housed

READERS: Family[Reader] = Family("books", __name__, Reader)  # type: ignore[type-abstract]


def read(paths: Sequence[Path], *, lenient: bool = False, on: date | None = None) -> Read:
    """The book of all files together, each read by what stands in it, and all that is wrong.

    lenient: bad lines are left out and the rest is the book; else a book with findings is None
    on: the day whose rules apply where no file says one
    """
    found = [opened(path) for path in paths]
    return read_sources(
        tuple(replace(one, on=on) for one in found if isinstance(one, Source)),
        tuple(one for one in found if isinstance(one, Finding)),
        lenient=lenient,
    )


def read_sources(
    files: tuple[Source, ...], findings: tuple[Finding, ...] = (), *, lenient: bool = False
) -> Read:
    """The same from texts. findings: what is wrong with files that could not be opened."""
    rest, reads = files, [Read(None, findings=findings)]
    for name in READERS.members():
        reader = READERS.member(name)()
        mine = reader.claims(rest) if rest else ()
        rest = tuple(one for one in rest if one not in mine)
        reads += [reader.read(mine)] if mine else []
    strange = tuple(_strange(one) for one in rest)
    return merged((*reads, Read(None, findings=strange))).judged(lenient=lenient)


def _strange(file: Source) -> Finding:
    known = "; ".join(READERS.member(name).reads for name in READERS.members())
    said = Said("No reader knows this file; it must be one of: {known}.", {"known": known})
    return Finding(file.name, 0, said, grave=True)


__all__ = [
    "READERS",
    "Finding",
    "Read",
    "Reader",
    "Source",
    "Stated",
    "housed",
    "opened",
    "read",
    "read_sources",
]
