"""A book after a shock, and its rulebooks under other margins."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small_books import DAY, coins, joined, silver
from undertow.core.book import Book, BookAccount, Kind, Mode, Position
from undertow.data.books import Source, housed, opened, read_sources
from undertow.model.rulebook import pools, rulebook_of
from undertow.studies.book import Asked, book_answer
from undertow.studies.changed import Hike, hiked, rulebooks, shocked

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.csv"))


def example(file: Path) -> Book:
    source = opened(file)

    assert isinstance(source, Source)
    found = read_sources((replace(source, on=DAY),))

    assert found.book is not None
    return housed(found.book, found.stated)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_a_book_after_a_shock_has_what_the_shock_leaves_it(file: Path) -> None:
    book = example(file)
    plain = (p.symbol for p in book.positions if p.kind is not Kind.OPTION)
    shock = {symbol: -0.07 - 0.01 * at for at, symbol in enumerate(plain)}
    told = [one.shocked for one in book_answer(book, Asked(shock=shock)).accounts]
    after, _ = shocked(book, shock)
    there = book_answer(after, Asked()).accounts

    for one, expected in zip(there, told, strict=True):
        assert expected is not None
        assert one.equity == pytest.approx(expected.equity)
        assert one.requirement == pytest.approx(expected.requirement)


@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
@settings(max_examples=30)
def test_a_shock_is_undone_by_its_inverse(first: float, second: float) -> None:
    book = joined(silver(), coins())
    there, _ = shocked(book, {"SI": first, "BTCUSDT": second})
    back, _ = shocked(there, {"SI": 1.0 / (1.0 + first) - 1.0, "BTCUSDT": -second / (1.0 + second)})

    for one, was in zip(back.accounts, book.accounts, strict=True):
        assert one.equity == pytest.approx(was.equity, abs=1e-6)


def test_no_shock_changes_nothing() -> None:
    book = joined(silver(), coins())

    assert shocked(book, {}) == (book, ())


def test_a_fund_moves_as_many_times_as_what_it_follows() -> None:
    fund = Position("b", "AGQ", 10.0, 400.0, Kind.ETF, underlying="SI", leverage=2.0)
    book = Book((fund,), (BookAccount("b", "reg_t", 4_000.0),), DAY)
    after, _ = shocked(book, {"SI": -0.1})

    assert after.positions[0].price == pytest.approx(320.0)
    assert after.accounts[0].equity == pytest.approx(3_200.0)


def test_an_option_keeps_its_volatility_and_follows_its_stock() -> None:
    held = Position(
        "b", "XYZ C", 10.0, 6.0, Kind.OPTION, underlying="XYZ", multiplier=100.0, strike=100.0,
        right="C", expiry=date(2026, 6, 19),
    )  # fmt: skip
    book = Book((held,), (BookAccount("b", "reg_t", 9_000.0),), DAY, quotes={"XYZ": 100.0})
    after, _ = shocked(book, {"XYZ": -0.1})
    (one,) = after.positions
    again, _ = shocked(after, {"XYZ": 1.0 / 0.9 - 1.0})

    assert after.quotes == {"XYZ": pytest.approx(90.0)}
    assert 0.0 < one.price < 6.0
    assert one.volatility > 0.0
    assert again.positions[0].price == pytest.approx(6.0, rel=1e-6)


def test_an_isolated_position_keeps_its_margin_and_loses_its_profit() -> None:
    held = Position(
        "p", "SOLUSDT", 100.0, 120.0, Kind.PERPETUAL, 120.0, currency="USDT", mode=Mode.ISOLATED,
        isolated_margin=2_000.0,
    )  # fmt: skip
    book = Book((held,), (BookAccount("p", "binance", 500.0, "USDT"),), DAY)
    after, _ = shocked(book, {"SOLUSDT": -0.1})
    (pool,) = pools(after, after.accounts[0])

    assert after.accounts[0].equity == 500.0
    assert pool.equity == pytest.approx(2_000.0 - 1_200.0)


def test_money_moves_with_its_currency() -> None:
    held = Position("l", "SAP", 10.0, 200.0, currency="EUR")
    account = BookAccount("l", "reg_t", 1_500.0)
    book = Book((held,), (account,), DAY, {"EUR": 1.2, "USD": 1.0})
    after, _ = shocked(book, {"EUR": -0.1})

    assert after.fx["EUR"] == pytest.approx(1.08)
    assert after.accounts[0].equity == pytest.approx(1_500.0 - 0.12 * 2_000.0)


def test_hedges_have_the_prices_after_the_shock_and_are_no_part_of_the_book() -> None:
    hedge = Position("f", "SIK6", -1.0, 111.0, Kind.FUTURE, multiplier=5000.0, underlying="SI")
    after, (there,) = shocked(silver(), {"SI": -0.2}, (hedge,))

    assert there.price == pytest.approx(0.8 * 111.0)
    assert [p.symbol for p in after.positions] == ["SI"]
    assert after.accounts[0].equity == pytest.approx(150_000.0 - 2 * 5000.0 * 22.0)


def test_all_margins_hold_together_and_from_the_day_on() -> None:
    gold = Position("f", "GC", 1.0, 5400.0, Kind.FUTURE, multiplier=100.0)
    book = silver()
    both = replace(book, positions=(*book.positions, gold))
    rules = rulebooks(both, (("SI", 0.22), ("GC", 0.12)), DAY)
    (pool,) = pools(both, both.accounts[0])
    late = replace(pool.opening, on=date(2026, 2, 20))
    expected = 0.22 * 1_100_000.0 + 0.12 * 540_000.0

    assert rules["f"].levels(pool, pool.opening).maintenance == pytest.approx(expected)
    assert rules["f"].levels(pool, late).maintenance == pytest.approx(expected)


def test_a_margin_of_one_symbol_leaves_the_others() -> None:
    gold = Position("f", "GC", 1.0, 5400.0, Kind.FUTURE, multiplier=100.0)
    plain = rulebook_of(silver().accounts[0])
    rule = hiked(plain, (gold, *silver().positions), (("SI", 0.22),), DAY)
    pool = replace(pools(silver(), silver().accounts[0])[0], positions=(gold,))
    at = replace(pool, opening=replace(pool.opening, price={"GC": 5400.0}))

    assert rule.levels(at, at.opening) == plain.levels(at, at.opening)


@pytest.mark.parametrize("hikes", [(("SI", 0.3), ("", 0.2)), (("", 0.2), ("SI", 0.3))])
def test_the_margin_of_a_symbol_counts_before_that_of_all(hikes: tuple[Hike, ...]) -> None:
    (pool,) = pools(silver(), silver().accounts[0])
    rules = rulebooks(silver(), hikes, DAY)

    assert rules["f"].levels(pool, pool.opening).maintenance == pytest.approx(0.3 * 1_100_000.0)


def test_without_a_margin_asked_for_the_rules_are_the_shipped_ones() -> None:
    assert rulebooks(silver(), (), DAY) == {}
