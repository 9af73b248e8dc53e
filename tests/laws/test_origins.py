"""The ledger: losses by cause are the change of slack, and every forced sale has its origins."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from playing import played
from small import hiked, holders, shocked, system
from strategies import EVERYTHING, Wish, systems
from undertow.core.shapes import Floats
from undertow.engine.desk import Desk
from undertow.engine.run import How, run
from undertow.model.scenario import Scenario

some = settings(max_examples=40, deadline=None)
ALONE = How(threads=1)


@some
@given(systems(EVERYTHING))
def test_the_matrix_holds_all_forced_sales_of_accounts_and_no_others(scenario: Scenario) -> None:
    trace = run(scenario, how=ALONE)
    segments = len(scenario.rules.segments)
    sold = trace.by_segment.sold[:, :segments].sum(axis=(0, 1))
    booked = trace.contagion.usd.sum(axis=0)

    assert np.all(trace.contagion.usd >= 0.0)
    assert np.allclose(booked, sold, rtol=1e-9, atol=1e-9 * (1.0 + sold.max()))


def slacks(desk: Desk) -> Floats:
    """Trigger slack of every account under every move, [account, move]."""
    group, test = desk.group, desk.trigger
    held = (group.quantity * test.weight[:, group.column]).sum(axis=2)
    return (group.cash + held + test.offset[:, None]).T


def losses(desk: Desk, bar: int) -> Floats:
    """What the clocks say every account lost by the end of a bar, all causes together."""
    face, sums = desk.face, desk.clocks.sums[bar]
    clocks = [sums[a:b].sum() for a, b in zip(face.first, face.first[1:], strict=False)]
    each = np.append(clocks, 0.0)[face.row]
    return (np.abs(desk.group.quantity) * each[:, desk.group.column]).sum(axis=2).T


@some
@given(systems(Wish(outside=False)))
def test_slack_is_what_it_was_less_the_losses_by_cause(scenario: Scenario) -> None:
    """On accounts so rich that none is called: no relief and no fees, slack = slack₀ − losses."""
    groups = tuple(replace(g, cash=g.cash + 1e6) for g in scenario.accounts)
    rich = replace(scenario, accounts=replace(scenario.accounts, groups=groups))
    before, after = played(rich, bars=1), played(rich)

    assert np.all(after.paths.sold == 0.0)
    for old, new in zip(before.state.desks, after.state.desks, strict=True):
        lost = losses(new, new.clocks.now) - losses(new, 1)
        apart = slacks(new) - (slacks(old) - lost)
        assert np.all(np.abs(apart) <= 1e-12 * (np.abs(slacks(old)) + np.abs(slacks(new))))


@some
@given(systems(Wish(hikes=False, currencies=False)))
def test_without_hikes_and_currencies_neither_is_an_origin(scenario: Scenario) -> None:
    usd = run(scenario, how=ALONE).contagion.usd
    count = len(scenario.market.price)

    assert np.all(usd[count : 3 * count] == 0.0)


def two_banks() -> Scenario:
    """The first is hit by news of A and sells B; the second holds B alone."""
    hit = holders(np.array([[10.0, 10.0]]), np.array([-1790.0]))
    bystander = holders(np.array([[0.0, 10.0]]), np.array([-898.0]))
    return system(hit, bystander, price=(100.0, 100.0), depth=(1e3, 50.0), bars=6, target=1.3)


def test_contagion_is_what_a_bystander_sells_because_another_was_hit() -> None:
    trace = run(shocked(two_banks(), (1, 0, 0.93)), how=ALONE)
    origin = dict(zip(trace.contagion.origins, trace.contagion.usd, strict=True))

    assert origin["A: news"].sum() > 0.0
    assert origin["B: news"].sum() <= 1e-9 * origin["A: news"].sum()
    assert origin["B: forced selling"][1] > 0.0


def test_the_first_sale_after_news_is_booked_to_the_news_alone() -> None:
    trace = run(shocked(two_banks(), (1, 0, 0.93)), how=ALONE)
    first = trace.by_segment.sold[1].sum()
    alone = run(replace_bars(shocked(two_banks(), (1, 0, 0.93)), 2), how=ALONE)

    assert alone.contagion.usd.sum() == pytest.approx(first)
    assert alone.contagion.usd[0].sum() == pytest.approx(first)


def replace_bars(scenario: Scenario, bars: int) -> Scenario:
    return replace(scenario, clock=replace(scenario.clock, bars=bars))


def test_an_account_that_was_made_whole_starts_anew() -> None:
    """The first call comes from a hike, the second from news: the hike is forgotten by then."""
    funds = holders(np.array([[10.0]]), np.array([-880.0]))
    plain = shocked(hiked(system(funds, bars=6), ("A", 0.13, 1)), (3, 0, 0.95))
    early = run(replace_bars(plain, 3), how=ALONE).contagion
    late = run(plain, how=ALONE).contagion
    hike, news = late.origins.index("A: margin hike"), late.origins.index("A: news")

    assert early.usd[hike].sum() == late.usd[hike].sum() > 0.0
    assert early.usd[news].sum() == 0.0 < late.usd[news].sum()


def test_an_account_made_whole_by_its_free_cash_starts_anew_too() -> None:
    """Its first call, from a hike, is paid; what it sells later is booked to the news alone."""
    funds = holders(np.array([[10.0]]), np.array([-880.0]), free_cash=36.0)
    plain = hiked(system(funds, bars=6), ("A", 0.13, 1))
    paid = run(plain, how=ALONE)
    later = run(shocked(plain, (3, 0, 0.95)), how=ALONE)
    contagion = later.contagion

    assert paid.by_segment.called.sum() == 1.0
    assert np.all(paid.paths.sold == 0.0)
    assert contagion.usd[contagion.origins.index("A: news"), 0] > 0.0
    assert contagion.usd[contagion.origins.index("A: margin hike"), 0] == 0.0


def test_an_account_that_recovers_in_call_starts_anew_too() -> None:
    """A rise makes it whole in the bar of a second hike: that hike is forgotten with the call."""
    funds = holders(np.array([[10.0]]), np.array([-880.0]))
    slow = system(funds, bars=6, regime={"broker_lag": 1e3})
    plain = hiked(slow, ("A", 0.13, 1), ("A", 0.14, 2))
    plain = shocked(plain, (2, 0, 1.1), (4, 0, 0.92))
    early, late = run(replace_bars(plain, 4), how=ALONE), run(plain, how=ALONE)
    hike = late.contagion.origins.index("A: margin hike")

    assert late.by_segment.called[:, 0].tolist() == [0.0, 1.0, 0.0, 0.0, 1.0, 0.0]
    assert late.by_segment.open[:, 0].tolist() == [0.0, 1.0, 0.0, 0.0, 1.0, 1.0]
    assert late.paths.sold[4, 0] > 0.0
    assert late.contagion.usd[hike, 0] == early.contagion.usd[hike, 0] > 0.0


def test_an_account_called_at_the_opening_has_the_opening_as_origin() -> None:
    funds = holders(np.array([[10.0]]), np.array([-930.0]))
    contagion = run(system(funds), how=ALONE).contagion

    assert contagion.usd[-1, 0] == contagion.usd.sum() > 0.0
