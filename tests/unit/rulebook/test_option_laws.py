"""What every regime with options promises of accounts that hold some; the laws of stocks too."""

import math
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from undertow.core.book import Book, BookAccount, Kind, Marks, Position
from undertow.model.rulebook import (
    Pool,
    adverse,
    black_scholes,
    calling_rate,
    moved,
    moves,
    pools,
    restoring_share,
)
from undertow.model.rulebook.portfolio_margin import PortfolioMargin
from undertow.model.rulebook.reg_t import RegT
from undertow.model.rulebook.span import Span

DAY = date(2026, 2, 9)
BEYOND = {"XYZ": (100.0, Kind.STOCK, 1.0, 100.0), "SI": (80.0, Kind.FUTURE, 5000.0, 5000.0)}
REGIMES = ((RegT(), "XYZ"), (PortfolioMargin(), "XYZ"), (Span(), "SI"))
SOLD_TOO = st.sampled_from([-2.0, -1.0, 1.0])
few = settings(max_examples=15, deadline=None)


@st.composite
def option_books(draw, sides=SOLD_TOO):
    """A regime and a pool with one to three options at their value, and perhaps what is beneath."""
    rulebook, symbol = draw(st.sampled_from(REGIMES))
    spot, kind, units, lot = BEYOND[symbol]
    held, prices = [], {symbol: spot}
    for k in range(draw(st.integers(1, 3))):
        one = Position(
            "m", f"o{k}", draw(sides), 0.0, Kind.OPTION, multiplier=lot, underlying=symbol,
            expiry=DAY + timedelta(days=draw(st.sampled_from([10, 90]))),
            strike=spot * draw(st.sampled_from([0.8, 0.95, 1.0, 1.05, 1.2])),
            right=draw(st.sampled_from("CP")), volatility=draw(st.sampled_from([0.2, 0.6])),
        )  # fmt: skip
        prices[one.symbol] = black_scholes(one, spot, one.volatility, DAY)
        held.append(replace(one, price=prices[one.symbol]))
    count = draw(st.sampled_from([0.0, 1.0, -1.0])) * (lot if kind is Kind.STOCK else 1.0)
    if count:
        held.append(Position("m", symbol, count, spot, kind, multiplier=units))
    equity = 2.0 * sum(abs(p.quantity) * p.multiplier for p in held) * spot
    account = BookAccount("m", "any", equity)
    return rulebook, symbol, Pool(account, tuple(held), equity, Marks(DAY, prices))


def needed(rulebook, pool, marks=None):
    return rulebook.levels(pool, marks or pool.opening).maintenance


def may_jump(pool):
    """Whether there is a short straddle, whose rule takes the premium of the lesser side."""
    return {"C", "P"} <= {p.right for p in pool.positions if p.quantity < 0.0}


@few
@given(book=option_books(), x=st.floats(-0.95, 2.0))
def test_levels_are_ordered_at_every_price(book, x):
    rulebook, symbol, pool = book
    levels = rulebook.levels(pool, moved(pool.opening, {symbol: 1.0}, x, pool.positions))

    assert 0.0 <= levels.liquidation <= levels.maintenance * (1 + 1e-12)
    assert levels.maintenance <= levels.initial * (1 + 1e-12)


@few
@given(book=option_books(), cushion=st.floats(1.05, 3.0), sign=st.sampled_from([1.0, -1.0]))
def test_the_call_comes_first_then_the_liquidation_then_zero_equity(book, cushion, sign):
    rulebook, symbol, pool = book
    rich = replace(pool, equity=cushion * max(1_000.0, needed(rulebook, pool)))
    found = moves(rulebook, rich, {symbol: sign})

    assert 0.0 < found.call <= found.liquidation <= found.zero


@few
@given(book=option_books(), cushion=st.floats(1.05, 3.0))
def test_at_the_call_equity_is_the_requirement(book, cushion):
    rulebook, symbol, pool = book
    assume(not may_jump(pool))
    rich = replace(pool, equity=cushion * max(1_000.0, needed(rulebook, pool)))
    along = adverse(rulebook, rich, symbol)
    call = moves(rulebook, rich, along).call
    assume(math.isfinite(call))
    levels = rulebook.levels(rich, moved(rich.opening, along, call, rich.positions))

    assert levels.equity == pytest.approx(levels.maintenance, rel=1e-6, abs=1e-3)


@few
@given(book=option_books(), cushion=st.floats(1.05, 3.0))
def test_just_before_the_call_nothing_is_called_and_just_after_it_is(book, cushion):
    rulebook, symbol, pool = book
    rich = replace(pool, equity=cushion * max(1_000.0, needed(rulebook, pool)))
    along = adverse(rulebook, rich, symbol)
    call = moves(rulebook, rich, along).call
    assume(math.isfinite(call))
    before, after = (
        rulebook.levels(rich, moved(rich.opening, along, x, rich.positions))
        for x in (call * (1 - 1e-7), call * (1 + 1e-7))
    )

    assert before.equity >= before.maintenance * (1 - 1e-9) - 1e-6
    assert after.equity <= after.maintenance * (1 + 1e-9) + 1e-6


