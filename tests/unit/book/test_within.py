"""A book inside a cascade: it is one more account, and its loss has three parts."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small import holders, shocked, system
from small_books import chips, coins, gold, joined, silver
from strategies import systems
from undertow.core.book import Book, Kind, Position
from undertow.core.columns import Way
from undertow.core.errors import UnknownName
from undertow.core.trace import Trace
from undertow.engine.run import How, run
from undertow.model.liquidation import LIQUIDATION
from undertow.model.rulebook import RULEBOOK, rulebook_of
from undertow.model.scenario import News, Scenario
from undertow.studies.within import Entering, bared, deserted, played, times, within

ALONE = How(threads=1, ledger=False)
some = settings(max_examples=15, deadline=None)
SYMBOLS = Entering({"SI": "A", "NVDA": "B", "BTCUSDT": "B"})


def crowd(*, fall: float = 0.8, depth: float = 3e5, bars: int = 12) -> Scenario:
    """Two instruments, a fund that is called when the first falls and sells both."""
    funds = holders(np.array([[2e4, 2e3]]), np.array([-1.4e6]))
    base = system(
        funds,
        price=(100.0, 50.0),
        depth=(depth, depth),
        rate=0.2,
        bars=bars,
        sigma=np.array([0.03, 0.03]),
        rules={"memory": 1.0},
    )
    return shocked(base, (2, 0, fall), (6, 0, 0.97))


def given_path(scenario: Scenario) -> Scenario:
    """The same, with the first instrument's actual path given."""
    bars = scenario.clock.bars
    actual = np.full((bars, 2), np.nan)
    actual[:, 0] = np.where(np.arange(bars) < 2, 100.0, 80.0 - 0.4 * np.arange(bars))
    news = News(np.zeros((bars, 2)), np.array([True, False]), actual, np.zeros(2, dtype=np.bool_))
    return replace(scenario, news=news)


def others(trace: Trace, segments: int) -> list[bytes]:
    """All that a trace says of prices and of the first segments, to the byte."""
    paths = [getattr(trace.paths, f.name) for f in fields(trace.paths)]
    segment = [getattr(trace.by_segment, f.name)[:, :segments] for f in fields(trace.by_segment)]
    booked = trace.contagion.by_seller[:segments]
    return [np.ascontiguousarray(x).tobytes() for x in (*paths, *segment, booked)]


@some
@given(systems(), st.booleans())
def test_a_book_times_zero_leaves_everybody_else_unchanged_to_the_byte(
    scenario: Scenario, weightless: bool
) -> None:
    how, count = How(threads=1), len(scenario.rules.segments)
    book = joined(gold(), silver(), chips(shares=-500.0))
    book = book if weightless else times(book, 0.0)
    alone = run(scenario, how=how)
    entered = played(book, scenario, weight=0.0 if weightless else 1.0, how=how)

    assert entered.trace.segments[:count] == scenario.rules.names
    assert others(entered.trace, count) == others(alone, count)
    assert entered.trace.waterfall.broker.items() >= alone.waterfall.broker.items()


def test_a_book_times_a_thousand_moves_prices() -> None:
    book, scenario = silver(2.0, equity=130_000.0), crowd(depth=3e8)
    small = within(book, scenario, entering=SYMBOLS, how=ALONE)
    large = within(times(book, 1000.0), scenario, entering=SYMBOLS, how=ALONE)

    assert large.footprint["A"].deepest < -0.01
    assert abs(large.footprint["A"].deepest) > 50.0 * abs(small.footprint["A"].deepest)
    assert large.losses.footprint > 1000.0 * small.losses.footprint > 0.0


def test_a_given_price_is_moved_by_a_book_that_sells_it() -> None:
    scenario = given_path(crowd())
    large = within(times(silver(equity=1e5), 1000.0), scenario, entering=SYMBOLS, how=ALONE)

    assert large.footprint["A"].deepest < -0.01


