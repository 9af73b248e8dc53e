"""The way out of a book: time, cost, and whether selling helps."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small import holders, shocked, system
from small_books import DAY, chips, coins, joined, silver
from undertow.core.book import Book, BookAccount, Position
from undertow.core.columns import Way
from undertow.core.errors import BadNumber
from undertow.core.market import Market
from undertow.engine.run import How, run
from undertow.model.impact import IMPACT
from undertow.model.impact.square_root import SquareRoot
from undertow.model.scenario import Listing, Scenario
from undertow.model.venues import VENUES
from undertow.studies.leaving import Out, leaving
from undertow.studies.way_out import Selling, Stress, stress_in

some = settings(max_examples=10, deadline=None)
MONDAY = datetime(2026, 2, 2, tzinfo=UTC)
SYMBOLS = {"XYZ": "A", "NVDA": "B", "SI": "A"}


def market(*, volume: float = 1e5, spread: float = 0.0, law: str = "square_root") -> Scenario:
    """Two instruments at 100 and 50 with this many units dealt a day; pressure does not pass."""
    base = system(
        price=(100.0, 50.0),
        depth=(volume, volume),
        volume=np.full(2, volume),
        sigma=np.full(2, 0.02),
        spread=np.full(2, spread),
    )
    rules = replace(base.rules, impact=IMPACT.make(law, {}))
    return replace(base, rules=rules)


def with_hours(scenario: Scenario, *, instruments: tuple[int, ...] = (0,)) -> Scenario:
    """From 8 to 20 o'clock on weekdays."""
    day = VENUES.make(
        "sessions",
        {
            "zone": "UTC",
            "sessions": [["08:00", "20:00"]],
            "weekdays": ["Mon", "Tue", "Wed", "Thu", "Fri"],
            "settlement": "20:00",
        },
    )
    listing = Listing("day", day, np.array(instruments))
    return replace(scenario, rules=replace(scenario.rules, listings=(listing,)))


def shares(quantity: float, *, equity: float = 1e9, regime: str = "reg_t") -> Book:
    held = Position("a", "XYZ", quantity, 100.0)
    return Book((held,), (BookAccount("a", regime, equity),), DAY)


def out(**more: object) -> Out:
    return Out(symbols=SYMBOLS, **more)


def test_a_day_of_a_tenth_of_the_volume_is_left_in_a_day() -> None:
    found = leaving(shares(1e4), market(), out=out()).normal

    assert found.hours == pytest.approx(24.0, abs=0.5)
    assert found.lines[0].volumes == pytest.approx(0.1)
    assert found.left_after_a_day == pytest.approx(0.0, abs=1e-9)


@some
@given(st.floats(0.01, 0.5), st.floats(10.0, 3e4))
def test_time_is_size_over_participation_in_the_volume(part: float, quantity: float) -> None:
    selling = Selling(participation=part, most_days=40)
    found = leaving(shares(quantity), market(), out=out(selling=selling)).normal
    days = quantity / (part * 1e5)
    in_bars = math.ceil(days * 48 - 1e-9) / 2

    assert found.hours == pytest.approx(in_bars if days <= 40 else math.inf, abs=0.5)
    assert found.left_after_a_day == pytest.approx(max(0.0, 1.0 - 1.0 / days), abs=1e-6)


@some
@given(st.floats(100.0, 2e4), st.booleans())
def test_without_resilience_the_cost_is_two_thirds_of_the_root_of_the_volume_share(
    quantity: float, short: bool
) -> None:
    scenario = market()
    law = IMPACT.make("square_root", {"linear_below": 1e-9})
    scenario = replace(scenario, rules=replace(scenario.rules, impact=law))
    found = leaving(shares(-quantity if short else quantity), scenario, out=out()).normal
    expected = 2.0 / 3.0 * 0.02 * math.sqrt(quantity / 1e5)

    assert isinstance(law, SquareRoot)
    assert found.cost == pytest.approx(expected, rel=0.01)


def test_half_the_spread_and_the_fee_are_paid_on_all_that_is_sold() -> None:
    scenario = market(spread=0.01, law="exponential", volume=1e12)
    scenario = replace(scenario, rules=replace(scenario.rules, fee=0.002))
    found = leaving(shares(1e3), scenario, out=out()).normal

    assert found.cost == pytest.approx(0.005 + 0.002, rel=1e-6)
    assert found.cost_usd == pytest.approx(0.007 * 1e5, rel=1e-6)