@few
@given(book=option_books(), x=st.floats(-0.8, 1.5))
def test_the_requirement_is_continuous_in_the_price(book, x):
    rulebook, symbol, pool = book
    assume(not may_jump(pool))
    near, nearer = (
        needed(rulebook, pool, moved(pool.opening, {symbol: 1.0}, x + d, pool.positions))
        for d in (0.0, 1e-9)
    )

    assert nearer == pytest.approx(near, rel=1e-5, abs=1.0)


@few
@given(book=option_books(), times=st.integers(2, 5))
def test_a_multiple_of_an_account_asks_for_at_most_the_multiple(book, times):
    rulebook, _, pool = book
    larger = needed(rulebook, pool.scaled(float(times)))

    assert larger <= times * needed(rulebook, pool) * (1 + 1e-9) + 1e-6


@few
@given(book=option_books(), rates=st.lists(st.floats(0.3, 0.9), min_size=2, max_size=3))
def test_a_hike_of_what_is_beneath_never_lowers_a_stock_or_future(book, rates):
    rulebook, symbol, pool = book
    alone = replace(pool, positions=tuple(p for p in pool.positions if p.symbol == symbol))
    asked = [needed(rulebook.hiked(symbol, rate, DAY), alone) for rate in sorted({0.3, *rates})]

    assert all(more >= less - 1e-9 for less, more in pairwise(asked))


@few
@given(book=option_books(sides=st.sampled_from([1.0, 2.0])))
def test_bought_options_alone_lose_no_more_than_they_cost(book):
    rulebook, symbol, pool = book
    alone = tuple(p for p in pool.positions if p.symbol != symbol)
    cost = sum(p.quantity * p.multiplier * p.price for p in alone)
    least = sum(0.375 * p.quantity * p.multiplier for p in alone)
    asked = needed(rulebook, replace(pool, positions=alone))

    assert asked <= max(cost, least) * (1 + 1e-6) + 1e-6


@few
@given(book=option_books())
def test_the_rate_that_alone_calls_leaves_no_excess(book):
    rulebook, symbol, pool = book
    held = replace(pool, equity=1.3 * max(1_000.0, needed(rulebook, pool)))
    rate = calling_rate(rulebook, held, symbol)
    assume(math.isfinite(rate))

    assert needed(rulebook.hiked(symbol, rate, DAY), held) == pytest.approx(held.equity, rel=1e-5)


@few
@given(book=option_books())
def test_an_account_without_a_call_sells_nothing(book):
    rulebook, _, pool = book

    assert restoring_share(rulebook, replace(pool, equity=needed(rulebook, pool) + 1.0)) == 0.0


@pytest.mark.parametrize("rulebook", [RegT(), PortfolioMargin()], ids=lambda r: type(r).__name__)
def test_an_option_whose_volatility_is_not_told_keeps_the_one_its_price_implies(rulebook):
    call = Position(
        "m", "C", -1.0, 4.0, Kind.OPTION, multiplier=100.0, underlying="XYZ",
        expiry=DAY + timedelta(days=60), strike=100.0, right="C",
    )  # fmt: skip
    account = BookAccount("m", "any", 20_000.0)
    book = Book((call,), (account,), DAY, quotes={"XYZ": 100.0})
    (pool,) = pools(book, account)
    told = replace(pool, positions=(replace(call, volatility=pool.positions[0].volatility),))
    implied, given_ = (moves(rulebook, one, {"XYZ": 1.0}).call for one in (pool, told))

    assert implied == given_
    assert 0.0 < implied < 2.0


@pytest.mark.parametrize("rulebook", [RegT(), PortfolioMargin()], ids=lambda r: type(r).__name__)
def test_each_line_alone_asks_for_at_least_what_it_adds(rulebook):
    stock = Position("m", "XYZ", 100.0, 100.0)
    call = Position(
        "m", "C", -1.0, 4.0, Kind.OPTION, multiplier=100.0, underlying="XYZ",
        expiry=DAY + timedelta(days=60), strike=100.0, right="C", volatility=0.3,
    )  # fmt: skip
    marks = Marks(DAY, {"XYZ": 100.0, "C": 4.0})
    pool = Pool(BookAccount("m", "any", 2e4), (stock, call), 2e4, marks)
    lines = rulebook.lines(pool, marks)

    assert len(lines) == 2
    assert needed(rulebook, pool) < sum(lines)
