"""What the layouts of option chains share: cells, moments, checks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from undertow.core.chain import Chain
from undertow.core.errors import BadFile, UnknownName
from undertow.data.chains.base import Wanted

NEW_YORK = ZoneInfo("America/New_York")
CLOSE = time(16)
MOST = 1e15


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


def cell(text: str | None, where: str) -> float:
    """A number of a cell; NaN where it is empty."""
    try:
        found = float(text) if text and text.strip() else float("nan")
    except ValueError:
        raise BadFile(f"{where} has {text!r} where a number is due; mend it.") from None
    if abs(found) > MOST:
        raise BadFile(f"{where} has {text!r}, which no price and no interest is; mend it.")
    return found


def closes(day: date, at: time = CLOSE) -> datetime:
    """The moment at which a contract stops, in UTC."""
    return datetime.combine(day, at, NEW_YORK).astimezone(UTC).replace(tzinfo=None)


def chain_of(
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


def middle(bid: float, ask: float, other: float) -> float:
    """Middle of both sides, else what is known besides."""
    return 0.5 * (bid + ask) if bid > 0.0 and ask >= bid else other


def as_asked(chain: Chain, file: Path, wanted: Wanted) -> Chain:
    """The chain of a file of one; UnknownName if another underlying or day was asked for."""
    held = chain.underlying
    if wanted.symbol and wanted.symbol.upper() != held.upper():
        raise UnknownName(f"{file} holds {held!r}, not {wanted.symbol!r}; leave --symbol out.")
    if not chain.moment.isoformat().startswith(wanted.on):
        raise UnknownName(
            f"{file} is of {chain.moment.isoformat()}, not of {wanted.on}; leave --on out."
        )
    return chain
