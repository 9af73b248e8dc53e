"""Where nothing should happen, nothing happens, to the last bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from playing import played, played_rounds
from small import ENDLESS
from strategies import ADDITIVE, STATIC, Wish, shocks, systems, without_cash
from undertow.core.accounts import Accounts
from undertow.core.shapes import Floats
from undertow.engine.run import How, run, until_calm
from undertow.model.scenario import Scenario

some = settings(max_examples=40, deadline=None)
ALONE = How(threads=1)
UNLEVERED = Wish(lasting=False, outside=False, limits=False, given=False)


def rich(scenario: Scenario) -> Scenario:
    """Every account owns its positions many times over."""
    value = scenario.market.value[scenario.columns.instruments]
    groups = tuple(
        replace(g, cash=100.0 * (np.abs(g.quantity) * value[g.column]).sum(axis=1) + 1.0)
        for g in scenario.accounts
    )
    return replace(scenario, accounts=Accounts(groups))


@some
@given(systems(UNLEVERED))
def test_where_nobody_is_levered_prices_are_the_news_bit_for_bit(scenario: Scenario) -> None:
    calm = rich(scenario)
    trace = run(calm, how=ALONE)
    market, news = calm.market, calm.news
    links = market.instruments.lookthrough * ~np.eye(len(market.price), dtype=bool)
    fundamental, expected = market.fundamental, []
    for shock in news.shock:
        inherited = np.where(news.linked, links @ shock, 0.0)
        fundamental = fundamental * np.exp(shock + inherited)
        expected.append(fundamental)
    traded = trace.paths.price == np.array(expected)
    waits = np.vstack([market.price, trace.paths.price[:-1]]) == trace.paths.price

    assert trace.by_segment.called.sum() == 0.0
    assert np.all(traded | waits)
    if not calm.rules.listings:
        assert np.all(traded)


@some
@given(st.data())
def test_where_nobody_is_levered_a_shock_is_all_there_is(data: st.DataObject) -> None:
    calm = rich(data.draw(systems(replace(STATIC, lasting=False))))
    shock = data.draw(shocks(calm))
    trace = until_calm(calm, shock=shock, how=ALONE)

    assert trace.rounds == 1
    assert np.array_equal(trace.paths.price[0], calm.market.fundamental * shock)


def endless(scenario: Scenario) -> Scenario:
    """Depth that no sale can move."""
    calm = scenario.market.instruments
    depth = np.full(len(calm), ENDLESS)
    market = replace(
        scenario.market, instruments=replace(calm, depth=depth, permanent=0 * depth), depth=depth
    )
    return replace(scenario, market=market)


DEEP = replace(
    STATIC, costs=False, makers=("constant",), laws=("exponential", "linear", "exponential_floor")
)


def fortunes(scenario: Scenario, price: Floats, played_out) -> Floats:
    """Cash and holdings of every account at `price`, less debts."""
    columns = scenario.columns
    value = (price * scenario.market.fx)[columns.instruments] * columns.per_column(columns.released)
    groups = scenario.accounts.groups if played_out is None else None
    if groups is not None:
        worth = [
            g.cash + g.free_cash - g.owed + (g.quantity * value[g.column]).sum(axis=1)
            for g in groups
        ]
        return np.concatenate(worth)
    own = []
    for desk in played_out.state.desks:
        g, kinds = desk.group, desk.columns
        each = (price * scenario.market.fx)[kinds.instruments] * kinds.per_column(kinds.released)
        held = (g.quantity * each[g.column]).sum(axis=1)
        own.append(g.cash + g.free_cash - g.owed + held)
    return np.concatenate(own)


@some
@given(st.data())
def test_in_a_market_of_endless_depth_the_loss_is_the_direct_loss(data: st.DataObject) -> None:
    deep = endless(data.draw(systems(DEEP)))
    shock = data.draw(shocks(deep))
    after = played_rounds(_shocked(deep, shock), 6)
    price = deep.market.price * shock
    direct = fortunes(deep, price, None)
    gross = np.concatenate([np.abs(g.quantity) @ np.ones(g.slots) for g in deep.accounts])
    scale = np.abs(direct) + gross * float(deep.market.value.max()) + 1.0

    assert np.array_equal(after.paths.price[-1], price)
    assert np.all(np.abs(fortunes(deep, price, after) - direct) <= 1e-12 * scale)


def _shocked(scenario: Scenario, shock: Floats) -> Scenario:
    market = scenario.market
    return replace(scenario, market=replace(market, fundamental=market.fundamental * shock))


APART = Wish(
    lookthrough=False, outside=False, limits=False, currencies=False, given=False, hikes=False,
    rules=ADDITIVE, makers=("constant", "constant_money"),
)  # fmt: skip


def disjoint(scenario: Scenario) -> Scenario:
    """Whoever holds the first instrument first holds nothing else, the others hold none of it."""
    columns, market = scenario.columns, scenario.market
    groups = []
    for g in scenario.accounts:
        first = columns.instruments[g.column] == 0
        keep = np.where(first[:, :1], first, ~first)
        quantity = np.where(keep, g.quantity, 0.0)
        regime = scenario.rules.segment(g.segment).regime
        slack = without_cash(quantity, g.column, regime, market, columns)
        value = market.value[columns.instruments]
        cushion = 0.02 * (np.abs(quantity) * value[g.column]).sum(axis=1)
        groups.append(replace(g, quantity=quantity, cash=cushion - slack))
    return replace(scenario, accounts=Accounts(tuple(groups)))


@some
@given(systems(APART), st.floats(0.4, 0.95))
def test_without_a_common_holding_there_is_no_contagion(scenario: Scenario, fall: float) -> None:
    apart = disjoint(scenario)
    shock = apart.news.shock.copy()
    shock[0, 0] += np.log(fall)
    hit = replace(apart, news=replace(apart.news, shock=shock))
    calm, struck = run(apart, how=ALONE), run(hit, how=ALONE)

    assert np.array_equal(calm.paths.price[:, 1:], struck.paths.price[:, 1:])
    assert np.array_equal(calm.by_segment.sold[:, :, 1:], struck.by_segment.sold[:, :, 1:])


@some
@given(systems(Wish()))
def test_contagion_comes_only_from_what_a_seller_held(scenario: Scenario) -> None:
    """An origin counts for a sale only if one account held both, the origin by look-through."""
    state = played(scenario).state
    count = len(scenario.market.price)
    links = scenario.market.instruments.lookthrough != 0.0
    together = np.zeros((count, count), dtype=bool)
    for g in scenario.accounts:
        own = scenario.columns.instruments[g.column]
        for row, held in zip(own, g.quantity != 0.0, strict=True):
            holds = np.zeros(count, dtype=bool)
            holds[row[held]] = True
            felt = holds | links[holds].any(axis=0)
            together |= np.outer(felt, holds)
    allowed = np.vstack([*[together] * 4, np.ones((1, count), dtype=bool)])

    assert np.all(state.matrix[~allowed] == 0.0)
