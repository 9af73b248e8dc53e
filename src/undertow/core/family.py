"""Families of interchangeable parts: one file in the family's folder is one member more.

Members are listed by file name and by entry point (`undertow.<family>`) without importing them.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Generic, TypeVar

from undertow.core.errors import BadNumber, UndertowError, unknown

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Part = TypeVar("Part")


@dataclasses.dataclass(frozen=True)
class Family(Generic[Part]):
    """A folder of parts that share one contract.

    name: word used in scenarios, messages and entry points; package: dotted folder;
    base: the contract every member fulfils.
    """

    name: str
    package: str
    base: type[Part]

    def members(self) -> tuple[str, ...]:
        """Names of all members, sorted, without importing one of them."""
        return tuple(sorted({*self._files(), *self._entries()}))

    def member(self, name: str) -> type[Part]:
        """The class behind a member's name; UnknownName if there is none."""
        if name in self._files():
            return _only_part(importlib.import_module(f"{self.package}.{name}"), self.base)
        if name in self._entries():
            part: type[Part] = self._entries()[name].load()
            return part
        raise unknown(self.name, name, self.members())

    def written(self, form: str) -> type[Part]:
        """The class behind a name as the terminal writes it (lean-crypto); UnknownName if none."""
        names = {terminal_name(name): name for name in self.members()}
        if form not in names:
            raise unknown(f"format of {self.name}", form, names)
        return self.member(names[form])

    def make(self, name: str, parameters: Mapping[str, object], where: str = "") -> Part:
        """Build a member from its parameters; the error names the parameter and the place."""
        part = self.member(name)
        fields = {f.name for f in dataclasses.fields(part)}  # type: ignore[arg-type]
        for given in parameters:
            if given not in fields:
                raise unknown(f"parameter of {self.name} {name!r}", given, fields, where)
        lacking = [f.name for f in _required(part) if f.name not in parameters]
        if lacking:
            raise BadNumber(f"{self.name} {name!r} in {where} lacks {lacking[0]!r}; add it.")
        try:
            return part(**parameters)
        except TypeError as error:
            raise BadNumber(f"{self.name} {name!r} in {where} cannot be built: {error}.") from error

    def discover(self) -> dict[str, type[Part]]:
        """All members by name, imported: for docs, contract tests and `undertow rules`."""
        return {name: self.member(name) for name in self.members()}

    def _files(self) -> frozenset[str]:
        return file_names(self.package)

    def _entries(self) -> dict[str, EntryPoint]:
        from importlib.metadata import entry_points  # as long to load as a whole --help

        return {e.name: e for e in entry_points(group=f"undertow.{self.name}")}


def terminal_name(member: str) -> str:
    """What a member is called where hyphens are the custom."""
    return member.replace("_", "-")


def _required(part: type[Part]) -> list[dataclasses.Field[object]]:
    """Parameters without a default."""
    fields = dataclasses.fields(part)  # type: ignore[arg-type]
    absent = dataclasses.MISSING
    return [f for f in fields if f.init and f.default is absent and f.default_factory is absent]


@cache
def file_names(package: str) -> frozenset[str]:
    """Names of the members that are files of a package, which is found but not imported."""
    spec = find_spec(package)
    folder = Path(next(iter((spec and spec.submodule_search_locations) or ())))
    return frozenset(
        f.stem for f in folder.glob("*.py") if f.stem != "base" and not f.stem.startswith("_")
    )


def _only_part(module: ModuleType, base: type[Part]) -> type[Part]:
    parts = [
        found
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, base) and found.__module__ == module.__name__
    ]
    if len(parts) != 1:
        raise UndertowError(
            f"{module.__name__} must define exactly one {base.__name__}, found {len(parts)}."
        )
    return parts[0]
