"""Almgren, Thum, Hauptmann, Li: the worked table of impact costs for IBM and DRI."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.market import Market, plain_instruments
from undertow.engine.prices import dealt_price
from undertow.model.impact.almgren_2005 import Almgren2005
from undertow.published.check import Check, Row, printed, without_data
from undertow.published.stage import resting, sold_over

SIZE = 0.1
"""X/V: the order is a tenth of a day's volume."""
DAYS = (0.1, 0.2, 0.5)


@dataclass(frozen=True, slots=True)
class Stock:
    """A column of the table: shares, daily volatility, and what is printed for it.

    permanent: I/σ and I;  speed: K/σ;  speed_bp: K;  realised_bp: J, by duration in `DAYS`
    unrounded_bp: I to three decimals
    """

    name: str
    volume: float
    outstanding: float
    sigma: float
    permanent: tuple[str, str]
    unrounded_bp: str
    speed: tuple[str, str, str]
    speed_bp: tuple[str, str, str]
    realised_bp: tuple[str, str, str]


IBM = Stock(
    "IBM", 6.561e6, 1728e6, 0.0157,
    ("0.126", "20"), "19.860", ("0.142", "0.094", "0.054"), ("22", "15", "8"), ("32", "25", "18"),
)  # fmt: skip
DRI = Stock(
    "DRI", 1.929e6, 168e6, 0.0226,
    ("0.096", "22"), "21.679", ("0.142", "0.094", "0.054"), ("32", "21", "12"), ("43", "32", "23"),
)  # fmt: skip


def market(stock: Stock) -> Market:
    """One stock at price 1; its depth is its daily volume and pressure never decays."""
    instruments = plain_instruments(
        (stock.name,),
        depth=np.array([stock.volume]),
        volume=np.array([stock.volume]),
        sigma=np.array([stock.sigma]),
        outstanding=np.array([stock.outstanding]),
    )
    return resting(instruments)


def costs(stock: Stock, days: float) -> tuple[float, float, float]:
    """I, K and J in basis points of selling a tenth of a day's volume over `days`, as cleared.

    The seller is paid (1 − I/2)·(1 − K), which is 1 − J but for the product of the two.
    """
    law, before = Almgren2005(), market(stock)
    cleared = sold_over(before, np.array([SIZE * stock.volume]), law, days=days)
    permanent = 1.0 - float(dealt_price(law, cleared.market)[0])
    paid = float(cleared.paid[0])
    speed = 1.0 - paid / (1.0 - 0.5 * permanent)
    return 1e4 * permanent, 1e4 * speed, 1e4 * (1.0 - paid)


def play() -> list[Row]:
    """The 22 numbers of the table, and the permanent impact before rounding."""
    return [row for stock in (IBM, DRI) for row in _column(stock)]


def _column(stock: Stock) -> list[Row]:
    name, sigma = stock.name, 1e4 * stock.sigma
    found = [costs(stock, days) for days in DAYS]
    permanent = found[0][0]
    rows = [
        printed(f"{name} I/σ", stock.permanent[0], permanent / sigma),
        printed(f"{name} I, bp", stock.permanent[1], permanent),
        printed(f"{name} I, bp, unrounded", stock.unrounded_bp, permanent),
    ]
    for k, days in enumerate(DAYS):
        _, speed, realised = found[k]
        rows += [
            printed(f"{name} K/σ over {days} days", stock.speed[k], speed / sigma),
            printed(f"{name} K, bp, over {days} days", stock.speed_bp[k], speed),
            printed(f"{name} J, bp, over {days} days", stock.realised_bp[k], realised),
        ]
    return rows


CHECK = Check(
    name="almgren",
    title="Permanent, temporary and realised cost of a tenth of a day's volume: IBM and DRI",
    source=(
        "Almgren, Thum, Hauptmann, Li, Risk (July 2005), worked table; printed beside its "
        "reconciliation in lakshmiDRIP/DROP, commit 1780aec, Apache-2.0"
    ),
    play=without_data(play),
)
