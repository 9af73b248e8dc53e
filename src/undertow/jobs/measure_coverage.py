"""`undertow measure coverage`: read a fund and its markets, and say what it can pay."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from undertow.core.errors import BadNumber
from undertow.core.history import Bars, History
from undertow.core.numbers import positive, within
from undertow.data.history import read_history
from undertow.data.holdings import read_holdings
from undertow.jobs.answer import Json
from undertow.jobs.book import share
from undertow.jobs.measure_daily import daily_bars, day_of
from undertow.jobs.measured import Answered, inputs_of
from undertow.studies.coverage import STALE_DAYS, Asked, Market, coverage_answer
from undertow.studies.price_doubts import price_warnings

VOLUME_DAYS = 20


@dataclass(frozen=True, slots=True)
class CoverageRequest:
    """A fund, prices and volumes of what it holds, and a redemption such as 10%.

    on: the day, else the newest;  days: horizon;  participation: share of volume that can be sold
    in_kind: share of the redemption that is paid in securities
    """

    holdings: Path
    data: tuple[Path, ...]
    redemption: str = "10%"
    on: str = ""
    days: float = 5.0
    participation: str = "20%"
    in_kind: str = "0%"


def measure_coverage(request: CoverageRequest) -> Answered:
    """Redemption coverage by quality of assets and by time to sell."""
    positive("--days", request.days)
    shares = {
        name: _share(getattr(request, name), name)
        for name in ("redemption", "participation", "in_kind")
    }
    holdings = read_holdings(request.holdings)
    history = read_history(*request.data)
    on = day_of(request.on, history)
    asked = Asked(
        on=on,
        redemption=shares["redemption"],
        in_kind=shares["in_kind"],
        days=request.days,
        participation=shares["participation"],
    )
    known = history.until(on)
    daily_bars(known.of(h.symbol for h in holdings if h.symbol in known))
    market = {h.symbol: _market(known, h.symbol, np.datetime64(on)) for h in holdings}
    answer = coverage_answer(holdings, market, asked)
    doubts = price_warnings(known, (h.symbol for h in holdings))
    answer = replace(answer, warnings=(*doubts, *answer.warnings))
    told: dict[str, Json] = {
        "holdings": request.holdings.name,
        "data": [file.name for file in request.data],
        "on": on.isoformat(),
        "days": request.days,
        **shares,
    }
    return Answered("coverage", answer, inputs_of((request.holdings, *request.data), told))


def _share(text: str, name: str) -> float:
    option = f"--{name.replace('_', '-')}"
    found = share(text, f"{option} 10%")
    within(option, found, 0.0, 1.0)
    if name != "in_kind" and found == 0.0:
        raise BadNumber(f"{option} is 0, so there is nothing to cover; write it like 10%.")
    if name == "in_kind" and found == 1.0:
        raise BadNumber(
            "all of the redemption is paid in securities, so there is nothing to cover."
        )
    return found


def _market(history: History, symbol: str, on: np.datetime64) -> Market:
    """Newest close and mean volume of its last days; NaN where it stopped trading."""
    if symbol not in history or on - _newest(history[symbol]) > np.timedelta64(STALE_DAYS, "D"):
        return Market(math.nan, math.nan)
    bars = history[symbol].last(VOLUME_DAYS)
    traded = bars.volume[np.isfinite(bars.volume)]
    close = float(bars.close[-1])
    volume = float(traded.mean()) if len(traded) else math.nan
    return Market(close if close > 0.0 else math.nan, volume)


def _newest(bars: Bars) -> np.datetime64:
    return bars.date[-1].astype("datetime64[D]")
