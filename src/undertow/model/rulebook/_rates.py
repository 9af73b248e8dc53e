"""Dated rates: each row of a table beside the family has a unit, a status and a source."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeAlias

from undertow.core.errors import BadDate, BadFile, BadNumber, MissingSource, unknown
from undertow.model.rulebook._tiers import Tiers

HEADER = (
    "regime", "symbol", "what", "above", "value", "unit", "from", "until", "source", "status",
)  # fmt: skip
STATUSES = ("official", "reported", "data", "assumed", "memory")
EVERY = "*"
FOLDER = Path(__file__).parent / "rates"

_Asked: TypeAlias = tuple[tuple[str, ...], str, date]


@dataclass(frozen=True, slots=True)
class Rate:
    """One number of a rulebook.

    symbol: what it is a rate of, `*` for all that have no row of their own
    what: word of the regime (`initial`, `maintenance`, …);  above: size beyond which it holds
    unit: `share` (of value) or money, as `USD/contract`
    since, until: first day and first day no more, None if open
    status: one of `STATUSES`; `assumed` and `memory` are to be checked
    """

    regime: str
    symbol: str
    what: str
    above: float
    value: float
    unit: str
    since: date | None
    until: date | None
    source: str
    status: str

    def holds(self, on: date) -> bool:
        """Whether the row is in force on a date."""
        return (self.since or date.min) <= on and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class Rates:
    """The dated numbers of one regime; of rows in force the latest counts."""

    regime: str
    rows: tuple[Rate, ...]
    _places: dict[tuple[str, str], list[Rate]] = field(init=False, repr=False, compare=False)
    _known: dict[_Asked, tuple[Rate, ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        places: dict[tuple[str, str], list[Rate]] = {}
        for row in self.rows:
            places.setdefault((row.what, row.symbol), []).append(row)
        object.__setattr__(self, "_places", places)

    def find(self, names: Iterable[str], what: str, on: date) -> Rate:
        """The row of the first name that has one, else of `*`; for the lowest tier."""
        return self._in_force(tuple(names), what, on)[0]

    def value(self, names: Iterable[str], what: str, on: date) -> float:
        """The number of `find`."""
        return self.find(names, what, on).value

    def has(self, names: Iterable[str], what: str, on: date) -> bool:
        """Whether `find` finds a row."""
        return any(
            row.holds(on) for name in (*names, EVERY) for row in self._places.get((what, name), ())
        )

    def tiers(self, names: Iterable[str], what: str, on: date) -> Tiers:
        """All tiers of one rate that came into force together."""
        rows = self._in_force(tuple(names), what, on)
        return Tiers(tuple(r.above for r in rows), tuple(r.value for r in rows))

    def symbols(self, what: str) -> tuple[str, ...]:
        """Names that have a rate of this kind, but `*`."""
        return tuple(sorted({r.symbol for r in self.rows if r.what == what} - {EVERY}))

    def hiked(self, symbol: str, what: str, value: float, on: date, unit: str = "share") -> Rates:
        """The same table with one rate at `value` from that date on; a higher tier keeps its own.

        The symbol's later rows go, so that nothing lowers the rate again.
        """
        was = self._in_force((symbol,), what, on)
        new = tuple(
            replace(
                row,
                symbol=symbol,
                value=max(value, row.value) if row.above else value,
                unit=unit,
                since=on,
                until=None,
            )
            for row in was
        )
        kept = tuple(
            row
            for row in self.rows
            if (row.symbol, row.what) != (symbol, what) or (row.since or date.min) < on
        )
        return replace(self, rows=(*kept, *new))

    def _in_force(self, names: tuple[str, ...], what: str, on: date) -> tuple[Rate, ...]:
        # Solvers ask the same thousands of times.
        asked = (names, what, on)
        if asked not in self._known:
            self._known[asked] = self._looked_up(names, what, on)
        return self._known[asked]

    def _looked_up(self, names: tuple[str, ...], what: str, on: date) -> tuple[Rate, ...]:
        for name in (*names, EVERY):
            if (what, name) in self._places:
                return self._latest(self._places[what, name], on)
        known = {row.what for row in self.rows}
        if what not in known:
            raise unknown("rate", what, known, self.regime)
        said = names[0] if names else EVERY
        raise unknown(f"{what} rate of", said, self.symbols(what), self.regime)

    def _latest(self, mine: list[Rate], on: date) -> tuple[Rate, ...]:
        now = [r for r in mine if r.holds(on)]
        if not now:
            first = min(r.since or date.min for r in mine)
            raise BadDate(
                f"{self.regime} has no {mine[0].what} rate of {mine[0].symbol!r} on {on}, "
                f"only from {first}; choose a later date, or add a row with its source."
            )
        latest = max(r.since or date.min for r in now)
        return tuple(
            sorted((r for r in now if (r.since or date.min) == latest), key=lambda r: r.above)
        )


def rates_of(regime: str) -> Rates:
    """The rows of one regime from the tables that are shipped."""
    found = _shipped()
    if regime not in found:
        raise unknown("table of rates of", regime, found)
    return found[regime]


def read_rates(path: Path) -> tuple[Rate, ...]:
    """Rows of one table; an error names file and line."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        if tuple(lines.fieldnames or ()) != HEADER:
            raise BadFile(f"{path.name} has not the columns {','.join(HEADER)}; write them.")
        return tuple(_rate(cells, f"{path.name} line {lines.line_num}") for cells in lines)


@cache
def _shipped() -> dict[str, Rates]:
    rows = [row for file in sorted(FOLDER.glob("*.csv")) for row in read_rates(file)]
    return {
        name: Rates(name, tuple(r for r in rows if r.regime == name))
        for name in {r.regime for r in rows}
    }


def _rate(cells: dict[str, str], where: str) -> Rate:
    if None in cells or None in cells.values():
        raise BadFile(f"{where} has not {len(HEADER)} cells; quote a source with commas.")
    if not cells["source"].strip():
        raise MissingSource(f"{where} has no source; say where its number comes from.")
    if cells["status"] not in STATUSES:
        raise unknown("status", cells["status"], STATUSES, where)
    return Rate(
        regime=cells["regime"],
        symbol=cells["symbol"],
        what=cells["what"],
        above=_number(cells["above"] or "0", where),
        value=_number(cells["value"], where),
        unit=cells["unit"],
        since=_day(cells["from"], where),
        until=_day(cells["until"], where),
        source=cells["source"],
        status=cells["status"],
    )


def _number(text: str, where: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise BadNumber(f"{where} has {text!r}, which is no number; write one.") from error


def _day(text: str, where: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadDate(f"{where} has {text!r}, which is no day; write 2026-01-30.") from error