@some
@given(st.floats(100.0, 2e4), st.floats(0.05, 0.9))
def test_less_depth_costs_more_and_takes_no_longer(quantity: float, depth: float) -> None:
    stressed = out(stress=Stress(depth, 1.0))
    found = leaving(shares(quantity), market(spread=0.001), out=stressed)

    assert found.stressed.cost > found.normal.cost
    assert found.stressed.hours == found.normal.hours


@some
@given(st.floats(100.0, 2e4), st.floats(1.0, 4.0))
def test_more_costs_more(quantity: float, times: float) -> None:
    one, more = (
        leaving(shares(q), market(), out=out()).normal for q in (quantity, times * quantity)
    )

    assert more.cost >= one.cost * (1.0 - 1e-9)
    assert more.hours >= one.hours


def test_closed_hours_add_time() -> None:
    scenario = with_hours(market())
    found = leaving(shares(1.5e4), scenario, out=out()).normal
    line = found.lines[0]

    # A whole day's tenth on Monday from 8 to 20, and half of one on Tuesday.
    assert line.wait_hours == pytest.approx(8.0)
    assert found.hours == pytest.approx(24.0 + 14.0, abs=0.5)
    assert found.left_after_a_day == pytest.approx(1.0 / 3.0, abs=1e-6)


def test_over_a_weekend_nothing_is_sold() -> None:
    friday = MONDAY + timedelta(days=4, hours=20)
    found = leaving(shares(1e3), with_hours(market()), out=out(begin=friday)).normal

    assert found.lines[0].wait_hours == pytest.approx(60.0)
    assert found.left_after_a_day == 1.0


def test_each_locked_day_adds_one() -> None:
    scenario = with_hours(market())
    waits = [
        leaving(shares(1e3), scenario, out=out(selling=Selling(locked={"A": days})))
        .normal.lines[0]
        .wait_hours
        for days in (0, 1, 2)
    ]

    assert waits == pytest.approx([8.0, 32.0, 56.0])


def test_what_cannot_leave_within_the_time_looked_at_takes_for_ever() -> None:
    found = leaving(shares(1e5), market(), out=out(selling=Selling(most_days=2))).normal

    assert found.hours == math.inf
    assert found.left_after_a_day == pytest.approx(0.9, abs=1e-6)


def test_positions_in_one_instrument_share_its_volume() -> None:
    other = Book((Position("b", "SI", 5e3, 100.0),), (BookAccount("b", "reg_t", 1e9),), DAY)
    alone = leaving(shares(5e3), market(), out=out()).normal
    found = leaving(joined(shares(5e3), other), market(), out=out()).normal

    assert found.hours == pytest.approx(2.0 * alone.hours, abs=1.0)
    assert found.cost > alone.cost


def test_a_long_and_a_short_do_not_press_against_each_other() -> None:
    other = Book((Position("b", "SI", -5e3, 100.0),), (BookAccount("b", "reg_t", 1e9),), DAY)
    found = leaving(joined(shares(5e3), other), market(), out=out()).normal

    assert found.cost == pytest.approx(0.0, abs=1e-12)


def test_what_the_market_does_not_list_is_said() -> None:
    found = leaving(joined(shares(10.0), coins()), market(), out=out())

    assert found.without == ("BTCUSDT",)
    assert [line.symbol for line in found.normal.lines] == ["XYZ"]


def test_a_book_of_which_nothing_is_listed_costs_nothing_known() -> None:
    found = leaving(coins(), market(), out=out())

    assert (found.normal.usd, found.normal.cost, found.normal.hours) == (0.0, 0.0, 0.0)


def test_nobody_in_call_needs_rescue_until_prices_go_beyond_it() -> None:
    found = leaving(shares(1e3, equity=40_000.0), market(), out=out()).rescues[0]

    assert (found.now, found.now_stressed) == (0.0, 0.0)
    assert found.call_move == pytest.approx(0.2)
    # At 79: equity 19,000 of 79,000, a quarter of which is asked for.
    assert found.after == pytest.approx((0.25 * 79.0 - 19.0) / (79.0 * 0.25), rel=0.05)
    assert found.after_stressed > found.after


def test_selling_rescues_nobody_where_it_costs_more_than_it_frees() -> None:
    scenario = market(volume=1e3, law="exponential")
    found = leaving(shares(1e3, equity=24_000.0), scenario, out=out(stress=Stress(0.1, 1.0)))

    assert found.stressed.cost > 0.25
    assert math.isinf(found.rescues[0].now_stressed)


