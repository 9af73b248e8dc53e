"""What every impact law promises; a new file in the family's folder is tested with no edit."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from strategies_rules import markets, round_trips
from undertow.core.errors import UnknownName
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.core.shapes import Floats
from undertow.model.impact import IMPACT, ImpactLaw
from undertow.model.impact.base import Fill

MEMBERS = pytest.mark.parametrize("member", IMPACT.members())
few = settings(max_examples=30, deadline=None)
PRESSURES = st.floats(-2.0, 2.0)
KINKS = (-1e-3, 0.0, 1e-3, 1.0)


def law_for(member: str, market: Market) -> ImpactLaw:
    return IMPACT.member(member).example(market)


def with_fill(law: ImpactLaw, fill: Fill) -> ImpactLaw:
    return replace(law, fill=fill)  # type: ignore[type-var]


def one_market(sigma: float = 0.02) -> Market:
    calm = plain_instruments(
        ("SI",), sigma=np.array([sigma]), volume=np.array([1e6]), outstanding=np.array([1e8])
    )
    return calm_market(calm, np.array([100.0]))


def factor(law: ImpactLaw, pressure: float, market: Market) -> float:
    return float(np.exp(law.log_factor(np.array([pressure]), market))[0])


def average(law: ImpactLaw, before: float, after: float, market: Market) -> float:
    return float(law.path_average(np.array([before]), np.array([after]), market)[0])


@MEMBERS
@few
@given(market=markets(), points=st.lists(PRESSURES, min_size=1, max_size=5))
def test_a_path_of_pressures_is_answered_point_by_point(
    member: str, market: Market, points: list[float]
) -> None:
    law = law_for(member, market)
    path = np.array(points)[:, None] * np.linspace(0.5, 1.0, len(market.instruments))
    one_by_one = np.array([law.log_factor(point, market) for point in path])

    assert np.array_equal(law.log_factor(path, market), one_by_one)


@MEMBERS
@few
@given(market=markets(), pressure=PRESSURES, up=st.floats(0.1, 10.0))
def test_only_what_does_not_change_makes_the_fall(
    member: str, market: Market, pressure: float, up: float
) -> None:
    law, everywhere = law_for(member, market), np.full(len(market.instruments), pressure)
    later = replace(
        market,
        fundamental=up * market.fundamental,
        price=up * market.price,
        fx=up * market.fx,
        depth=market.depth / up,
        sigma=up * market.sigma,
    )

    assert np.array_equal(law.log_factor(everywhere, later), law.log_factor(everywhere, market))


@MEMBERS
@few
@given(market=markets())
def test_without_pressure_the_price_is_the_fundamental_to_the_last_bit(
    member: str, market: Market
) -> None:
    rest = np.zeros(len(market.instruments))

    assert (np.exp(law_for(member, market).log_factor(rest, market)) == 1.0).all()


@MEMBERS
@few
@given(pressures=st.lists(PRESSURES, min_size=2, max_size=20), sigma=st.floats(0.0, 0.2))
def test_more_pressure_never_raises_the_price(
    member: str, pressures: list[float], sigma: float
) -> None:
    market = one_market(sigma)
    law = law_for(member, market)
    factors = [factor(law, z, market) for z in sorted(pressures)]

    assert min(factors) > 0.0
    assert all(b <= a * (1 + 1e-15) for a, b in pairwise(factors))


@MEMBERS
@few
@given(pressure=st.floats(-1e3, 1e3), sigma=st.floats(0.0, 1.0))
def test_no_pressure_takes_the_price_to_zero_or_beyond_all_numbers(
    member: str, pressure: float, sigma: float
) -> None:
    market = one_market(sigma)
    law = law_for(member, market)
    z = np.array([max(pressure, -500.0)])

    assert np.isfinite(law.log_factor(z, market)).all()
    assert np.isfinite(law.slope(z, market)).all()
    assert (law.slope(z, market) >= 0.0).all()


@MEMBERS
@few
@given(before=PRESSURES, after=PRESSURES, sigma=st.floats(0.0, 0.2))
def test_the_path_average_is_the_integral_of_the_curve(
    member: str, before: float, after: float, sigma: float
) -> None:
    market = one_market(sigma)
    law = law_for(member, market)
    low, high = min(before, after), max(before, after)
    inside = [kink for kink in KINKS if low < kink < high] or None
    assume(high - low > 1e-6)
    total, _ = quad(
        lambda z: factor(law, z, market), low, high, points=inside, epsabs=1e-13, epsrel=1e-11
    )

    assert average(law, before, after, market) == pytest.approx(total / (high - low), rel=1e-9)


@MEMBERS
@few
@given(before=PRESSURES, step=st.floats(-8.0, 0.0), sigma=st.floats(0.0, 0.2))
def test_the_path_average_lies_between_its_ends_however_short_the_path(
    member: str, before: float, step: float, sigma: float
) -> None:
    market = one_market(sigma)
    law = law_for(member, market)
    after = before + 10.0 ** (2 * step)
    ends = factor(law, before, market), factor(law, after, market)
    found = average(law, before, after, market)

    assert ends[1] * (1 - 1e-14) <= found <= ends[0] * (1 + 1e-14)
    assert found == average(law, after, before, market)


@MEMBERS
@few
@given(pressure=PRESSURES)
def test_a_path_without_length_is_paid_the_price_itself(member: str, pressure: float) -> None:
    market = one_market()
    law = law_for(member, market)

    assert average(law, pressure, pressure, market) == pytest.approx(
        factor(law, pressure, market), rel=1e-14
    )


@MEMBERS
@few
@given(pressure=st.floats(0.01, 0.5), side=st.sampled_from((-1.0, 1.0)))
def test_the_slope_is_the_derivative_of_the_log_price(
    member: str, pressure: float, side: float
) -> None:
    market = one_market()
    law = law_for(member, market)
    z, h = np.array([side * pressure]), 1e-4 * pressure
    difference = (law.log_factor(z - h, market) - law.log_factor(z + h, market)) / (2 * h)

    np.testing.assert_allclose(law.slope(z, market), difference, rtol=1e-6)


@MEMBERS
@few
@given(before=PRESSURES, after=PRESSURES)
def test_each_fill_pays_what_its_name_says(member: str, before: float, after: float) -> None:
    market = one_market()
    law = law_for(member, market)
    start, end = factor(law, before, market), factor(law, after, market)
    a, b = np.array([before]), np.array([after])
    paid = {
        fill: float(with_fill(law, fill).fill_factor(a, b, market)[0]) for fill in get_args(Fill)
    }

    assert paid == {
        "path": average(law, before, after, market),
        "final": end,
        "mid": 0.5 * (start + end),
        "opening": start,
    }


@MEMBERS
def test_an_unknown_fill_is_refused_with_the_nearest_name(member: str) -> None:
    law = law_for(member, one_market())

    with pytest.raises(UnknownName, match="did you mean 'final'"):
        with_fill(law, "finall")  # type: ignore[arg-type]


@MEMBERS
@few
@given(rate=st.floats(0.0, 10.0))
def test_speed_costs_sellers_what_it_costs_buyers(member: str, rate: float) -> None:
    market = one_market()
    law = law_for(member, market)
    sold, bought, still = (law.rate_cost(np.array([r]), market)[0] for r in (rate, -rate, 0.0))

    assert sold >= 0.0
    assert bought == -sold
    assert still == 0.0


def revenue(law: ImpactLaw, trip: tuple[Floats, Floats, Floats], permanent: float) -> float:
    """What a schedule of sales earns in units of F; pressure decays, a linear part stays."""
    market = one_market()
    pressure = lasting = earned = 0.0
    for sold, decay, depth in zip(*trip, strict=True):
        after = pressure + sold / depth
        stayed = lasting + permanent * sold
        earned += sold * (average(law, pressure, after, market) - 0.5 * (lasting + stayed))
        pressure, lasting = after * np.exp(-decay), stayed
    return float(earned)


@MEMBERS
@few
@given(trip=round_trips(), permanent=st.floats(0.0, 0.5))
def test_a_round_trip_never_earns(
    member: str, trip: tuple[Floats, Floats, Floats], permanent: float
) -> None:
    law = with_fill(law_for(member, one_market()), "path")
    constant = (trip[0], trip[1], np.ones_like(trip[2]))

    assert revenue(law, constant, permanent) <= 1e-11


@MEMBERS
@few
@given(trip=round_trips(), permanent=st.floats(0.0, 0.5))
def test_a_round_trip_never_earns_while_depth_refills_no_faster_than_pressure_decays(
    member: str, trip: tuple[Floats, Floats, Floats], permanent: float
) -> None:
    law = with_fill(law_for(member, one_market()), "path")

    assert revenue(law, trip, permanent) <= 1e-11


@MEMBERS
def test_a_round_trip_earns_where_depth_refills_faster_than_pressure_decays(member: str) -> None:
    law = with_fill(law_for(member, one_market()), "path")
    sold_thin_bought_deep = (np.array([0.2, -0.2]), np.zeros(2), np.array([1.0, 100.0]))

    assert revenue(law, sold_thin_bought_deep, 0.0) > 1e-5


@MEMBERS
@few
@given(market=markets(least=2))
def test_no_instrument_reads_another(member: str, market: Market) -> None:
    law = law_for(member, market)
    together = law.log_factor(market.pressure, market)
    only = one_instrument(market, 0)

    np.testing.assert_array_equal(law.log_factor(market.pressure[:1], only), together[:1])


@MEMBERS
def test_a_law_is_frozen_and_names_its_limits_and_source(member: str) -> None:
    law = law_for(member, one_market())

    assert "Limits:" in (type(law).__doc__ or "")
    assert "Source:" in (type(law).__doc__ or "")
    with pytest.raises(FrozenInstanceError):
        law.fill = "final"


def one_instrument(market: Market, place: int) -> Market:
    calm = market.instruments
    kept = plain_instruments(
        (calm.names[place],),
        depth=calm.depth[[place]],
        volume=calm.volume[[place]],
        sigma=calm.sigma[[place]],
        outstanding=calm.outstanding[[place]],
    )
    return calm_market(kept, market.price[[place]])
