"""What is wrong with one file, noted while it is read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from undertow.core.answers.said import Said
from undertow.core.errors import BadDate, BadNumber
from undertow.data.books._cells import LARGEST, day, number
from undertow.data.books.base import Finding


@dataclass(slots=True)
class Noted:
    """Findings of one file, in the order in which they are met."""

    file: str
    findings: list[Finding] = field(default_factory=list)

    def say(self, line: int, said: Said, *, grave: bool = False) -> None:
        """Add a sentence about a line, once."""
        finding = Finding(self.file, line, said, grave)
        if finding not in self.findings:
            self.findings.append(finding)

    def number(self, line: int, column: str, text: str | None) -> float:
        """The number in a cell; NaN and a finding if there is none."""
        if not (text or "").strip():
            self.say(line, Said("{column} is empty; fill it.", {"column": column}))
            return math.nan
        told = {"column": column, "text": text or ""}
        try:
            found = number(text or "")
        except BadNumber:
            self.say(line, Said("{column} is {text}, which is no number; write one.", told))
            return math.nan
        if abs(found) > LARGEST:
            self.say(line, Said("{column} is {text}, which is too large; check it.", told))
            return math.nan
        return found

    def above_zero(self, line: int, column: str, text: str | None) -> float:
        """The number in a cell, which must be more than 0; NaN and a finding if it is not."""
        found = self.number(line, column, text)
        if found <= 0.0:
            told = {"column": column, "text": text or ""}
            self.say(line, Said("{column} is {text}; it must be above 0.", told))
            return math.nan
        return found

    def maybe(self, line: int, column: str, text: str | None) -> float:
        """The number in a cell; NaN without a finding if it is empty."""
        return self.number(line, column, text) if (text or "").strip(" -") else math.nan

    def day(self, line: int, column: str, text: str | None) -> date | None:
        """The day in a cell; None if it is empty, with a finding if it is none."""
        if not (text or "").strip():
            return None
        try:
            return day(text or "")
        except BadDate:
            told = {"column": column, "text": text or ""}
            self.say(line, Said("{column} is {text}, which is no day; write 2026-01-30.", told))
            return None

    def sorted(self) -> tuple[Finding, ...]:
        """By line."""
        return tuple(sorted(self.findings, key=lambda one: one.line))


def lacking(what: str) -> Said:
    """The sentence for a part that the file does not have."""
    return Said("The file does not say {what}; export it with that part.", {"what": what})


def twice(symbol: str, line: int) -> Said:
    """The sentence for a line that stands there already."""
    return Said(
        "{symbol} stands on line {line} already; keep one of the two.",
        {"symbol": symbol, "line": str(line)},
    )


def cell(cells: Mapping[str, str], *names: str) -> str:
    """What stands in the first of some columns that is there and not empty."""
    return next((cells[name].strip() for name in names if cells.get(name, "").strip()), "")
