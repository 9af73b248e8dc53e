"""Option chains as a long table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from undertow.core.chain import Chain
from undertow.core.errors import BadFile, UnknownName, unknown
from undertow.data.chains._rows import Quoted, cell, chain_of, closes, middle
from undertow.data.chains.base import ChainLayout, Lines, Wanted

LONG = {
    "moment": ("snapshot_utc", "date", "timestamp"), "underlying": ("underlying", "symbol"),
    "spot": ("spot", "underlying_price"), "right": ("type", "right", "option_type"),
    "expiry": ("expiry", "expiration"), "strike": ("strike",), "bid": ("bid",), "ask": ("ask",),
    "last": ("last", "close", "price", "mid"), "interest": ("open_interest", "oi"),
    "volatility": ("iv", "implied_volatility", "iv_yahoo"), "gamma": ("gamma",),
}  # fmt: skip
NEEDED = ("moment", "underlying", "right", "expiry", "strike", "interest")


@dataclass(frozen=True, slots=True)
class Long(ChainLayout):
    """A table with a row for each contract and named columns, CSV or Parquet.

    snapshot_utc, underlying, spot, type, expiry, strike, bid, ask, last, open_interest, iv, gamma
    Also read: date or timestamp; symbol; underlying_price; right or option_type; expiration; close,
    price or mid; oi; implied_volatility. A moment without a zone is UTC. Several underlyings and
    days may stand in it.
    Source: our own.
    """

    def shown(self, lines: Lines) -> bool:
        """The first line has a name for each column that is needed."""
        names = {cell.lower() for cell in lines[0]} if lines else set()
        return all(names & set(LONG[name]) for name in NEEDED)

    def chain(self, file: Path, lines: Lines, wanted: Wanted) -> Chain:
        """The rows of one underlying at one moment; the file is read again, by its columns."""
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
        spot = cell(rows[0].get("spot"), file.name)
        moment = _stamp(rows[0]["moment"], file.name)
        quoted = ((f"{file.name} line {r['line']}", _row(r, file.name)) for r in rows)
        spot = wanted.spot if wanted.spot > 0.0 else spot
        return chain_of(quoted, rows[0]["underlying"], spot, moment)


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


def _row(row: Mapping[str, str], file: str) -> Quoted:
    where = f"{file} line {row['line']}"
    number = {
        name: cell(row.get(name), where)
        for name in ("strike", "bid", "ask", "last", "interest", "volatility", "gamma")
    }
    right = row["right"].strip().lower()[:1]
    if right not in {"c", "p"}:
        raise BadFile(f"{where} is neither call nor put but {row['right']!r}; mend it.")
    return Quoted(
        expiry=closes(_stamp(row["expiry"], where).date()),
        strike=number["strike"],
        call=right == "c",
        price=middle(number["bid"], number["ask"], number["last"]),
        interest=number["interest"],
        volatility=number["volatility"],
        gamma=number["gamma"],
    )


def _stamp(text: str, where: str) -> datetime:
    """A moment in UTC; of a day alone the close in New York."""
    try:
        if len(text) <= 10:
            return closes(date.fromisoformat(text))
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadFile(f"{where} has {text!r} where a day is due; write 2026-02-13.") from None
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