def test_a_given_path_comes_out_again_when_only_its_bare_part_is_given() -> None:
    scenario = given_path(crowd())
    with_crowd = played(silver(), scenario, weight=0.0, entering=SYMBOLS, how=ALONE)
    again = run(bared(scenario, with_crowd.beneath), how=ALONE)

    assert with_crowd.trace.by_segment.sold.sum() > 0.0
    assert again.paths.price == pytest.approx(with_crowd.trace.paths.price, rel=1e-12)


@some
@given(systems())
def test_without_a_crowd_the_crowd_has_cost_nothing(scenario: Scenario) -> None:
    book = joined(gold(), silver(equity=120_000.0), chips())
    found = within(book, deserted(scenario), how=ALONE)

    assert found.losses.crowd == 0.0


@some
@given(systems(), st.sampled_from([0.01, 1.0, 20.0]))
def test_news_crowd_and_footprint_add_up_to_the_loss(scenario: Scenario, factor: float) -> None:
    book = times(joined(gold(), silver(equity=140_000.0), chips()), factor)
    found = within(book, scenario, how=ALONE)

    for losses in (found.losses, *(one.losses for one in found.accounts)):
        parts = (losses.news, losses.crowd, losses.footprint)
        largest = max(abs(part) for part in (*parts, losses.total, 1.0))
        assert sum(parts) == pytest.approx(losses.total, abs=1e-12 * len(found.accounts) * largest)
    assert all(a.losses.total == a.opening - a.left for a in found.accounts)


def test_a_call_is_named_with_its_time_and_each_sale_with_its_price() -> None:
    scenario = crowd()
    found = within(silver(equity=250_000.0), scenario, entering=SYMBOLS, how=ALONE)
    account = found.accounts[0]
    times_ = scenario.clock.time

    assert account.short == times_(2)
    assert account.called is not None
    assert account.called >= account.short
    assert account.sales
    assert account.sold == account.sales[0].time
    assert all(sale.quantity < 0.0 and sale.price < sale.mark for sale in account.sales)
    assert sum(-sale.quantity for sale in account.sales) <= 2.0 + 1e-9


def test_nothing_is_sold_by_force_while_the_excess_is_positive() -> None:
    found = within(silver(0.1, equity=150_000.0), crowd(), entering=SYMBOLS, how=ALONE)
    account = found.accounts[0]

    assert (account.excess > 0.0).all()
    assert (account.called, account.sold, account.sales) == (None, None, ())
    assert account.losses.footprint == pytest.approx(0.0, abs=1e-9)


def test_equity_is_profit_on_top_of_the_opening() -> None:
    found = within(silver(0.1, equity=150_000.0), crowd(), entering=SYMBOLS, how=ALONE)
    base = played(silver(0.1, equity=150_000.0), crowd(), weight=0.0, entering=SYMBOLS, how=ALONE)
    moves = base.trace.paths.price[:, 0] / 100.0 - 1.0

    assert found.accounts[0].equity == pytest.approx(150_000.0 + 0.1 * 5000.0 * 110.0 * moves)


def test_a_short_loses_when_the_price_rises() -> None:
    found = within(
        silver(-2.0, equity=250_000.0), crowd(fall=1.3), entering=SYMBOLS, how=ALONE
    ).accounts[0]

    assert found.losses.news > 0.0
    assert found.sales[0].quantity > 0.0
    assert found.sales[0].price > found.sales[0].mark


def test_what_is_owed_at_the_end_is_part_of_the_loss() -> None:
    found = within(silver(equity=125_000.0), crowd(fall=0.6), entering=SYMBOLS, how=ALONE)
    account = found.accounts[0]

    assert account.ruined is not None
    assert account.owed > 0.0
    assert account.left == pytest.approx(-account.owed)
    assert account.losses.total == pytest.approx(account.opening + account.owed)


