"""Option chains as Cboe's quote table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

import numpy as np

from undertow.core.chain import Chain
from undertow.core.errors import BadFile
from undertow.data.chains._rows import CLOSE, Quoted, as_asked, cell, chain_of, closes, middle
from undertow.data.chains.base import ChainLayout, Lines, Wanted

OPEN = time(9, 30)
MORNING = ("SPX", "NDX", "RUT", "VIX")
"""Roots whose contracts stop at the opening of the day they expire (their weeklies do not)."""
FIRST = "Expiration Date"
CBOE_DATE = re.compile(r"(\w+) (\d{1,2}), (\d{4})|(\d{1,2}) (\w+) (\d{4}) at (\d{1,2}:\d{2})")
ZONE = re.compile(r"GMT([+-]\d+)")


@dataclass(frozen=True, slots=True)
class Cboe(ChainLayout):
    """Cboe's quote table: a row for each strike, the call on the left, the put on the right.

    The lines above the table name the underlying, its last price, and the date.
    Source: cboe.com, delayed quotes, quote table download.
    """

    def shown(self, lines: Lines) -> bool:
        """One of the first lines begins with Expiration Date."""
        return any(line[:1] == [FIRST] for line in lines[:6])

    def chain(self, file: Path, lines: Lines, wanted: Wanted) -> Chain:
        """All rows of the file."""
        heads = [k for k, line in enumerate(lines) if line[:1] == [FIRST]]
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
            rows += [(where, _row(cells, start, where)) for start in (1, 12)]
        name = lines[at - 2][0] if at > 1 and lines[at - 2] else file.stem
        return as_asked(chain_of(rows, name, spot, _moment(top, file)), file, wanted)


def _row(cells: Sequence[str], start: int, where: str) -> Quoted:
    symbol, last, _, bid, ask, _, volatility, _, gamma, interest = cells[start : start + 10]
    try:
        expiry = datetime.strptime(cells[0], "%a %b %d %Y").date()
    except ValueError:
        raise BadFile(f"{where} expires on {cells[0]!r}; write Fri Sep 20 2024.") from None
    root = symbol.rstrip("0123456789CP.")[: len(symbol) - 15]
    price = middle(cell(bid, where), cell(ask, where), cell(last, where))
    return Quoted(
        expiry=closes(expiry, OPEN if root in MORNING else CLOSE),
        strike=cell(cells[11], where),
        call=start == 1,
        price=price,
        interest=cell(interest, where),
        volatility=cell(volatility, where),
        gamma=cell(gamma, where),
    )


def _moment(top: str, file: Path) -> datetime:
    """The moment of the table in UTC; of a day alone its close."""
    found, zone = CBOE_DATE.search(top), ZONE.search(top)
    if found is None:
        raise BadFile(f"{file.name} says no date above its table; give Cboe's whole file.")
    if found[7]:
        clock = datetime.strptime(" ".join(found.group(4, 5, 6, 7)), "%d %B %Y %H:%M")
        shift = int(zone[1]) if zone else -5
        return clock - np.timedelta64(shift, "h").item()
    return closes(datetime.strptime(" ".join(found.group(1, 2, 3)), "%B %d %Y").date())
