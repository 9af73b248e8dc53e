"""`undertow measure coverage`: read a fund and its markets, and say what it can pay."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from undertow.core.answers.measured import CoverageAnswer
from undertow.core.errors import BadNumber
from undertow.core.history import Bars, History
from undertow.core.holdings import Holding
from undertow.core.numbers import positive, within
from undertow.data.history import read_history
from undertow.data.holdings import read_holdings
from undertow.jobs.answer import Json
from undertow.jobs.book import share
from undertow.jobs.measure_daily import daily_bars, day_of
from undertow.jobs.measured import Answered, inputs_of
from undertow.studies.coverage import STALE_DAYS, Asked, Market, coverage_answer
from undertow.studies.price_doubts import price_warnings
from undertow.studies.secondary import Road, secondary, sentences, warnings

VOLUME_DAYS = 20
MOST_MONEY = 1e18


@dataclass(frozen=True, slots=True)
class CoverageRequest:
    """A fund, prices and volumes of what it holds, and a redemption such as 10%.

    on: the day, else the newest;  days: horizon;  participation: share of volume that can be sold
    in_kind: share of the redemption that is paid in securities
    etf: its own symbol in the data;  ap_capacity: money a day that its participants can take
    basket_sales: money of the same securities that others sell within the horizon
    etf_nav: symbol of the value of a share in the data
    """

    holdings: Path
    data: tuple[Path, ...]
    redemption: str = "10%"
    on: str = ""
    days: float = 5.0
    participation: str = "20%"
    in_kind: str = "0%"
    etf: str = ""
    ap_capacity: float | None = None
    basket_sales: float | None = None
    etf_nav: str = ""


def measure_coverage(request: CoverageRequest) -> Answered:
    """Redemption coverage by quality of assets and by time to sell."""
    positive("--days", request.days)
    road = _road(request)
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
    if road is not None:
        answer = _with_secondary(answer, road, known, holdings)
    told: dict[str, Json] = {
        "holdings": request.holdings.name,
        "data": [file.name for file in request.data],
        "on": on.isoformat(),
        "days": request.days,
        **shares,
        **({"etf": asdict(road)} if road else {}),
    }
    return Answered("coverage", answer, inputs_of((request.holdings, *request.data), told))


def _road(request: CoverageRequest) -> Road | None:
    """What is said of the secondary market; None if nothing is."""
    if request.ap_capacity is not None:
        positive("--ap-capacity", request.ap_capacity)
    if request.basket_sales is not None:
        within("--basket-sales", request.basket_sales, 0.0, MOST_MONEY)
    named = {"--basket-sales": request.basket_sales is not None, "--etf-nav": request.etf_nav}
    lone = next((name for name, given in named.items() if given), None)
    if not request.etf and request.ap_capacity is None:
        if lone:
            raise BadNumber(f"{lone} is of an ETF; add --etf SYMBOL or --ap-capacity.")
        return None
    if request.etf_nav and not request.etf:
        raise BadNumber("--etf-nav is compared with the price of the ETF; add --etf SYMBOL.")
    return Road(request.etf, request.ap_capacity, request.basket_sales, request.etf_nav)


def _with_secondary(
    answer: CoverageAnswer, road: Road, history: History, holdings: Sequence[Holding]
) -> CoverageAnswer:
    """The secondary market beside the fund, in the money of the same day."""
    if all(math.isnan(h.value) and math.isnan(h.units) for h in holdings):
        raise BadNumber("weights alone do not say how large the fund is; give shares or values.")
    for name in (road.etf, road.value):
        if name and name not in history:
            near = next((one for one in history.symbols if one.lower() == name.lower()), "")
            remedy = f"write {near}" if near else "give prices of it in --data"
            raise BadNumber(f"{name} has no close up to {answer.on}; {remedy}.")
    daily_bars(history.of(name for name in (road.etf, road.value) if name))
    on = np.datetime64(answer.on)
    own = _market(history, road.etf, on) if road.etf else Market(math.nan, math.nan)
    found = secondary(road, answer, history, own.price * own.volume)
    return replace(
        answer,
        secondary=found,
        said=(*answer.said, *sentences(found)),
        warnings=(*answer.warnings, *warnings(found)),
    )


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
