"""Classes by which retail rates are listed: pairs of currencies, and hikes of one symbol alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from undertow.model.rulebook._rates import Rate, Rates


def pair_class(symbol: str, rates: Rates, on: date) -> tuple[str, ...]:
    """Class of a pair of currencies such as EURUSD or EUR/USD; empty if it is none."""
    letters = "".join(c for c in symbol.upper() if c.isalpha())
    sides = (letters[:3], letters[3:])
    if len(letters) != 6 or not all(rates.has((side,), "currency", on) for side in sides):
        return ()
    is_major = all(rates.value((side,), "currency", on) for side in sides)
    return ("major_fx",) if is_major else ("minor_fx",)


def with_own_rate(rates: Rates, symbol: str, what: str, value: float, on: date) -> Rates:
    """The same table with a rate of one symbol from a day on, whatever class it was in."""
    own = Rate(rates.regime, symbol, what, 0.0, value, "share", on, None, "a hike", "assumed")
    kept = tuple(
        row
        for row in rates.rows
        if (row.symbol, row.what) != (symbol, what) or (row.since or date.min) < on
    )
    return replace(rates, rows=(*kept, own))
