"""The error tree; every message is one sentence with the finding, the offender and the remedy.

UndertowError
└── InputError            the input is wrong: the door exits 1
    ├── UnknownName       a name that is not in its list
    ├── BadNumber         a number outside its range, or not a number
    ├── BadDate           a date outside the calendar
    ├── BadFile           a file that cannot be read as what it should be
    ├── RefusedBook       a person's positions with lines that cannot be used
    ├── MissingSource     a number about the world without a source
    ├── NoAnswer          a provider that gives no answer, or none that can be used
    └── NotWritable       a place where a result cannot be stored
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

SHOWN = 30
"""Names that a sentence lists at most."""


class UndertowError(Exception):
    """Anything Undertow refuses, said in one sentence."""


class InputError(UndertowError):
    """The input is wrong."""


class UnknownName(InputError):
    """A name that is not in its list."""


class BadNumber(InputError):
    """A number outside its range, or not a number."""


class BadDate(InputError):
    """A date that cannot be read, or lies outside the calendar."""


class BadFile(InputError):
    """A file that cannot be read as what it should be."""


class RefusedBook(InputError):
    """A person's positions with lines that cannot be used; its arguments are the findings."""

    def __str__(self) -> str:
        """All findings, one on each line."""
        return "\n".join(map(str, self.args))


class MissingSource(InputError):
    """A number about the world that does not say where it comes from."""


class NoAnswer(InputError):
    """A provider of data that gives no answer, or none that can be used."""


class NotWritable(InputError):
    """A place where a result cannot be stored."""


def unknown(kind: str, name: str, known: Iterable[str], where: str = "") -> UnknownName:
    """Say that `name` is no known `kind`, and which one was perhaps meant."""
    choices = sorted(known)
    same = [one for one in choices if one.lower() == name.lower()]
    close = same or difflib.get_close_matches(name, choices, n=1)
    more = f" and {len(choices) - SHOWN} more" if len(choices) > SHOWN else ""
    listed = ", ".join(choices[:SHOWN]) + more
    remedy = f"did you mean {close[0]!r}?" if close else f"known are: {listed}."
    place = f" in {where}" if where else ""
    return UnknownName(f"{kind} {name!r}{place} is not known; {remedy}")
