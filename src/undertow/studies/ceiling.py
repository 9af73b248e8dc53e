"""The question: had all that was lost been raised here, how far could this price have fallen?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from undertow.core.answers.reading import Ceiling
from undertow.core.market import Market
from undertow.core.shapes import Floats
from undertow.episodes.schema_reading import Loss
from undertow.model.scenario import News, Scenario


def lost(market: Market, news: News, losses: Iterable[Loss]) -> dict[str, float]:
    """Base currency that leveraged longs lost in each source, from the opening to its low.

    loss = units · value · (1 − lowest price/opening price), on the given path; what is linked
    falls as its look-through says
    news: with given sources, whatever the run takes them for
    """
    names, value = market.instruments.names, market.value
    lowest = _source_paths(market, news).min(axis=0, initial=1.0)
    found: dict[str, float] = {}
    for loss in losses:
        at = names.index(loss.instrument)
        found[loss.instrument] = loss.units * float(value[at]) * (1.0 - float(lowest[at]))
    return found


def ceilings(
    scenario: Scenario, raised: float, coefficients: tuple[float, float, float]
) -> dict[str, Ceiling]:
    """The ceiling of every target.

    impact = e^{−Yσ√(raised/turnover)} − 1     σ, turnover: of a normal day before the start
    raised: base currency;  coefficients: Y as assumed, its lowest and its highest
    Left out: that holders of the target are themselves called, that makers leave, and losses
    outside the named sources. Source: square-root law, as `model/impact/square_root.py`.
    """
    earned, market = scenario.earned, scenario.market
    turnover = market.instruments.volume * market.value
    return {
        name: _ceiling(raised, float(turnover[at]), float(market.instruments.sigma[at]),
                       coefficients)
        for at, name in enumerate(market.instruments.names)
        if earned[at]
    }  # fmt: skip


def basket_ceilings(
    scenario: Scenario,
    raised: float,
    coefficients: tuple[float, float, float],
    baskets: Mapping[str, Iterable[str]],
) -> dict[str, Ceiling]:
    """The same for sales spread over a basket by turnover; σ is the mean, as if it moved as one."""
    market = scenario.market
    turnover = market.instruments.volume * market.value
    found = {}
    for name, members in baskets.items():
        rows = [market.instruments.names.index(member) for member in members]
        sigma = float(np.average(market.instruments.sigma[rows], weights=turnover[rows]))
        found[name] = _ceiling(raised, float(turnover[rows].sum()), sigma, coefficients)
    return found


def _ceiling(
    raised: float, turnover: float, sigma: float, coefficients: tuple[float, float, float]
) -> Ceiling:
    share = raised / turnover
    base, low, high = (float(np.expm1(-y * sigma * np.sqrt(share))) for y in coefficients)
    return Ceiling(raised, share, base, min(low, high), max(low, high))


def _source_paths(market: Market, news: News) -> Floats:
    """Price over opening price, [bar, instrument], of what is given or linked to it; else 1."""
    given = np.where(news.given, news.actual, market.price)
    logs = np.log(given / market.price)
    linked = logs @ market.instruments.lookthrough.T
    return np.exp(np.where(news.linked, linked, logs))
