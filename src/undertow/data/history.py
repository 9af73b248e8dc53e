"""Reads a history of prices: CSV or Parquet, long or wide, one file or a folder of files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from undertow.core.errors import BadFile
from undertow.core.history import (
    DAILY,
    DAY,
    EARLIER,
    FIELDS,
    INTRADAY,
    NO_CLOSE,
    UNKNOWN,
    Bars,
    History,
    LeftOut,
)

if TYPE_CHECKING:
    import polars as pl

DATES = ("date", "ts_utc", "timestamp", "datetime", "time")
SYMBOLS = ("symbol", "ticker")
CLOSES = ("close", "adj close", "adj_close")
SUFFIXES = (".csv", ".csv.gz", ".csv.zst", ".parquet")
FORMS = (
    "%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M",
)  # fmt: skip
ZONED = ("%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f%#z")
MIDNIGHT = r"^(\d{4}-\d{2}-\d{2})[ T]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})$"
"""A day as its first moment in the clock of its own exchange."""
TWICE = "_duplicated_"
"""What polars puts behind the name of a column that stands twice."""
WANTED = {
    "date": "a day as 2026-01-30",
    "symbol": "its name",
    "volume": "a number not below 0",
}
MOST = 1e18
"""No price and no volume is larger."""
SECOND = np.timedelta64(1, "s")


def read_history(
    *places: Path, symbol_map: Mapping[str, str] | None = None, intraday: bool = False
) -> History:
    """The bars of files and folders.

    Long: columns date, symbol, close and, if they are known, open, high, low, volume (without
    symbol the file is of one, named as it is);  wide: date and one column of closes a symbol.
    Of a folder the long files are read, and of those the daily ones or, with `intraday`, the
    others; the rest is named in `left_out`. symbol_map: ticker in the files -> name that is
    wanted. A symbol that stands in two files is taken from the first.
    """
    bars: dict[str, Bars] = {}
    source: dict[str, str] = {}
    left_out: list[LeftOut] = []
    tables = (t for place in places for t in _tables(place, left_out, intraday=intraday))
    for file, found in tables:
        own = {one.symbol: one for one in _bars(found, file.name, symbol_map or {})}
        left_out += [LeftOut(file.name, EARLIER, name) for name in own if name in bars]
        bars, source = {**own, **bars}, {**_sources(found, symbol_map or {}), **source}
    if not bars:
        named = ", ".join(map(str, places))
        why = f" ({'; '.join(map(str, left_out[:3]))})" if left_out else ""
        raise BadFile(f"{named} holds no prices{why}; give a file with date, symbol and close.")
    return History(bars, tuple(left_out), source)


def _tables(
    place: Path, left_out: list[LeftOut], *, intraday: bool
) -> Iterator[tuple[Path, pl.DataFrame]]:
    """Files of a place as long tables."""
    if not place.is_dir():
        yield place, _priced(_long(_read(place), place.name), place.name, left_out)
        return
    files = sorted(f for f in place.iterdir() if f.name.lower().endswith(SUFFIXES))
    for file in files:
        names = _small(_columns(file))
        if not (_first(names, DATES) and _first(names, SYMBOLS) and _first(names, CLOSES)):
            left_out.append(LeftOut(file.name, UNKNOWN))
            continue
        found = _long(_read(file), file.name)
        if _is_intraday(found) == intraday:
            yield file, _priced(found, file.name, left_out)
        else:
            left_out.append(LeftOut(file.name, DAILY if intraday else INTRADAY))


def _priced(table: pl.DataFrame, file: str, left_out: list[LeftOut]) -> pl.DataFrame:
    """The rows that have a close; in a long file the others are counted."""
    import polars as pl

    lacking = table.filter(pl.col("close").is_null() & pl.col("is_row"))
    counts = lacking.group_by("symbol", maintain_order=True).len()
    left_out += [LeftOut(file, NO_CLOSE, str(name), rows) for name, rows in counts.iter_rows()]
    return table.filter(pl.col("close").is_not_null())


def _read(file: Path) -> pl.DataFrame:
    """The file as text or as its own types."""
    import polars as pl
    from polars.exceptions import PolarsError

    try:
        if _is_parquet(file):
            return pl.read_parquet(file)
        return pl.read_csv(file, infer_schema=False, truncate_ragged_lines=False)
    except (PolarsError, OSError) as error:
        raise _unreadable(file, error) from error


def _is_parquet(file: Path) -> bool:
    return file.suffix.lower() == ".parquet"


def _unreadable(file: Path, error: Exception) -> BadFile:
    reason = _too_long(file) or str(error).partition("\n")[0].partition(" (os error")[0].rstrip(".")
    return BadFile(
        f"{file} cannot be read ({reason}); give a CSV file in UTF-8, or a Parquet file."
    )


def _too_long(file: Path) -> str:
    """Which line has more cells than the first; empty if none has, or it cannot be seen."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            lines = csv.reader(text)
            head = len(next(lines, []))
            long = next((len(cells) for cells in lines if len(cells) > head), 0)
            return f"line {lines.line_num} has {long} cells and the head {head}" if long else ""
    except (OSError, UnicodeDecodeError, csv.Error):
        return ""


