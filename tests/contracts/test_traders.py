"""What every mechanical trader promises."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies_traders import calm_markets, moments, moved, reordered
from undertow.core.errors import UnknownName
from undertow.core.family import Family
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.model.traders.base import Moment, Trader, TraderState

TRADERS = Family("trader", "undertow.model.traders", Trader)
MEMBERS = TRADERS.discover()

every_trader = pytest.mark.parametrize("name", MEMBERS)
few = settings(max_examples=25, deadline=None)


def three_instruments() -> Market:
    instruments = plain_instruments(("a", "b", "c"), sigma=np.array([0.01, 0.02, 0.03]))
    return calm_market(instruments, np.array([4_700.0, 90.0, 0.5]))


def open_bar(market: Market, days: float) -> Moment:
    size = len(market.instruments)
    return Moment(0, np.full(size, days), np.ones(size, dtype=bool), 0.1 / market.instruments.depth)


def size_of(state: TraderState, market: Market) -> np.ndarray:
    """Units the trader's money and positions could be, per instrument."""
    money = abs(state.cash) + np.abs(state.quantity) @ market.value
    return money / market.value


def read_only(*parts: object) -> None:
    for part in parts:
        for field in fields(part):
            value = getattr(part, field.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False


@every_trader
@few
@given(data=st.data())
def test_nothing_is_ordered_where_nothing_is_traded(name, data):
    calm = data.draw(calm_markets())
    market, moment = data.draw(moved(calm)), data.draw(moments(calm))
    trader = MEMBERS[name].example(calm)

    orders, _ = trader.orders(trader.opened(calm), market, moment)

    assert not orders[moment.days == 0].any()


@every_trader
@few
@given(data=st.data())
def test_orders_are_finite_and_memory_keeps_its_shape(name, data):
    calm = data.draw(calm_markets())
    market, moment = data.draw(moved(calm)), data.draw(moments(calm))
    trader = MEMBERS[name].example(calm)
    state = trader.opened(calm)

    orders, memory = trader.orders(state, market, moment)

    assert orders.shape == market.price.shape
    assert np.isfinite(orders).all()
    assert memory.shape == state.memory.shape
    assert np.isfinite(memory).all()


@every_trader
@few
@given(data=st.data())
def test_the_same_question_has_the_same_answer_and_changes_nothing(name, data):
    calm = data.draw(calm_markets())
    market, moment = data.draw(moved(calm)), data.draw(moments(calm))
    trader = MEMBERS[name].example(calm)
    state = trader.opened(calm)
    read_only(state, market, moment)

    first, second = (trader.orders(state, market, moment) for _ in range(2))

    assert first[0].tobytes() == second[0].tobytes()
    assert first[1].tobytes() == second[1].tobytes()


@every_trader
@few
@given(data=st.data(), steeper=st.floats(0.0, 1e3))
def test_who_wants_nothing_at_one_slope_wants_nothing_at_any(name, data, steeper):
    calm = data.draw(calm_markets())
    market, moment = data.draw(moved(calm)), data.draw(moments(calm))
    trader = MEMBERS[name].example(calm)
    state = trader.opened(calm)

    tangent, _ = trader.orders(state, market, moment)
    secant, _ = trader.orders(state, market, replace(moment, slope=steeper * moment.slope))

    assert tangent.any() == secant.any()


@every_trader
@few
@given(data=st.data(), steeper=st.floats(0.0, 1e3))
def test_who_does_not_heed_the_slope_orders_and_remembers_the_same_at_any(name, data, steeper):
    calm = data.draw(calm_markets())
    market, moment = data.draw(moved(calm)), data.draw(moments(calm))
    trader = MEMBERS[name].example(calm)
    state = trader.opened(calm)

    tangent = trader.orders(state, market, moment)
    secant = trader.orders(state, market, replace(moment, slope=steeper * moment.slope))
    same = [one.tobytes() == other.tobytes() for one, other in zip(tangent, secant, strict=True)]

    assert trader.heeds_slope or all(same)


@every_trader
@few
@given(data=st.data())
def test_at_rest_orders_vanish_with_the_length_of_the_bar(name, data):
    market = data.draw(calm_markets())
    trader = MEMBERS[name].example(market)
    state = trader.opened(market)

    orders, _ = trader.orders(state, market, open_bar(market, 1e-9))

    assert (np.abs(orders) <= 1e-7 * size_of(state, market)).all()


@every_trader
@few
@given(data=st.data())
def test_the_order_of_instruments_does_not_matter(name, data):
    calm = data.draw(calm_markets())
    market, moment = data.draw(moved(calm)), data.draw(moments(calm))
    order = np.array(data.draw(st.permutations(range(len(calm.instruments)))))
    trader = MEMBERS[name].example(calm)
    turned = Moment(moment.bar, moment.days[order], moment.closing[order], moment.slope[order])

    straight, _ = trader.orders(trader.opened(calm), market, moment)
    shuffled, _ = trader.orders(
        trader.opened(reordered(calm, order)), reordered(market, order), turned
    )

    scale = size_of(trader.opened(calm), market)[order]
    assert shuffled == pytest.approx(straight[order], rel=1e-9, abs=1e-12 * scale.max())


@every_trader
@few
@given(data=st.data())
def test_a_trader_that_is_filled_at_its_own_prices_keeps_finite_books(name, data):
    market = data.draw(calm_markets())
    trader = MEMBERS[name].example(market)
    state = trader.opened(market)
    for _ in range(4):
        market = data.draw(moved(market))
        orders, memory = trader.orders(state, market, open_bar(market, 0.5))
        cash = state.cash - float(orders @ market.value)
        state = TraderState(state.quantity + orders, cash, memory)

    assert np.isfinite(state.equity(market))
    assert np.isfinite(state.quantity).all()


@every_trader
def test_the_opening_state_has_one_quantity_per_instrument(name):
    market = three_instruments()
    state = MEMBERS[name].example(market).opened(market)

    assert state.quantity.shape == market.price.shape
    assert np.isfinite(state.equity(market))


@every_trader
def test_an_instrument_that_is_not_in_the_market_is_named(name):
    market = three_instruments()
    stranger = replace(market, instruments=replace(market.instruments, names=("x", "y", "z")))

    with pytest.raises(UnknownName, match="instrument"):
        MEMBERS[name].example(market).opened(stranger)
