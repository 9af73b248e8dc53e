"""`undertow measure correlation`: read prices, and say how two markets move together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from undertow.core.errors import BadNumber
from undertow.core.numbers import within
from undertow.data.history import read_history
from undertow.jobs.answer import Json
from undertow.jobs.measure_basis import days
from undertow.jobs.measure_daily import daily_bars, day_of
from undertow.jobs.measured import Answered, inputs_of
from undertow.studies.correlation import Asked, correlation_answer


@dataclass(frozen=True, slots=True)
class CorrelationRequest:
    """Files and a pair.

    pair: A,B, the first is the source;  on: the day, else the newest
    quiet, crisis: A:B, first and last days;  quiet: else all before the crisis
    """

    files: tuple[Path, ...]
    pair: str
    on: str = ""
    window: int = 60
    decay: float = 0.94
    quiet: str = ""
    crisis: str = ""
    idiosyncratic: float = 0.0


def measure_correlation(request: CorrelationRequest) -> Answered:
    """Three estimates on the day, and the crisis against quiet days if one is named."""
    names = pair_of(request.pair)
    within("--window", request.window, 10, 2520)
    within("--decay", request.decay, 0.5, 0.999)
    within("--idiosyncratic", request.idiosyncratic, 0.0, 100.0)
    if request.quiet and not request.crisis:
        raise BadNumber("--quiet needs a crisis to be compared with; add --crisis A:B.")
    chosen = read_history(*request.files).of(names)
    daily_bars(chosen, "or add --intraday")
    asked = Asked(
        first=names[0],
        second=names[1],
        on=day_of(request.on, chosen),
        window=request.window,
        decay=request.decay,
        quiet=days(request.quiet) if request.quiet else None,
        crisis=days(request.crisis) if request.crisis else None,
        idiosyncratic=request.idiosyncratic,
    )
    told: dict[str, Json] = {
        "files": [file.name for file in request.files],
        "pair": list(names),
        "on": asked.on.isoformat(),
        "window": request.window,
        "decay": request.decay,
        "quiet": request.quiet,
        "crisis": request.crisis,
        "idiosyncratic": request.idiosyncratic,
    }
    return Answered(
        "correlation", correlation_answer(chosen, asked), inputs_of(request.files, told)
    )


def pair_of(text: str) -> tuple[str, str]:
    """Two symbols with a comma between."""
    names = tuple(name.strip() for name in text.split(","))
    if len(names) != 2 or names[0] == names[1] or not all(names):
        raise BadNumber(f"{text!r} is no pair; write --pair SPY,TLT.")
    return names[0], names[1]
