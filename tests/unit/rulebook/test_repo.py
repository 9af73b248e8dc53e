"""Repo: a haircut of the day's value, one over it of leverage, called on any fall below it."""

from dataclasses import replace
from datetime import date

import pytest

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.core.errors import UnknownName
from undertow.model.rulebook import Pool, RestoredTo, Seller, moves
from undertow.model.rulebook.repo import Repo, lent, margin_due

DAY = date(2026, 1, 30)


def note(units=10_000.0, price=100.0, **more):
    more = {"group": "treasury", **more}
    return Position("r", "NOTE", units, price, Kind.REPO, **more)


def pool(*held, equity=100_000.0, **account):
    marks = Marks(DAY, {p.symbol: p.price for p in held})
    return Pool(BookAccount("r", "repo", equity, **account), held, equity, marks)


def kept(*held, **account):
    found = pool(*held, **account)
    return Repo().levels(found, found.opening).maintenance


def test_treasuries_take_two_per_cent_and_so_fifty_times():
    assert kept(note()) == pytest.approx(20_000.0)


def test_the_haircut_of_the_trade_counts_where_it_is_more():
    assert kept(note(broker_rate=0.05)) == pytest.approx(50_000.0)
    assert kept(note(broker_rate=0.01)) == pytest.approx(20_000.0)
    assert kept(note(), broker_rate=0.03) == pytest.approx(30_000.0)


def test_a_class_without_a_row_has_the_trades_haircut_alone_even_none():
    assert kept(note(group="", broker_rate=0.0)) == 0.0
    assert kept(note(group="", broker_rate=0.08)) == pytest.approx(80_000.0)
    with pytest.raises(UnknownName, match="NOTE"):
        kept(note(group=""))


def test_a_long_and_a_short_are_two_trades():
    other = replace(note(-10_000.0), symbol="BILL")

    assert kept(note(), other) == pytest.approx(40_000.0)
    assert kept(note(), note(-10_000.0)) == pytest.approx(40_000.0)


@pytest.mark.parametrize(("units", "sign"), [(10_000.0, -1.0), (-10_000.0, 1.0)])
def test_five_times_at_two_per_cent_is_called_as_the_algebra_says(units, sign):
    found = moves(Repo(), pool(note(units), equity=200_000.0), {"NOTE": sign})
    share = 0.18 / (1.0 + sign * 0.02)

    assert found.call == pytest.approx(share)
    assert found.liquidation == pytest.approx(share)
    assert found.zero == pytest.approx(0.2)


def test_a_haircut_that_rises_calls_at_an_unmoved_price():
    held = pool(note(), equity=30_000.0)
    hiked = Repo().hiked("NOTE", 0.04, DAY)

    assert Repo().findings(held, held.opening) == ()
    assert "40,000.00 of equity" in str(hiked.findings(held, held.opening)[0])


def test_a_stock_is_no_repo():
    held = pool(replace(note(), kind=Kind.STOCK))

    assert "does not carry stock" in str(Repo().findings(held, held.opening)[0])


def test_a_call_is_paid_the_same_day_and_the_lender_sells():
    terms = Repo().terms(DAY)

    assert (terms.grace_days, terms.restored_to) == (0.0, RestoredTo.MAINTENANCE)
    assert terms.sells is Seller.LENDER


def test_cash_lent_and_the_margin_that_a_fall_takes():
    cash = lent(1_000_000.0, 0.02)

    assert cash == pytest.approx(980_000.0)
    assert margin_due(cash, 990_000.0, 0.02) == pytest.approx(9_800.0)
    assert margin_due(cash, 1_010_000.0, 0.02) == pytest.approx(-9_800.0)
