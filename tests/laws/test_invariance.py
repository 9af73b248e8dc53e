"""What must not matter: the order of accounts, the unit of a currency, how wealth is divided."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small import holders, shocked, system
from strategies import EVERYTHING, Wish, systems
from undertow.core.accounts import Accounts, Group
from undertow.core.shapes import Floats
from undertow.core.trace import Trace
from undertow.engine.run import How, run
from undertow.model.margin.base import MarginRule
from undertow.model.scenario import Scenario

some = settings(max_examples=40, deadline=None)
ALONE = How(threads=1)
ARRAYS = ("quantity", "column", "cash", "free_cash", "owed", "weight", "opened")


def rows(group: Group, index: Floats, **changed: Floats) -> Group:
    """Some accounts of a group, in this order."""
    picked = {name: getattr(group, name)[index] for name in ARRAYS}
    return replace(group, **{**picked, **changed})


def regrouped(scenario: Scenario, groups: list[Group]) -> Scenario:
    return replace(scenario, accounts=Accounts(tuple(groups)))


def same(one: Trace, other: Trace, tolerance: float = 1e-12) -> None:
    """Prices and pressure, forced money and debt agree; money relative to all that was sold."""
    money = 1.0 + float(one.by_segment.sold.sum()) + float(np.abs(one.paths.margin).max())
    counts = max(1.0, float(one.by_segment.called.max(initial=0.0)))
    apart = {
        "price": np.max(np.abs(one.paths.price / other.paths.price - 1.0)),
        "pressure": np.max(np.abs(one.paths.pressure - other.paths.pressure)),
        "sold": np.max(np.abs(one.by_segment.sold - other.by_segment.sold)) / money,
        "debt": np.max(np.abs(one.by_segment.bad_debt - other.by_segment.bad_debt)) / money,
        "called": np.max(np.abs(one.by_segment.called - other.by_segment.called)) / counts,
        "origins": np.max(np.abs(one.contagion.usd - other.contagion.usd)) / money,
    }

    assert all(gap <= tolerance for gap in apart.values()), apart


@some
@given(systems(EVERYTHING), st.randoms(use_true_random=False))
def test_the_order_of_accounts_does_not_matter(scenario: Scenario, chance) -> None:
    groups = []
    for group in scenario.accounts:
        order = list(range(len(group)))
        chance.shuffle(order)
        groups.append(rows(group, np.array(order)))
    other = regrouped(scenario, groups[::-1])

    same(run(scenario, how=ALONE), run(other, how=ALONE))


@some
@given(systems(EVERYTHING))
def test_two_accounts_that_stand_for_half_as_many_are_one(scenario: Scenario) -> None:
    twice = []
    for group in scenario.accounts:
        index = np.repeat(np.arange(len(group)), 2)
        twice.append(rows(group, index, weight=0.5 * group.weight[index]))

    same(run(scenario, how=ALONE), run(regrouped(scenario, twice), how=ALONE))


DIVISIBLE = Wish(cash_tests=False, minimums=False, foresight=(0.0,))
"""No smallest transfer, no credit line, and nobody reckons with the size of his own sale."""


@some
@given(systems(DIVISIBLE), st.floats(0.1, 0.9))
def test_splitting_an_account_in_two_changes_nothing(scenario: Scenario, part: float) -> None:
    halves = []
    for group in scenario.accounts:
        index = np.repeat(np.arange(len(group)), 2)
        share = np.tile([part, 1.0 - part], len(group))
        sizes = {name: getattr(group, name)[index] * share for name in ("cash", "free_cash")}
        halves.append(rows(group, index, quantity=group.quantity[index] * share[:, None], **sizes))
    split = run(regrouped(scenario, halves), how=ALONE)
    whole = run(scenario, how=ALONE)

    assert np.max(np.abs(whole.paths.price / split.paths.price - 1.0)) <= 1e-12
    assert np.allclose(whole.by_segment.sold, split.by_segment.sold, rtol=1e-9, atol=1e-6)
    assert np.allclose(whole.by_segment.bad_debt, split.by_segment.bad_debt, rtol=1e-9, atol=1e-6)


def in_cents(rule: MarginRule, name: str, factor: float) -> MarginRule:
    """The same rule where one instrument's money is counted in a smaller unit."""
    if not hasattr(rule, "money"):
        return rule
    return replace(rule, money={**rule.money, name: factor * rule.money[name]})


