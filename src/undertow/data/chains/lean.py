"""Option chains as LEAN's universes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from undertow.core.chain import Chain
from undertow.core.errors import BadFile
from undertow.data.chains._rows import Quoted, as_asked, cell, chain_of, closes
from undertow.data.chains.base import ChainLayout, Lines, Wanted

SPOT_ROW = ("", "", "")


@dataclass(frozen=True, slots=True)
class Lean(ChainLayout):
    """LEAN's option universe: a file of an underlying and a day, both in its name.

    Columns: expiry, strike, right, open, high, low, close, volume, open_interest, volatility,
    greeks. A row without the first three is the underlying.
    Source: QuantConnect LEAN, data format of option universes.
    """

    def shown(self, lines: Lines) -> bool:
        """The first cell is expiry."""
        return bool(lines and lines[0]) and lines[0][0].lstrip("#").lower() == "expiry"

    def chain(self, file: Path, lines: Lines, wanted: Wanted) -> Chain:
        """All rows of the file."""
        named = re.fullmatch(r"(?:option_universe_)?(\w+?)_?(\d{8})\.csv.*", file.name)
        if named is None:
            raise BadFile(
                f"{file.name} does not name symbol and day; call it option_universe_X_DAY."
            )
        spot, rows = wanted.spot, []
        for line, cells in enumerate(lines[1:], 2):
            where = f"{file.name} line {line}"
            if len(cells) < 12:
                raise BadFile(f"{where} has {len(cells)} cells, a LEAN universe has 15; mend it.")
            if tuple(cells[:3]) == SPOT_ROW:
                spot = spot if spot == spot else cell(cells[6], where)  # noqa: PLR0124 - NaN
                continue
            rows.append((where, _row(cells, where)))
        moment = closes(_day(named[2], file))
        return as_asked(chain_of(rows, named[1].upper(), spot, moment), file, wanted)


def _day(text: str, file: Path) -> date:
    try:
        return datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        raise BadFile(f"{file.name} is of no day ({text}); write 20151231.") from None


def _row(cells: Sequence[str], where: str) -> Quoted:
    try:
        expiry = datetime.strptime(cells[0], "%Y%m%d").date()
    except ValueError:
        raise BadFile(f"{where} expires on {cells[0]!r}; write 20151231.") from None
    numbers = (cell(cells[k], where) for k in (1, 6, 8, 9, 11))
    strike, price, interest, volatility, gamma = numbers
    if cells[2] not in {"C", "P"}:
        raise BadFile(f"{where} is neither C nor P but {cells[2]!r}; mend it.")
    return Quoted(closes(expiry), strike, cells[2] == "C", price, interest, volatility, gamma)
