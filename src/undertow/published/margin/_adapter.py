"""How a row of a file of worked examples reaches the public functions."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from undertow.core.errors import BadNumber
from undertow.published.margin._words import plain, words_for

Value: TypeAlias = "float | str | bool | list[Value] | dict[str, Value] | None"
Results: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Inputs:
    """The keys of one row: what was given, asked for by name and kind.

    A key is met by each of the words that sources use for it (`_words.py`), its own first.
    given: by plain key, see `row_of`
    """

    given: Mapping[str, Value]

    def __contains__(self, key: str) -> bool:
        return any(word in self.given for word in words_for(key))

    def number(self, key: str, otherwise: float | None = None) -> float:
        """A number, also one in words (`20%`, `5x`, `30:1`, `$1,000`).

        BadNumber if it is absent without a default, or is none.
        """
        found = self.of(key) if key in self else otherwise
        found = spoken(found) if isinstance(found, str) else found
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise BadNumber(f"input {key!r} is {found!r}; give a number.")
        return float(found)

    def text(self, key: str, otherwise: str = "") -> str:
        """A text; the default if it is absent."""
        found = self.of(key) if key in self else otherwise
        return found if isinstance(found, str) else str(found)

    def flag(self, key: str, *, otherwise: bool = False) -> bool:
        """Yes or no."""
        found = self.of(key) if key in self else otherwise
        return found.lower() in {"true", "yes", "1"} if isinstance(found, str) else bool(found)

    def numbers(self, key: str) -> tuple[float, ...]:
        """A list of numbers; a single one is a list of one."""
        found = self.of(key)
        each = found if isinstance(found, list) else [found]
        return tuple(Inputs({key: one}).number(key) for one in each)

    def table(self, key: str) -> tuple[tuple[float, ...], ...]:
        """A list of lists of numbers; of objects, their values in order."""
        found = self.of(key)
        each = found if isinstance(found, list) else []
        rows = (list(one.values()) if isinstance(one, dict) else one for one in each)
        return tuple(Inputs({key: row}).numbers(key) for row in rows)

    def of(self, key: str) -> Value:
        """Whatever stands there."""
        word = next((word for word in words_for(key) if word in self.given), key)
        return self.given.get(word)


def row_of(given: Mapping[str, Value]) -> Inputs:
    """Inputs by their plain keys."""
    return Inputs({plain(key): value for key, value in given.items()})


def each_of(given: Inputs, keys: list[str], gives: Callable[[Inputs], Results]) -> Results:
    """Results of lists under some keys, one by one; a single value is for all."""
    lists = {key: each for key in keys if isinstance(each := given.of(key), list)}
    rows = [
        gives(Inputs({**given.given, **dict(zip(lists, values, strict=True))}))
        for values in zip(*lists.values(), strict=True)
    ]
    return {name: [row[name] for row in rows] for name in rows[0]}


def spoken(text: str) -> float | str:
    """A number in words: per cent, times, a leverage as a ratio, money; else the text itself."""
    bare = text.strip().lstrip("$€¥£").replace(",", "")
    ratio = re.fullmatch(r"(\d+(?:\.\d+)?)\s*:\s*(\d+(?:\.\d+)?)", bare)
    if ratio:
        return max(float(ratio[1]), float(ratio[2]))
    said = re.fullmatch(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(%|x|)", bare, re.IGNORECASE)
    return float(said[1]) / (100.0 if said[2] == "%" else 1.0) if said else text


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
