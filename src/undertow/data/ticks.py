"""Prices at their own moments: LEAN's ticks, minute quotes, or a long table."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from undertow.core.errors import BadFile
from undertow.core.history import DAY, Bars, Moments
from undertow.core.shapes import Floats
from undertow.core.ticks import Ticks, observed
from undertow.data.history import read_history
from undertow.data.quotes import read_quotes

if TYPE_CHECKING:
    import polars as pl

LEAN_TICK = "lean-tick"
NAMED = re.compile(r"(\d{8})_([a-z0-9.]+)_(quote|trade)_tick\.csv", re.IGNORECASE)
QUOTE = ("ms", "bid", "bid_size", "ask", "ask_size", "venue", "condition", "doubtful")
TRADE = ("ms", "price", "size", "venue", "condition", "doubtful")
NEW_YORK = "America/New_York"
UNIT = 1e-4
MINUTE = np.timedelta64(60_000, "ms")
SHOWN = 5


def read_ticks(file: Path, form: str, wanted: Collection[str] = ()) -> tuple[Ticks, ...]:
    """The price of each symbol of a file, or of those that are wanted.

    form: a layout of minute quotes (their mid, known at the end of its minute), `lean-tick`, or
    empty: a long table of date, symbol and close, where bars of one length are known at their end
    and other rows at their date
    """
    if form == LEAN_TICK:
        return (_lean(file),)
    if form:
        quotes = read_quotes(file, form)
        ends: Moments = np.asarray(quotes.time + MINUTE)
        found = observed(
            quotes.symbol, ends, quotes.mid, clock=quotes.clock, skipped=quotes.skipped
        )
        return (found,)
    if file.suffix == ".zip":
        raise BadFile(f"{file.name} is no long table; say how it is written with --format.")
    history = read_history(file, intraday=True)
    chosen = [name for name in history.symbols if name in wanted or not wanted]
    if not chosen:
        held = ", ".join(history.symbols[:SHOWN]) + (", …" if len(history.bars) > SHOWN else "")
        raise BadFile(
            f"{file.name} is of {held}, not of {' or '.join(wanted)}; name the pair as the file"
            " does."
        )
    return tuple(_known(history[symbol]) for symbol in chosen)


def _known(bars: Bars) -> Ticks:
    if bars.step == DAY:
        raise BadFile(f"{bars.symbol} has bars of days; leave --intraday out.")
    moments = bars.date.astype("datetime64[ms]")
    even = len(bars) > 1 and not np.any((bars.date - bars.date[0]) % bars.step)
    kept = np.isfinite(bars.close)
    known: Moments = np.asarray(moments + bars.step) if even else moments
    return observed(bars.symbol, known[kept], bars.close[kept])


def _lean(file: Path) -> Ticks:
    """LEAN's ticks of an equity: milliseconds in New York's clock, prices in ten-thousandths.

    20131007_ibm_Quote_Tick.csv: ms, bid, size, ask, size, venue, condition, doubtful; a side of 0
    was not said. The price is the mid of the best bid and the best ask over venues.
    20131007_bac_Trade_Tick.csv: ms, price, size, venue, condition, doubtful.
    Source: QuantConnect LEAN, data format of US equities.
    """
    name, text = _member(file)
    named = NAMED.fullmatch(name)
    if named is None:
        raise BadFile(
            f"{name} is not named as LEAN names its ticks (day, symbol, Quote_Tick or Trade_Tick);"
            " check --format."
        )
    table = _table(text, QUOTE if named[3].lower() == "quote" else TRADE, name)
    sure = table.filter(table["doubtful"] == 0.0)
    ms, price = (_best if named[3].lower() == "quote" else _trades)(sure)
    if not len(ms):
        raise BadFile(f"{name} has no moment with a price; give another file.")
    doubtful = len(table) - len(sure)
    return observed(
        named[2].upper(), _utc(named[1], ms, name), price * UNIT, clock=NEW_YORK, skipped=doubtful
    )


def _member(file: Path) -> tuple[str, bytes]:
    try:
        if file.suffix != ".zip":
            return file.name, file.read_bytes()
        with zipfile.ZipFile(file) as packed:
            names = packed.namelist()
            if len(names) != 1:
                raise BadFile(f"{file} holds {len(names)} files; give one symbol and one day.")
            return names[0], packed.read(names[0])
    except (OSError, zipfile.BadZipFile, EOFError) as error:
        raise BadFile(f"{file} cannot be read ({error}); give a whole zip or CSV file.") from error


def _table(text: bytes, columns: tuple[str, ...], name: str) -> pl.DataFrame:
    """Numbers of each column, venue and condition as text; the first bad line is named."""
    import polars as pl
    from polars.exceptions import PolarsError

    schema = dict.fromkeys(columns, pl.String)
    try:
        raw = pl.read_csv(io.BytesIO(text), has_header=False, schema=schema)
    except PolarsError as error:
        reason = str(error).partition("\n")[0]
        raise BadFile(
            f"{name} has not {len(columns)} cells a row ({reason}); check --format."
        ) from error
    worded = {"venue", "condition"}
    numbers = [one for one in columns if one not in worded]
    table = raw.with_columns(pl.col(numbers).cast(pl.Float64, strict=False))
    bad = table.select(
        pl.any_horizontal(pl.col(numbers).is_null() | ~(pl.col(numbers).abs() < 1e15))
        .arg_true()
        .first()
    ).item()
    late = (table["ms"].diff() < 0.0).arg_true()
    if bad is not None or len(table) == 0:
        raise BadFile(f"{name} line {(bad or 0) + 1} has a cell that is no number; mend it.")
    if len(late):
        raise BadFile(f"{name} line {late[0] + 1} goes back in time; sort it.")
    outside = ((table["ms"] < 0.0) | (table["ms"] >= 86_400_000.0)).arg_true()
    if len(outside):
        raise BadFile(f"{name} line {outside[0] + 1} is at no time of a day; mend it.")
    return table


def _trades(table: pl.DataFrame) -> tuple[Floats, Floats]:
    import polars as pl

    kept = table.filter(pl.col("price") > 0.0)
    return kept["ms"].to_numpy(), kept["price"].to_numpy()


def _best(table: pl.DataFrame) -> tuple[Floats, Floats]:
    """Moments and mids of the best bid and ask over venues.

    Where they meet or cross, the older of the two has been forgotten by its venue, and goes: a
    market must not lock another (Reg NMS, rule 610).
    """
    bids: dict[str, tuple[float, int]] = {}
    asks: dict[str, tuple[float, int]] = {}
    ms: list[float] = []
    mids: list[float] = []
    rows = table.select("ms", "bid", "ask", "venue").iter_rows()
    for row, (at, bid, ask, venue) in enumerate(rows):
        if bid > 0.0:
            bids[venue] = bid, row
        if ask > 0.0:
            asks[venue] = ask, row
        if (touch := _uncrossed(bids, asks)) is not None:
            ms.append(at)
            mids.append(0.5 * sum(touch))
    return np.array(ms), np.array(mids)


def _uncrossed(
    bids: dict[str, tuple[float, int]], asks: dict[str, tuple[float, int]]
) -> tuple[float, float] | None:
    """Best bid and ask, once what crosses is gone; None where a side is empty."""
    while bids and asks:
        high, low = max(bids.values()), min(asks.values())
        if high[0] < low[0]:
            return high[0], low[0]
        older, stale = (bids, high) if high[1] < low[1] else (asks, low)
        del older[next(venue for venue, quote in older.items() if quote == stale)]
    return None


def _utc(text: str, ms: Floats, name: str) -> Moments:
    """Milliseconds of a day in New York as moments in UTC."""
    try:
        day: date = datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        raise BadFile(f"{name} is of no day ({text}); name it such as 20131007_…") from None
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(NEW_YORK))
    offset = noon.utcoffset()
    start = np.datetime64(day, "ms") - np.timedelta64(offset or 0, "ms")
    return np.asarray(start + ms.astype(np.int64).astype("timedelta64[ms]"))
