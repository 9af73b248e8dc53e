"""A venue's engine closes a position of a book in its own steps, inside a cascade too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small import shocked, system
from small_books import DAY
from undertow.core.answers.within import InsideAccount
from undertow.core.book import Book, BookAccount, Kind, Marks, Mode, Position
from undertow.engine.run import How
from undertow.model.liquidation import LIQUIDATION
from undertow.model.liquidation.base import Called, Terms
from undertow.model.rulebook import RULEBOOK, rulebook_of
from undertow.studies.steps import InSteps, steps_of
from undertow.studies.within import Entering, within

ALONE = How(threads=1, ledger=False)
SYMBOLS = Entering({"BTCUSDT": "A", "BTC-USDT-SWAP": "A", "BTC_USDT": "A", "BTC": "A"})
FREE = replace(
    Terms(*(np.ones(4) for _ in range(8))),
    release=np.full((1, 4), 0.1),
    spread=np.zeros(4),
    slope=np.zeros(4),
)


def one(units: float, symbol: str = "BTCUSDT", *, multiplier: float = 1.0) -> Position:
    currency = "USDC" if symbol == "BTC" else "USDT"
    return Position("p", symbol, units, 8e4, Kind.PERPETUAL, 8e4, multiplier, currency)


def steps(regime: str, held: Position) -> tuple[float, ...]:
    rulebook = rulebook_of(BookAccount("p", regime, 0.0))
    return steps_of(rulebook, held, Marks(DAY, {held.symbol: held.price}))


def asked(need: float, quantity: tuple[float, ...]) -> Called:
    held = np.array([quantity])
    column = np.arange(0, 2 * len(quantity), 2, dtype=np.uint16)[np.newaxis]
    return Called(held, column, np.array([need]), np.zeros(1, np.int64), np.ones(1))


def sold(policy: InSteps, called: Called, terms: Terms = FREE) -> list[float]:
    out = np.zeros_like(called.quantity)
    policy.sales(called, terms, out)
    return out[0].tolist()


def test_a_position_in_the_lowest_tier_is_closed_at_once() -> None:
    assert steps("bybit", one(1.0)) == (1.0,)
    assert steps("okx", one(100.0, "BTC-USDT-SWAP", multiplier=0.01)) == (1.0,)
    assert steps("hyperliquid", one(1.0, "BTC")) == (1.0,)


def test_a_large_position_goes_down_tier_by_tier() -> None:
    # Tiers of Bybit begin at 2.0, 2.6 and 3.2 million; at 80,000 a coin 35 are 2.8 million.
    assert steps("bybit", one(35.0)) == pytest.approx((1.0 - 2.6 / 2.8, 1.0 - 2.0 / 2.8, 1.0))


def test_okx_goes_down_two_tiers_from_the_third() -> None:
    # Tiers begin at 3, 6 and 12 coins.
    assert steps("okx", one(800.0, "BTC-USDT-SWAP", multiplier=0.01)) == pytest.approx(
        (1.0 - 3.0 / 8.0, 1.0)
    )


def test_hyperliquid_sends_a_fifth_of_a_large_position_and_then_the_rest() -> None:
    assert steps("hyperliquid", one(2.0, "BTC")) == pytest.approx((0.2, 1.0))


def test_a_short_goes_in_the_same_steps() -> None:
    assert steps("bybit", one(-35.0)) == steps("bybit", one(35.0))


@pytest.mark.parametrize("regime", ["binance", "reg_t", "cme_futures"])
def test_a_regime_that_publishes_no_steps_has_none(regime: str) -> None:
    assert steps(regime, one(1.0)) == ()


@pytest.mark.parametrize("member", RULEBOOK.members())
@given(times=st.floats(1e-3, 1e4))
@settings(max_examples=10, deadline=None)
def test_steps_rise_to_the_whole_position(member: str, times: float) -> None:
    rulebook = RULEBOOK.member(member).example()
    pool = rulebook.example_pool().scaled(times)
    found = steps_of(rulebook, pool.positions[0], pool.opening)

    assert found == () or found[-1] == 1.0
    assert list(found) == sorted(set(found))
    assert all(0.0 < share <= 1.0 for share in found)


def test_what_a_venue_lists_no_tiers_of_is_closed_whole() -> None:
    assert steps("bybit", replace(one(1.0), symbol="NOSUCHUSDT")) == (1.0,)


def test_nothing_is_left_to_be_closed_in_steps() -> None:
    assert steps("bybit", one(0.0)) == ()


@pytest.mark.parametrize(("need", "closed"), [(0.5, 20.0), (2.0, 20.0), (2.1, 100.0), (50.0, 100)])
def test_a_step_begun_is_ended_and_no_other_is_begun(need: float, closed: float) -> None:
    assert sold(InSteps(((0.2, 1.0),)), asked(need, (100.0,))) == pytest.approx([closed])


def test_no_need_is_no_step() -> None:
    assert sold(InSteps(((0.2, 1.0),)), asked(0.0, (100.0,))) == [0.0]


def test_a_position_without_steps_is_closed_in_any_amount() -> None:
    assert sold(InSteps(((), (1.0,))), asked(3.0, (100.0, 50.0))) == pytest.approx([30.0, 0.0])


def test_what_cannot_be_sold_now_is_left() -> None:
    terms = replace(FREE, sellable=np.full(4, 0.5))

    assert sold(InSteps(((1.0,),)), asked(1.0, (100.0,)), terms) == pytest.approx([50.0])


@given(st.floats(0.0, 30.0), st.lists(st.floats(0.01, 0.99), max_size=4))
@settings(max_examples=50, deadline=None)
def test_steps_sell_no_less_than_what_ends_the_call(need: float, inner: list[float]) -> None:
    called, exact = asked(need, (100.0, -80.0)), np.zeros((1, 2))
    LIQUIDATION.make("margin_relief_first", {}).sales(called, FREE, exact)
    found = np.array(sold(InSteps(((*sorted(inner), 1.0), (1.0,))), called))

    assert (found >= exact[0] - 1e-6).all()
    assert (found <= np.array([100.0, 80.0]) + 1e-9).all()


def inside(regime: str, symbol: str, units: float, *, fall: float, lever: float) -> InsideAccount:
    """A perpetual in a market that falls once; the account's leverage is `lever`."""
    position = one(units, symbol)
    equity = abs(units) * 8e4 / lever
    account = BookAccount("p", regime, equity, position.currency)
    market = shocked(system(price=(8e4, 50.0), depth=(1e12, 1e12), bars=6), (2, 0, fall))
    (found,) = within(
        Book((position,), (account,), DAY), market, entering=SYMBOLS, how=ALONE
    ).accounts
    return found


