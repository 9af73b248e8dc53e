"""A layout that nobody writes: a head with underlying, spot and day, then an option a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from undertow.core.chain import Chain
from undertow.core.errors import BadFile
from undertow.data.chains._rows import Quoted, as_asked, chain_of, closes
from undertow.data.chains.base import ChainLayout, Lines, Wanted

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class MadeUp(ChainLayout):
    """Expiry, strike, right, price and open interest.

    Source: made up for a test.
    """

    def shown(self, lines: Lines) -> bool:
        """The first cell says so."""
        return bool(lines and lines[0]) and lines[0][0] == "made up chain"

    def chain(self, file: Path, lines: Lines, wanted: Wanted) -> Chain:
        """All rows."""
        if not self.shown(lines):
            raise BadFile(f"{file} is not made up; check --format.")
        _, underlying, spot, day = lines[0]
        rows = [
            (f"{file.name} line {at}", Quoted(
                closes(date.fromisoformat(expiry)), float(strike), right == "C", float(price),
                float(interest), NAN, NAN,
            ))
            for at, (expiry, strike, right, price, interest) in enumerate(lines[1:], 2)
        ]  # fmt: skip
        moment = closes(date.fromisoformat(day))
        return as_asked(chain_of(rows, underlying, float(spot), moment), file, wanted)
