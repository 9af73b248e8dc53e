"""The secondary market of an ETF, as `undertow measure coverage` answers it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Premium:
    """Price of the ETF over the value of a share, and how unusual that is.

    bps: 1e4 · (price / value − 1) on `day`, the newest that has both
    z, robust_z: against so many days before it (`days`); NaN where those do not move
    """

    day: date
    bps: float
    z: float
    robust_z: float
    days: int


@dataclass(frozen=True, slots=True)
class Secondary:
    """What authorised participants can take against what they are handed, over the horizon.

    coverage: capacity / (redemption + basket_sales);  band: as of the fund
    capacity: money;  redemption: all of it, also what is paid in securities, which they sell on
    basket_sales: of the same securities by others
    capacity_assumed, basket_assumed: whether nobody gave the number
    premium: None without a value of a share
    """

    etf: str
    capacity: float
    capacity_assumed: bool
    redemption: float
    basket_sales: float
    basket_assumed: bool
    coverage: float
    band: str
    premium: Premium | None
