"""Looking on at a run, and giving F in place of prices: what the engine lends to a book."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings

from small import hiked, holders, shocked, system
from strategies import Wish, systems
from undertow.core.shapes import Rows
from undertow.core.trace import Trace
from undertow.engine.clear import Cleared
from undertow.engine.run import How, run
from undertow.engine.state import State
from undertow.model.margin import MARGIN
from undertow.model.scenario import News, Scenario

ALONE = How(threads=1)
some = settings(max_examples=15, deadline=None)


class Looking:
    """Notes what it is shown."""

    def __init__(self) -> None:
        self.fundamental: list[np.ndarray] = []
        self.price: list[np.ndarray] = []
        self.called: list[int] = []

    def __call__(self, state: State, called: list[Rows], cleared: Cleared) -> None:
        self.fundamental.append(state.market.fundamental)
        self.price.append(state.market.price)
        self.called.append(sum(len(rows) for rows in called))


def same(one: Trace, other: Trace) -> bool:
    return all(
        getattr(getattr(one, part), f.name).tobytes()
        == getattr(getattr(other, part), f.name).tobytes()
        for part in ("paths", "by_segment")
        for f in fields(getattr(one, part))
    )


@some
@given(systems())
def test_looking_on_changes_nothing(scenario: Scenario) -> None:
    eye = Looking()

    assert same(run(scenario, how=replace(ALONE, watch=eye)), run(scenario, how=ALONE))
    assert len(eye.price) == scenario.clock.bars


@some
@given(systems())
def test_what_is_seen_are_the_prices_and_calls_of_the_trace(scenario: Scenario) -> None:
    eye = Looking()
    trace = run(scenario, how=replace(ALONE, watch=eye))
    noted = np.flatnonzero(trace.by_segment.called.sum(axis=1) > 0.0)

    assert np.array(eye.price).tobytes() == trace.paths.price.tobytes()
    assert set(noted.tolist()) <= set(np.flatnonzero(eye.called).tolist())


@some
@given(systems(Wish(halts=False)))
def test_from_f_alone_the_same_prices_come_out(scenario: Scenario) -> None:
    eye = Looking()
    trace = run(scenario, how=replace(ALONE, watch=eye))
    news = replace(scenario.news, beneath=np.array(eye.fundamental))
    again = Looking()
    run(replace(scenario, news=news), how=replace(ALONE, watch=again))

    assert np.array(again.price) == pytest.approx(trace.paths.price, rel=1e-9)


def pinned_news(bars: int, *, beneath: np.ndarray | None = None) -> News:
    path = np.column_stack([np.linspace(100.0, 70.0, bars), np.full(bars, np.nan)])
    return News(
        np.zeros((bars, 2)),
        np.array([True, False]),
        path,
        np.zeros(2, dtype=np.bool_),
        beneath=beneath,
    )


def test_a_given_price_is_pinned_and_one_whose_f_is_given_is_not() -> None:
    free = pinned_news(4, beneath=np.full((4, 2), 50.0))

    assert pinned_news(4).pinned.tolist() == [True, False]
    assert free.pinned.tolist() == [False, False]
    assert free.fundamental(2, np.zeros(2)).tolist() == [50.0, 50.0]
    assert pinned_news(4).fundamental(3, np.full(2, np.log(2.0)))[0] == pytest.approx(35.0)


def test_sales_move_a_price_whose_f_is_given_and_not_one_that_is_pinned() -> None:
    fund = holders(np.array([[1e3, 10.0]]), np.array([-8e4]))
    scenario = system(fund, price=(100.0, 50.0), depth=(1e4, 1e4), bars=8)
    pinned = run(replace(scenario, news=pinned_news(8)), how=ALONE)
    path = np.nan_to_num(pinned_news(8).actual, nan=50.0)
    moved = run(replace(scenario, news=pinned_news(8, beneath=path)), how=ALONE)

    assert pinned.paths.price[:, 0] == pytest.approx(path[:, 0])
    assert (moved.paths.price[:, 0] <= path[:, 0] + 1e-9).all()
    assert moved.paths.price[-1, 0] < 0.99 * path[-1, 0]


def test_tables_of_fixed_rules_are_not_made_again_when_another_desk_is_hiked() -> None:
    made: list[str] = []
    base = MARGIN.make("percent_of_notional", {"rates": {"A": 0.1}})

    class Counted(type(base)):  # type: ignore[misc]
        __slots__ = ()

        def table(self, market, columns, *, target):  # type: ignore[no-untyped-def]
            made.append("table")
            return base.table(market, columns, target=target)

    groups = (holders(1.0, -50.0), holders(1.0, -50.0, segment="late"))
    scenario = hiked(shocked(system(*groups, bars=6), (1, 0, 0.9)), ("A", 0.2, 3))
    early, late = scenario.rules.segments
    counted = replace(early, regime=replace(early.regime, rule=Counted({"A": 0.1})))
    only_late = (replace(scenario.news.hikes[0], segments=("late",)),)
    run(
        replace(
            scenario,
            rules=replace(scenario.rules, segments=(counted, late)),
            news=replace(scenario.news, hikes=only_late),
        ),
        how=ALONE,
    )

    assert len(made) == 2
