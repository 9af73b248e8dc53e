"""Indicators of one symbol, each against a case that is known by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from undertow.core.history import Bars, History
from undertow.indicators import INDICATORS


def bars(
    close: list[float],
    *,
    opened: list[float] | None = None,
    high: list[float] | None = None,
    low: list[float] | None = None,
    volume: list[float] | None = None,
) -> History:
    date = np.datetime64("2020-01-01") + np.arange(len(close))
    columns = (opened or close, high or close, low or close, close, volume or [1.0] * len(close))
    return History({"A": Bars("A", date, *(np.array(c, dtype=np.float64) for c in columns))})


def reading(name: str, history: History, **parameters: object) -> float:
    return INDICATORS.make(name, parameters).series(history, ["A"]).last


def test_amihud_is_the_move_for_a_million() -> None:
    history = bars([100.0, 101.0, 101.0], volume=[5.0, 1e4, 2e4])
    by_hand = 1e6 * 0.5 * (math.log(1.01) / (101.0 * 1e4) + 0.0)

    assert reading("amihud", history, window=2) == pytest.approx(by_hand)


def test_days_without_trade_are_left_out_of_amihud() -> None:
    history = bars([100.0, 101.0, 105.0], volume=[5.0, 1e4, 0.0])
    by_hand = 1e6 * math.log(1.01) / (101.0 * 1e4)

    assert reading("amihud", history, window=2) == pytest.approx(by_hand)


def test_roll_finds_the_bounce_between_bid_and_ask() -> None:
    rng = np.random.default_rng(1)
    closes = 100.0 + 0.5 * rng.choice([-1.0, 1.0], 4000)

    assert reading("roll", bars(closes.tolist()), window=3999) == pytest.approx(0.01, rel=0.05)


def test_roll_is_below_zero_where_returns_continue() -> None:
    moves = np.repeat([0.01, -0.01] * 20, 5)
    closes = 100.0 * np.exp(np.cumsum(moves))

    assert reading("roll", bars(closes.tolist()), window=150) < 0.0


@pytest.mark.parametrize("name", ["corwin_schultz", "abdi_ranaldo"])
def test_ranges_find_the_spread_of_a_price_that_does_not_move(name: str) -> None:
    rng = np.random.default_rng(2)
    sides = 100.0 * np.exp(0.005 * rng.choice([-1.0, 1.0], (400, 20)))
    columns = {
        "opened": sides[:, 0].tolist(),
        "high": sides.max(axis=1).tolist(),
        "low": sides.min(axis=1).tolist(),
    }
    history = bars(sides[:, -1].tolist(), **columns)

    assert reading(name, history, window=399) == pytest.approx(0.01, rel=0.1)


def test_edge_finds_the_spread_of_a_price_that_wanders() -> None:
    rng = np.random.default_rng(5)
    wander = np.cumsum(rng.normal(0.0, 0.01 / 10.0, 1500 * 100)).reshape(1500, 100)
    prices = np.exp(wander + 0.005 * rng.choice([-1.0, 1.0], wander.shape))
    columns = {
        "opened": prices[:, 0].tolist(),
        "high": prices.max(axis=1).tolist(),
        "low": prices.min(axis=1).tolist(),
    }
    history = bars(prices[:, -1].tolist(), **columns)

    assert reading("edge", history, window=1500) == pytest.approx(0.01, rel=0.1)


def test_corwin_schultz_shifts_a_nights_gap_out() -> None:
    closes = [100.0 * 1.05**k for k in range(30)]
    gaps = bars(closes, high=[c * 1.002 for c in closes], low=[c * 0.998 for c in closes])
    flat = bars([100.0] * 30, high=[100.2] * 30, low=[99.8] * 30)
    ours, theirs = (reading("corwin_schultz", h, window=20, floored=False) for h in (gaps, flat))

    assert theirs == pytest.approx(0.004)
    # With the gaps left in, the two-day range is 5 % and the spread far below 0.
    assert -0.002 < ours < theirs


@pytest.mark.parametrize("name", ["parkinson", "garman_klass", "rogers_satchell"])
def test_ranges_give_the_volatility_of_a_random_walk(name: str) -> None:
    rng = np.random.default_rng(4)
    steps = rng.normal(0.0, 0.01 / math.sqrt(500.0), (600, 500))
    paths = np.exp(np.cumsum(np.hstack([np.zeros((600, 1)), steps]), axis=1))
    columns = {
        "opened": paths[:, 0].tolist(),
        "high": paths.max(axis=1).tolist(),
        "low": paths.min(axis=1).tolist(),
    }
    history = bars(paths[:, -1].tolist(), **columns)

    # A path of 500 steps misses the last bit of the range.
    assert reading(name, history, window=600) == pytest.approx(0.01, rel=0.08)


def test_rogers_satchell_does_not_take_drift_for_volatility() -> None:
    up = bars([110.0] * 30, opened=[100.0] * 30, high=[110.0] * 30, low=[100.0] * 30)

    assert reading("rogers_satchell", up, window=20) == 0.0
    assert reading("parkinson", up, window=20) > 0.05


def test_a_volume_shock_is_counted_in_deviations_of_the_days_before() -> None:
    volume = np.exp([1.0, 2.0, 3.0, 4.0, 5.0, 9.0])
    history = bars([100.0] * 6, volume=volume.tolist())

    assert reading("volume_shock", history, window=5) == pytest.approx(6.0 / 1.4826)
