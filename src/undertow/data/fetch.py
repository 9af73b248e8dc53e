"""Rows of a provider as a file in the long form, and as bars for the checks."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np

from undertow.core.errors import NotWritable
from undertow.core.history import DAY, Bars
from undertow.data.sources.base import DAILY, STEP_SECONDS, Bar

COLUMNS = ("date", "symbol", "open", "high", "low", "close", "volume", "source")
FORM = {True: "%Y-%m-%d", False: "%Y-%m-%dT%H:%M:%SZ"}


def rising(found: Iterable[Bar]) -> tuple[dict[str, list[Bar]], int]:
    """Bars by symbol, each later than the one before, and how many were left out for that.

    Of two bars at one moment the later row stands: providers append corrections.
    """
    by_symbol: dict[str, dict[object, Bar]] = {}
    rows = 0
    for bar in found:
        rows += 1
        by_symbol.setdefault(bar.symbol, {})[bar.moment] = bar
    sorted_ = {
        symbol: sorted(bars.values(), key=lambda bar: bar.moment)
        for symbol, bars in by_symbol.items()
    }
    return sorted_, rows - sum(map(len, sorted_.values()))


def as_bars(symbol: str, rows: Sequence[Bar], step: str) -> Bars:
    """Rows of one symbol as arrays."""
    is_daily = step == DAILY
    unit = "datetime64[D]" if is_daily else "datetime64[s]"
    moments = np.array([bar.moment.replace(tzinfo=None) for bar in rows], dtype="datetime64[s]")
    fields = {
        name: np.array([getattr(bar, name) for bar in rows], dtype=float)
        for name in ("open", "high", "low", "close", "volume")
    }
    length = DAY if is_daily else np.timedelta64(timedelta(seconds=STEP_SECONDS[step]))
    return Bars(symbol, moments.astype(unit), **fields, step=length)


def write_long(rows: Sequence[Bar], file: Path, source: str, step: str) -> None:
    """The long form as CSV, whole or not at all; NotWritable where that fails."""
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\n")
    out.writerow(COLUMNS)
    for bar in rows:
        prices = (bar.open, bar.high, bar.low, bar.close, bar.volume)
        cells = ("" if math.isnan(value) else repr(value) for value in prices)
        out.writerow([f"{bar.moment:{FORM[step == DAILY]}}", bar.symbol, *cells, source])
    part = file.with_suffix(".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text.getvalue(), encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise NotWritable(
            f"prices cannot be written to {str(file)!r} ({error.strerror});"
            " choose another folder with --out."
        ) from error


def file_name(source: str, symbol: str, step: str) -> str:
    """`<provider>-<symbol>[-<step>][@<day>].csv`; what a file cannot be called is an underscore.

    source: provider, and after an @ the day on which its values were known
    """
    provider, at, day = source.partition("@")
    plain = "".join(c if c.isalnum() or c in "=^.-" else "_" for c in symbol)
    return f"{provider}-{plain}{'' if step == DAILY else f'-{step}'}{at}{day}.csv"
