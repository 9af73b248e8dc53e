"""Probabilities of no call and no closing over a horizon."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small import holders, shocked, system
from small_books import DAY, chips, coins, gold, joined, silver
from undertow.core.book import Book, BookAccount, Kind, Marks, Position
from undertow.core.errors import BadNumber
from undertow.engine.run import How, run
from undertow.model.rulebook import RULEBOOK, Levels, Pool, moved, pools, rulebook_of
from undertow.model.rulebook.reg_t import RegT
from undertow.studies.along import along
from undertow.studies.backtest import Trying, back_tested, deciles
from undertow.studies.filtered import Volatility
from undertow.studies.returns import DailyReturns, returns_from
from undertow.studies.survival import Drawing, survival, survival_in_runs

some = settings(max_examples=15, deadline=None)
DATA = Path(__file__).resolve().parents[4] / "shared/data/market/prices_daily.parquet"
FLAT = Volatility(0.0, 1.0)
QUICK = Drawing(10, 2_000, volatility=FLAT)


def normal(*symbols: str, sigma: float = 0.02, count: int = 3000) -> DailyReturns:
    log = np.random.default_rng(1).normal(0.0, sigma, (count, len(symbols)))
    return DailyReturns(symbols, np.datetime64("2014-01-01") + np.arange(count), log)


def held(quantity: float, equity: float, *, regime: str = "reg_t", price: float = 100.0) -> Book:
    account = BookAccount("a", regime, equity)
    return Book((Position("a", "XYZ", quantity, price),), (account,), DAY)


@pytest.mark.parametrize("name", RULEBOOK.members())
def test_tables_say_what_the_rulebook_says(name: str) -> None:
    pool = RULEBOOK.member(name).example_pool()
    rulebook = RULEBOOK.make(name, {})
    symbols = tuple(dict.fromkeys(p.symbol for p in pool.positions))
    way = along(rulebook, pool, symbols)
    ratios = np.exp(np.random.default_rng(2).normal(0.0, 0.15, (40, 3, len(symbols))))
    gross = pool.gross(pool.opening)

    for path, found in zip(ratios, zip(*way.below(ratios), strict=True), strict=True):
        for day, row in enumerate(path):
            there = dict(zip(symbols, row - 1.0, strict=True))
            levels = rulebook.levels(pool, moved(pool.opening, there, 1.0, pool.positions))
            for below, level in zip(found, (levels.maintenance, levels.liquidation), strict=True):
                near = abs(levels.equity - level) < 1e-3 * gross
                assert near or below[day] == (levels.equity < level)


class Together(RegT):
    """Requires of the account what no sum over symbols does: the larger of two."""

    __slots__ = ()

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        sizes = [pool.size(p, marks) for p in pool.positions]
        needed = 0.25 * max(sizes, default=0.0)
        return Levels(pool.equity_at(marks), needed, needed, needed)


def test_offsets_between_symbols_are_asked_of_the_rulebook_itself() -> None:
    book = joined(held(100.0, 4000.0), Book((Position("a", "ABC", 50.0, 100.0),), (), DAY))
    found = survival(
        book,
        normal("XYZ", "ABC"),
        drawing=replace(QUICK, asked=50),
        rulebooks={"a": Together()},
    )

    assert found[0].exact
    assert found[0].paths == 50


def test_one_day_of_normal_returns_is_the_normal_distribution() -> None:
    # Called where 10,000·x < 0.25·x·10,000 + loan.
    book = held(100.0, 2_750.0)
    barrier = np.log(7250.0 / 7500.0)
    found = survival(book, normal("XYZ"), drawing=Drawing(1, 60_000, volatility=FLAT))
    expected = 1.0 - NormalDist(0.0, 0.02).cdf(barrier)

    assert found[0].no_call.value == pytest.approx(expected, abs=0.01)


@some
@given(st.floats(0.0, 5000.0), st.floats(0.0, 5000.0), st.booleans())
def test_more_money_never_makes_a_call_likelier(one: float, more: float, short: bool) -> None:
    size = -100.0 if short else 100.0
    poor, rich = (
        survival(held(size, 2_500.0 + money), normal("XYZ"), drawing=QUICK)[0]
        for money in (one, one + more)
    )

    assert rich.no_call.value >= poor.no_call.value


@some
@given(st.integers(-100, 100), st.floats(0.0, 9e3))
def test_survival_only_falls_with_time_and_a_closing_comes_after_a_call(
    shares: int, equity: float
) -> None:
    found = survival(held(float(shares), equity), normal("XYZ"), drawing=QUICK)[0]

    assert (np.diff(found.no_call_by_day) <= 0.0).all()
    assert (found.no_liquidation_by_day >= found.no_call_by_day).all()
    assert found.no_call.low <= found.no_call.value <= found.no_call.high


def test_who_owes_nothing_is_never_called_and_who_is_called_does_not_survive() -> None:
    whole, called = (
        survival(held(100.0, equity), normal("XYZ"), drawing=QUICK)[0]
        for equity in (10_000.0, 100.0)
    )

    assert whole.no_call.value == 1.0
    assert whole.no_call.low < 1.0
    assert called.no_call.value < 0.01


def test_the_interval_counts_no_more_trials_than_the_past_has_windows() -> None:
    found = survival(held(100.0, 3_000.0), normal("XYZ", count=1000), drawing=QUICK)[0]

    assert found.trials == 100
    assert (found.since, found.until) == (date(2014, 1, 1), date(2016, 9, 26))


def test_a_symbol_without_returns_stands_still_and_is_said() -> None:
    book = joined(silver(), chips())
    found = survival(book, normal("SI"), drawing=QUICK)

    assert [one.without for one in found] == [(), ("NVDA",)]


def test_a_book_without_any_returns_stands_still() -> None:
    found = survival(chips(), normal("SI"), drawing=QUICK)[0]

    assert found.no_call.value == 1.0


def test_each_account_lives_under_its_own_regime() -> None:
    book = joined(silver(equity=160_000.0), gold(), coins(wallet=20_000.0))
    found = survival(book, normal("SI", "GC", "BTCUSDT"), drawing=QUICK)

    assert [one.account for one in found] == ["f", "g", "p"]
    assert all(0.0 < one.no_call.value < 1.0 for one in found)


def test_an_option_follows_the_returns_of_its_underlying() -> None:
    put = Position(
        "s", "P", -10.0, 6.0, Kind.OPTION, underlying="NVDA", volatility=0.5,
        expiry=date(2026, 4, 30), strike=180.0, right="P", multiplier=100.0,
    )  # fmt: skip
    plain = chips(equity=80_000.0)
    bent = replace(plain, positions=(*plain.positions, put))
    without, found = (
        survival(book, normal("NVDA"), drawing=QUICK)[0].no_call.value for book in (plain, bent)
    )

    assert found < without


def test_runs_are_trials_of_their_own() -> None:
    fund = holders(np.array([[1e3]]), np.array([-8e4]))
    falls = (1.0, 0.97, 0.9, 0.5)
    calm = system(fund, bars=4)
    runs = [run(shocked(calm, (1, 0, fall)), how=How(threads=1)) for fall in falls]
    book = held(100.0, 3_000.0)
    found = survival_in_runs(book, calm.market, runs, symbols={"XYZ": "A"})[0]

    assert found.no_call_by_day.tolist() == [1.0, 0.5, 0.5, 0.5]
    assert (found.trials, found.source, found.since) == (4, "runs", None)
    assert found.no_call.low < 0.2


def test_one_run_says_little() -> None:
    calm = system(bars=2)
    runs = [run(calm, how=How(threads=1))]
    found = survival_in_runs(held(1.0, 50.0), calm.market, runs, symbols={"XYZ": "A"})[0]

    assert found.no_call.value == 1.0
    assert found.no_call.low < 0.25


def test_who_states_the_truth_is_inside_and_who_halves_it_is_found_out() -> None:
    rng = np.random.default_rng(4)
    chance = rng.random(2000)
    happened = rng.random(2000) < chance

    assert sum(one.inside for one in deciles(chance, happened)) >= 9
    assert sum(one.inside for one in deciles(0.5 * chance, happened)) <= 2


def test_nine_cases_make_no_deciles() -> None:
    with pytest.raises(BadNumber, match="9 cases"):
        deciles(np.full(9, 0.5), np.ones(9, dtype=np.bool_))


def test_in_a_world_of_independent_returns_probabilities_come_true() -> None:
    trying = Trying(date(2018, 1, 1), date(2022, 1, 1), history=300)
    found = back_tested(normal("A", "B", "C"), trying, Drawing(5, 400, volatility=FLAT))

    assert found.cases > 200
    assert sum(one.inside for one in found.deciles) >= 9


@pytest.mark.skipif(not DATA.exists(), reason="the daily prices of ../shared/data are not here")
def test_probabilities_stated_from_2010_to_2025_came_true_by_decile() -> None:
    import polars as pl

    names = (
        "SPY", "QQQ", "IWM", "EEM", "TLT", "GLD", "XLE", "XLF", "XLK", "FXI",
        "AAPL", "MSFT", "NVDA", "AMD", "JPM", "GS", "AMZN", "NFLX",
    )  # fmt: skip
    returns = returns_from(pl.read_parquet(DATA), {name: name for name in names})
    trying = Trying(date(2010, 1, 1), date(2026, 1, 1), history=500)
    found = back_tested(returns, trying, Drawing(5, 500, volatility=Volatility(0.06, 0.94)))

    assert found.cases > 800
    assert [one for one in found.deciles if not one.inside] == []


def test_a_pool_is_left_as_it_is() -> None:
    account = BookAccount("a", "reg_t", 3_000.0)
    pool = Pool(account, (), 3_000.0, Marks(DAY, {}))

    assert (
        along(rulebook_of(account), pool, ()).below(np.ones((3, 2, 0)))[0].tolist()
        == [[False, False]] * 3
    )


def test_returns_after_the_books_date_are_not_looked_at() -> None:
    returns = normal("XYZ", count=5000)
    wild = DailyReturns(returns.symbols, returns.dates, returns.log.copy())
    wild.log[returns.dates > np.datetime64(DAY)] = 0.5
    one, other = (
        survival(held(100.0, 3_000.0), each, drawing=QUICK)[0] for each in (returns, wild)
    )

    assert one.until == DAY
    assert one.no_call_by_day.tobytes() == other.no_call_by_day.tobytes()


def test_a_hiked_rulebook_makes_a_call_likelier() -> None:
    book = held(100.0, 4_000.0)
    hiked = rulebook_of(book.accounts[0]).hiked("XYZ", 0.35, DAY)
    plain, harder = (
        survival(book, normal("XYZ"), drawing=QUICK, rulebooks=each)[0].no_call.value
        for each in (None, {"a": hiked})
    )

    assert harder < plain


def test_a_long_and_a_short_of_one_thing_are_safer_than_either() -> None:
    hedged = joined(held(100.0, 6_000.0), Book((Position("a", "ABC", -100.0, 100.0),), (), DAY))
    one = normal("XYZ")
    twins = DailyReturns(("XYZ", "ABC"), one.dates, np.repeat(one.log, 2, axis=1))
    loose = normal("XYZ", "ABC")
    together, apart = (
        survival(hedged, each, drawing=QUICK)[0].no_call.value for each in (twins, loose)
    )

    assert together > apart


def test_a_tiered_perpetual_is_tabled_exactly_at_its_kinks() -> None:
    (pool,) = pools(coins(200.0, wallet=2e6), coins().accounts[0])
    pool = replace(pool, equity=2e6)
    rulebook = rulebook_of(pool.account)
    way = along(rulebook, pool, ("BTCUSDT",))
    assert way.tables is not None
    ratio = np.linspace(0.5, 1.5, 301)
    tabled = way.fixed + way.tables[0].at(ratio)
    asked = [
        rulebook.levels(pool, moved(pool.opening, {"BTCUSDT": r - 1.0}, 1.0, pool.positions))
        for r in ratio.tolist()
    ]

    assert tabled[:, 1] == pytest.approx([one.maintenance for one in asked], rel=1e-9)
    assert tabled[:, 0] == pytest.approx([one.equity for one in asked], rel=1e-9, abs=1e-3)


def test_options_are_tabled_near_enough_to_draw_all_paths() -> None:
    legs = [
        Position(
            "pm", f"NVDA{k}", units, 6.0, Kind.OPTION, multiplier=100.0, underlying="NVDA",
            volatility=0.4, expiry=date(2026, 3, 20), strike=strike, right=right,
        )
        for k, (right, strike, units) in enumerate([("P", 170.0, -5.0), ("C", 210.0, -5.0)])
    ]  # fmt: skip
    stock = Position("pm", "NVDA", 100.0, 190.0)
    account = BookAccount("pm", "portfolio_margin", 9_000.0)
    book = Book((stock, *legs), (account,), DAY)
    found = survival(book, normal("NVDA"), drawing=QUICK)[0]

    assert not found.exact
    assert found.paths == QUICK.paths
    assert 0.0 < found.no_call.value < 1.0
