"""Margin financing in China: one ratio for the account."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook import Pool, moves
from undertow.model.rulebook.margin_financing import (
    MarginFinancing,
    debts,
    guarantee_ratio,
    value_at_ratio,
)

D1 = date(2026, 1, 30)


def pool(*held, equity=120_000.0, on=D1, **account):
    held = held or (shares(),)
    marks = Marks(on, {p.symbol: p.price for p in held})
    return Pool(BookAccount("c", "margin_financing", equity, "CNY", **account), held, equity, marks)


def shares(count=10_000.0, price=20.0, symbol="600000", **more):
    return Position("c", symbol, count, price, currency="CNY", **more)


def levels(found, rule=None):
    return (rule or MarginFinancing()).levels(found, found.opening)


def test_what_is_owed_is_what_equity_does_not_cover():
    assert debts(pool(), pool().opening) == (80_000.0, 0.0)
    assert debts(pool(equity=300_000.0), pool().opening) == (0.0, 0.0)


def test_a_loan_is_called_at_140_and_sold_at_130_per_cent():
    found = levels(pool())

    assert found.maintenance == pytest.approx(0.4 * 80_000.0)
    assert found.liquidation == pytest.approx(0.3 * 80_000.0)


def test_prices_of_the_call_and_the_sale_are_where_the_ratio_says():
    found = moves(MarginFinancing(), pool(), {"600000": -1.0})

    assert 200_000.0 * (1.0 - found.call) == pytest.approx(value_at_ratio(80_000.0, 1.4))
    assert 200_000.0 * (1.0 - found.liquidation) == pytest.approx(value_at_ratio(80_000.0, 1.3))
    assert 200_000.0 * (1.0 - found.zero) == pytest.approx(80_000.0)


def test_a_short_is_a_debt_that_grows_with_its_price():
    held = pool(shares(-1_000.0), equity=20_000.0)
    found = moves(MarginFinancing(), held, {"600000": 1.0})

    assert debts(held, held.opening) == (0.0, 20_000.0)
    assert found.call == pytest.approx(40_000.0 / 28_000.0 - 1.0)
    assert found.liquidation == pytest.approx(40_000.0 / 26_000.0 - 1.0)


@pytest.mark.parametrize(
    ("on", "loan", "short"),
    [
        (date(2020, 1, 2), 1.0, 0.5),
        (date(2023, 9, 7), 1.0, 0.5),
        (date(2023, 9, 8), 0.8, 0.5),
        (date(2024, 7, 22), 0.8, 1.0),
        (date(2026, 1, 18), 0.8, 1.0),
        (date(2026, 1, 19), 1.0, 1.0),
    ],
)
def test_opening_takes_the_margin_ratio_of_the_day(on, loan, short):
    borrowed = levels(pool(on=on))
    sold = levels(pool(shares(-1_000.0), on=on))

    assert borrowed.initial == pytest.approx(loan * 80_000.0)
    assert sold.initial == pytest.approx(short * 20_000.0)


def test_an_account_without_debts_is_asked_for_nothing():
    found = levels(pool(equity=200_000.0))

    assert found.maintenance == found.liquidation == found.initial == 0.0


def test_a_house_rate_of_a_line_is_a_share_of_its_value():
    found = levels(pool(shares(broker_rate=0.5)))

    assert found.maintenance == pytest.approx(100_000.0)
    assert levels(pool(shares(broker_rate=0.01))).maintenance == pytest.approx(32_000.0)


def test_a_hike_is_a_house_rate_of_one_security():
    hiked = MarginFinancing().hiked("600000", 0.3, D1)

    assert levels(pool(), hiked).maintenance == pytest.approx(60_000.0)
    assert levels(pool(shares(symbol="600001")), hiked) == levels(pool(shares(symbol="600001")))


def test_debts_that_cannot_be_carried_are_said():
    found = MarginFinancing().findings(pool(equity=20_000.0), pool().opening)

    assert "does not allow 10 times leverage" in str(found[0])
    assert MarginFinancing().findings(pool(), pool().opening) == ()


def test_futures_are_not_carried():
    future = replace(shares(), kind=Kind.FUTURE)

    assert "future" in str(MarginFinancing().findings(pool(future), pool().opening)[0])


@settings(max_examples=50, deadline=None)
@given(equity=st.floats(1_000.0, 190_000.0))
def test_the_requirement_is_met_exactly_where_the_ratio_is(equity):
    found = levels(pool(equity=equity))
    loan, _ = debts(pool(equity=equity), pool().opening)
    ratio = guarantee_ratio(200_000.0, loan)

    assert (found.equity < found.maintenance) == (ratio < 1.4)
    assert (found.equity < found.liquidation) == (ratio < 1.3)
