"""Bars: how long they are, and what of the future and of the actual a run may read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small import holders, system
from strategies import EVERYTHING, systems
from undertow.core.trace import Trace
from undertow.engine.run import How, run
from undertow.model.scenario import Scenario

some = settings(max_examples=40, deadline=None)
ALONE = How(threads=1)


def smooth(bars_a_day: int) -> Scenario:
    """News spread over a day, sales over half a day, many accounts at all distances."""
    count, days = 400, 2
    rng = np.random.default_rng(7)
    q = rng.lognormal(0.0, 0.5, (count, 1))
    equity = 100.0 * q[:, 0] * 0.1 * (1.0 + np.linspace(0.0, 3.0, count))
    bars = days * bars_a_day
    plain = system(
        holders(q, equity - 100.0 * q[:, 0]),
        depth=(2.0 * float(q.sum()),), bars=bars, step=timedelta(days=1) / bars_a_day,
        regime={"broker_lag": 0.5}, resilience=np.array([1.0]),
    )  # fmt: skip
    shock = np.zeros((bars, 1))
    shock[:bars_a_day] = np.log(0.9) / bars_a_day
    return replace(plain, news=replace(plain.news, shock=shock))


def test_halving_the_bar_changes_the_trough_by_its_order() -> None:
    trough = [run(smooth(n), how=ALONE).paths.price.min() for n in (12, 24, 48, 96, 192)]
    steps = np.abs(np.diff(trough))

    assert trough[-1] < 89.0
    assert np.all(steps[1:] < 0.65 * steps[:-1])
    assert steps[-1] < 0.03


def test_at_the_end_the_same_is_sold_whatever_the_bar() -> None:
    sold = [run(smooth(n), how=ALONE).paths.sold.sum() for n in (24, 48, 96)]

    assert abs(sold[2] - sold[1]) < abs(sold[1] - sold[0])
    assert sold[2] == pytest.approx(sold[1], rel=0.02)


def bytes_of(trace: Trace, bars: int | None = None) -> list[bytes]:
    """Everything a trace says of the first bars."""
    arrays = [getattr(trace.paths, name) for name in trace.paths.__dataclass_fields__]
    arrays += [getattr(trace.by_segment, n) for n in trace.by_segment.__dataclass_fields__]
    if bars is None:
        arrays.append(trace.contagion.usd)
    return [np.ascontiguousarray(a[:bars]).tobytes() for a in arrays]


@some
@given(systems(EVERYTHING), st.integers(0, 2**32 - 1))
def test_the_actual_prices_of_free_instruments_are_never_read(
    scenario: Scenario, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    news = scenario.news
    noise = rng.lognormal(0.0, 1.0, news.actual.shape) * 1e3
    garbled = replace(news, actual=np.where(news.given, news.actual, noise))

    assert bytes_of(run(replace(scenario, news=garbled), how=ALONE)) == bytes_of(
        run(scenario, how=ALONE)
    )


@some
@given(systems(EVERYTHING), st.integers(0, 2**32 - 1), st.data())
def test_the_future_changes_no_bar_before_it(
    scenario: Scenario, seed: int, data: st.DataObject
) -> None:
    rng = np.random.default_rng(seed)
    news, bars = scenario.news, scenario.clock.bars
    now = data.draw(st.integers(1, bars))
    later = (np.arange(bars) >= now)[:, None]
    garbled = replace(
        news,
        shock=np.where(later, rng.normal(0.0, 0.1, news.shock.shape), news.shock),
        actual=np.where(
            later, news.actual * rng.lognormal(0.0, 0.2, news.shock.shape), news.actual
        ),
        fx=None if news.fx is None else np.where(later, 2.0 * news.fx, news.fx),
        hikes=tuple(h for h in news.hikes if h.notice < now),
    )
    ours = run(scenario, how=ALONE)
    theirs = run(replace(scenario, news=garbled), how=ALONE)

    assert bytes_of(ours, now) == bytes_of(theirs, now)


@some
@given(systems(EVERYTHING))
def test_the_same_scenario_gives_the_same_bytes(scenario: Scenario) -> None:
    assert bytes_of(run(scenario, how=ALONE)) == bytes_of(run(scenario, how=ALONE))


@some
@given(systems(EVERYTHING))
def test_a_run_leaves_its_scenario_as_it_was(scenario: Scenario) -> None:
    before = scenario.accounts.copy()
    run(scenario, how=ALONE)

    for old, new in zip(before, scenario.accounts, strict=True):
        for name in ("quantity", "column", "cash", "free_cash", "owed", "weight", "opened"):
            assert np.array_equal(getattr(old, name), getattr(new, name))


def given_path(path: list[float]) -> Scenario:
    """One instrument whose price is its actual path, held on margin in a thin market."""
    funds = holders(np.array([[10.0], [10.0]]), np.array([-895.0, -850.0]))
    plain = system(funds, depth=(100.0,), bars=len(path))
    news = replace(plain.news, given=np.ones(1, dtype=np.bool_), actual=np.array(path)[:, None])
    return replace(plain, news=news)


def test_a_given_price_is_its_actual_and_news_is_what_forced_sales_leave() -> None:
    path = [100.0, 96.0, 95.0, 97.0]
    trace = run(given_path(path), how=ALONE)

    assert np.allclose(trace.paths.price[:, 0], path, rtol=1e-14)
    assert trace.paths.forced[-1, 0] < 0.0
    assert np.allclose(
        trace.paths.news[:, 0] + trace.paths.forced[:, 0], np.log(np.array(path) / 100.0)
    )
