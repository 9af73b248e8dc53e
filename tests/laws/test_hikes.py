"""Margin hikes: they never help, and nothing happens before their notice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small import hiked, holders, shocked, system
from strategies import ADDITIVE, Wish, hiked_rate, systems, without_cash
from undertow.core.shapes import Floats
from undertow.core.trace import Trace
from undertow.engine.run import How, run
from undertow.engine.weights import weights
from undertow.model.margin import MARGIN
from undertow.model.scenario import Hike, Regime, Scenario

some = settings(max_examples=40, deadline=None)
ALONE = How(threads=1)
HIKABLE = tuple(name for name in ADDITIVE if name != "leverage_cap")


def slack(scenario: Scenario, number: int, regime: Regime) -> Floats:
    """Slack of every account of one group without its cash, by the engine's own weights."""
    group, columns = scenario.accounts.groups[number], scenario.columns
    test = weights(regime, scenario.market, columns, target=False)
    per_move = (group.quantity * test.weight[:, group.column]).sum(axis=2) + test.offset[:, None]
    return np.asarray(per_move.min(axis=0))


@some
@given(systems(Wish(rules=HIKABLE, bars=1)), st.floats(1.0, 3.0), st.integers(0, 3))
def test_a_hike_never_raises_slack(scenario: Scenario, factor: float, which: int) -> None:
    for number, group in enumerate(scenario.accounts):
        regime = scenario.rules.segment(group.segment).regime
        names = scenario.market.instruments.names
        name = names[which % len(names)]
        rate = hiked_rate(regime.rule, name, factor)
        after = replace(regime, rule=regime.rule.hiked(name, rate))
        assert np.all(slack(scenario, number, after) <= slack(scenario, number, regime))


def test_a_hike_in_a_grid_can_raise_slack() -> None:
    """A longer range of the hedge covers more of the loss of what it hedges."""
    rule = MARGIN.make("grid", {"moves": {"A": (-0.2,), "B": (-0.1,)}, "weights": (1.0,)})
    pair = np.array([[10.0, -10.0]])
    plain = system(holders(pair, np.array([0.0])), price=(100.0, 100.0))
    before = slack(plain, 0, Regime(rule))
    after = slack(plain, 0, Regime(rule.hiked("B", 0.2)))

    assert before[0] == pytest.approx(-100.0)
    assert after[0] == pytest.approx(0.0)


@some
@given(systems(Wish(bars=1)))
def test_the_weights_of_the_engine_are_the_slack_of_the_contract(scenario: Scenario) -> None:
    for number, group in enumerate(scenario.accounts):
        regime = scenario.rules.segment(group.segment).regime
        plain = without_cash(
            group.quantity, group.column, regime, scenario.market, scenario.columns
        )
        gross = np.abs(group.quantity) * scenario.market.value[
            scenario.columns.instruments[group.column]
        ]  # fmt: skip
        scale = gross.sum(axis=1) + regime.credit_line + 1.0
        assert np.all(np.abs(slack(scenario, number, regime) - plain) <= 1e-12 * scale)


def before(trace: Trace, bar: int) -> list[bytes]:
    """Everything a trace says of the bars before `bar`."""
    arrays = [getattr(trace.paths, name) for name in trace.paths.__dataclass_fields__]
    arrays += [getattr(trace.by_segment, n) for n in trace.by_segment.__dataclass_fields__]
    return [np.ascontiguousarray(a[:bar]).tobytes() for a in arrays]


@some
@given(systems(Wish(rules=HIKABLE, delays=True)), st.data())
def test_before_its_notice_a_hike_leaves_no_trace(scenario: Scenario, data: st.DataObject) -> None:
    bars = scenario.clock.bars
    notice = data.draw(st.integers(0, bars - 1))
    effect = data.draw(st.integers(notice, bars - 1))
    segment = scenario.rules.segments[0]
    name = scenario.market.instruments.names[0]
    hike = Hike(name, hiked_rate(segment.regime.rule, name, 2.0), notice, effect, (segment.name,))
    without = replace(scenario, news=replace(scenario.news, hikes=()))
    with_it = replace(scenario, news=replace(scenario.news, hikes=(hike,)))

    assert before(run(with_it, how=ALONE), notice) == before(run(without, how=ALONE), notice)


