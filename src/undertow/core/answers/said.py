"""Sentences with named places, so that a reader's language can be chosen where they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["percent", "share", "dollars", "count", "number", "price"]

UNITS = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and how it is written: as per cent, in dollars with a unit, as a count, a price."""

    value: float
    kind: Kind

    def __str__(self) -> str:
        """English."""
        if self.kind == "percent":
            said = f"{100.0 * self.value:+.2f} %"
            return "0.00 %" if said[1:] == "0.00 %" else said.replace("-", "−")
        if self.kind == "share":
            return f"{100.0 * self.value:.2f} %"
        if self.kind == "count":
            return f"{self.value:,.0f}"
        if self.kind == "dollars":
            return _dollars(self.value)
        if self.kind == "price":
            return price(self.value)
        return _signed(f"{self.value:,.4g}")


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence in English with `{places}`, and what stands in them.

    `{count} {count:row has|rows have}` says the first where the number is written as 1.
    """

    text: str
    values: Mapping[str, Amount | str | Said] = field(default_factory=dict)

    def __str__(self) -> str:
        """English."""
        return "".join(self._pieces())

    def _pieces(self) -> Iterator[str]:
        for literal, place, form, _ in Formatter().parse(self.text):
            yield literal
            if place is not None:
                written = str(self.values[place])
                yield chosen(form, written) if form else written


def chosen(form: str, written: str) -> str:
    """One of the two forms of `row|rows`, by the number as it is written."""
    one, _, many = form.partition("|")
    return one if written == "1" else many


def price(value: float) -> str:
    """A price with as many places as one of its size has."""
    size = abs(value)
    places = next(p for p, least in ((0, 1e5), (2, 10.0), (4, 0.1), (8, 0.0)) if size >= least)
    return f"{value:,.{places}f}".replace("-", "−")


def money(value: float) -> str:
    """Money of an account: whole, with places where it is little, as of one kept in coins."""
    size = abs(value)
    places = next(p for p, least in ((0, 100.0), (2, 1.0), (5, 5e-6), (0, 0.0)) if size >= least)
    said = f"{value:,.{places}f}"
    return "0" if said == "-0" else said.replace("-", "−")


def _dollars(value: float) -> str:
    for size, unit in UNITS:
        if abs(value) >= size:
            return _signed(f"{value / size:,.1f} {unit} dollars")
    return _signed(f"{value:,.0f} dollars")


def _signed(said: str) -> str:
    """A number with the minus of print."""
    return f"−{said[1:]}" if said.startswith("-") else said