def _columns(file: Path) -> list[str]:
    import polars as pl
    from polars.exceptions import PolarsError

    if not _is_parquet(file):
        return _first_line(file).split(",")
    try:
        return list(pl.read_parquet_schema(file))
    except (PolarsError, OSError) as error:
        raise _unreadable(file, error) from error


def _first_line(file: Path) -> str:
    import polars as pl
    from polars.exceptions import PolarsError

    try:
        return ",".join(pl.read_csv(file, n_rows=0).columns)
    except (PolarsError, OSError):
        return ""


def _small(names: Iterable[str]) -> dict[str, str]:
    """Columns by their name in small letters."""
    return {name.strip().strip("\ufeff").lower(): name for name in names}


def _first(names: Mapping[str, str], wanted: Iterable[str]) -> str | None:
    return next((names[name] for name in wanted if name in names), None)


def _long(found: pl.DataFrame, file: str) -> pl.DataFrame:
    """Columns line, is_row, date, symbol and `FIELDS`, typed; where no close is, it is null.

    is_row: whether a line is one symbol's
    """
    import polars as pl

    names = _small(found.columns)
    twice = next((one for one in found.columns if TWICE in one), None)
    if twice is not None:
        raise BadFile(f"{file} has the column {twice.partition(TWICE)[0]!r} twice; keep one.")
    at = _first(names, DATES)
    if at is None:
        raise BadFile(f"{file} has no column date{_guess(found)}; write date,symbol,close.")
    symbol, close = _first(names, SYMBOLS), _first(names, CLOSES)
    if symbol and not close:
        raise BadFile(f"{file} has no column close; write date,symbol,close.")
    if close and not symbol:
        symbol = "symbol"
        found = found.with_columns(pl.lit(file.partition(".")[0]).alias(symbol))
    found = found.with_row_index("line", offset=2).rename({at: "date"})
    if symbol and close:
        kept = {symbol: "symbol", close: "close"}
        known = [f for f in (*FIELDS, "source") if f in names and f != "close"]
        fields = [names[f] for f in known if f in FIELDS or not found.schema[names[f]].is_nested()]
        table = found.select("line", "date", symbol, close, *fields).rename(
            {**kept, **{name: name.lower() for name in fields}}
        )
    else:
        others = [name for name in found.columns if name not in {"line", "date"}]
        table = found.unpivot(
            others, index=["line", "date"], variable_name="symbol", value_name="close"
        )
    lacking = [pl.lit(None, pl.Float64).alias(f) for f in FIELDS if f not in table.columns]
    is_row = pl.lit(bool(symbol and close)).alias("is_row")
    return _typed(table.with_columns(is_row, *lacking), file)


def _guess(found: pl.DataFrame) -> str:
    """What a head without a date may be."""
    head = "".join(found.columns)
    if "\0" in head or "\ufffd" in head:
        return " (UTF-16?)"
    other = next((sign for sign in (";", "\t", "|") if sign in head), "")
    return f" (cells seem to be parted by {other!r}, not by commas)" if other else ""


def _typed(table: pl.DataFrame, file: str) -> pl.DataFrame:
    """Dates as moments and fields as numbers; the first cell that is neither is named."""
    import polars as pl

    for name in ("date", "symbol", *FIELDS):
        kind = table.schema[name]
        if kind.is_nested() or kind in {pl.Binary, pl.Boolean, pl.Object}:
            raise BadFile(f"{file} has {kind} as {name}; write {WANTED.get(name, 'numbers')}.")
    text = [f for f in FIELDS if table.schema[f] == pl.String]
    table = table.with_columns(pl.col(text).str.strip_chars().replace("", None)) if text else table
    numbers = table.with_columns(
        pl.col("symbol").cast(pl.String).str.strip_chars().fill_null(""),
        *(pl.col(f).cast(pl.String, strict=False) for f in ("source",) if f in table.columns),
        *(pl.col(f).cast(pl.Float64, strict=False) for f in FIELDS),
    )
    for name in text:
        _refuse(table.filter(table[name].is_not_null() & numbers[name].is_null()), name, file)
    for name in FIELDS:
        _refuse(numbers.filter(pl.col(name).abs() > MOST), name, file)
    _refuse(numbers.filter(pl.col("volume") < 0.0), "volume", file)
    _refuse(numbers.filter(~pl.col("symbol").str.contains(r"^\PC+$")), "symbol", file)
    dated = numbers.with_columns(_moments(numbers["date"]))
    _refuse(numbers.filter(dated["date"].is_null()), "date", file)
    return dated


