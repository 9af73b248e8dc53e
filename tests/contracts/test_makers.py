"""What every kind of makers promises; a new file in the family's folder is tested with no edit."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies_rules import markets
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.core.shapes import Floats
from undertow.model.makers import MAKERS, Makers

MEMBERS = pytest.mark.parametrize("member", MAKERS.members())
few = settings(max_examples=30, deadline=None)
CAPITAL = st.floats(-0.5, 2.0)
DAYS = st.floats(0.0, 1e4)


def makers_for(member: str, market: Market) -> Makers:
    return MAKERS.member(member).example(market)


def over(market: Market, days: float) -> Floats:
    return np.full(len(market.instruments), days)


@MEMBERS
@few
@given(market=markets(), capital=CAPITAL, days=DAYS)
def test_some_quotes_always_stand_and_never_more_than_all(
    member: str, market: Market, capital: float, days: float
) -> None:
    makers = makers_for(member, market)
    available = makers.available(market, capital, over(market, days))

    assert ((available > 0.0) & (available <= 1.0)).all()
    assert (makers.depth(market, available) > 0.0).all()


@MEMBERS
@few
@given(market=markets(), capital=CAPITAL, days=DAYS)
def test_quotes_return_no_faster_than_pressure_decays(
    member: str, market: Market, capital: float, days: float
) -> None:
    makers = makers_for(member, market)
    available = makers.available(market, capital, over(market, days))
    fastest = np.exp(np.minimum(days / market.instruments.resilience, 50.0))

    assert (available <= market.available * fastest * (1 + 1e-12)).all()


@MEMBERS
@few
@given(market=markets(), capital=CAPITAL, days=DAYS)
def test_depth_returns_no_faster_than_pressure_decays(
    member: str, market: Market, capital: float, days: float
) -> None:
    makers = makers_for(member, market)
    before = makers.depth(market, market.available)
    after = makers.depth(market, makers.available(market, capital, over(market, days)))
    fastest = np.exp(np.minimum(days / market.instruments.resilience, 50.0))

    assert (after <= before * fastest * (1 + 1e-12)).all()


@MEMBERS
@few
@given(market=markets(), capital=CAPITAL, days=DAYS, wilder=st.floats(1.0, 50.0))
def test_more_volatility_never_brings_more_quotes(
    member: str, market: Market, capital: float, days: float, wilder: float
) -> None:
    makers = makers_for(member, market)
    wild = replace(market, sigma=wilder * market.sigma)
    before, after = (makers.available(m, capital, over(market, days)) for m in (market, wild))

    assert (after <= before).all()


@MEMBERS
@few
@given(market=markets(), capital=CAPITAL, days=DAYS, lost=st.floats(0.0, 1.0))
def test_losses_of_the_makers_never_bring_more_quotes(
    member: str, market: Market, capital: float, days: float, lost: float
) -> None:
    makers = makers_for(member, market)
    before, after = (
        makers.available(market, equity, over(market, days)) for equity in (capital, capital - lost)
    )

    assert (after <= before).all()


@MEMBERS
@few
@given(market=markets(), days=DAYS, more=st.floats(1.0, 2.0))
def test_more_quotes_never_mean_less_depth(
    member: str, market: Market, days: float, more: float
) -> None:
    makers = makers_for(member, market)
    thick = np.minimum(more * market.available, 1.0)

    assert (makers.depth(market, thick) >= makers.depth(market, market.available)).all()


@MEMBERS
@few
@given(market=markets(), capital=CAPITAL, days=st.floats(0.0, 10.0))
def test_two_half_bars_bring_back_what_one_bar_does(
    member: str, market: Market, capital: float, days: float
) -> None:
    makers = makers_for(member, market)
    half = makers.available(market, capital, over(market, 0.5 * days))
    twice = makers.available(replace(market, available=half), capital, over(market, 0.5 * days))

    np.testing.assert_allclose(
        twice, makers.available(market, capital, over(market, days)), rtol=1e-12
    )


@MEMBERS
@few
@given(market=markets(), days=DAYS, profit=st.floats(1.0, 2.0))
def test_in_a_calm_market_nobody_leaves(
    member: str, market: Market, days: float, profit: float
) -> None:
    calm = calm_market(market.instruments, market.price)
    found = makers_for(member, calm).available(calm, profit, over(calm, days))

    assert (found == 1.0).all()


@MEMBERS
@few
@given(market=markets(least=2), capital=CAPITAL, days=DAYS)
def test_no_instrument_reads_another(
    member: str, market: Market, capital: float, days: float
) -> None:
    makers = makers_for(member, market)
    sigma = market.sigma.copy()
    sigma[1:] *= 10.0
    elsewhere = replace(market, sigma=sigma)
    before, after = (makers.available(m, capital, over(m, days)) for m in (market, elsewhere))

    assert before[0] == after[0]


@MEMBERS
@few
@given(market=markets(), capital=CAPITAL, days=DAYS)
def test_asking_changes_nothing_in_the_market(
    member: str, market: Market, capital: float, days: float
) -> None:
    makers = makers_for(member, market)
    before = market.available.copy(), market.instruments.depth.copy()
    available = makers.available(market, capital, over(market, days))
    depth = makers.depth(market, available)
    available[:], depth[:] = 0.5, 0.5

    np.testing.assert_array_equal(market.available, before[0])
    np.testing.assert_array_equal(market.instruments.depth, before[1])


@MEMBERS
@few
@given(market=markets())
def test_displayed_depth_is_what_makers_left_and_flow_did_not_take(
    member: str, market: Market
) -> None:
    makers = makers_for(member, market)
    shown = makers.displayed(market)

    assert ((shown > 0.0) & (shown <= market.available)).all()
    np.testing.assert_allclose(
        makers.spread(market) * shown,
        market.instruments.spread * market.sigma / market.instruments.sigma,
        rtol=1e-12,
    )


@MEMBERS
def test_a_thin_market_is_a_wide_one_in_one_state_and_not_three_adjectives(member: str) -> None:
    """61 % withdrawn, depth down 83 %, spread 17 times: σ at 2.9, 56 % of the rest consumed."""
    withdrawn, depth_left, wider = 0.61, 0.17, 17.0
    consumed = 1.0 - depth_left / (1.0 - withdrawn)
    strain = wider * depth_left
    calm = plain_instruments(("SI",), spread=np.array([0.0004]), sigma=np.array([0.02]))
    told = replace(
        calm_market(calm, np.array([100.0])),
        available=np.array([1.0 - withdrawn]),
        pressure=np.array([-np.log(1.0 - consumed)]),
        sigma=np.array([0.02 * strain]),
    )
    makers = makers_for(member, told)

    assert consumed == pytest.approx(0.56, abs=0.005)
    assert strain == pytest.approx(2.9, abs=0.05)
    assert makers.displayed(told)[0] == pytest.approx(0.17, rel=1e-12)
    assert makers.spread(told)[0] / 0.0004 == pytest.approx(17.0, rel=1e-12)


@MEMBERS
def test_makers_are_frozen_and_name_their_limits(member: str) -> None:
    makers = makers_for(member, calm_market(plain_instruments(("SI",)), np.ones(1)))
    names = [f.name for f in fields(makers)] if is_dataclass(makers) else []

    assert "Limits:" in (type(makers).__doc__ or "")
    assert is_dataclass(makers)
    for name in names:
        with pytest.raises(FrozenInstanceError):
            setattr(makers, name, 1.0)