def test_a_symbol_without_an_instrument_stands_still_and_is_said() -> None:
    book = joined(silver(), chips())
    found = within(book, crowd(), entering=Entering({"SI": "A"}), how=ALONE)

    assert found.still == ("NVDA",)
    assert [a.account for a in found.accounts] == ["f"]


def test_an_option_follows_its_underlying_and_is_not_dealt() -> None:
    book, named = chips(equity=150_000.0), Entering({"NVDA": "A"})
    put = Position(
        "s", "P", -5.0, 6.0, Kind.OPTION, underlying="NVDA", volatility=0.5,
        expiry=date(2026, 4, 30), strike=180.0, right="P", multiplier=100.0,
    )  # fmt: skip
    with_put = replace(book, positions=(*book.positions, put))
    plain = within(book, crowd(fall=0.95), entering=named, how=ALONE).accounts[0]
    found = within(with_put, crowd(fall=0.95), entering=named, how=ALONE)

    assert found.unsold == ("P",)
    assert found.accounts[0].equity[-1] < plain.equity[-1] - 1000.0
    assert found.accounts[0].sales == ()


def test_what_is_held_outside_the_account_is_not_in_the_run() -> None:
    book = silver()
    free = replace(book.positions[0], symbol="GOLDBAR", held=Way.FREE)
    found = within(
        replace(book, positions=(*book.positions, free)), crowd(), entering=SYMBOLS, how=ALONE
    )

    assert found.outside == ("GOLDBAR",)


def test_a_book_that_the_scenario_knows_nothing_of_is_refused() -> None:
    with pytest.raises(UnknownName, match=r"NVDA.*give a map from symbols"):
        within(chips(), crowd(), how=ALONE)


def test_accounts_of_a_book_live_under_their_own_rules() -> None:
    scenario = crowd(bars=72, fall=0.9)
    book = joined(silver(1.0, equity=75_000.0), coins(0.5, wallet=5_000.0))
    both = Entering({"SI": "A", "BTCUSDT": "A"})
    perp, future = (
        next(a for a in within(book, scenario, entering=both, how=ALONE).accounts if a.account == n)
        for n in ("p", "f")
    )

    assert perp.sold is not None
    assert perp.sold == perp.called
    assert future.called is not None
    assert future.sold is not None
    assert future.sold - future.called >= timedelta(days=1)


def test_a_book_that_dates_from_another_day_has_its_own_money_at_stake() -> None:
    cheap = silver(4.0, price=55.0, equity=250_000.0)
    one, other = (
        within(book, crowd(), entering=SYMBOLS, how=ALONE).accounts[0]
        for book in (cheap, silver(2.0, price=110.0, equity=250_000.0))
    )

    assert one.equity == pytest.approx(other.equity)
    assert one.sales[0].price == pytest.approx(0.5 * other.sales[0].price)


def test_times_scales_what_a_book_has() -> None:
    book: Book = times(joined(silver(), coins()), 3.0)

    assert [p.quantity for p in book.positions] == [6.0, 6.0]
    assert [a.equity for a in book.accounts] == [450_000.0, 54_000.0]


@pytest.mark.parametrize("name", RULEBOOK.members())
def test_every_regime_can_go_through_a_cascade(name: str) -> None:
    pool = RULEBOOK.member(name).example_pool()
    first = pool.positions[0]
    book = Book(
        pool.positions,
        (replace(pool.account, equity=pool.equity),),
        pool.opening.on,
        pool.opening.fx or {pool.account.currency: 1.0, "USD": 1.0},
        quotes=pool.opening.price,
    )
    named = Entering({first.symbol: "A"}, rulebooks={pool.account.account: RULEBOOK.make(name, {})})
    scenario = crowd(fall=0.6, depth=1e9, bars=48)
    began = datetime.combine(pool.opening.on, time(), UTC)
    dated = replace(scenario, clock=replace(scenario.clock, start=began))
    account = within(book, dated, entering=named, how=ALONE).accounts[0]
    slack = RULEBOOK.make(name, {}).levels(pool, pool.opening)
    loss = pool.gross(pool.opening) * 0.4

    assert account.opening == pytest.approx(slack.equity)
    assert account.losses.total > 0.0
    if slack.equity - slack.maintenance < 0.5 * loss:
        assert account.sold is not None
        assert account.called is not None