def _moments(dates: pl.Series) -> pl.Series:
    """Dates as UTC microseconds; null where no form fits.

    Where all are midnights of some zone they are days of that zone, whatever day it is in UTC.
    """
    import polars as pl

    moment = pl.Datetime("us")
    if isinstance(dates.dtype, pl.Datetime) and dates.dtype.time_zone:
        here = dates.dt.replace_time_zone(None)
        if not bool((here == here.dt.truncate("1d")).all()):
            here = dates.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return here.cast(moment)
    if isinstance(dates.dtype, pl.Datetime | pl.Date):
        return dates.cast(moment, strict=False)
    plain = dates.cast(pl.String).str.strip_chars()
    if plain.str.contains(MIDNIGHT).all():
        plain = plain.str.extract(MIDNIGHT)
    plain = plain.str.replace("Z$", "+00:00")
    found = pl.Series("date", [None] * len(dates), dtype=moment)
    for form in (*FORMS, *ZONED):
        if not found.null_count():
            break
        read = plain.str.to_datetime(form, strict=False, time_unit="us")
        if form in ZONED:
            read = read.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        found = found.fill_null(read) if len(found) else read
    return found.alias("date")


def _refuse(bad: pl.DataFrame, name: str, file: str) -> None:
    if len(bad):
        row = bad.row(0, named=True)
        cell = "" if row[name] is None else str(row[name])
        raise BadFile(
            f"{file} line {row['line']} has {cell!r} as {name};"
            f" write {WANTED.get(name, 'a number')}."
        )


def _is_intraday(table: pl.DataFrame) -> bool:
    days = table["date"].dt.truncate("1d")
    return bool((table["date"] != days).any())


def _sources(table: pl.DataFrame, symbol_map: Mapping[str, str]) -> dict[str, str]:
    """Who gave each symbol, by its last row that says so."""
    if "source" not in table.columns:
        return {}
    last = table.drop_nulls("source").group_by("symbol").last()
    named = zip(last["symbol"].to_list(), last["source"].to_list(), strict=True)
    return {symbol_map.get(symbol, symbol): source for symbol, source in named}


def _bars(table: pl.DataFrame, file: str, symbol_map: Mapping[str, str]) -> Iterator[Bars]:
    """One symbol after the other, in the order of names."""
    import polars as pl

    named = table.with_columns(pl.col("symbol").replace(dict(symbol_map)))
    rows = named.sort("symbol", "date", maintain_order=True)
    for (symbol,), own in rows.group_by("symbol", maintain_order=True):
        twice = own.filter(pl.col("date").is_duplicated())
        if len(twice):
            raise BadFile(
                f"{file} has two closes of {str(symbol)!r} on {_shown(twice['date'][0])}; keep one."
            )
        yield _one(str(symbol), own, file)


def _one(symbol: str, own: pl.DataFrame, file: str) -> Bars:
    date = own["date"].to_numpy().astype("datetime64[s]")
    step = _step(date)
    if step == DAY:
        date = date.astype("datetime64[D]")
        again = np.flatnonzero(date[1:] == date[:-1])
        if len(again):
            raise BadFile(
                f"{file} has two bars of {symbol!r} on {date[again[0]]}, and most of its bars are"
                " of days; keep one a day."
            )
    fields = {name: own[name].fill_null(np.nan).to_numpy().copy() for name in FIELDS}
    return Bars(symbol, date.copy(), **fields, step=step)


def _step(date: np.ndarray) -> np.timedelta64:
    """A day where every bar starts at midnight, else the usual distance of two bars."""
    if np.all(date == date.astype("datetime64[D]")):
        return DAY
    gaps, times = np.unique(np.diff(date), return_counts=True)
    return gaps[np.argmax(times)] if len(gaps) else SECOND


def _shown(moment: object) -> str:
    return str(moment).removesuffix(" 00:00:00")
