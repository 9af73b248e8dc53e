"""The engine and the rival agree to rounding on every random system."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import rival
from playing import Played, played
from strategies import ADDITIVE, STATIC, Wish, shocks, systems
from undertow.core.shapes import Floats
from undertow.engine.run import How, until_calm
from undertow.model.scenario import Scenario

CLOSE = 1e-12
some = settings(max_examples=25, deadline=None)

UNLINKED = Wish(lookthrough=False)
LINKED = Wish(limits=False)
"""With price limits *and* look-through, which order gives way is the engine's own choice."""


def apart(ours: Iterable[float], theirs: Iterable[float], scale: float) -> float:
    """Largest difference relative to `scale`."""
    a, b = np.asarray(list(ours), float), np.asarray(list(theirs), float)
    return float(np.max(np.abs(a - b), initial=0.0)) / scale


def wealth(scenario: Scenario) -> float:
    """The scale of money in a system: all gross positions and cash of its largest account."""
    value = scenario.market.value[scenario.columns.instruments]
    gross = [np.abs(g.quantity) * value[g.column] for g in scenario.accounts]
    cash = [np.abs(g.cash).max() for g in scenario.accounts]
    return float(max(*(g.sum(axis=1).max() for g in gross), *cash, 1.0))


def units(world: rival.World) -> Floats:
    return np.array([q for a in world.accounts for q in a.units])


def check(scenario: Scenario, ours: Played, theirs: rival.World) -> None:
    money = wealth(scenario)
    prices = np.array([row["price"] for row in theirs.history])
    held = float(np.max(np.abs(units(theirs)), initial=1.0))

    assert np.max(np.abs(ours.paths.price / prices - 1.0)) <= CLOSE
    assert apart(ours.per_account("quantity"), units(theirs), held) <= CLOSE
    for name, field in (("cash", "cash"), ("free_cash", "free"), ("owed", "owed")):
        assert (
            apart(ours.per_account(name), [getattr(a, field) for a in theirs.accounts], money)
            <= CLOSE
        )
    for path, key in (("called", "called"), ("open", "open"), ("unrescuable", "stuck"),
                      ("bankrupt", "bankrupt"), ("bad_debt", "debt")):  # fmt: skip
        got = getattr(ours.by_segment, path)
        told = [[row[key].get(n, 0.0) for n in ours.names] for row in theirs.history]
        scale = 50.0 * money if key == "debt" else 1.0
        assert apart(got.ravel(), np.ravel(told), scale) <= CLOSE, path


def check_origins(scenario: Scenario, ours: Played, theirs: rival.World) -> None:
    count = len(scenario.market.instruments)
    causes = ("news", "margin hike", "currency", "forced selling", "opening")
    told = np.zeros_like(ours.state.matrix)
    for (cause, source, sold), money in theirs.matrix.items():
        told[causes.index(cause) * count + source, sold] += money
    scale = max(float(told.sum()), 1.0)

    assert apart(ours.state.matrix.ravel(), told.ravel(), scale) <= 1e-9


@some
@given(systems(UNLINKED))
def test_the_rival_agrees_where_venues_have_limits(scenario: Scenario) -> None:
    check(scenario, played(scenario), rival.play(scenario))


@some
@given(systems(LINKED))
def test_the_rival_agrees_where_products_press_on_their_underlyings(scenario: Scenario) -> None:
    check(scenario, played(scenario), rival.play(scenario))


@some
@given(systems(Wish(limits=False, rules=ADDITIVE, cash_tests=False)))
def test_the_rival_books_every_sale_to_the_same_origins(scenario: Scenario) -> None:
    check_origins(scenario, played(scenario), rival.play(scenario))


@some
@given(st.data())
def test_the_rival_agrees_round_by_round(data: st.DataObject) -> None:
    """The last rounds may sell nothing but rounding, and one of both may make one more of them."""
    scenario = data.draw(systems(STATIC))
    shock = data.draw(shocks(scenario))
    trace = until_calm(scenario, shock=shock, max_rounds=40, how=How(threads=1))
    theirs = rival.play_rounds(scenario, list(shock), 40)
    prices = np.array([row["price"] for row in theirs.history])

    together = min(trace.rounds, len(prices))

    assert np.max(np.abs(trace.paths.price[:together] / prices[:together] - 1.0)) <= CLOSE
    assert np.max(np.abs(trace.paths.price[-1] / prices[-1] - 1.0)) <= CLOSE
