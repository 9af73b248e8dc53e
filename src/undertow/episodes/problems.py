"""What is wrong with an episode file, in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import TypeAlias, TypeGuard, get_args, get_origin

from pydantic import BaseModel, ValidationError

from undertow.core.errors import BadFile, unknown

Path: TypeAlias = tuple[int | str, ...]
ABSENT = object()


def first_problem(
    error: ValidationError, model: type[BaseModel], raw: object, file: str
) -> BadFile:
    """The first thing pydantic found, with the dotted path and the remedy."""
    found = error.errors(include_url=False)
    # A slip in a key is also a missing key: the slip is the finding.
    problem = next((p for p in found if p["type"] == "extra_forbidden"), found[0])
    path = tuple(_steps_that_exist(problem["loc"], raw))
    dotted = ".".join(str(step) for step in path)
    if problem["type"] == "extra_forbidden":
        table = ".".join(str(step) for step in path[:-1])
        known = keys(model, path[:-1])
        return BadFile(str(unknown("key", str(path[-1]), known, f"{file} [{table or 'top'}]")))
    if problem["type"] == "missing":
        return BadFile(f"{file} [{dotted or 'top'}] lacks {problem['loc'][-1]!r}; add it.")
    return BadFile(f"{file} has {dotted} = {problem['input']!r}: {_remedy(problem['msg'])}.")


def keys(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """The keys that the table at this path may have."""
    table: object = model
    for step in path:
        table = _inside(table, step)
    fields = table.model_fields.items() if _is_table(table) else ()
    return tuple(field.alias or name for name, field in fields)


def _steps_that_exist(path: Path, raw: object) -> Iterator[int | str]:
    """The way along the file: pydantic adds steps for defaults and branches of a union."""
    for step in path:
        inner = raw.get(step, ABSENT) if isinstance(raw, dict) else ABSENT
        if isinstance(raw, list) and isinstance(step, int):
            inner = raw[step]
        if inner is ABSENT:
            return
        raw = inner
        yield step


def _inside(annotation: object, step: int | str) -> object:
    if _is_table(annotation):
        fields = {f.alias or name: f.annotation for name, f in annotation.model_fields.items()}
        inner = fields.get(str(step))
        return _table_in(inner) if get_origin(inner) is UnionType else inner
    return _table_in(annotation)


def _table_in(annotation: object) -> type[BaseModel] | None:
    return next((part for part in get_args(annotation) if _is_table(part)), None)


def _is_table(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _remedy(message: str) -> str:
    text = message.removeprefix("Value error, ").removeprefix("Input ")
    # What Python calls these, a TOML file does not.
    text = text.replace("valid dictionary or instance of", "table for a").replace("tuple", "list")
    text = text.replace("Tuple", "the list").replace("Dictionary", "the table")
    return f"it {text}" if text.startswith("should") else text
