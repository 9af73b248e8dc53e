"""What is said of a person's own positions."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from undertow.core.answers.book import AccountAnswer
from undertow.core.book import Book, BookAccount, Kind, Mode, Position
from undertow.core.columns import Way
from undertow.core.errors import UnknownName
from undertow.model.rulebook import rulebook_of
from undertow.studies.book import MOST_PRICES, Asked, book_answer
from undertow.studies.book_check import objections, without
from undertow.studies.directions import ALL_AGAINST, COMPONENT, first_component, projected

DAY = date(2026, 2, 9)
SILVER = Position("f", "SIH6", 1.0, 80.0, Kind.FUTURE, multiplier=5000.0, underlying="SI", line=2)
GOLD = Position("f", "GCJ6", 2.0, 5000.0, Kind.FUTURE, multiplier=100.0, underlying="GC", line=3)
FUTURES = BookAccount("f", "cme_futures", 250_000.0)


def book(*positions: Position, account: BookAccount = FUTURES, **more: object) -> Book:
    return Book(positions or (SILVER, GOLD), (account,), DAY, **more)  # type: ignore[arg-type]


def answered(one: Book, **asked: object) -> AccountAnswer:
    return book_answer(one, Asked(**asked)).accounts[0]  # type: ignore[arg-type]


def test_an_account_is_the_sum_of_its_margins() -> None:
    one = answered(book())

    assert one.requirement == pytest.approx(0.18 * 400_000.0 + 0.09 * 1_000_000.0)
    assert one.excess == pytest.approx(88_000.0)
    assert one.leverage == pytest.approx(5.6)
    assert (one.called, one.liquidated) == (False, False)


def test_the_call_comes_where_the_excess_is_gone() -> None:
    silver = answered(book()).positions[0]
    lost = 400_000.0 * silver.reach.call

    assert silver.direction == -1.0
    assert 88_000.0 - lost + 0.18 * lost == pytest.approx(0.0, abs=1e-6)
    assert silver.call_price == pytest.approx(80.0 * (1.0 - silver.reach.call))
    assert silver.zero_price == pytest.approx(30.0)


def test_a_short_is_called_by_a_rise() -> None:
    short = answered(book(replace(SILVER, quantity=-1.0))).positions[0]

    assert short.direction == 1.0
    assert short.call_price > 80.0


def test_all_prices_against_reach_the_call_before_any_alone() -> None:
    one = answered(book())
    together = next(way for way in one.directions if way.name == ALL_AGAINST)

    assert together.along == {"SIH6": -1.0, "GCJ6": -1.0}
    assert together.reach.call < min(p.reach.call for p in one.positions)


def test_the_rate_that_calls_leaves_no_excess() -> None:
    rate = answered(book()).positions[0].calling_rate
    hiked = answered(book(), hikes=(("SI", rate),)).hiked[0]

    assert hiked.excess == pytest.approx(0.0, abs=1e-3)


def test_a_hike_of_a_product_reaches_its_contracts_only() -> None:
    silver, both = answered(book(), hikes=(("SI", 0.22), ("", 0.22))).hiked

    assert silver.requirement == pytest.approx(0.22 * 400_000.0 + 0.09 * 1_000_000.0)
    assert both.requirement == pytest.approx(0.22 * 1_400_000.0)


def test_a_shock_moves_what_follows_the_name() -> None:
    after = answered(book(), shock={"SI": -0.26, "GCJ6": -0.09}).shocked

    assert after is not None
    assert after.equity == pytest.approx(250_000.0 - 0.26 * 400_000.0 - 0.09 * 1_000_000.0)
    assert after.called


def test_a_shock_larger_than_the_equity_leaves_a_debt() -> None:
    after = answered(book(), shock={"SI": -0.9}).shocked

    assert after is not None
    assert after.owed == pytest.approx(0.9 * 400_000.0 - 250_000.0)
    assert math.isinf(after.leverage)


def test_a_name_that_is_not_in_the_book_is_refused() -> None:
    with pytest.raises(UnknownName, match="'XAG' in the book is not known"):
        answered(book(), shock={"XAG": -0.1})
    with pytest.raises(UnknownName, match="'PL' in the book is not known"):
        answered(book(), hikes=(("PL", 0.2),))


def test_rates_of_an_option_are_of_its_underlying() -> None:
    put = Position(
        "b", "SPY P640", -2.0, 2.3, Kind.OPTION, multiplier=100.0, underlying="SPY",
        expiry=date(2026, 2, 20), strike=640.0, right="P",
    )  # fmt: skip
    account = BookAccount("b", "reg_t", 50_000.0)
    one = answered(book(put, account=account, quotes={"SPY": 691.0})).positions[0]

    assert one.follows == "SPY"
    assert one.size == pytest.approx(460.0)
    assert one.rate == pytest.approx(one.requirement / (200.0 * 691.0))
    assert one.rate < one.calling_rate < 1.0


def test_an_isolated_position_is_an_account_of_its_own() -> None:
    cross = Position("p", "BTCUSDT", 0.5, 80_000.0, Kind.PERPETUAL, 80_000.0, currency="USDT")
    alone = replace(cross, mode=Mode.ISOLATED, isolated_margin=5_000.0, line=4)
    account = BookAccount("p", "binance", 8_000.0, "USDT")
    found = book_answer(book(cross, alone, account=account), Asked()).accounts

    assert [one.pool for one in found] == ["cross", "BTCUSDT"]
    assert [one.equity for one in found] == [8_000.0, 5_000.0]


def test_the_fee_of_a_liquidation_brings_the_end_nearer() -> None:
    held = Position("p", "BTCUSDT", 0.5, 80_000.0, Kind.PERPETUAL, 80_000.0, currency="USDT")
    account = BookAccount("p", "binance", 8_000.0, "USDT")
    one = answered(book(held, account=account)).positions[0]

    assert one.reach.out < one.reach.zero
    assert one.out_price > one.zero_price


def test_a_gap_brings_the_end_nearer_and_leaves_less() -> None:
    plain, gapped = (answered(book(), gap=gap).positions[0].reach for gap in (0.0, 0.05))

    assert (plain.call, plain.zero) == (gapped.call, gapped.zero)
    assert gapped.out < plain.out
    assert gapped.left < plain.left


def test_what_is_owned_outright_is_shown_and_not_tested() -> None:
    free = Position("f", "NVDA", 100.0, 190.0, held=Way.FREE)
    one = answered(book(SILVER, free))

    assert one.free == 19_000.0
    assert [p.symbol for p in one.positions] == ["SIH6"]


def test_an_account_without_positions_has_its_equity() -> None:
    one = book_answer(Book((), (FUTURES,), DAY), Asked())

    assert one.accounts[0].equity == 250_000.0
    assert one.outcome == "No position is pledged, so that nothing can be called."


def test_the_first_sentence_is_the_nearest_liquidation_price() -> None:
    first, second = book_answer(book(), Asked()).said

    assert str(first).startswith("Liquidation price of GCJ6 in f: 4,516.48, −9.67 % from here")
    assert "a margin of 17.80 % on GCJ6 is a call" in str(second)


def test_an_account_that_is_called_already_says_so_first() -> None:
    poor = replace(FUTURES, equity=100_000.0)
    said = book_answer(book(account=poor), Asked()).said

    assert str(said[0]).startswith("f is below its requirement now: 100,000 of equity, 162,000")


@pytest.mark.parametrize(
    ("equity", "move", "ends"),
    [
        (250_000.0, -0.01, "calls no account."),
        (250_000.0, -0.30, "closes out f."),
        (250_000.0, -0.70, "leaves f owing money."),
    ],
)
def test_a_shock_is_said_by_its_worst(equity: float, move: float, ends: str) -> None:
    account = replace(FUTURES, equity=equity)
    said = book_answer(book(account=account), Asked(shock={"SI": move})).said

    assert str(said[-1]).endswith(ends)


@pytest.mark.parametrize(("rate", "says"), [(0.2, "keeps 80,000 USD"), (0.5, "called for 40,000")])
def test_a_hike_is_said_in_money(rate: float, says: str) -> None:
    said = book_answer(book(), Asked(hikes=(("SI", rate),))).said

    assert says in str(said[1])


def test_only_the_largest_of_very_many_positions_have_prices_of_their_own() -> None:
    many = tuple(Position("b", f"S{k}", 1.0 + k, 10.0, line=k + 1) for k in range(MOST_PRICES + 3))
    one = answered(book(*many, account=BookAccount("b", "reg_t", 1e6)))

    assert len(one.positions) == MOST_PRICES
    assert one.positions[0].symbol == "S3"


def test_the_first_component_is_what_moves_together() -> None:
    one = book()
    silver = [0.01, -0.03, 0.02, -0.01]
    returns = {"SIH6": silver, "GCJ6": [0.5 * r for r in silver]}
    way = next(w for w in answered(one, returns=returns).directions if w.name == COMPONENT)

    assert way.along["SIH6"] == pytest.approx(-1.0)
    assert way.along["GCJ6"] == pytest.approx(-0.5)


def test_without_returns_there_is_no_component() -> None:
    from undertow.model.rulebook import pools

    one = book()
    pool = pools(one, FUTURES)[0]

    assert first_component(rulebook_of(FUTURES), pool, {}) == {}
    assert [way.name for way in answered(one).directions] == [ALL_AGAINST]


def test_a_path_is_walked_by_the_names_of_what_is_followed() -> None:
    from undertow.model.rulebook import pools

    fund = Position("b", "AGQ", 10.0, 400.0, Kind.ETF, underlying="SI", leverage=2.0)
    account = BookAccount("b", "reg_t", 4_000.0)
    pool = pools(book(fund, account=account), account)[0]

    assert projected(pool, {"SI": -0.26}) == {"AGQ": -0.52}
    assert projected(pool, {"SI": -0.6}) == {"AGQ": -1.0}
    assert projected(pool, {"AGQ": -0.1, "SI": -0.26}) == {"AGQ": -0.1}


def test_a_regime_refuses_what_it_does_not_carry_line_by_line() -> None:
    stock = Position("f", "NVDA", 1.0, 190.0, line=7)
    unlisted = replace(SILVER, symbol="ZZ", underlying="", line=8)
    found = objections(book(SILVER, stock, unlisted))

    assert [one.line for one in found] == [7, 8]
    assert str(found[0].said) == "cme_futures does not carry stock such as NVDA."
    assert "lists no rate of ZZ on 2026-02-09" in str(found[1].said)
    assert without(book(SILVER, stock, unlisted), found).positions == (SILVER,)


def test_an_option_without_its_contract_is_refused_with_what_it_lacks() -> None:
    stock = Position("b", "NVDA", 100.0, 190.0, line=2)
    bare = Position("b", "C", -1.0, 5.0, Kind.OPTION, multiplier=100.0, underlying="NVDA", line=3)
    half = replace(bare, symbol="P", strike=180.0, right="P", line=4)
    found = objections(book(stock, bare, half, account=BookAccount("b", "reg_t", 62_000.0)))

    assert [str(one.said) for one in found] == [
        "C is an option; fill expiry, strike, right.",
        "P is an option; fill expiry.",
    ]


def test_five_times_leverage_is_refused_under_reg_t() -> None:
    held = Position("b", "XYZ", 500.0, 100.0, line=3)
    (one,) = objections(book(held, account=BookAccount("b", "reg_t", 10_000.0)))

    assert one.line is None
    assert "does not allow 5 times leverage" in str(one.said)


def test_an_account_that_is_not_reconciled_is_warned_of() -> None:
    doubtful = replace(FUTURES, broker_says=0.9)
    (said,) = book_answer(book(account=doubtful), Asked()).warnings

    assert str(said).startswith("f is not reconciled")
    assert book_answer(book(account=replace(FUTURES, broker_says=0.648)), Asked()).warnings == ()


def test_a_long_book_says_that_only_the_largest_are_priced() -> None:
    many = tuple(Position("b", f"S{k}", 1.0 + k, 10.0, line=k + 1) for k in range(MOST_PRICES + 3))
    answer = book_answer(book(*many, account=BookAccount("b", "reg_t", 1e6)), Asked())

    assert f"largest {len(answer.accounts[0].positions)} have prices" in str(answer.warnings[0])
    assert book_answer(book(), Asked()).warnings == ()


def test_in_a_long_book_the_direction_is_the_one_that_asking_gives() -> None:
    from undertow.model.rulebook import adverse, pools
    from undertow.studies.directions import MOST_ASKED, against

    many = tuple(
        Position("b", f"S{k}", (-1.0) ** k, 10.0, line=k + 1) for k in range(MOST_ASKED + 1)
    )
    account = BookAccount("b", "reg_t", 1e6)
    pool = pools(book(*many, account=account), account)[0]
    rulebook = rulebook_of(account)
    along = against(rulebook, pool)

    assert len(along) == len(many)
    for symbol in ("S0", "S1", "S100"):
        assert {symbol: along[symbol]} == adverse(rulebook, pool, symbol)
