"""Readers of option chains: LEAN's universes, Cboe's quote table, and a long table."""

from __future__ import annotations

import csv
import gzip
import lzma
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from undertow.core.chain import Chain
from undertow.core.errors import BadFile, UnknownName, unknown

NEW_YORK = ZoneInfo("America/New_York")
CLOSE, OPEN = time(16), time(9, 30)
MORNING = ("SPX", "NDX", "RUT", "VIX")
"""Roots whose contracts stop at the opening of the day they expire (their weeklies do not)."""
MOST = 1e15
SPOT_ROW = ("", "", "")
CBOE_DATE = re.compile(r"(\w+) (\d{1,2}), (\d{4})|(\d{1,2}) (\w+) (\d{4}) at (\d{1,2}:\d{2})")
ZONE = re.compile(r"GMT([+-]\d+)")


@dataclass(frozen=True, slots=True)
class Quoted:
    """One contract as a file has it; NaN where it has nothing."""

    expiry: datetime
    strike: float
    call: bool
    price: float
    interest: float
    volatility: float
    gamma: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of several underlyings and days of a file; empty where there is only one."""

    symbol: str = ""
    on: str = ""
    spot: float = float("nan")


def read_chain(file: Path, form: str = "", wanted: Wanted = Wanted()) -> Chain:
    """The chain of a file; the format is known by its first lines if none is named."""
    if form and form not in FORMATS:
        raise unknown("format", form, FORMATS)
    if file.suffix == ".parquet":
        return _long(file, wanted)
    lines = _lines(file)
    found = form or _format(lines)
    if found == "long":
        return _long(file, wanted)
    chain = FORMATS[found](file, lines, wanted)
    if not len(chain):
        raise BadFile(f"{file} holds no option; give a chain.")
    return _as_asked(chain, file, wanted)


def _as_asked(chain: Chain, file: Path, wanted: Wanted) -> Chain:
    """UnknownName if a file of one chain is of another underlying or day than was asked for."""
    held = chain.underlying
    if wanted.symbol and wanted.symbol.upper() != held.upper():
        raise UnknownName(f"{file} holds {held!r}, not {wanted.symbol!r}; leave --symbol out.")
    if not chain.moment.isoformat().startswith(wanted.on):
        raise UnknownName(
            f"{file} is of {chain.moment.isoformat()}, not of {wanted.on}; leave --on out."
        )
    return chain


def _lines(file: Path) -> list[list[str]]:
    openers: dict[str, Callable[[Path], bytes]] = {
        ".gz": lambda f: gzip.decompress(f.read_bytes()),
        ".xz": lambda f: lzma.decompress(f.read_bytes()),
    }
    try:
        content = openers.get(file.suffix, Path.read_bytes)(file)
        return list(csv.reader(content.decode("utf-8-sig").splitlines()))
    except (OSError, EOFError, zlib.error, lzma.LZMAError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{file} cannot be read ({error}); give a whole file in UTF-8.") from error


def _format(lines: list[list[str]]) -> str:
    if lines and lines[0] and lines[0][0].lstrip("#").lower() == "expiry":
        return "lean"
    if any(line[:1] == ["Expiration Date"] for line in lines[:6]):
        return "cboe"
    return "long"


def _cell(text: str | None, where: str) -> float:
    """A number of a cell; NaN where it is empty."""
    try:
        found = float(text) if text and text.strip() else float("nan")
    except ValueError:
        raise BadFile(f"{where} has {text!r} where a number is due; mend it.") from None
    if abs(found) > MOST:
        raise BadFile(f"{where} has {text!r}, which no price and no interest is; mend it.")
    return found


def _end(day: date, at: time = CLOSE) -> datetime:
    """The moment at which a contract stops, in UTC."""
    return datetime.combine(day, at, NEW_YORK).astimezone(UTC).replace(tzinfo=None)


def _chain(
    rows: Iterable[tuple[str, Quoted]], underlying: str, spot: float, moment: datetime
) -> Chain:
    kept = [_checked(where, row) for where, row in rows]
    return Chain(
        underlying=underlying,
        spot=spot,
        moment=moment,
        expiry=np.array([row.expiry for row in kept], dtype="datetime64[s]"),
        call=np.array([row.call for row in kept], dtype=np.bool_),
        strike=np.array([row.strike for row in kept]),
        price=np.array([row.price for row in kept]),
        interest=np.array([row.interest for row in kept]),
        volatility=np.array([row.volatility for row in kept]),
        gamma=np.array([row.gamma for row in kept]),
    )


def _checked(where: str, row: Quoted) -> Quoted:
    bad = {
        "strike": not row.strike > 0.0,
        "open interest": row.interest < 0.0,
        "price": row.price < 0.0,
        "implied volatility": row.volatility < 0.0,
    }
    for name, wrong in bad.items():
        if wrong:
            raise BadFile(f"{where} has a {name} below 0 or none; mend it.")
    return row


def _middle(bid: float, ask: float, other: float) -> float:
    """Middle of both sides, else what is known besides."""
    return 0.5 * (bid + ask) if bid > 0.0 and ask >= bid else other


def _lean(file: Path, lines: list[list[str]], wanted: Wanted) -> Chain:
    """expiry, strike, right, open, high, low, close, volume, open_interest, volatility, greeks."""
    named = re.fullmatch(r"(?:option_universe_)?(\w+?)_?(\d{8})\.csv.*", file.name)
    if named is None:
        raise BadFile(f"{file.name} does not name symbol and day; call it option_universe_X_DAY.")
    spot, rows = wanted.spot, []
    for line, cells in enumerate(lines[1:], 2):
        where = f"{file.name} line {line}"
        if len(cells) < 12:
            raise BadFile(f"{where} has {len(cells)} cells, a LEAN universe has 15; mend it.")
        if tuple(cells[:3]) == SPOT_ROW:
            spot = spot if spot == spot else _cell(cells[6], where)  # noqa: PLR0124 - NaN
            continue
        rows.append((where, _lean_row(cells, where)))
    try:
        on = datetime.strptime(named[2], "%Y%m%d").date()
    except ValueError:
        raise BadFile(f"{file.name} is of no day ({named[2]}); write 20151231.") from None
    return _chain(rows, named[1].upper(), spot, _end(on))


def _lean_row(cells: list[str], where: str) -> Quoted:
    try:
        expiry = datetime.strptime(cells[0], "%Y%m%d").date()
    except ValueError:
        raise BadFile(f"{where} expires on {cells[0]!r}; write 20151231.") from None
    numbers = (_cell(cells[k], where) for k in (1, 6, 8, 9, 11))
    strike, price, interest, volatility, gamma = numbers
    if cells[2] not in {"C", "P"}:
        raise BadFile(f"{where} is neither C nor P but {cells[2]!r}; mend it.")
    return Quoted(_end(expiry), strike, cells[2] == "C", price, interest, volatility, gamma)


def _cboe(file: Path, lines: list[list[str]], wanted: Wanted) -> Chain:
    """A row for each strike: the call on the left, the put on the right."""
    heads = [k for k, line in enumerate(lines) if line[:1] == ["Expiration Date"]]
    if not heads:
        raise BadFile(f"{file.name} has no line Expiration Date; check --format.")
    at = heads[0]
    top = " ".join(",".join(line) for line in lines[:at])
    last = re.search(r"Last: ([\d.]+)", top)
    spot = wanted.spot if wanted.spot > 0.0 else float(last[1]) if last else float("nan")
    rows = []
    for line, cells in enumerate(lines[at + 1 :], at + 2):
        where = f"{file.name} line {line}"
        if len(cells) < 22:
            raise BadFile(f"{where} has {len(cells)} cells, Cboe's table has 22; mend it.")
        rows += [(where, _cboe_row(cells, start, where)) for start in (1, 12)]
    name = lines[at - 2][0] if at > 1 and lines[at - 2] else file.stem
    return _chain(rows, name, spot, _cboe_moment(top, file))


def _cboe_row(cells: list[str], start: int, where: str) -> Quoted:
    symbol, last, _, bid, ask, _, volatility, _, gamma, interest = cells[start : start + 10]
    try:
        expiry = datetime.strptime(cells[0], "%a %b %d %Y").date()
    except ValueError:
        raise BadFile(f"{where} expires on {cells[0]!r}; write Fri Sep 20 2024.") from None
    root = symbol.rstrip("0123456789CP.")[: len(symbol) - 15]
    price = _middle(_cell(bid, where), _cell(ask, where), _cell(last, where))
    return Quoted(
        expiry=_end(expiry, OPEN if root in MORNING else CLOSE),
        strike=_cell(cells[11], where),
        call=start == 1,
        price=price,
        interest=_cell(interest, where),
        volatility=_cell(volatility, where),
        gamma=_cell(gamma, where),
    )


def _cboe_moment(top: str, file: Path) -> datetime:
    """The moment of the table in UTC; of a day alone its close."""
    found, zone = CBOE_DATE.search(top), ZONE.search(top)
    if found is None:
        raise BadFile(f"{file.name} says no date above its table; give Cboe's whole file.")
    if found[7]:
        clock = datetime.strptime(" ".join(found.group(4, 5, 6, 7)), "%d %B %Y %H:%M")
        shift = int(zone[1]) if zone else -5
        return clock - np.timedelta64(shift, "h").item()
    return _end(datetime.strptime(" ".join(found.group(1, 2, 3)), "%B %d %Y").date())


LONG = {
    "moment": ("snapshot_utc", "date", "timestamp"), "underlying": ("underlying", "symbol"),
    "spot": ("spot", "underlying_price"), "right": ("type", "right", "option_type"),
    "expiry": ("expiry", "expiration"), "strike": ("strike",), "bid": ("bid",), "ask": ("ask",),
    "last": ("last", "close", "price", "mid"), "interest": ("open_interest", "oi"),
    "volatility": ("iv", "implied_volatility", "iv_yahoo"), "gamma": ("gamma",),
}  # fmt: skip
NEEDED = ("moment", "underlying", "right", "expiry", "strike", "interest")


def _long(file: Path, wanted: Wanted) -> Chain:
    """One row for each contract, columns by name."""
    import polars as pl
    from polars.exceptions import PolarsError

    try:
        parquet = file.suffix == ".parquet"
        table = pl.read_parquet(file) if parquet else pl.read_csv(file, infer_schema=False)
    except (PolarsError, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise BadFile(f"{file} cannot be read ({reason}); give an option chain.") from error
    small = {name.lower(): name for name in table.columns}
    names = {k: next((small[n] for n in v if n in small), None) for k, v in LONG.items()}
    for name in NEEDED:
        if names[name] is None:
            raise BadFile(f"{file.name} has no column {LONG[name][0]}; add it.")
    chosen = table.select(
        pl.col(name).cast(pl.String).alias(k) for k, name in names.items() if name
    ).with_row_index("line", offset=2)
    rows = _picked(chosen.rows(named=True), file.name, wanted)
    spot = _cell(rows[0].get("spot"), file.name)
    moment = _stamp(rows[0]["moment"], file.name)
    quoted = ((f"{file.name} line {r['line']}", _long_row(r, file.name)) for r in rows)
    spot = wanted.spot if wanted.spot > 0.0 else spot
    return _chain(quoted, rows[0]["underlying"], spot, moment)


def _picked(rows: list[dict[str, str]], file: str, wanted: Wanted) -> list[dict[str, str]]:
    """The rows of one underlying at one moment; UnknownName if it is not clear which."""
    for row in rows:
        for name in ("moment", "underlying", "right", "expiry"):
            if row[name] is None:
                raise BadFile(f"{file} line {row['line']} has no {LONG[name][0]}; add it.")
    if not rows:
        raise BadFile(f"{file} holds no option; give a chain.")
    names = sorted({row["underlying"] for row in rows})
    if wanted.symbol and wanted.symbol not in names:
        raise unknown("underlying", wanted.symbol, names, file)
    if len(names) > 1 and not wanted.symbol:
        raise UnknownName(f"{file} holds {', '.join(names)}; name one with --symbol.")
    own = [row for row in rows if row["underlying"] == (wanted.symbol or names[0])]
    moments = sorted({row["moment"] for row in own if row["moment"].startswith(wanted.on)})
    if not moments:
        raise UnknownName(f"{file} holds nothing of {wanted.on}; it has {own[0]['moment']}.")
    if len(moments) > 1:
        raise UnknownName(f"{file} holds {', '.join(moments)}; name one with --on.")
    return [row for row in own if row["moment"] == moments[0]]


def _long_row(row: Mapping[str, str], file: str) -> Quoted:
    where = f"{file} line {row['line']}"
    number = {
        name: _cell(row.get(name), where)
        for name in ("strike", "bid", "ask", "last", "interest", "volatility", "gamma")
    }
    right = row["right"].strip().lower()[:1]
    if right not in {"c", "p"}:
        raise BadFile(f"{where} is neither call nor put but {row['right']!r}; mend it.")
    return Quoted(
        expiry=_end(_stamp(row["expiry"], where).date()),
        strike=number["strike"],
        call=right == "c",
        price=_middle(number["bid"], number["ask"], number["last"]),
        interest=number["interest"],
        volatility=number["volatility"],
        gamma=number["gamma"],
    )


def _stamp(text: str, where: str) -> datetime:
    """A moment in UTC; of a day alone the close in New York."""
    try:
        if len(text) <= 10:
            return _end(date.fromisoformat(text))
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadFile(f"{where} has {text!r} where a day is due; write 2026-02-13.") from None
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


FORMATS: Mapping[str, Callable[[Path, list[list[str]], Wanted], Chain]] = {
    "lean": _lean,
    "cboe": _cboe,
    "long": lambda file, _, wanted: _long(file, wanted),
}
