"""English, as the texts in the code are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from undertow.core.answers.said import Amount, Kind
from undertow.report.idiom import Idiom

UNITS = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))


@dataclass(frozen=True, slots=True)
class English(Idiom):
    """A space between sentences, thousands in threes: 63.5 billion dollars, −15.10 %."""

    def amount(self, value: float, kind: Kind) -> str:
        """As the answer itself writes it."""
        return str(Amount(value, kind))

    def money(self, value: float) -> str:
        """63.5 bn."""
        for size, unit in UNITS:
            if abs(value) >= size:
                return f"{value / size:,.1f} {unit}".replace("-", "−")
        return f"{value:,.0f}".replace("-", "−") if value else "–"

    def day(self, moment: datetime) -> str:
        """30 January."""
        return f"{moment.day} {moment:%B}"

    def day_format(self) -> str:
        """30 Jan."""
        return "%-d %b"

    def filled(self, pieces: Iterable[str]) -> str:
        """Templates bring their own spaces."""
        return "".join(pieces)

    def sentences(self, said: Iterable[str]) -> str:
        """With a space between them."""
        return " ".join(said)

    def listed(self, names: Iterable[str]) -> str:
        """With commas."""
        return ", ".join(names)
