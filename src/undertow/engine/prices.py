"""From pressure to prices: ln p = ln F + B·(ln π(z) − permanent·lasting)."""

from __future__ import annotations

import numpy as np

from undertow.core.market import Market
from undertow.core.shapes import PerInstrument
from undertow.model.impact.base import ImpactLaw

PATH_NODES, PATH_SHARES = (part / 2.0 for part in np.polynomial.legendre.leggauss(16))
"""Points (about the middle) and weights of the Gauss–Legendre rule that averages over a path."""


def pressure_factor(law: ImpactLaw, market: Market) -> PerInstrument:
    """ln of price over fundamental, per underlying, before look-through."""
    lasting = market.instruments.permanent * market.lasting
    return law.log_factor(market.pressure, market) - lasting


def forced_log(law: ImpactLaw, market: Market) -> PerInstrument:
    """ln of price over fundamental, per instrument: the forced part of every price."""
    return market.instruments.lookthrough @ pressure_factor(law, market)


def priced(market: Market, factor: PerInstrument) -> PerInstrument:
    """Where trading would take place now, without brakes, if `factor` is `pressure_factor`."""
    return market.fundamental * np.exp(market.instruments.lookthrough @ factor)


def dealt_price(law: ImpactLaw, market: Market) -> PerInstrument:
    """Where trading would take place now, without brakes; F itself at zero pressure."""
    return priced(market, pressure_factor(law, market))


def paid_price(law: ImpactLaw, before: Market, after: Market, rate: PerInstrument) -> PerInstrument:
    """Average price of trades that take `before` to `after`, by the law's fill, without spread.

    The law's own fill where one pressure makes the price; elsewhere (a lasting part, several
    underlyings) the same fill of the whole price: averages do not multiply, and a trip that sells
    in small steps and buys back in one would earn the difference.
    """
    calm = before.instruments
    joint = calm.lookthrough @ calm.permanent != 0.0
    if not joint.all():
        joint |= (calm.lookthrough != 0.0).sum(axis=1) != 1
        joint |= calm.lookthrough.sum(axis=1) != 1.0
    paid = before.fundamental
    if not joint.all():
        alone = np.log(law.fill_factor(before.pressure, after.pressure, before))
        paid = paid * np.exp(calm.lookthrough @ alone)
    if joint.any():
        paid = np.where(joint, _joint_fill(law, before, after), paid)
    return paid * (1.0 - law.rate_cost(rate, before))


def _joint_fill(law: ImpactLaw, before: Market, after: Market) -> PerInstrument:
    """The law's fill of the price that all pressures and lasting sales make together."""
    ends = {"final": ((1.0,), (1.0,)), "opening": ((0.0,), (1.0,)), "mid": ((0.0, 1.0), (0.5, 0.5))}
    nodes, shares = (
        np.array(part)[:, None] for part in ends.get(law.fill, (0.5 + PATH_NODES, PATH_SHARES))
    )
    pressed_by, sold = after.pressure - before.pressure, after.lasting - before.lasting
    here = law.log_factor(before.pressure + nodes * pressed_by, before)
    here = here - before.instruments.permanent * (before.lasting + nodes * sold)
    through = (before.instruments.lookthrough @ here[:, :, None])[:, :, 0]
    return before.fundamental * (shares * np.exp(through)).sum(axis=0)


def decayed(market: Market, days: PerInstrument) -> Market:
    """The market after resilience has worked for `days` of trading time."""
    pressure = market.pressure * np.exp(-days / market.instruments.resilience)
    return pushed(market, pressure, market.lasting)


def pressed(market: Market, sold: PerInstrument, days: PerInstrument) -> Market:
    """The market after `sold` units (net) of each instrument met its underlyings' depth.

    Δz_u = c·Σ_a B[a, u]·sold_a·(value_a/value_u)/depth_u,  c = (1 − e^{−k})/k,  k = days/τ
    """
    calm = market.instruments
    units = (calm.lookthrough.T @ (sold * market.value)) / market.value
    k = days / calm.resilience
    smeared = np.where(k > 0.0, -np.expm1(-k) / np.where(k > 0.0, k, 1.0), 1.0)
    pressure = market.pressure + smeared * units / market.depth
    return pushed(market, pressure, market.lasting + units / calm.depth)


def pushed(market: Market, pressure: PerInstrument, lasting: PerInstrument) -> Market:
    """The market at another pressure; written out, for it is made several times a bar."""
    return Market(
        market.instruments, market.fundamental, pressure, lasting, market.price, market.fx,
        market.depth, market.available, market.sigma, market.settlement, market.sellable,
        market.buyable,
    )  # fmt: skip


def unit_slope(
    law: ImpactLaw, market: Market, toward: PerInstrument | None = None
) -> PerInstrument:
    """Relative fall of each instrument's own price per unit of it sold.

    Σ_u B[a, u]²·(value_a/value_u)·s_u/depth_u,  s = |d ln π/dz| at present pressure, or the
    secant |Δ ln π/Δz| to the pressure `toward`
    """
    calm, slope = market.instruments, law.slope(market.pressure, market)
    if toward is not None:
        move = toward - market.pressure
        fall = law.log_factor(market.pressure, market) - law.log_factor(toward, market)
        slope = np.where(move == 0.0, slope, fall / np.where(move == 0.0, 1.0, move))
    return (calm.lookthrough**2 @ (slope / (market.depth * market.value))) * market.value
