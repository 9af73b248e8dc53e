"""Who sells what, when, and at which price."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playing import Played, played
from small import columns_of, hiked, holders, shocked, system
from strategies import EVERYTHING, systems
from undertow.core.accounts import NO_CALL
from undertow.core.columns import Way
from undertow.engine.run import How, run, until_calm
from undertow.model.liquidation import LIQUIDATION
from undertow.model.scenario import Listing, Scenario
from undertow.model.venues import VENUES

some = settings(max_examples=40, deadline=None)
ALONE = How(threads=1)


def quantity(now: Played) -> float:
    return float(now.state.desks[0].group.quantity[0, 0])


@some
@given(
    units=st.lists(st.floats(0.1, 100.0), min_size=1, max_size=3),
    rate=st.floats(0.02, 0.5),
    target=st.floats(1.01, 1.8),
    short_of=st.floats(0.01, 0.99),
)
def test_a_call_is_met_in_one_sale_of_one_minus_equity_over_margin(
    units: list[float], rate: float, target: float, short_of: float
) -> None:
    """At a frozen price f = 1 − E/M_target of everything, and the call is closed."""
    q = np.array([units])
    price = (100.0, 5.0, 2000.0)[: len(units)]
    gross = float((q * price).sum())
    equity = short_of * rate * gross
    funds = holders(q, np.array([equity - gross]))
    now = played(system(funds, price=price, rate=rate, target=target, bars=3))
    f = 1.0 - equity / (min(target * rate, 1.0) * gross)
    group = now.state.desks[0].group

    assert np.allclose(group.quantity, (1.0 - f) * q, rtol=1e-12)
    assert group.opened[0] == NO_CALL
    assert now.by_segment.called.sum() == 1.0
    assert now.by_segment.sold[1:].sum() == 0.0


@pytest.mark.parametrize("free_cash", [0.0, 1e9])
def test_where_nothing_moves_nobody_is_called_twice(free_cash: float) -> None:
    """Target and trigger are one: a call met to the last digit must not be made for that digit."""
    rng = np.random.default_rng(0)
    q = rng.lognormal(0.0, 1.0, (2_000, 3))
    price = (101.3, 7.7, 1234.5)
    gross = q @ np.array(price)
    funds = holders(q, gross * (0.1 * (1.0 + 0.5 * rng.random(2_000)) - 1.0), free_cash=free_cash)
    calm = system(funds, price=price, target=1.0, bars=6)
    trace = run(shocked(calm, (1, 0, 0.97)), how=ALONE)

    assert trace.by_segment.called[1].sum() > 100.0
    assert trace.by_segment.called[2:].sum() == 0.0


@some
@given(systems(EVERYTHING))
def test_no_sale_turns_a_long_into_a_short_or_adds_to_a_position(scenario: Scenario) -> None:
    bars = range(scenario.clock.bars + 1)
    first = np.concatenate([g.quantity.ravel() for g in scenario.accounts])
    held = [first, *(played(scenario, bars=b).per_account("quantity") for b in bars[1:])]

    for before, after in pairwise(held):
        assert np.all(before * after >= 0.0)
        assert np.all(np.abs(after) <= np.abs(before))


@some
@given(fall=st.floats(0.3, 0.9))
def test_after_a_gap_a_sale_is_paid_the_price_after_the_gap(fall: float) -> None:
    """The account would have been called at 98; nobody pays that any more."""
    funds = holders(np.array([[10.0]]), np.array([-882.0]))
    now = played(shocked(system(funds, bars=2), (1, 0, fall)))
    sold = 10.0 - quantity(now)

    assert sold > 0.0
    assert now.by_segment.sold[1, 0, 0] / sold == pytest.approx(100.0 * fall, rel=1e-12)


def test_a_gap_below_the_debt_leaves_a_debt() -> None:
    funds = holders(np.array([[10.0]]), np.array([-882.0]))
    trace = run(shocked(system(funds, bars=2), (1, 0, 0.5)), how=ALONE)

    assert trace.by_segment.bad_debt.sum() == pytest.approx(882.0 - 500.0)


def test_free_cash_goes_first_and_moves_no_price() -> None:
    funds = holders(np.array([[10.0]]), np.array([-895.0]), free_cash=1e3)
    trace = run(shocked(system(funds, depth=(20.0,), bars=3), (1, 0, 0.99)), how=ALONE)
    end = played(shocked(system(funds, depth=(20.0,), bars=3), (1, 0, 0.99)))
    need = 0.12 * 990.0 - (990.0 - 895.0)

    assert trace.by_segment.called.sum() == 1.0
    assert np.all(trace.paths.sold == 0.0)
    assert np.all(trace.paths.forced == 0.0)
    assert end.state.desks[0].group.free_cash[0] == pytest.approx(1e3 - need)


def test_what_free_cash_does_not_cover_is_sold() -> None:
    free = 10.0
    funds = holders(np.array([[10.0]]), np.array([-895.0]), free_cash=free)
    now = played(shocked(system(funds, bars=3), (1, 0, 0.99)))
    need = 0.12 * 990.0 - (990.0 - 895.0) - free

    assert now.state.desks[0].group.free_cash[0] == 0.0
    assert 10.0 - quantity(now) == pytest.approx(need / (0.12 * 99.0))


KINDS = columns_of((0, Way.PLEDGED), (1, Way.FREE))


def two_sellers(**regime: float) -> Scenario:
    """The owner prefers the liquid stock held free, the broker reaches the pledged metal only."""
    funds = holders(np.array([[10.0, 100.0]]), np.array([-895.0]))
    plain = system(
        funds, price=(100.0, 20.0), depth=(1e9, 1e12), columns=KINDS, bars=6, rate=0.1,
        regime={"owner_lag": 0.2, "broker_lag": 0.2, **regime},
    )  # fmt: skip
    segment = plain.rules.segments[0]
    owner = LIQUIDATION.make("most_liquid_first", {})
    rules = replace(plain.rules, segments=(replace(segment, owner=owner),))
    return shocked(replace(plain, rules=rules), (1, 0, 0.95))


def test_the_owner_sells_within_the_grace_and_the_broker_after_it() -> None:
    sold = run(two_sellers(grace_days=2.0 / 24.0), how=ALONE).by_segment.sold[:, 0]

    assert np.all(sold[1:3, 1] > 0.0)
    assert np.all(sold[1:3, 0] == 0.0)
    assert np.all(sold[3:, 0] > 0.0)
    assert np.all(sold[3:, 1] == 0.0)


def test_without_a_grace_the_broker_sells_at_once() -> None:
    sold = run(two_sellers(), how=ALONE).by_segment.sold[:, 0]

    assert np.all(sold[1:, 0] > 0.0)
    assert np.all(sold[:, 1] == 0.0)


def test_owners_keep_what_they_are_not_willing_to_sell() -> None:
    now = played(two_sellers(grace_days=9.0, willing=0.01))
    nothing = played(two_sellers(grace_days=9.0, willing=0.0))

    assert now.state.desks[0].group.quantity[0, 1] == pytest.approx(99.0)
    assert nothing.state.desks[0].group.quantity[0, 1] == 100.0


def test_a_broker_with_recourse_reaches_what_is_free() -> None:
    with_it = played(two_sellers(recourse=True)).state.desks[0].group.quantity[0]
    without = played(two_sellers()).state.desks[0].group.quantity[0]

    assert with_it[1] < 100.0
    assert without[1] == 100.0


def lagging(bars: int, lag_days: float) -> Played:
    """A fall at once, then `bars` bars of one day together in which the broker sells slowly."""
    funds = holders(np.array([[10.0]]), np.array([-895.0]))
    plain = system(funds, bars=bars, step=timedelta(days=1) / bars, regime={"broker_lag": lag_days})
    return played(shocked(plain, (0, 0, 0.95)))


def test_sales_are_a_rate() -> None:
    """In a frozen market, need·(1 − e^{−T/ℓ}) is sold by time T, however long the bars are."""
    need = 0.12 * 950.0 - (950.0 - 895.0)
    part = 1.0 - np.exp(-1.0 / 3.0)

    for bars in (1, 2, 8):
        assert 10.0 - quantity(lagging(bars, 3.0)) == pytest.approx(part * need / (0.12 * 95.0))


def test_two_half_bars_sell_what_one_bar_sells_to_second_order() -> None:
    """With impact the difference shrinks with the square of the bar."""

    def gap(span_days: float) -> float:
        sold = []
        for bars in (1, 2):
            funds = holders(np.array([[10.0]]), np.array([-895.0]))
            plain = system(
                funds, depth=(40.0,), bars=bars, step=timedelta(days=span_days) / bars,
                regime={"broker_lag": 3.0},
            )  # fmt: skip
            sold.append(10.0 - quantity(played(shocked(plain, (0, 0, 0.95)))))
        return abs(sold[0] - sold[1])

    assert gap(1.0) > 0.0
    assert gap(0.125) < gap(0.25) / 3.0 < gap(0.5) / 9.0


def shut(*instruments: int) -> tuple[Listing, ...]:
    """A venue that opens on Saturdays only."""
    venue = VENUES.make(
        "sessions",
        {
            "zone": "UTC",
            "sessions": (("10:00", "12:00"),),
            "weekdays": ("Sat",),
            "settlement": "12:00",
        },
    )
    return (Listing("weekend", venue, np.array(instruments, dtype=np.int64)),)


def test_the_need_waits_where_the_venue_is_closed_and_something_else_is_sold() -> None:
    funds = holders(np.array([[10.0, 50.0]]), np.array([-1790.0]))
    plain = system(funds, price=(100.0, 20.0), bars=4, rules={"listings": shut(0)})
    trace = run(shocked(plain, (1, 1, 0.9)), how=ALONE)

    assert trace.by_segment.called.sum() == 1.0
    assert np.all(trace.by_segment.sold[:, :, 0] == 0.0)
    assert trace.by_segment.sold[1, 0, 1] > 0.0


def test_an_account_with_nothing_sellable_waits_with_an_open_call() -> None:
    funds = holders(np.array([[10.0]]), np.array([-895.0]))
    plain = system(funds, bars=4, columns=None, rules={"listings": shut(0)})
    trace = run(hiked(plain, ("A", 0.3, 1)), how=ALONE)

    assert trace.by_segment.called.tolist() == [[0.0], [1.0], [0.0], [0.0]]
    assert np.all(trace.by_segment.open[1:] == 1.0)
    assert np.all(trace.by_segment.sold == 0.0)
    assert trace.by_segment.unrescuable.sum() == 0.0


def test_an_unrescuable_account_does_not_keep_a_cascade_alive() -> None:
    """Its spread is wider than its margin: nothing is worth selling, and the rounds end."""
    funds = holders(np.array([[10.0]]), np.array([-895.0]))
    wide = system(funds, spread=np.array([0.5]), rules={"memory": 1e12})
    trace = until_calm(wide, shock=np.array([0.95]), how=ALONE)

    assert trace.rounds == 1
    assert not trace.truncated
    assert trace.by_segment.open[-1, 0] == 1.0
    assert trace.by_segment.unrescuable[-1, 0] == 1.0


@pytest.mark.parametrize("fill", ["path", "final", "mid"])
def test_closing_a_short_raises_the_price_and_selling_a_long_lowers_it(fill: str) -> None:
    long, short = (
        holders(np.array([[q]]), np.array([c])) for q, c in ((10.0, -895.0), (-10.0, 1105.0))
    )
    down = run(shocked(system(long, depth=(50.0,), bars=3, fill=fill), (1, 0, 0.95)), how=ALONE)
    up = run(shocked(system(short, depth=(50.0,), bars=3, fill=fill), (1, 0, 1.05)), how=ALONE)

    assert down.paths.price[2, 0] < down.paths.price[1, 0] == pytest.approx(95.0)
    assert up.paths.price[2, 0] > up.paths.price[1, 0] == pytest.approx(105.0)
    assert down.paths.sold[1, 0] > 0.0 > up.paths.sold[1, 0]
    assert down.by_segment.sold[1, 0, 0] < 95.0 * down.paths.sold[1, 0]
    assert up.by_segment.sold[1, 0, 0] > -105.0 * up.paths.sold[1, 0]


@pytest.mark.parametrize("bar", [0, 1])
def test_at_the_lower_limit_nobody_sells_and_at_the_upper_nobody_buys(bar: int) -> None:
    venue = VENUES.make(
        "price_limits",
        {
            "zone": "UTC",
            "sessions": (("00:00", "23:00"),),
            "weekdays": ("Mon", "Tue", "Wed", "Thu", "Fri"),
            "settlement": "22:00",
            "limits": (0.05,),
            "widening": (0.03, 0.05),
        },
    )
    own = (Listing("limited", venue, np.array([0], dtype=np.int64)),)
    longs = holders(np.array([[10.0]]), np.array([-895.0]))
    shorts = holders(np.array([[-10.0]]), np.array([1105.0]))

    def sold(group, factor: float) -> np.ndarray:
        plain = system(group, bars=3, rules={"listings": own})
        return run(shocked(plain, (bar, 0, factor)), how=ALONE)

    down, up = sold(longs, 0.8), sold(shorts, 1.25)

    assert np.allclose(down.paths.price[bar:, 0], 95.0)
    assert np.allclose(up.paths.price[bar:, 0], 105.0)
    assert down.by_segment.open[-1, 0] == up.by_segment.open[-1, 0] == 1.0
    assert np.all(down.paths.sold == 0.0)
    assert np.all(up.paths.sold == 0.0)