def recounted(scenario: Scenario, factor: float) -> Scenario:
    """The first instrument quoted in a unit `1/factor` of its currency."""
    market, columns, news = scenario.market, scenario.columns, scenario.news
    name = market.instruments.names[0]
    first = np.arange(len(market.price)) == 0
    up = np.where(first, factor, 1.0)
    segments = tuple(
        replace(s, regime=replace(s.regime, rule=in_cents(s.regime.rule, name, factor)))
        for s in scenario.rules.segments
    )
    money = {s.name for s in segments if hasattr(s.regime.rule, "money")}
    hikes = tuple(
        replace(h, rate=h.rate * factor) if h.instrument == name and set(h.segments) <= money else h
        for h in news.hikes
    )
    return replace(
        scenario,
        market=replace(
            market,
            fundamental=market.fundamental * up,
            price=market.price * up,
            settlement=market.settlement * up,
            fx=market.fx / up,
        ),
        columns=replace(columns, entry=columns.entry * up[columns.instrument]),
        rules=replace(scenario.rules, segments=segments),
        news=replace(
            news,
            actual=news.actual * up,
            fx=None if news.fx is None else news.fx / up,
            hikes=hikes,
        ),
    )


@some
@given(systems(EVERYTHING), st.sampled_from((0.01, 100.0, 7.3)))
def test_rescaling_a_currency_changes_nothing(scenario: Scenario, factor: float) -> None:
    ours, theirs = run(scenario, how=ALONE), run(recounted(scenario, factor), how=ALONE)
    up = np.where(np.arange(len(scenario.market.price)) == 0, factor, 1.0)
    paths = replace(theirs.paths, price=theirs.paths.price / up)

    same(ours, replace(theirs, paths=paths), 1e-11)


def in_other_money(scenario: Scenario, factor: float) -> Scenario:
    """Everything that is counted in the base currency, in a unit `1/factor` of it."""
    segments = tuple(
        replace(
            s,
            regime=replace(
                s.regime,
                minimum_transfer=factor * s.regime.minimum_transfer,
                credit_line=factor * s.regime.credit_line,
            ),
        )
        for s in scenario.rules.segments
    )
    rules, news = scenario.rules, scenario.news
    groups = [
        replace(g, cash=factor * g.cash, free_cash=factor * g.free_cash) for g in scenario.accounts
    ]
    return replace(
        regrouped(scenario, groups),
        market=replace(scenario.market, fx=factor * scenario.market.fx),
        rules=replace(
            rules,
            segments=segments,
            maker_capital=factor * rules.maker_capital,
            insurance={k: factor * v for k, v in rules.insurance.items()},
        ),
        news=replace(news, fx=None if news.fx is None else factor * news.fx),
    )


IN_UNITS = Wish(outside=False, makers=("constant", "withdrawing"))
"""Nobody states capital or depth in money."""


@some
@given(systems(IN_UNITS), st.sampled_from((0.25, 1024.0)))
def test_the_base_currency_is_only_a_name(scenario: Scenario, factor: float) -> None:
    ours, theirs = run(scenario, how=ALONE), run(in_other_money(scenario, factor), how=ALONE)

    assert np.array_equal(ours.paths.price, theirs.paths.price)
    assert np.array_equal(factor * ours.by_segment.sold, theirs.by_segment.sold)
    assert np.array_equal(factor * ours.by_segment.bad_debt, theirs.by_segment.bad_debt)


@pytest.mark.parametrize("policy", ["margin_relief_first", "least_cost"])
@given(factor=st.floats(0.01, 100.0), rate=st.floats(0.05, 0.5))
@settings(max_examples=30, deadline=None)
def test_what_ties_on_paper_ties_whatever_money_is_counted_in(
    policy: str, factor: float, rate: float
) -> None:
    """Equal rates and fees: no last digit of a currency decides which of the two is sold."""
    q = np.array([[3.0, 40.0]])
    funds = holders(q, np.array([1.01 * rate * 587.0 - 587.0]))
    plain = system(
        funds, price=(101.3, 7.0775), depth=(1e3, 1e4), rate=rate, policy=policy, bars=2,
        rules={"fee": 1e-3},
    )  # fmt: skip
    ours = run(shocked(plain, (1, 0, 0.98), (1, 1, 0.98)), how=ALONE)
    theirs = run(recounted(shocked(plain, (1, 0, 0.98), (1, 1, 0.98)), factor), how=ALONE)

    assert ours.paths.sold[1].sum() > 0.0
    assert np.allclose(ours.paths.sold, theirs.paths.sold, rtol=1e-9)
