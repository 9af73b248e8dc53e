"""The contract of a connector: it asks one provider, and reads what it answered."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import ClassVar, TypeAlias

from undertow.core.errors import NoAnswer
from undertow.data.sources._wire import Wire

NAN = math.nan
DAILY = "1d"
STEP_SECONDS = {"1d": 86_400, "1h": 3_600, "1m": 60}

Row: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Ask:
    """One symbol of one provider, from the first day to the last, both included.

    step: length of a bar, 1d, 1h or 1m
    as_of: the day on which the values were known, None for as they are now
    """

    symbol: str
    first: date
    last: date
    step: str = DAILY
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the long form. moment: UTC, of the bar's begin; midnight of its day for days.

    open, high, low, volume: NaN where the provider has none
    """

    moment: datetime
    symbol: str
    open: float
    high: float
    low: float
    close: float
    volume: float


class Provider(ABC):
    """What gives prices or figures under a symbol of its own.

    `answer` is the only part that talks to the network; `bars` reads what came, and is asked again
    of what a cache kept. Both say NoAnswer in one sentence. An answer never holds a key.
    vintages: whether it can be asked for values as they were known on a day
    """

    steps: ClassVar[tuple[str, ...]] = (DAILY,)
    vintages: ClassVar[bool] = False
    extra: ClassVar[str] = ""

    @abstractmethod
    def answer(self, ask: Ask, wire: Wire) -> bytes:
        """The raw answer to be kept."""

    @abstractmethod
    def bars(self, answer: bytes, ask: Ask) -> list[Bar]:
        """Rows of a raw answer, in its order; a row without a close is left out."""


def needed(rows: Iterable[Row], columns: Sequence[str], who: str) -> None:
    """NoAnswer where the answer's rows lack a column that is read."""
    for row in rows:
        for column in columns:
            if column not in row:
                had = ", ".join(map(str, row))
                raise NoAnswer(
                    f"{who} answers without the column {column!r} (it has: {had}); its form has"
                    " changed, so update undertow or use another provider."
                )


def cell(row: Row, column: str, who: str) -> float:
    """A number of a row, NaN where it is blank or a dot."""
    text = str(row.get(column, "")).strip()
    if text.lower() in {"", ".", "none", "nan", "nat", "<na>"}:
        return NAN
    try:
        found = float(text)
    except ValueError:
        found = math.inf
    if math.isinf(found):
        raise NoAnswer(
            f"{who} answers with {text!r} in the column {column!r}, which is no number; its form"
            " has changed, so update undertow or use another provider."
        )
    return found


def moment(text: object, who: str) -> datetime:
    """A time of an answer as UTC; one without a zone is UTC."""
    found = _stamp(text, who)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def session(text: object, who: str) -> datetime:
    """The day of a stamp as its own zone writes it, as midnight in UTC."""
    found = _stamp(text, who)
    return datetime(found.year, found.month, found.day, tzinfo=UTC)


def _stamp(text: object, who: str) -> datetime:
    try:
        return datetime.fromisoformat(str(text).strip())
    except ValueError:
        raise NoAnswer(
            f"{who} answers with {str(text)!r} where a day should be; its form has changed, so"
            " update undertow or use another provider."
        ) from None


def within(bars: Iterable[Bar], ask: Ask) -> list[Bar]:
    """Bars with a close, of the days asked for."""
    return [
        bar
        for bar in bars
        if not math.isnan(bar.close) and ask.first <= bar.moment.date() <= ask.last
    ]
