"""Members of families from their tables; what goes wrong inside them is said with its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from undertow.core.errors import InputError
from undertow.core.family import Family
from undertow.episodes.tables import Choice

Part = TypeVar("Part")


def made(family: Family[Part], choice: Choice, where: str) -> Part:
    """The member that a table chooses, with lists as tuples."""
    parameters = {key: _frozen(value) for key, value in choice.parameters.items()}
    with said_with_place(where):
        return family.make(choice.rule, parameters, where)


@contextmanager
def said_with_place(where: str) -> Iterator[None]:
    """Put the place before a message that does not name it."""
    try:
        yield
    except InputError as error:
        if where in str(error):
            raise
        raise type(error)(f"{where}: {error}") from error


def _frozen(value: object) -> object:
    if isinstance(value, list):
        return tuple(_frozen(each) for each in value)
    if isinstance(value, dict):
        return {key: _frozen(each) for key, each in value.items()}
    return value
