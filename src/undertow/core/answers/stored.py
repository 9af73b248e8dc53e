"""Reads the stored JSON by its keys: what is absent is empty."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Record: TypeAlias = Mapping[str, object]


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


def furthest(instrument: Record) -> float:
    """The largest forced change on the way, up or down."""
    return max(abs(number(instrument, key) or 0.0) for key in ("forced_low", "forced_high"))
