"""Markup as a tree of calls: every text is escaped unless it is markup already."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import TypeAlias


class Markup(str):
    """Text that is markup."""

    __slots__ = ()


Child: TypeAlias = str | Iterable[str]
Cell: TypeAlias = tuple[str, str]
"""The text or markup of a cell, and its class (`n` for numbers)."""

VOID = frozenset({"meta", "link", "br"})


def element(tag: str, *children: Child, **attributes: str | None) -> Markup:
    """`<tag name="value">children</tag>`; `class_` is `class`, `data_x` is `data-x`."""
    said = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{tag}{said}>" if tag in VOID else f"<{tag}{said}>{joined(*children)}</{tag}>")


def joined(*children: Child) -> Markup:
    """One piece of markup after the other."""
    return Markup("".join(_plain(child) for child in children))


def _plain(child: Child) -> str:
    if isinstance(child, Markup):
        return child
    # A number and its unit stay on one line.
    return escape(child).replace(" %", "&nbsp;%") if isinstance(child, str) else joined(*child)


def table(head: Sequence[str], groups: Iterable[tuple[str, Sequence[Markup]]], note: str) -> Markup:
    """A table that scrolls within itself; each group of rows has a title, or none."""
    heads = element("tr", (element("th", one, scope="col") for one in head))
    bodies = []
    for title, rows in groups:
        span = element("th", title, colspan=str(len(head)), scope="colgroup")
        first = [element("tr", span, class_="group")] if title else []
        bodies.append(element("tbody", first, rows))
    caption = element("p", note, class_="note") if note else Markup("")
    inner = element("table", element("thead", heads), bodies)
    return joined(element("div", inner, class_="scroll", tabindex="0"), caption)


def row(name: str, cells: Iterable[Cell]) -> Markup:
    """A row with its name as head."""
    tds = (element("td", text, class_=kind or None) for text, kind in cells)
    return element("tr", element("th", name, scope="row"), tds)


def signed(value: float, digits: int) -> str:
    """A number with its sign, none if it rounds to zero."""
    said = f"{value:+,.{digits}f}"
    return said.replace("-", "−") if any(sign in "123456789" for sign in said) else said[1:]


def percent(share: float | None, digits: int = 2) -> str:
    """A share in per cent, with its sign and without a unit; a dash where it is unknown."""
    if share is None or not math.isfinite(share):
        return "–"
    return signed(100.0 * share, digits)


def amount(value: float | None, unit: float = 1.0, digits: int = 0) -> str:
    """A number in a unit, with thousands; a dash where it is none or unknown."""
    if value is None or not math.isfinite(value) or value == 0.0:
        return "–"
    scaled = value / unit
    least = 10.0**-digits
    return f"<{least:.{digits}f}" if 0.0 < scaled < 0.5 * least else f"{scaled:,.{digits}f}"


def between(ends: tuple[float, float] | None, digits: int = 2) -> str:
    """A range in per cent; empty where there is none."""
    return "" if ends is None else f"{percent(ends[0], digits)} … {percent(ends[1], digits)}"
