"""What the stress index is made of: members by segment, and dated numbers they are held against."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SEGMENTS = ("spread", "depth", "impact", "flow", "cross")
CLOCK = "^GSPC"
"""The symbol whose sessions are the sessions of the index."""


@dataclass(frozen=True, slots=True)
class Member:
    """One proxy of one symbol. beside: the second symbol of a pair, or empty."""

    segment: str
    proxy: str
    symbol: str
    beside: str = ""

    @property
    def name(self) -> str:
        """`proxy symbol`, or `proxy symbol/beside`."""
        return f"{self.proxy} {self.symbol}{f'/{self.beside}' if self.beside else ''}"

    @property
    def symbols(self) -> tuple[str, ...]:
        """What it needs."""
        return (self.symbol, self.beside) if self.beside else (self.symbol,)


@dataclass(frozen=True, slots=True)
class Scale:
    """A member's reference: median and 1.4826 × median absolute deviation of n readings."""

    median: float
    deviation: float
    n: int


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest session of a crisis. y: composite;  first, last: the span looked at"""

    name: str
    y: float
    day: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Anchors:
    """The fixed, dated numbers behind the index, all from one script and one window.

    first, last: of the reference window;  scales: by member
    halves: a segment's mean score at the window's 99th percentile, by segment: it becomes s = 0.5
    median, high: composite y at the window's median (-> 20) and 95th percentile (-> 50)
    """

    first: str
    last: str
    scales: Mapping[str, Scale]
    halves: Mapping[str, float]
    median: float
    high: float
    peaks: tuple[Peak, ...]


@cache
def panel() -> tuple[Member, ...]:
    """All members, in the order of the file."""
    return tuple(Member(**row) for row in _rows("stress_panel.csv"))


@cache
def anchors() -> Anchors:
    """The numbers as the script wrote them."""
    return anchors_of(_rows("anchors.csv"))


def anchors_of(rows: Iterable[Mapping[str, str]]) -> Anchors:
    """The numbers of a table with the columns kind, name, value, first, last, n, day."""
    table: dict[str, dict[str, Mapping[str, str]]] = {}
    for row in rows:
        table.setdefault(row["kind"], {})[row["name"]] = row
    value = {
        kind: {n: float(r["value"]) for n, r in named.items()} for kind, named in table.items()
    }
    middle = table["map"]["median"]
    return Anchors(
        first=middle["first"],
        last=middle["last"],
        scales={
            name: Scale(median, value["deviation"][name], int(table["median"][name]["n"]))
            for name, median in value["median"].items()
        },
        halves=value["half"],
        median=value["map"]["median"],
        high=value["map"]["high"],
        peaks=tuple(
            Peak(name, float(row["value"]), row["day"], row["first"], row["last"])
            for name, row in table.get("peak", {}).items()
        ),
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (files("undertow.studies") / name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())
