"""Returns taken apart into volatility and surprise, and put together again."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.errors import BadNumber, UnknownName
from undertow.studies.filtered import BURN_IN, Volatility, filtered, fitted
from undertow.studies.returns import DailyReturns, returns_from, returns_of

some = settings(max_examples=20, deadline=None)
FIRST = date(2015, 1, 1)


def days(count: int) -> np.ndarray:
    return np.datetime64(FIRST) + np.arange(count)


def calm(count: int = 500, *, sigma: float = 0.01, symbols: int = 1, seed: int = 0) -> DailyReturns:
    """Independent normal returns."""
    log = np.random.default_rng(seed).normal(0.0, sigma, (count, symbols))
    return DailyReturns(tuple("ABCDE"[:symbols]), days(count), log)


def garch(count: int, alpha: float, beta: float) -> DailyReturns:
    rng, variance, log = np.random.default_rng(3), 1e-4, np.empty((count, 1))
    for day in range(count):
        log[day, 0] = np.sqrt(variance) * rng.normal()
        variance = (1 - alpha - beta) * 1e-4 + alpha * log[day, 0] ** 2 + beta * variance
    return DailyReturns(("A",), days(count), log)


def test_returns_are_those_between_common_dates() -> None:
    one = (days(100), np.full(100, 2.0) * 1.01 ** np.arange(100))
    other = (days(200)[::2], np.full(100, 5.0) * 1.02 ** np.arange(100))
    with pytest.raises(BadNumber, match="50 dates in common"):
        returns_of({"A": one, "B": other})
    longer = (days(400), 1.01 ** np.arange(400))
    found = returns_of({"A": longer, "B": other})

    assert found.dates[0] == np.datetime64(FIRST + timedelta(2))
    assert found.log == pytest.approx(np.tile([2 * np.log(1.01), np.log(1.02)], (99, 1)))


def test_a_price_of_nothing_is_refused() -> None:
    with pytest.raises(BadNumber, match="not above 0"):
        returns_of({"A": (days(100), np.zeros(100))})


def test_a_table_is_read_by_its_own_names() -> None:
    import polars as pl

    frame = pl.DataFrame(
        {"date": days(100), "symbol": ["SI=F"] * 100, "close": 1.01 ** np.arange(100)}
    )

    assert returns_from(frame, {"SI": "SI=F"}).symbols == ("SI",)
    with pytest.raises(UnknownName, match="SI=F"):
        returns_from(frame, {"SI": "SI"})


@some
@given(st.integers(130, 300), st.integers(0, 200))
def test_what_comes_later_changes_no_earlier_path(count: int, later: int) -> None:
    returns = calm(600)
    last = FIRST + timedelta(count)
    other = DailyReturns(returns.symbols, returns.dates, returns.log.copy())
    other.log[count + 1 + later :] = 9.9
    paths = [filtered(r.until(last), Volatility()).paths(5, 50) for r in (returns, other)]

    assert paths[0].tobytes() == paths[1].tobytes()


def test_calm_returns_are_drawn_as_wide_as_they_were() -> None:
    moves = filtered(calm(4000), Volatility(0.02, 0.97)).paths(10, 4000)

    assert moves[:, -1].std() == pytest.approx(0.01 * np.sqrt(10), rel=0.06)
    assert moves[:, -1].mean() == pytest.approx(0.0, abs=0.002)


def test_after_a_storm_paths_are_wider() -> None:
    returns = calm()
    stormy = DailyReturns(returns.symbols, returns.dates, returns.log.copy())
    stormy.log[-5:] = 0.06
    wide, narrow = (filtered(r, Volatility()).paths(5, 500).std() for r in (stormy, returns))

    assert wide > 2.0 * narrow


def test_symbols_are_drawn_together() -> None:
    one = calm().log
    twins = DailyReturns(("A", "B"), days(500), np.column_stack([one, -2.0 * one]))
    moves = filtered(twins, Volatility()).paths(7, 200)

    assert moves[..., 1] == pytest.approx(-2.0 * moves[..., 0])


def test_the_same_seed_draws_the_same_bytes() -> None:
    source = filtered(calm(symbols=2), Volatility())

    assert source.paths(9, 40, seed=5).tobytes() == source.paths(9, 40, seed=5).tobytes()
    assert source.paths(9, 40, seed=5).tobytes() != source.paths(9, 40, seed=6).tobytes()


def test_blocks_keep_days_together() -> None:
    source = filtered(calm(500), Volatility(0.0, 1.0))
    moves = np.diff(source.paths(6, 30, block=3), axis=1, prepend=0.0)[..., 0]
    surprise = moves / np.sqrt(source.variance)
    starts = [int(np.argmin(np.abs(source.surprise[:, 0] - one[0]))) for one in surprise]
    following = source.surprise[(np.array(starts) + 2) % (500 - BURN_IN), 0]

    assert surprise[:, 2] == pytest.approx(following)


def test_the_likeliest_rule_is_near_the_one_that_made_the_returns() -> None:
    found = fitted(garch(4000, 0.08, 0.9))

    assert found.alpha == pytest.approx(0.08, abs=0.025)
    assert found.alpha + found.beta == pytest.approx(0.98, abs=0.015)


def test_a_rule_without_bounds_is_refused() -> None:
    with pytest.raises(BadNumber, match="no bounds"):
        Volatility(0.3, 0.8)


def test_too_short_a_history_is_refused() -> None:
    with pytest.raises(BadNumber, match="too few"):
        filtered(calm(2 * BURN_IN - 1), Volatility())


def test_returns_of_an_unknown_symbol_are_refused() -> None:
    with pytest.raises(UnknownName, match="returns of 'Z'"):
        calm().of(("Z",))
