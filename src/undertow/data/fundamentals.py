"""Reads what a market is worth and rests on: a long table of date, series and value."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TypeAlias

import numpy as np

from undertow.core.errors import BadFile, unknown
from undertow.core.shapes import Floats

Dated: TypeAlias = Mapping[str, tuple[np.ndarray, Floats]]
"""Days and values of each series."""
HEAD = ("date", "series", "value")
BOUNDS: Mapping[str, tuple[float, float]] = {
    "cape": (1e-3, 1e6),
    "real_yield_pct": (-100.0, 1e3),
    "earnings_yield_pct": (-100.0, 1e3),
    "bond_yield_pct": (-100.0, 1e3),
    "discount_rate_pct": (-100.0, 1e3),
    "growth_rate_pct": (-100.0, 1e3),
    "top10_weight": (0.0, 1.0),
    "herfindahl": (0.0, 1.0),
    "absorption": (0.0, 1.0),
    "margin_debt_usd": (0.0, 1e18),
    "market_cap_usd": (1e-3, 1e18),
    "ps_above_10": (0.0, 1.0),
}
"""Every series that is known, and between what its values lie."""


def read_fundamentals(file: Path) -> Dated:
    """Days and values of each series, oldest first; BadFile with the line that cannot be used."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            lines = list(csv.reader(text))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{file} cannot be read ({error}); give a CSV file in UTF-8.") from error
    head = [cell.strip().lower() for cell in lines[0]] if lines else []
    if not set(HEAD) <= set(head):
        raise BadFile(f"{file} has not the columns {', '.join(HEAD)}; name them in its first line.")
    at = [head.index(name) for name in HEAD]
    found: dict[str, dict[date, float]] = defaultdict(dict)
    for line, cells in enumerate(lines[1:], 2):
        if cells:
            day, name, value = _row(cells, at, f"{file.name} line {line}")
            if day in found[name]:
                raise BadFile(f"{file.name} line {line} has {name} of {day} again; keep one.")
            found[name][day] = value
    if not found:
        raise BadFile(f"{file} holds nothing; give rows of date, series and value.")
    return {name: _sorted(rows) for name, rows in found.items()}


def _row(cells: list[str], at: list[int], where: str) -> tuple[date, str, float]:
    if len(cells) <= max(at):
        raise BadFile(f"{where} is cut short; give date, series and value.")
    day, name, text = (cells[k].strip() for k in at)
    if name not in BOUNDS:
        raise unknown("series", name, BOUNDS, where)
    low, high = BOUNDS[name]
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise BadFile(f"{where} has {text!r} as {name}; write a number from {low:g} to {high:g}.")
    try:
        return date.fromisoformat(day), name, value
    except ValueError:
        raise BadFile(f"{where} has {day!r} as date; write 2026-02-05.") from None


def _sorted(rows: Mapping[date, float]) -> tuple[np.ndarray, Floats]:
    days = sorted(rows)
    return np.array(days, dtype="datetime64[D]"), np.array([rows[day] for day in days])
