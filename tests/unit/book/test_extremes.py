"""The worst of each day in the odds: where it is known, and where a regime looks at it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small_books import DAY, chips, coins, joined, silver
from undertow.core.answers.survival import Survival
from undertow.core.book import Book, Position
from undertow.core.errors import BadNumber
from undertow.model.rulebook import pools, rulebook_of
from undertow.studies.along import along
from undertow.studies.filtered import Volatility, filtered
from undertow.studies.returns import DailyReturns, returns_of
from undertow.studies.survival import Drawing, survival

QUICK = Drawing(days=10, paths=400)
COUNT = 600


def daily(*symbols: str, width: float = 0.02) -> DailyReturns:
    """Returns whose days reach some way beyond their closes."""
    rng = np.random.default_rng(7)
    log = rng.normal(0.0, 0.02, (COUNT, len(symbols)))
    reach = width * rng.random((2, *log.shape))
    dates = np.datetime64(DAY) - np.arange(COUNT)[::-1]
    low, high = np.minimum(log, 0.0) - reach[0], np.maximum(log, 0.0) + reach[1]
    return DailyReturns(symbols, dates, log, low, high)


def closes(returns: DailyReturns) -> DailyReturns:
    return replace(returns, low=None, high=None)


def odds(book: Book, returns: DailyReturns) -> Survival:
    (found,) = survival(book, returns, drawing=QUICK)
    return found


def test_paths_are_the_same_with_and_without_extremes() -> None:
    returns = daily("A", "B")
    wide, plain = (filtered(one, Volatility()) for one in (returns, closes(returns)))

    assert wide.walks(5, 50).close.tobytes() == plain.paths(5, 50).tobytes()
    assert plain.walks(5, 50).low is None


def test_a_days_low_is_below_its_close_and_the_close_before() -> None:
    walks = filtered(daily("A"), Volatility()).walks(8, 200)

    assert walks.low is not None
    assert walks.high is not None
    assert (walks.low <= walks.close + 1e-12).all()
    assert (walks.high >= walks.close - 1e-12).all()


def test_an_extreme_is_as_much_wider_as_volatility_is_today() -> None:
    returns = daily("A")
    calm = filtered(returns, Volatility())
    wild = replace(calm, variance=4.0 * calm.variance)
    (one, other) = (each.walks(1, 300) for each in (calm, wild))

    assert one.low is not None
    assert other.low is not None
    assert other.low == pytest.approx(2.0 * one.low)


def test_a_venue_that_tests_each_tick_looks_at_the_worst_of_the_day() -> None:
    book, returns = coins(2.0, wallet=18_000.0), daily("BTCUSDT")
    found, plain = odds(book, returns), odds(book, closes(returns))

    assert (found.extremes, plain.extremes) == (True, False)
    assert found.no_call.value < plain.no_call.value
    assert found.no_liquidation.value < plain.no_liquidation.value


def test_a_call_that_is_tested_at_the_settlement_is_tested_at_closes() -> None:
    book, returns = silver(2.0, equity=250_000.0), daily("SI")
    found, plain = odds(book, returns), odds(book, closes(returns))

    assert not found.extremes
    assert found.no_call == plain.no_call


def test_a_short_is_at_its_worst_at_the_high() -> None:
    returns = daily("BTCUSDT")
    assert returns.high is not None
    tall = replace(returns, high=returns.high + 0.05)
    wide = replace(returns, low=(returns.low if returns.low is not None else 0.0) - 0.05)
    book = coins(-2.0, wallet=18_000.0)

    assert odds(book, tall).no_call.value < odds(book, returns).no_call.value
    assert odds(book, wide).no_call.value == odds(book, returns).no_call.value


@given(st.floats(0.0, 0.05), st.floats(-3.0, 3.0).filter(lambda units: abs(units) > 0.1))
@settings(max_examples=15, deadline=None)
def test_wider_days_never_make_a_call_less_likely(width: float, units: float) -> None:
    book = coins(units, wallet=30_000.0)
    narrow, wide = (odds(book, daily("BTCUSDT", width=w)) for w in (width, width + 0.01))

    assert wide.no_call.value <= narrow.no_call.value
    assert wide.no_liquidation.value <= narrow.no_liquidation.value
    assert wide.no_call.value <= wide.no_liquidation.value


def test_days_that_end_at_their_worst_are_days_of_closes() -> None:
    returns = daily("BTCUSDT")
    flat = replace(returns, low=returns.log, high=returns.log)

    assert odds(coins(), flat).no_call == odds(coins(), closes(returns)).no_call


def test_each_symbol_is_at_its_own_worst_whether_in_tables_or_asked() -> None:
    other = Position("p", "ETHUSDT", -30.0, 3_000.0, coins().positions[0].kind, currency="USDT")
    book = replace(coins(), positions=(*coins().positions, other))
    (pool,) = pools(book, book.accounts[0])
    tabled = along(rulebook_of(pool.account), pool, ("BTCUSDT", "ETHUSDT"))
    asked = replace(tabled, tables=None)
    rng = np.random.default_rng(2)
    low, high = 1.0 - 0.15 * rng.random((40, 5, 2)), 1.0 + 0.15 * rng.random((40, 5, 2))

    assert tabled.tables is not None
    for one, two in zip(tabled.below_within(low, high), asked.below_within(low, high), strict=True):
        assert one.any()
        assert not one.all()
        assert (one == two).all()


def test_of_symbols_without_lows_the_close_counts() -> None:
    days = np.datetime64("2025-01-01") + np.arange(100)
    close = 100.0 * np.exp(np.cumsum(np.random.default_rng(1).normal(0.0, 0.01, 100)))
    found = returns_of({"A": (days, close, 0.9 * close, 1.1 * close), "B": (days, close)})

    assert found.low is not None
    assert found.low[:, 0] == pytest.approx(found.log[:, 0] + np.log(0.9))
    assert found.low[:, 1].tolist() == found.log[:, 1].tolist()
    assert returns_of({"B": (days, close)}).low is None


def test_a_part_of_returns_keeps_its_extremes() -> None:
    returns = daily("A", "B")
    part = returns.of(("B",)).until((np.datetime64(DAY) - 100).item())

    assert part.low is not None
    assert returns.low is not None
    assert part.low.tobytes() == np.ascontiguousarray(returns.low[:-100, 1:]).tobytes()


def test_a_low_of_nothing_is_refused() -> None:
    days, close = np.datetime64("2025-01-01") + np.arange(100), np.full(100, 10.0)

    with pytest.raises(BadNumber, match="not above 0"):
        returns_of({"A": (days, close, np.zeros(100), close)})


def test_what_nothing_is_known_of_stands_still_at_the_worst_too() -> None:
    book = joined(coins(), replace(chips(), accounts=()))
    (found,) = survival(book, daily("BTCUSDT"), drawing=QUICK)

    assert found.extremes
