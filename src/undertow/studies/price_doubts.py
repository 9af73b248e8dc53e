"""What a reader must know of prices that a number is made of: rows that cannot be, jumps, gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from undertow.core.answers.said import Amount, Said
from undertow.core.history import EARLIER, NO_CLOSE, Bars, History
from undertow.studies.stress_panel import CLOCK

JUMP = np.log(3.0)
"""No symbol of the panel has moved so far in a day; a change of units has."""

LONGEST_GAP = np.timedelta64(7, "D")
"""The longest pause of the New York exchange since 1985, that of September 2001."""
REVISED = frozenset({"fred"})
"""Sources that put later values in place of what was known."""
LONG_GAP = np.timedelta64(31, "D")
"""A pause that no exchange has made since 1985, whatever its holidays."""


def data_warnings(history: History) -> tuple[Said, ...]:
    """Sentences on the prices that a gauge was made of."""
    left = _left_out(history, EARLIER, NO_CLOSE)
    gaps = _gaps(history[CLOCK], LONGEST_GAP)
    return (*left, *gaps, *_each(history, history.symbols), *_revised(history, history))


def price_warnings(history: History, symbols: Iterable[str]) -> tuple[Said, ...]:
    """Sentences on the prices of these symbols, and on files of a folder that are not read."""
    chosen = history.of(one for one in dict.fromkeys(symbols) if one in history)
    files = [one.file for one in history.left_out if not one.symbol]
    unread = Said(
        "{count}"
        " {count:file of the folder holds no daily prices in the long form and is|files"
        " of the folder hold no daily prices in the long form and are}"
        " not read, the first {file}.",
        {"count": Amount(len(files), "count"), "file": next(iter(files), "")},
    )
    return (
        *((unread,) if files else ()),
        *_left_out(chosen, EARLIER, NO_CLOSE),
        *_each(chosen, chosen.symbols),
        *_revised(chosen, history),
        *(gap for symbol in chosen.symbols for gap in _gaps(chosen[symbol], LONG_GAP)),
    )


def _each(history: History, symbols: Iterable[str]) -> Iterator[Said]:
    for symbol in symbols:
        yield from _impossible(history[symbol])
        yield from _jumps(history[symbol])
        yield from _reaches(history[symbol])


def _revised(chosen: History, whole: History) -> Iterator[Said]:
    """Series that their provider revises, unless they are as they were known by the newest day."""
    for symbol in chosen.symbols:
        source, _, day = chosen.source.get(symbol, "").partition("@")
        if source not in REVISED or (day and np.datetime64(day) <= whole.end):
            continue
        values = {"symbol": symbol, "day": day, "newest": str(whole.end.astype("datetime64[D]"))}
        by_day = Said(
            "{symbol} is not point in time: its values are as revised by {day}, after {newest}."
            " Fetch it with an earlier --as-of.",
            values,
        )
        by_now = Said(
            "{symbol} is not point in time: its values are as revised by the day they were fetched,"
            " not as known on the day they are about. Fetch it with --as-of.",
            values,
        )
        yield by_day if day else by_now


def _left_out(history: History, *why: str) -> Iterator[Said]:
    """Symbols that stand in two files, and rows without a close."""
    for one in history.left_out:
        if one.symbol not in history or one.why not in why:
            continue
        values: dict[str, Amount | str] = {"symbol": one.symbol, "file": one.file}
        if one.why == EARLIER:
            yield Said(
                "{symbol} of {file} stands in an earlier file, too, and that counts.", values
            )
        else:
            yield Said(
                "{symbol} has no close in {count} {count:row|rows} of {file};"
                " {count:it|they} {count:is|are} left out.",
                {**values, "count": Amount(one.rows, "count")},
            )


def _impossible(bars: Bars) -> Iterator[Said]:
    wrong = (bars.close <= 0.0) | (bars.low <= 0.0) | (bars.high <= 0.0) | (bars.low > bars.high)
    if wrong.any():
        yield Said(
            "{symbol}: {count} {count:row has|rows have} a low above the high or a"
            " price not above 0, the first on {day}; do not trust readings that they"
            " touch.",
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
            "{symbol}: the close of {day} is {times} times the one before ({count}"
            " such {count:move|moves}); if its units change there, its readings are"
            " wrong.",
            {
                "symbol": bars.symbol,
                "day": str(bars.date[usable][far[0] + 1]),
                "times": Amount(float(np.exp(moves[far[0]])), "number"),
                "count": Amount(len(far), "count"),
            },
        )


def _reaches(bars: Bars) -> Iterator[Said]:
    """Ranges that reach beyond three times the close or below a third of it."""
    most = float(np.exp(JUMP))
    usable = (bars.close > 0.0) & (bars.low > 0.0)
    far = usable & ((bars.high > most * bars.close) | (bars.low < bars.close / most))
    if far.any():
        yield Said(
            "{symbol}: {count} {count:row has|rows have} a high above three times"
            " the close or a low below a third of it, the first on {day}; ranges and"
            " spreads that they touch are too large.",
            {
                "symbol": bars.symbol,
                "count": Amount(int(far.sum()), "count"),
                "day": str(bars.date[far][0]),
            },
        )


def _gaps(bars: Bars, longest: np.timedelta64) -> Iterator[Said]:
    gaps = np.diff(bars.date)
    long = np.flatnonzero(gaps > longest)
    if len(long):
        widest = long[np.argmax(gaps[long])]
        yield Said(
            "{symbol} has no session between {first} and {last} ({count} such"
            " {count:gap|gaps}); windows and the year before run across it.",
            {
                "symbol": bars.symbol,
                "first": str(bars.date[widest]),
                "last": str(bars.date[widest + 1]),
                "count": Amount(len(long), "count"),
            },
        )
