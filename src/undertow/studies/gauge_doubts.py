"""What a reader must know of the prices behind a gauge: rows that cannot be, jumps and gaps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from undertow.core.answers.said import Amount, Said
from undertow.core.history import Bars, History
from undertow.studies.stress_panel import CLOCK

JUMP = np.log(3.0)
"""No symbol of the panel has moved so far in a day; a change of units has."""

EARLIER = " is in an earlier file"
LONGEST_GAP = np.timedelta64(7, "D")
"""The longest pause of the New York exchange since 1985, that of September 2001."""


def data_warnings(history: History) -> tuple[Said, ...]:
    """Sentences on the prices that a gauge was made of."""
    found = [*_twice(history), *_gaps(history[CLOCK])]
    for symbol in history.symbols:
        found += [*_impossible(history[symbol]), *_jumps(history[symbol])]
    return tuple(found)


def _twice(history: History) -> Iterator[Said]:
    """Symbols of the panel that stand in two files of a folder."""
    for one in history.left_out:
        symbol, _, rest = one.partition(" of ")
        if symbol in history and rest.endswith(EARLIER):
            yield Said(
                "{symbol} of {file} stands in an earlier file of the folder, too, and that counts.",
                {"symbol": symbol, "file": rest.removesuffix(EARLIER)},
            )


def _impossible(bars: Bars) -> Iterator[Said]:
    wrong = (bars.close <= 0.0) | (bars.low > bars.high)
    if wrong.any():
        yield Said(
            "{symbol}: {count} rows have a low above the high or a close not above 0, the first on"
            " {day}; do not trust readings that they touch.",
            {
                "symbol": bars.symbol,
                "count": Amount(int(wrong.sum()), "count"),
                "day": str(bars.date[wrong][0]),
            },
        )


def _jumps(bars: Bars) -> Iterator[Said]:
    usable = bars.close > 0.0
    moves = np.diff(np.log(bars.close[usable]))
    far = np.flatnonzero(np.abs(moves) > JUMP)
    if len(far):
        yield Said(
            "{symbol}: the close of {day} is {times} times the one before ({count} such moves); if"
            " its units change there, its readings are wrong.",
            {
                "symbol": bars.symbol,
                "day": str(bars.date[usable][far[0] + 1]),
                "times": Amount(float(np.exp(moves[far[0]])), "number"),
                "count": Amount(len(far), "count"),
            },
        )


def _gaps(bars: Bars) -> Iterator[Said]:
    gaps = np.diff(bars.date)
    long = np.flatnonzero(gaps > LONGEST_GAP)
    if len(long):
        widest = long[np.argmax(gaps[long])]
        yield Said(
            "{symbol} has no session between {first} and {last} ({count} such gaps); windows and"
            " the year before run across it.",
            {
                "symbol": bars.symbol,
                "first": str(bars.date[widest]),
                "last": str(bars.date[widest + 1]),
                "count": Amount(len(long), "count"),
            },
        )
