"""ESMA: caps by class, one close-out for the account, and nobody owes."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.core.errors import BadDate, UnknownName
from undertow.model.rulebook import Pool, moves
from undertow.model.rulebook.esma_cfd import EsmaCfd, account_equity, borne

DAY = date(2026, 1, 30)
few = settings(max_examples=40, deadline=None)


def cfd(symbol="XAUUSD", units=10.0, price=5_000.0, **more):
    return Position("c", symbol, units, price, Kind.CFD, price, **more)


def pool_of(*held, equity, day=DAY):
    marks = Marks(day, {one.symbol: one.price for one in held})
    return Pool(BookAccount("c", "esma_cfd", equity), held, equity, marks)


@pytest.mark.parametrize(
    ("symbol", "group", "cap"),
    [
        ("EURUSD", "", 30.0),
        ("GBP/JPY", "", 30.0),
        ("AUDUSD", "", 20.0),
        ("USDTRY", "", 20.0),
        ("XAUUSD", "", 20.0),
        ("XAGUSD", "", 10.0),
        ("US500", "", 20.0),
        ("AAPL", "share", 5.0),
        ("COCOA", "commodity", 10.0),
        ("BTCUSD", "", 2.0),
    ],
)
def test_the_caps_of_the_classes(symbol, group, cap):
    pool = pool_of(cfd(symbol, group=group), equity=1e4)

    assert EsmaCfd().levels(pool, pool.opening).initial == pytest.approx(50_000.0 / cap)


@pytest.mark.parametrize(
    ("symbol", "group", "move"),
    [
        ("XAUUSD", "", 0.025),
        ("XAGUSD", "", 0.05),
        ("EURUSD", "", 1 / 60),
        ("AAPL", "share", 0.10),
        ("BTCUSD", "", 0.25),
    ],
)
def test_at_the_most_leverage_half_the_margin_rate_closes(symbol, group, move):
    held = cfd(symbol, group=group)
    rate = EsmaCfd().rate(held, pool_of(held, equity=1.0), DAY)
    found = moves(EsmaCfd(), pool_of(held, equity=50_000.0 * rate * (1 + 1e-9)), {symbol: -1.0})

    assert found.liquidation == pytest.approx(move, rel=1e-6)
    assert found.call == pytest.approx(0.0, abs=1e-8)


def test_gold_at_five_times_is_closed_at_17_5_per_cent():
    pool = pool_of(cfd(), equity=10_000.0)
    found = moves(EsmaCfd(), pool, {"XAUUSD": -1.0})

    assert found.call == pytest.approx(0.15)
    assert found.liquidation == pytest.approx(0.175)
    assert found.zero == pytest.approx(0.20)


def test_margin_is_of_the_opening_and_does_not_move_with_the_price():
    held = replace(cfd(), price=6_000.0)
    pool = pool_of(held, equity=10_000.0)

    assert EsmaCfd().levels(pool, pool.opening).initial == pytest.approx(2_500.0)


@few
@given(sizes=st.lists(st.floats(1.0, 100.0), min_size=2, max_size=5))
def test_the_account_is_closed_at_half_of_all_its_margins(sizes):
    held = [cfd(f"S{k}", size, 100.0, group="share") for k, size in enumerate(sizes)]
    pool = pool_of(*held, equity=1e6)
    levels = EsmaCfd().levels(pool, pool.opening)

    assert levels.initial == pytest.approx(20.0 * sum(sizes))
    assert levels.liquidation == pytest.approx(0.5 * levels.initial)


@pytest.mark.parametrize(
    ("ratio", "action"),
    [
        (1.2, "none"),
        (0.96, "first call"),
        (0.72, "second call"),
        (0.5, "close-out"),
        (-1, "close-out"),
    ],
)
def test_the_ladder(ratio, action):
    assert EsmaCfd().action(ratio, DAY) == action


def test_the_ladder_s_examples_of_one_provider():
    equity = account_equity(2_500.0 + 1_000.0, [(5_000.0, 3_300.0)])

    assert equity == pytest.approx(1_800.0)
    assert EsmaCfd().action(equity / 2_500.0, DAY) == "second call"


def test_a_legacy_stop_out_closes_later():
    pool = pool_of(cfd(), equity=2_500.0)
    legacy = EsmaCfd().rates.value((), "legacy_stop_out", date(2017, 1, 2))
    levels = EsmaCfd(stop_out=legacy).levels(pool, pool.opening)

    assert legacy == 0.2
    assert levels.liquidation == pytest.approx(500.0)
    assert EsmaCfd(stop_out=legacy).action(0.4, DAY) == "second call"


@given(st.floats(-1e6, 1e6))
def test_a_negative_balance_is_the_provider_s(equity):
    left, lost = borne(equity)

    assert left >= 0.0 <= lost
    assert left - lost == equity


def test_more_than_the_cap_is_found_only_once_it_would_be_closed():
    early, late = (pool_of(cfd(), equity=e) for e in (2_000.0, 1_000.0))

    assert EsmaCfd().findings(early, early.opening) == ()
    assert "50 times leverage" in str(EsmaCfd().findings(late, late.opening)[0])


def test_a_provider_s_own_margin_counts_where_it_is_more():
    more, less = (pool_of(cfd(broker_rate=r), equity=1e4) for r in (0.1, 0.01))

    assert EsmaCfd().levels(more, more.opening).initial == pytest.approx(5_000.0)
    assert EsmaCfd().levels(less, less.opening).initial == pytest.approx(2_500.0)


def test_before_2018_and_without_a_class_nothing_is_guessed():
    early, strange = pool_of(cfd(), equity=1.0, day=date(2017, 1, 2)), pool_of(cfd("?"), equity=1.0)

    with pytest.raises(BadDate):
        EsmaCfd().levels(early, early.opening)
    with pytest.raises(UnknownName):
        EsmaCfd().levels(strange, strange.opening)
