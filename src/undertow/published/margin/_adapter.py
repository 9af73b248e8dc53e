"""How a row of a file of worked examples reaches the public functions."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from undertow.core.errors import BadNumber

Value: TypeAlias = "float | str | bool | list[Value] | dict[str, Value] | None"
Results: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Inputs:
    """The keys of one row: what was given, asked for by name and kind."""

    given: Mapping[str, Value]

    def __contains__(self, key: str) -> bool:
        return key in self.given

    def number(self, key: str, otherwise: float | None = None) -> float:
        """A number; BadNumber if it is absent without a default, or is none."""
        found = self.given.get(key, otherwise)
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise BadNumber(f"input {key!r} is {found!r}; give a number.")
        return float(found)

    def text(self, key: str, otherwise: str = "") -> str:
        """A text; the default if it is absent."""
        found = self.given.get(key, otherwise)
        return found if isinstance(found, str) else str(found)

    def flag(self, key: str, *, otherwise: bool = False) -> bool:
        """Yes or no."""
        return bool(self.given.get(key, otherwise))

    def numbers(self, key: str) -> tuple[float, ...]:
        """A list of numbers; a single one is a list of one."""
        found = self.given.get(key)
        each = found if isinstance(found, list) else [found]
        return tuple(Inputs({key: one}).number(key) for one in each)

    def table(self, key: str) -> tuple[tuple[float, ...], ...]:
        """A list of lists of numbers."""
        found = self.given.get(key)
        each = found if isinstance(found, list) else []
        return tuple(Inputs({key: one}).numbers(key) for one in each)

    def of(self, key: str) -> Value:
        """Whatever stands there."""
        return self.given.get(key)


@dataclass(frozen=True, slots=True)
class Adapter:
    """One kind of worked example.

    regime: pattern that the row's regime begins with, letters of either case
    needs: keys without which it is another kind of row; `a|b` is met by either
    gives: results by name, as many as the rule knows; of them the expected ones are compared
    """

    regime: str
    needs: tuple[str, ...]
    gives: Callable[[Inputs], Results]

    def fits(self, regime: str, inputs: Inputs) -> bool:
        """Whether the row is of this kind."""
        has = (any(k in inputs for k in need.split("|")) for need in self.needs)
        return re.match(self.regime, regime, re.IGNORECASE) is not None and all(has)


def adapters() -> tuple[Adapter, ...]:
    """Adapters of all files of this folder, in the order of their names: `ADAPTERS` of each."""
    names = sorted(
        file.stem for file in Path(__file__).parent.glob("*.py") if not file.stem.startswith("_")
    )
    parts = (importlib.import_module(f"{__package__}.{name}") for name in names)
    return tuple(adapter for part in parts for adapter in part.ADAPTERS)
