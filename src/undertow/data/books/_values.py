"""What the cells of a line mean; everything that is wrong with it is kept, not only the first."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from undertow.core.answers.said import Said
from undertow.core.errors import BadDate, BadNumber
from undertow.data.books._blocks import Row
from undertow.data.books._cells import LARGEST, SMALLEST, day, number
from undertow.data.books._currencies import strange_currency
from undertow.data.books._headers import CURRENCIES, plain

Meaning = TypeVar("Meaning")
CODE = re.compile(r"[A-Z]{3,5}")


@dataclass(frozen=True, slots=True)
class Values:
    """One line, asked for by column. problems: what is wrong with it, grows as it is asked."""

    row: Row
    problems: list[Said] = field(default_factory=list)

    def text(self, column: str, otherwise: str = "") -> str:
        """What stands there."""
        return self.row.cells.get(column, otherwise)

    def needed(self, column: str) -> str:
        """What stands there; a problem if nothing does."""
        if column not in self.row.cells:
            self.problems.append(Said("{column} is empty; fill it.", {"column": column}))
        return self.text(column)

    def number(self, column: str, otherwise: float | None = math.nan) -> float:
        """A number; a problem if it is none, or is absent without a default."""
        if column not in self.row.cells:
            return self._absent(column) if otherwise is None else otherwise
        text = self.row.cells[column]
        told = {"column": column, "text": text}
        try:
            found = number(text.strip("$¥€£ "))
        except BadNumber:
            self.problems.append(Said("{column} is {text}, which is no number; write one.", told))
            return math.nan
        if abs(found) > LARGEST:
            self.problems.append(Said("{column} is {text}, which is too large; check it.", told))
            return math.nan
        if 0.0 < abs(found) < SMALLEST:
            self.problems.append(Said("{column} is {text}, which is too small; check it.", told))
            return math.nan
        return found

    def above_zero(self, column: str, otherwise: float | None = math.nan) -> float:
        """A number that must be more than 0."""
        found = self.number(column, otherwise)
        if found <= 0.0:
            told = {"column": column, "text": self.text(column)}
            self.problems.append(Said("{column} is {text}; it must be above 0.", told))
        return found

    def share(self, column: str, most: float = 1.0) -> float:
        """A share between 0 and `most`, such as 12% or 0.12; NaN if there is none."""
        found = self.number(column)
        if found < 0.0 or found > most:
            told = {"column": column, "text": self.text(column)}
            self.problems.append(Said("{column} is {text}; write a share, as 12%.", told))
        return found

    def one_of(self, column: str, known: Mapping[str, Meaning], otherwise: Meaning) -> Meaning:
        """The meaning of a word; a problem if it has none."""
        if column not in self.row.cells:
            return otherwise
        word = plain(self.row.cells[column])
        if word in known:
            return known[word]
        told = {"column": column, "text": self.text(column), "known": ", ".join(known)}
        self.problems.append(Said("{column} is {text}; it must be one of: {known}.", told))
        return otherwise

    def day(self, column: str) -> date | None:
        """A day, None if there is none."""
        if column not in self.row.cells:
            return None
        try:
            return day(self.text(column))
        except BadDate:
            told = {"column": column, "text": self.text(column)}
            self.problems.append(
                Said("{column} is {text}, which is no day; write 2026-01-30.", told)
            )
            return None

    def currency(self, otherwise: str) -> str:
        """The code of a currency or a coin; a problem if there is none of that name."""
        said = self.text("currency", otherwise).strip().upper()
        code = CURRENCIES.get(said, said)
        if not CODE.fullmatch(code):
            told = {"text": self.text("currency")}
            self.problems.append(Said("{text} is no currency; write a code such as USD.", told))
        elif strange := strange_currency(code):
            self.problems.append(strange)
        return code

    def _absent(self, column: str) -> float:
        self.needed(column)
        return math.nan