def test_a_small_account_is_closed_whole_where_the_lowest_tier_is() -> None:
    found = inside("bybit", "BTCUSDT", 1.0, fall=0.903, lever=10.0)

    assert sum(sale.quantity for sale in found.sales) == pytest.approx(-1.0)
    assert found.left > 0.0


def test_binance_sells_only_what_ends_the_call() -> None:
    found = inside("binance", "BTCUSDT", 1.0, fall=0.903, lever=10.0)

    assert -1.0 < sum(sale.quantity for sale in found.sales) < 0.0


def test_a_large_account_loses_a_fifth_first() -> None:
    found = inside("hyperliquid", "BTC", 10.0, fall=0.9112, lever=10.0)

    assert found.sales[0].quantity == pytest.approx(-2.0)


def test_an_isolated_position_is_closed_whole_too() -> None:
    position = replace(one(1.0), mode=Mode.ISOLATED, isolated_margin=8_000.0)
    account = BookAccount("p", "bybit", 500.0, "USDT")
    market = shocked(system(price=(8e4, 50.0), depth=(1e12, 1e12), bars=6), (2, 0, 0.903))
    (found,) = within(
        Book((position,), (account,), DAY), market, entering=SYMBOLS, how=ALONE
    ).accounts

    assert sum(sale.quantity for sale in found.sales) == pytest.approx(-1.0)
