"""The tables of a stored run, as its folder holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from polars import DataFrame


@dataclass(frozen=True, slots=True)
class Tables:
    """Frames of one run; times are UTC, money is base currency.

    instruments: time, instrument, price, log_news, log_forced, pressure, depth_of_normal,
        spread_of_normal, units_sold, margin_usd
    segments: time, segment, called, open_calls, unrescuable, bankrupt, bad_debt_usd, forced_usd
    sales: time, segment, instrument, usd (traders are segments here);  contagion: seller, origin,
        sold, usd (sales after a call only)
    bands: time, instrument, low, high: forced change as shares of the price over assumed inputs
    actual: time, instrument, price;  sessions: venue, begin, end
    """

    instruments: DataFrame
    segments: DataFrame
    sales: DataFrame
    contagion: DataFrame
    bands: DataFrame | None = None
    actual: DataFrame | None = None
    sessions: DataFrame | None = None