def test_after_its_effect_a_hike_calls_those_it_binds() -> None:
    funds = holders(np.array([[10.0]]), np.array([-880.0]))
    calm = system(funds, depth=(100.0,), bars=5)
    trace = run(hiked(calm, ("A", 0.15, 2)), how=ALONE)
    none = run(calm, how=ALONE)

    assert none.by_segment.called.sum() == 0.0
    assert trace.by_segment.called[:, 0].tolist() == [0.0, 0.0, 1.0, 0.0, 0.0]
    assert trace.paths.price[3, 0] < 100.0
    assert trace.contagion.usd[trace.contagion.origins.index("A: margin hike")].sum() > 0.0


def heeding(scenario: Scenario, *hikes: Hike) -> Scenario:
    """The same scenario with these hikes and brokers who heed their notice."""
    segments = tuple(
        replace(s, regime=replace(s.regime, heeds_notice=True)) for s in scenario.rules.segments
    )
    rules = replace(scenario.rules, segments=segments)
    return replace(scenario, rules=rules, news=replace(scenario.news, hikes=hikes))


def test_a_broker_who_heeds_the_notice_calls_from_then_on() -> None:
    funds = holders(np.array([[10.0]]), np.array([-880.0]))
    calm = system(funds, depth=(100.0,), bars=5)
    named = calm.rules.segments[0].name
    early = run(heeding(calm, Hike("A", 0.15, 1, 3, (named,))), how=ALONE)
    at_once = run(hiked(calm, ("A", 0.15, 1)), how=ALONE)

    assert early.by_segment.called[:, 0].tolist() == [0.0, 1.0, 0.0, 0.0, 0.0]
    assert before(early, 5) == before(at_once, 5)


def test_a_broker_who_heeds_the_notice_never_asks_less_before_the_effect() -> None:
    funds = holders(np.array([[10.0]]), np.array([-880.0]))
    calm = system(funds, depth=(100.0,), bars=5)
    named = calm.rules.segments[0].name
    cut, rise = Hike("A", 0.01, 0, 4, (named,)), Hike("A", 0.15, 1, 3, (named,))
    first, second = Hike("A", 0.105, 0, 2, (named,)), Hike("A", 0.15, 1, 4, (named,))

    assert before(run(heeding(calm, cut), how=ALONE), 4) == before(run(calm, how=ALONE), 4)
    both = run(heeding(calm, cut, rise), how=ALONE)
    assert both.by_segment.called[:, 0].tolist() == [0.0, 1.0, 0.0, 0.0, 0.0]
    two = run(heeding(calm, first, second), how=ALONE)
    once = run(hiked(calm, ("A", 0.105, 0), ("A", 0.15, 1)), how=ALONE)
    assert before(two, 5) == before(once, 5)


@some
@given(st.floats(1.01, 4.0))
def test_a_larger_hike_sells_no_less(factor: float) -> None:
    funds = holders(np.array([[10.0], [5.0], [8.0]]), np.array([-880.0, -400.0, -600.0]))
    calm = system(funds, depth=(1e4,), bars=2)
    small = run(hiked(calm, ("A", 0.11, 1)), how=ALONE).paths.sold.sum()
    large = run(hiked(calm, ("A", min(1.0, 0.11 * factor), 1)), how=ALONE).paths.sold.sum()

    assert large >= small


def test_a_hike_works_as_a_fall_in_price_does() -> None:
    """Both call the same account for the same need: 10·100·Δm = 10·Δp·(1 − m)."""
    funds = holders(np.array([[10.0]]), np.array([-880.0]))
    calm = system(funds, bars=2, target=1.0)
    fall = 1.0 - 0.05 / 0.9
    hike = run(hiked(calm, ("A", 0.15, 1)), how=ALONE)
    news = run(shocked(calm, (1, 0, fall)), how=ALONE)
    need_hike = hike.paths.sold[1, 0] * 0.15 * 100.0
    need_news = news.paths.sold[1, 0] * 0.10 * 100.0 * fall

    assert need_hike > 0.0
    assert need_hike == pytest.approx(need_news)
