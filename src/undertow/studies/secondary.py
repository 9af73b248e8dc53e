"""The other road out of an ETF: whether its authorised participants can take what is sold."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from undertow.core.answers.measured import CoverageAnswer
from undertow.core.answers.said import Amount, Said
from undertow.core.answers.secondary import Premium, Secondary
from undertow.core.errors import BadNumber
from undertow.core.history import History
from undertow.core.shapes import Floats
from undertow.studies.coverage import BAND_SAID, band_of

MAD = 1.4826
FEWEST = 20
MOST = 60
"""Days before the day that a premium is compared with."""
UNLIKELY = 0.2
"""Price over the value of a share from which on one of the two is another instrument's."""
UNUSUAL = 3.0


@dataclass(frozen=True, slots=True)
class Road:
    """What is known of the secondary market.

    etf: symbol of the ETF itself;  daily: money a day that participants can take, None if nobody
    said;  basket_sales: money within the horizon, None likewise;  value: symbol of the value of a
    share, empty if none is there
    """

    etf: str = ""
    daily: float | None = None
    basket_sales: float | None = None
    value: str = ""


def secondary(road: Road, fund: CoverageAnswer, history: History, traded: float) -> Secondary:
    """coverage = capacity / (redemption + basket sales), all of the horizon.

    capacity = daily · days; where nobody said: participation · the ETF's own volume in money · days
    basket sales where nobody said: 0, so the coverage is at most this
    traded: money of the ETF that changes hands a day, NaN if it is not known
    """
    daily = fund.participation * traded if road.daily is None else road.daily
    if math.isnan(daily):
        raise BadNumber(
            f"{road.etf} has no volume, so what its participants can take is not known; give"
            " --ap-capacity, or prices and volumes of it."
        )
    capacity = daily * fund.horizon_days
    redemption, sales = fund.redemption * fund.nav, road.basket_sales or 0.0
    coverage = capacity / (redemption + sales)
    return Secondary(
        etf=road.etf,
        capacity=capacity,
        capacity_assumed=road.daily is None,
        redemption=redemption,
        basket_sales=sales,
        basket_assumed=road.basket_sales is None,
        coverage=coverage,
        band=band_of(coverage),
        premium=_premium(history, road) if road.value else None,
    )


def _premium(history: History, road: Road) -> Premium:
    days, both = history.together([road.etf, road.value])
    premium = 1e4 * (both[:, 0] / both[:, 1] - 1.0)
    if len(days) <= FEWEST or not np.all(both > 0.0):
        raise BadNumber(
            f"{road.etf} and {road.value} have {len(days)} days in common with prices above 0;"
            f" {FEWEST + 1} are the least."
        )
    if abs(float(np.median(premium))) > 1e4 * UNLIKELY:
        raise BadNumber(
            f"{road.etf} is {1.0 + 1e-4 * float(np.median(premium)):.4g} times {road.value}; give"
            " the value of one share, adjusted as the price is."
        )
    before = premium[:-1][-MOST:]
    middle = float(np.median(before))
    return Premium(
        day=days[-1].astype("datetime64[D]").item(),
        bps=float(premium[-1]),
        z=_over(premium[-1] - before.mean(), float(before.std(ddof=1))),
        robust_z=_over(premium[-1] - middle, MAD * _usual(before - middle)),
        days=len(before),
    )


def _usual(off: Floats) -> float:
    return float(np.median(np.abs(off)))


def _over(off: float, deviation: float) -> float:
    return float(off) / deviation if deviation > 0.0 else math.nan


def sentences(found: Secondary) -> Iterator[Said]:
    """The outcome."""
    yield Said(
        "Its participants cover redemptions and sales of the basket {coverage} times: {band}.",
        {"coverage": Amount(found.coverage, "number"), "band": BAND_SAID[found.band]},
    )


def warnings(found: Secondary) -> Iterator[Said]:
    """What is assumed, and a premium that is not usual."""
    if found.capacity_assumed:
        yield Said(
            "What participants can take is not given: it is assumed to be the same share of the"
            " volume of {etf}, {usd} in all. --ap-capacity says it.",
            {"etf": found.etf, "usd": Amount(found.capacity, "dollars")},
        )
    if found.basket_assumed:
        yield Said(
            "Sales of the basket by others are not given and assumed to be 0: participants cover at"
            " most this. --basket-sales says them."
        )
    if found.premium is not None and abs(found.premium.robust_z) > UNUSUAL:
        yield Said(
            "The price is {bps} bp from the value of a share, {z} deviations from its last {days}"
            " days: participants do not close the gap, or the value is late.",
            {
                "bps": Amount(found.premium.bps, "number"),
                "z": Amount(found.premium.robust_z, "number"),
                "days": Amount(found.premium.days, "count"),
            },
        )
