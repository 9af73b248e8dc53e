"""`undertow measure daily`: read daily prices, and compute every indicator that they allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from undertow.core.answers.measured import DailyAnswer
from undertow.core.errors import BadDate, BadNumber
from undertow.core.history import DAY, History
from undertow.core.numbers import within
from undertow.data.fundamentals import Dated, read_fundamentals
from undertow.data.history import read_history
from undertow.indicators import Series
from undertow.indicators.absorption import Absorption
from undertow.jobs.answer import Json
from undertow.jobs.measured import Answered, inputs_of
from undertow.studies import fragility
from undertow.studies.daily import daily_answer

MOST = 30
MOST_YEARS = 200
DAYS_A_YEAR = 366


@dataclass(frozen=True, slots=True)
class DailyRequest:
    """Files and folders, and which of them.

    symbols: names, all if there are none;  on: the day, else the newest bar's
    years: of the past that a reading is set beside
    fundamentals: a file of earnings yields and the like, for the fragility of valuations
    """

    files: tuple[Path, ...]
    symbols: tuple[str, ...] = ()
    on: str = ""
    years: int = 10
    fundamentals: Path | None = None


def measure_daily(request: DailyRequest) -> Answered:
    """Every indicator on one day."""
    history = read_history(*request.files)
    symbols = request.symbols or history.symbols
    within("--years", request.years, 1, MOST_YEARS)
    _once(symbols)
    if len(symbols) > MOST:
        raise BadNumber(
            f"the files hold {len(symbols)} symbols, at most {MOST} are measured at once; name some"
            " with --symbols GC=F,SI=F."
        )
    chosen = history.of(symbols)
    daily_bars(chosen)
    on = day_of(request.on, chosen)
    days = DAYS_A_YEAR * request.years
    past = chosen.since(date.fromordinal(max(1, on.toordinal() - days)))
    for symbol in symbols:
        if symbol not in past.until(on):
            raise BadNumber(f"{symbol} has no bar in the {request.years} years up to {on}.")
    more = request.fundamentals
    given = read_fundamentals(more) if more else {}
    answer = daily_answer(past, symbols, on)
    if more:
        answer = _with_fragility(answer, given, past, symbols)
    asked: dict[str, Json] = {
        "files": [file.name for file in request.files],
        "symbols": list(symbols),
        "on": on.isoformat(),
        "years": request.years,
        **({"fundamentals": more.name} if more else {}),
    }
    files = (*request.files, *((more,) if more else ()))
    return Answered("daily", answer, inputs_of(files, asked))


def _with_fragility(
    answer: DailyAnswer, read: Dated, history: History, symbols: Sequence[str]
) -> DailyAnswer:
    """Beside the indicators; the absorption ratio is that of the prices unless the file has one."""
    given = {name: Series(*columns) for name, columns in read.items()}
    if "absorption" not in given and len(symbols) >= Absorption.fewest:
        given["absorption"] = Absorption().series(history.until(answer.on), symbols)
    found = fragility.fragility(given, answer.on)
    return replace(
        answer,
        said=(*answer.said, *fragility.sentences(found)),
        warnings=(*answer.warnings, *fragility.warnings(found)),
        fragility=found,
    )


def day_of(text: str, history: History) -> date:
    """The day that is named, else the day of the newest bar."""
    if not text:
        newest: date = history.end.astype("datetime64[D]").item()
        return newest
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadDate(f"{text!r} is no day; write 2026-02-05.") from None


def _once(symbols: Sequence[str]) -> None:
    again = next((name for name in symbols if symbols.count(name) > 1), None)
    if again is not None:
        raise BadNumber(f"{again} is named twice in --symbols; name it once.")


def daily_bars(history: History, remedy: str = "") -> None:
    """Refuse bars of hours or minutes: their volume and their moves are of another length.

    remedy: what else can be done than to give daily prices
    """
    for symbol, bars in history.bars.items():
        if bars.step != np.timedelta64(DAY):
            raise BadNumber(
                f"{symbol} has {len(bars)} bars of {bars.step}, no days; give daily prices"
                f"{', ' if remedy else ''}{remedy}."
            )
