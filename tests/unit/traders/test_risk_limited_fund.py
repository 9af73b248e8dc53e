"""Funds at a limit: how much is sold, of what, and what stands in for a closed market."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.core.errors import BadNumber
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.model.traders.base import Moment
from undertow.model.traders.risk_limited_fund import RiskLimitedFund

NAMES = ("SI", "NVDA", "IGV")
Z = NormalDist().inv_cdf(0.99)
HOLDINGS = {"SI": 400.0, "NVDA": 300.0, "IGV": 300.0}
EQUITY = 1_000.0


def market(
    price: tuple[float, ...] = (1.0, 1.0, 1.0), sigma: tuple[float, ...] = (0.02, 0.02, 0.02)
) -> Market:
    instruments = plain_instruments(NAMES, sigma=np.full(3, 0.02), depth=np.array([1e4, 1e6, 1e5]))
    return replace(calm_market(instruments, np.array(price)), sigma=np.array(sigma))


def fund(**given: object) -> RiskLimitedFund:
    plain: dict[str, object] = {
        "holdings": HOLDINGS,
        "cash": 0.0,
        "var_limit": 0.05,
        "drawdown_limit": 1.0,
        "stop_out": 1.0,
        "correlation": 0.3,
        "quantile": 0.99,
        "lag_days": 0.0,
    }
    return RiskLimitedFund(**{**plain, **given})


def bar(days: tuple[float, ...] = (1.0, 1.0, 1.0)) -> Moment:
    return Moment(0, np.array(days), np.zeros(3, dtype=bool), np.zeros(3))


def value_at_risk(units: np.ndarray, at: Market, correlation: float = 0.3) -> float:
    risk = units * at.value * at.sigma
    return Z * np.sqrt((1 - correlation) * (risk @ risk) + correlation * risk.sum() ** 2)


def orders(part: RiskLimitedFund, now: Market, moment: Moment | None = None) -> np.ndarray:
    return part.orders(part.opened(market()), now, moment or bar())[0]


def kept(part: RiskLimitedFund, now: Market, moment: Moment | None = None) -> np.ndarray:
    return part.opened(market()).quantity + orders(part, now, moment)


def test_inside_its_limits_a_fund_orders_nothing():
    assert not orders(fund(), market()).any()


def test_a_jump_of_volatility_is_sold_back_to_the_limit():
    wild = market(sigma=(0.05, 0.05, 0.05))

    assert value_at_risk(kept(fund(), wild), wild) == pytest.approx(0.05 * EQUITY)


def test_at_the_limit_twice_the_volatility_halves_everything():
    limit = value_at_risk(np.array(list(HOLDINGS.values())), market()) / EQUITY
    wild = market(sigma=(0.04, 0.04, 0.04))

    assert kept(fund(var_limit=limit), wild) == pytest.approx([200.0, 150.0, 150.0])


def test_wild_silver_makes_the_fund_sell_technology_too():
    sales = -orders(fund(), market(sigma=(0.12, 0.02, 0.02)))

    assert (sales > 0).all()
    assert sales[1] / 300 == pytest.approx(sales[0] / 400)


@pytest.mark.parametrize(
    "shut",
    [
        {"moment": bar((0.0, 1.0, 1.0))},
        {"now": replace(market(sigma=(0.06, 0.02, 0.02)), sellable=np.array([0.0, 1.0, 1.0]))},
    ],
)
def test_while_silver_is_closed_or_locked_technology_is_sold_for_it(shut):
    wild = market(sigma=(0.06, 0.02, 0.02))
    free, forced = orders(fund(), wild), orders(fund(), **{"now": wild, **shut})

    assert forced[0] == 0.0
    assert (forced[1:] < free[1:]).all()


def test_a_risk_that_what_is_open_cannot_offset_sells_all_that_is_open():
    wild = market(sigma=(0.20, 0.02, 0.02))

    assert orders(fund(), wild, bar((0.0, 1.0, 1.0))).tolist() == [0.0, -300.0, -300.0]


def test_the_most_liquid_goes_first_and_the_next_only_if_needed():
    first = fund(sells="most_liquid_first")
    little, much = market(sigma=(0.04, 0.02, 0.02)), market(sigma=(0.05, 0.05, 0.05))

    assert (orders(first, little) < 0).tolist() == [False, True, False]
    assert (orders(first, much) < 0).tolist() == [False, True, True]


def test_a_hedge_is_not_sold_first_though_it_is_the_most_liquid():
    hedged = fund(
        holdings={"SI": 900.0, "NVDA": -400.0, "IGV": 0.0},
        cash=500.0,
        correlation=0.8,
        sells="most_liquid_first",
    )
    sales = orders(hedged, market(sigma=(0.05, 0.05, 0.05)))

    assert sales[1] == 0.0
    assert sales[0] < 0


@given(
    sigma=st.lists(st.floats(0.005, 0.3), min_size=3, max_size=3),
    price=st.lists(st.floats(0.6, 1.2), min_size=3, max_size=3),
    sells=st.sampled_from(["pro_rata", "most_liquid_first"]),
)
def test_after_the_sale_the_risk_is_within_the_limit_and_nothing_was_bought(sigma, price, sells):
    part, now = fund(sells=sells), market(tuple(price), tuple(sigma))
    equity = part.opened(market()).equity(now)
    sales = orders(part, now)

    assert (sales <= 0).all()
    assert value_at_risk(kept(part, now), now) <= 0.05 * equity * (1 + 1e-9)


@given(calm=st.floats(0.005, 0.2), more=st.floats(1.0, 3.0))
def test_more_volatility_never_sells_less(calm, more):
    less, most = (-orders(fund(), market(sigma=(s, s, s))) for s in (calm, calm * more))

    assert (most >= less - 1e-9).all()


@pytest.mark.parametrize(
    ("drawdown", "held"), [(0.04, 1.0), (0.05, 1.0), (0.075, 0.5), (0.09, 0.2), (0.12, 0.0)]
)
def test_between_the_limit_and_the_stop_out_holdings_go_in_proportion(drawdown, held):
    part = fund(var_limit=9.0, drawdown_limit=0.05, stop_out=0.10)
    fallen = market((1 - drawdown,) * 3)

    assert kept(part, fallen) == pytest.approx(held * np.array([400.0, 300.0, 300.0]), abs=1e-9)


def test_a_drawdown_already_acted_on_is_not_acted_on_again():
    part, fallen = fund(var_limit=9.0, drawdown_limit=0.05, stop_out=0.10), market((0.925,) * 3)
    state = part.opened(market())
    sales, memory = part.orders(state, fallen, bar())
    after = replace(
        state, quantity=state.quantity + sales, cash=-float(sales @ fallen.value), memory=memory
    )

    assert part.orders(after, fallen, bar())[0] == pytest.approx(np.zeros(3), abs=1e-9)


def test_a_stop_out_at_the_limit_is_a_cliff():
    part = fund(var_limit=9.0, drawdown_limit=0.05, stop_out=0.05)

    assert not orders(part, market((0.951,) * 3)).any()
    assert not kept(part, market((0.949,) * 3)).any()


def test_the_drawdown_is_measured_from_the_highest_equity_seen():
    part = fund(var_limit=9.0, drawdown_limit=0.05, stop_out=0.10)
    state = part.opened(market())
    _, memory = part.orders(state, market((1.2,) * 3), bar())
    sales, kept_memory = part.orders(replace(state, memory=memory), market((1.11,) * 3), bar())

    assert memory[0] == kept_memory[0] == pytest.approx(1_200.0)
    assert sales == pytest.approx(-0.5 * state.quantity)


def test_a_fund_without_equity_sells_everything_it_can():
    levered = fund(cash=-900.0, var_limit=9.0)
    state = replace(levered.opened(market()), cash=-900.0)
    sales, _ = levered.orders(state, market((0.8,) * 3), bar((1.0, 0.0, 1.0)))

    assert sales.tolist() == [-400.0, 0.0, -300.0]


def test_a_short_is_bought_back():
    short = fund(holdings={"SI": -400.0}, cash=1_400.0, var_limit=0.01)

    assert orders(short, market(sigma=(0.05, 0.05, 0.05)))[0] > 0


@pytest.mark.parametrize(("days", "done"), [(0.25, 0.2212), (1.0, 0.6321)])
def test_a_lag_spreads_the_sale(days, done):
    wild, moment = market(sigma=(0.05, 0.05, 0.05)), bar((days,) * 3)
    at_once, lagged = (orders(fund(lag_days=lag), wild, moment) for lag in (0.0, 1.0))

    assert lagged / at_once == pytest.approx(np.full(3, done), abs=1e-4)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"var_limit": -0.1}, "var_limit"),
        ({"stop_out": 0.5, "drawdown_limit": 0.6}, "stop_out"),
        ({"correlation": 1.2}, "correlation"),
        ({"quantile": 1.0}, "quantile"),
        ({"sells": "everything"}, "choose 'pro_rata'"),
    ],
)
def test_wrong_limits_are_refused(parameters, words):
    with pytest.raises(BadNumber, match=words):
        fund(**parameters)


def test_a_fund_cannot_open_without_equity():
    with pytest.raises(BadNumber, match="more cash or holdings"):
        fund(cash=-1_000.0).opened(market())


def test_a_relative_limit_is_a_multiple_of_the_risk_at_the_opening() -> None:
    part = fund(var_limit=1.5, relative=True)
    riskier = market(sigma=(0.04, 0.04, 0.04))
    share = kept(part, riskier) / part.opened(market()).quantity

    assert orders(part, market(sigma=(0.03, 0.03, 0.03))) == pytest.approx(np.zeros(3), abs=1e-9)
    assert share == pytest.approx(np.full(3, 0.75))


def test_a_relative_limit_leaves_a_fund_of_any_size_and_leverage_calm_at_the_opening() -> None:
    for cash in (-800.0, 0.0, 5_000.0):
        part = fund(var_limit=1.01, relative=True, cash=cash)

        assert not orders(part, market()).any()