def test_each_pool_is_rescued_at_the_cost_of_its_own_positions() -> None:
    book = joined(shares(1e4, equity=2e5), chips(10.0, equity=1_000.0))
    found = leaving(book, market(), out=out())
    costs = {line.account: line.cost for line in found.normal.lines}

    assert costs["a"] > 5.0 * costs["s"]
    assert [one.account for one in found.rescues] == ["a", "s"]


def test_stress_is_the_worst_that_a_run_has_seen() -> None:
    fund = holders(np.array([[1e3, 0.0]]), np.array([-8.8e4]))
    scenario = shocked(
        system(fund, price=(100.0, 50.0), depth=(2e3, 2e3), bars=6, sigma=np.full(2, 0.02)),
        (1, 0, 0.9),
    )
    trace = run(scenario, how=How(threads=1))
    stress = stress_in(trace)
    there: Market = stress.on(scenario.market)

    assert stress.depth[0] == pytest.approx(trace.paths.displayed[:, 0].min())
    assert stress.depth[0] < stress.depth[1] <= 1.0
    assert (there.depth <= scenario.market.depth).all()
    assert (there.sigma >= scenario.market.sigma).all()


def test_silver_futures_are_closed_in_ounces() -> None:
    found = leaving(silver(2.0, price=100.0), market(), out=out()).normal

    assert found.usd == pytest.approx(1e6)
    assert found.lines[0].volumes == pytest.approx(0.1)


@pytest.mark.parametrize(
    "wrong", [{"participation": 0.0}, {"participation": 1.5}, {"bar": timedelta(0)}]
)
def test_a_share_of_the_volume_is_a_share(wrong: dict) -> None:
    with pytest.raises(BadNumber):
        Selling(**wrong)


def test_what_is_held_outside_the_account_has_to_leave_too() -> None:
    book = shares(1e3)
    free = replace(book.positions[0], held=Way.FREE)
    found = leaving(replace(book, positions=(*book.positions, free)), market(), out=out())

    assert found.normal.usd == pytest.approx(2e5)
    assert len(found.normal.lines) == 2


@some
@given(st.floats(1.0, 1e5), st.floats(0.05, 1.0))
def test_lines_add_up_to_the_way_out(quantity: float, part: float) -> None:
    book = joined(shares(quantity), chips(0.3 * quantity))
    found = leaving(book, market(), out=out(selling=Selling(participation=part))).normal

    assert found.usd == pytest.approx(sum(line.usd for line in found.lines))
    assert found.cost_usd == pytest.approx(sum(line.cost_usd for line in found.lines))
    assert found.hours == max(line.hours for line in found.lines)
    assert all(line.wait_hours < line.hours for line in found.lines)


def test_resilience_makes_patience_cheaper() -> None:
    quick, slow = Selling(participation=1.0), Selling(participation=0.05)
    base = market()
    calm = replace(base.market.instruments, resilience=np.full(2, 0.05))
    scenario = replace(base, market=replace(base.market, instruments=calm))
    fast, patient = (
        leaving(shares(5e3), scenario, out=out(selling=one)).normal for one in (quick, slow)
    )

    assert patient.cost < fast.cost
    assert patient.hours > fast.hours


def test_a_product_is_sold_into_the_depth_of_what_it_stands_on() -> None:
    base = market()
    through = np.array([[1.0, 0.0], [1.0, 0.0]])
    linked = replace(base.market.instruments, lookthrough=through)
    scenario = replace(base, market=replace(base.market, instruments=linked))
    wrapper = Book((Position("s", "NVDA", 1e4, 50.0),), (BookAccount("s", "reg_t", 1e9),), DAY)
    alone, together = (
        leaving(book, scenario, out=out()).normal.cost
        for book in (wrapper, joined(wrapper, shares(5e3)))
    )

    assert together > alone > 0.0


def test_a_book_of_a_currency_is_measured_in_dollars() -> None:
    held = Position("a", "XYZ", 1e3, 700.0, currency="CNY")
    book = Book((held,), (BookAccount("a", "reg_t", 1e9, "CNY"),), DAY, {"CNY": 0.14})
    found = leaving(book, market(), out=out()).normal

    assert found.usd == pytest.approx(98_000.0)
