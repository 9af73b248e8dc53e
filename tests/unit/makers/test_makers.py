"""Constant makers in units and in money, and makers who leave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.core.errors import BadNumber
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.model.makers.constant import Constant
from undertow.model.makers.constant_money import ConstantMoney
from undertow.model.makers.withdrawing import Withdrawing


def market_of(strain: float = 1.0, available: float = 1.0, resilience: float = 0.5) -> Market:
    calm = plain_instruments(
        ("SI",),
        depth=np.array([1000.0]),
        sigma=np.array([0.02]),
        resilience=np.array([resilience]),
    )
    market = calm_market(calm, np.array([100.0]))
    return replace(market, sigma=market.sigma * strain, available=np.array([available]))


def left(makers: Withdrawing, market: Market, *, capital: float = 1.0, days: float = 0.0) -> float:
    return float(makers.available(market, capital, np.array([days]))[0])


def test_constant_depth_stays_whatever_happens() -> None:
    panic = replace(market_of(strain=20.0), price=np.array([1.0]))
    makers = Constant()
    available = makers.available(panic, 0.0, np.zeros(1))

    assert available[0] == 1.0
    assert makers.depth(panic, available)[0] == 1000.0


@given(price=st.floats(0.01, 1e4), fx=st.floats(0.01, 10.0))
def test_constant_money_buys_more_units_when_they_are_cheap(price: float, fx: float) -> None:
    market = replace(market_of(), price=np.array([price]), fx=np.array([fx]))
    depth = ConstantMoney().depth(market, np.ones(1))[0]

    assert depth * price * fx == pytest.approx(1000.0)


def test_constant_money_gives_the_same_work_cascade_its_pressure() -> None:
    """Δz = units·price/D, as the benchmark's reference has it."""
    market = replace(market_of(), price=np.array([80.0]))
    sold = 25.0

    assert sold / ConstantMoney().depth(market, np.ones(1))[0] == pytest.approx(25 * 80 / 1000)


def test_makers_leave_at_once_as_volatility_rises() -> None:
    assert left(Withdrawing(gamma=1.0), market_of(strain=4.0)) == pytest.approx(0.25)


def test_the_elasticity_says_how_far() -> None:
    assert left(Withdrawing(1.0, elasticity=0.5), market_of(strain=4.0)) == pytest.approx(0.5)
    assert left(Withdrawing(1.0, elasticity=0.0), market_of(strain=4.0)) == 1.0


def test_the_told_withdrawal_needs_an_elasticity_of_0_88() -> None:
    """61 % withdrawn at 2.9 times normal volatility."""
    makers = Withdrawing(1.0, elasticity=0.885)

    assert left(makers, market_of(strain=2.9)) == pytest.approx(1 - 0.61, abs=0.001)


def test_less_volatility_than_normal_brings_no_more_than_normal_depth() -> None:
    assert left(Withdrawing(gamma=1.0), market_of(strain=0.1)) == 1.0


@pytest.mark.parametrize(("capital", "stays"), [(1.5, 1.0), (0.64, 0.8), (0.0, 0.01), (-2.0, 0.01)])
def test_makers_leave_as_they_lose_capital_down_to_the_least(capital: float, stays: float) -> None:
    makers = Withdrawing(1.0, capital_exponent=0.5)

    assert left(makers, market_of(), capital=capital) == pytest.approx(stays)


def test_quotes_return_at_the_rate_pressure_decays() -> None:
    fled = market_of(available=0.1, resilience=0.5)

    assert left(Withdrawing(1.0), fled, days=0.25) == pytest.approx(0.1 * np.exp(0.5))
    assert left(Withdrawing(1.0), fled, days=100.0) == 1.0
    assert left(Withdrawing(1.0), fled, days=0.0) == 0.1


def test_without_resilience_nobody_returns() -> None:
    fled = market_of(available=0.1, resilience=np.inf)

    assert left(Withdrawing(1.0), fled, days=1e6) == 0.1


@given(gamma=st.floats(0.0, 1.0), available=st.floats(0.01, 1.0))
def test_flow_feels_a_share_of_the_withdrawal(gamma: float, available: float) -> None:
    depth = Withdrawing(gamma).depth(market_of(), np.array([available]))[0]

    assert depth == pytest.approx(1000 * available**gamma)
    assert 1000 * available * (1 - 1e-12) <= depth <= 1000.0


def test_displayed_depth_counts_consumption_once_and_impact_depth_never() -> None:
    market = replace(market_of(available=0.5), pressure=np.array([np.log(2.0)]))
    makers = Withdrawing(gamma=1.0)

    assert makers.displayed(market)[0] == pytest.approx(0.25)
    assert makers.depth(market, market.available)[0] == pytest.approx(500.0)


def test_a_market_without_normal_volatility_strains_nobody() -> None:
    calm = plain_instruments(("BILL",), sigma=np.zeros(1))
    market = replace(calm_market(calm, np.ones(1)), sigma=np.array([0.01]))

    assert left(Withdrawing(1.0), market) == 1.0


@pytest.mark.parametrize(
    ("field", "value"),
    [("gamma", 1.1), ("gamma", float("nan")), ("elasticity", -1.0), ("least", 0.0)],
)
def test_assumptions_outside_their_range_are_refused(field: str, value: float) -> None:
    with pytest.raises(BadNumber, match=field):
        Withdrawing(**{"gamma": 0.5, field: value})
