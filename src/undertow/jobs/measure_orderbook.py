"""`undertow measure orderbook`: read a feed once, measure it, wrap it in the one JSON."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields
from pathlib import Path

from undertow.core.answers.orderbook import OrderbookAnswer
from undertow.core.errors import BadNumber
from undertow.data.orderbooks import opened
from undertow.jobs.answer import Json, told, wrapped
from undertow.studies.orderbook import orderbook_answer
from undertow.studies.orderbook_feed import Passed, passed

LENGTH = re.compile(r"(?P<number>[1-9]\d*)(?P<unit>s|min|h)")
UNITS = {"s": 1, "min": 60, "h": 3600}
LONGEST = 86_400


@dataclass(frozen=True, slots=True)
class OrderbookRequest:
    """What the caller asks of a feed.

    feed: its format;  window: such as 1min;  symbol: where a file has several
    baseline: earlier days, each the names of its files with commas between
    """

    files: tuple[Path, ...]
    feed: str
    window: str = "1min"
    symbol: str = ""
    baseline: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MeasuredOrderbook:
    """An answer about a feed, and what went in."""

    answer: OrderbookAnswer
    inputs: dict[str, Json]

    def json(self) -> dict[str, Json]:
        """The one JSON."""
        names = (field.name for field in fields(self.answer) if field.name != "said")
        found = {name: told(getattr(self.answer, name)) for name in names}
        return wrapped("measure orderbook", self.inputs, {"outcome": self.answer.outcome, **found})


def measured_orderbook(request: OrderbookRequest) -> MeasuredOrderbook:
    """Read the baseline's days, then the feed; each goes by once."""
    window = window_ns(request.window)
    days = tuple(tuple(map(Path, day.split(","))) for day in request.baseline)
    earlier = [_passed(day, request, window) for day in days]
    answer = orderbook_answer(_passed(request.files, request, window), earlier)
    return MeasuredOrderbook(answer, _inputs(request, days))


def _passed(files: tuple[Path, ...], request: OrderbookRequest, window: int) -> Passed:
    return passed(opened(files, request.feed, request.symbol), window)


def window_ns(text: str) -> int:
    """Length of a window; BadNumber unless it is like 30s, 1min or 1h, up to a day."""
    found = LENGTH.fullmatch(text)
    seconds = int(found["number"]) * UNITS[found["unit"]] if found else 0
    if not 0 < seconds <= LONGEST:
        raise BadNumber(f"a window of {text!r} is no length up to a day; write it like 1min.")
    return seconds * 10**9


def _inputs(request: OrderbookRequest, days: tuple[tuple[Path, ...], ...]) -> dict[str, Json]:
    every = (*(path for day in days for path in day), *request.files)
    total = hashlib.sha256()
    for path in every:
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return {
        "sha256": total.hexdigest(),
        "seed": None,
        "files": [path.name for path in request.files],
        "format": request.feed,
        "window": request.window,
        "symbol": request.symbol,
        "baseline": [[path.name for path in day] for day in days],
    }
