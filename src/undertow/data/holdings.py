"""Reads what a fund holds: a table with a header, or LEAN's list of an ETF."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from undertow.core.errors import BadFile
from undertow.core.holdings import Holding

KINDS = ("cash", "government", "corporate", "equity", "other")
NAMES = {
    "symbol": ("symbol", "ticker"), "units": ("shares", "units", "quantity"),
    "value": ("value", "market_value"), "weight": ("weight",), "kind": ("class", "kind"),
    "rating": ("rating",), "haircut": ("haircut",), "day": ("date",),
}  # fmt: skip
MOST = 1e18
LEAN = 6
"""Cells of a LEAN row: ticker, id, day, weight, shares, value."""


def read_holdings(file: Path) -> tuple[Holding, ...]:
    """Lines of the file; BadFile with the line of the first that cannot be used."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            lines = list(csv.reader(text))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{file} cannot be read ({error}); give a CSV file in UTF-8.") from error
    head = {cell.strip().lower(): k for k, cell in enumerate(lines[0])} if lines else {}
    at = {name: next((head[h] for h in of if h in head), None) for name, of in NAMES.items()}
    if at["symbol"] is None and lines and len(lines[0]) == LEAN:
        lean = {"symbol": 0, "day": 2, "weight": 3, "units": 4, "value": 5}
        at, lines = {**at, **lean}, [[""] * LEAN, *lines]
    if at["symbol"] is None or all(at[name] is None for name in ("units", "value", "weight")):
        raise BadFile(f"{file} has no symbol with shares, value or weight; name the columns.")
    width, first = len(lines[0]), 2 if any(lines[0]) else 1
    found = tuple(
        _holding(_cut(cells, width, where), at, where)
        for cells, where in ((c, f"{file.name} line {k}") for k, c in enumerate(lines[1:], first))
        if cells
    )
    if not found:
        raise BadFile(f"{file} holds nothing; give a list of holdings.")
    return found


def _cut(cells: list[str], width: int, where: str) -> list[str]:
    """The cells of a line; BadFile if there are more than the head has, as 1,000 makes."""
    if any(cell.strip() for cell in cells[width:]):
        raise BadFile(f"{where} has {len(cells)} cells and the head {width}; write 1,000 as 1000.")
    return cells[:width]


def _holding(cells: list[str], at: Mapping[str, int | None], where: str) -> Holding:
    text = {n: cells[k].strip() for n, k in at.items() if k is not None and k < len(cells)}
    kind = text.get("kind", "").lower() or "equity"
    if kind not in KINDS:
        raise BadFile(f"{where} is of class {kind!r}; write one of {', '.join(KINDS)}.")
    if not text.get("symbol"):
        raise BadFile(f"{where} has no symbol; name it.")
    if not text["symbol"].isprintable():
        raise BadFile(f"{where} has a symbol over several lines or with signs that cannot be seen.")
    number = {
        name: _number(text.get(name, ""), name, where) for name in ("units", "value", "weight")
    }
    haircut = _number(text.get("haircut", ""), "haircut", where)
    if haircut > 1.0:
        raise BadFile(f"{where} has a haircut of {haircut}; write a share such as 0.1.")
    return Holding(
        symbol=text["symbol"],
        units=number["units"],
        value=number["value"],
        weight=number["weight"],
        kind=kind,
        rating=text.get("rating", "").upper(),
        haircut=0.0 if math.isnan(haircut) else haircut,
        day=_day(text.get("day", ""), where),
    )


def _day(text: str, where: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadFile(f"{where} has {text!r} as date; write 2026-01-30.") from None


def _number(text: str, name: str, where: str) -> float:
    try:
        found = float(text) if text else math.nan
    except ValueError:
        raise BadFile(f"{where} has {text!r} as {name}; write a number.") from None
    if math.isnan(found) and text:
        raise BadFile(f"{where} has {text!r} as {name}; write a number, or leave it empty.")
    if found < 0.0:
        why = (
            "write a share such as 0.1" if name == "haircut" else "short positions are not covered"
        )
        raise BadFile(f"{where} has {text!r} as {name}; {why}.")
    if found > MOST:
        raise BadFile(f"{where} has {text!r} as {name}, which nothing is; mend it.")
    return found