def test_an_owner_who_sells_to_meet_a_call_leaves_less_to_the_broker() -> None:
    scenario = crowd(bars=72, fall=0.9, depth=1e9)
    book = silver(1.0, equity=75_000.0)
    waits, acts = (
        within(book, scenario, entering=replace(SYMBOLS, owner=owner), how=ALONE).accounts[0]
        for owner in (None, LIQUIDATION.make("pro_rata", {}))
    )

    assert acts.sold is not None
    assert acts.sold == acts.called == waits.called
    assert waits.sold is not None
    assert waits.sold > acts.sold
    assert acts.excess[-1] > 0.0


def test_progress_counts_the_bars_of_all_three_runs() -> None:
    seen: list[tuple[int, int]] = []
    how = replace(ALONE, progress=lambda bar, bars: seen.append((bar, bars)))
    within(silver(), crowd(bars=8), entering=SYMBOLS, how=how)

    assert seen == [(bar, 24) for bar in range(1, 25)]


def test_a_weightless_book_is_paid_what_the_crowd_is_paid() -> None:
    found = played(silver(equity=1e5), crowd(), weight=0.0, entering=SYMBOLS, how=ALONE)
    sold = found.pools[0].sales
    again = played(silver(equity=1e5), crowd(), weight=0.0, entering=SYMBOLS, how=ALONE)

    assert sold == again.pools[0].sales
    assert found.trace.by_segment.sold[:, 1].sum() == 0.0
    assert sum(sale.usd for sale in sold) > 0.0


def test_sales_are_what_the_trace_says_was_sold() -> None:
    found = played(silver(equity=1e5), crowd(), weight=1.0, entering=SYMBOLS, how=ALONE)
    total = sum(sale.usd for sale in found.pools[0].sales)

    assert total == pytest.approx(found.trace.by_segment.sold[:, 1].sum())
    assert found.trace.closes


def test_more_accounts_like_it_are_a_larger_footprint() -> None:
    scenario = crowd(depth=3e7)
    one, many = (
        played(silver(equity=1e5), scenario, weight=weight, entering=SYMBOLS, how=ALONE)
        for weight in (1.0, 50.0)
    )

    assert many.pools[0].left < one.pools[0].left
    assert many.trace.paths.price[-1, 0] < one.trace.paths.price[-1, 0]


def test_two_accounts_of_one_owner_press_on_each_other() -> None:
    scenario = crowd(depth=3e5)
    alone = within(silver(equity=1e5), scenario, entering=SYMBOLS, how=ALONE).accounts[0]
    both = joined(silver(equity=1e5), silver(20.0, equity=1e6, account="g"))
    found = within(both, scenario, entering=SYMBOLS, how=ALONE).accounts[0]

    assert found.losses.news == pytest.approx(alone.losses.news)
    assert found.losses.footprint > alone.losses.footprint


def test_a_deserted_scenario_has_nobody_in_it() -> None:
    empty = deserted(crowd())

    assert len(empty.accounts) == 0
    assert empty.rules.names == ()
    assert run(empty, how=ALONE).paths.forced.tobytes() == np.zeros((12, 2)).tobytes()


def test_a_hiked_rulebook_calls_who_was_not_called() -> None:
    book, scenario = silver(1.0, equity=120_000.0), crowd(fall=0.97, bars=30)
    rulebook = rulebook_of(book.accounts[0]).hiked("SI", 0.3, date(2026, 2, 2))
    plain, hiked = (
        within(book, scenario, entering=entering, how=ALONE).accounts[0]
        for entering in (SYMBOLS, replace(SYMBOLS, rulebooks={"f": rulebook}))
    )

    assert plain.called is None
    assert hiked.called is not None
