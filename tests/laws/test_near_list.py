"""The near list answers as the plain scan does, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowds import crowd
from small import hiked, holders, shocked, system
from strategies import EVERYTHING, STATIC, shocks, systems
from undertow.core.trace import Trace
from undertow.engine.run import How, run, until_calm
from undertow.model.margin import MARGIN
from undertow.model.scenario import Regime, Scenario

some = settings(max_examples=60, deadline=None)
NEAR, PLAIN = How(threads=1), How(threads=1, plain=True)
ACCOUNTS = 120_000


@contextmanager
def small_chunks() -> Iterator[None]:
    """Chunks of eight accounts, so that small systems use the list too."""
    with patch("undertow.engine.near.CHUNK", 8), patch("undertow.engine.pool.CHUNK", 8):
        yield


def bytes_of(trace: Trace) -> list[bytes]:
    arrays = [getattr(trace.paths, name) for name in trace.paths.__dataclass_fields__]
    arrays += [getattr(trace.by_segment, n) for n in trace.by_segment.__dataclass_fields__]
    return [np.ascontiguousarray(a).tobytes() for a in (*arrays, trace.contagion.usd)]


@some
@given(systems(EVERYTHING))
def test_on_random_systems_bar_by_bar(scenario: Scenario) -> None:
    with small_chunks():
        near, plain = run(scenario, how=NEAR), run(scenario, how=PLAIN)

    assert bytes_of(near) == bytes_of(plain)


@some
@given(st.data())
def test_on_random_systems_round_by_round(data: st.DataObject) -> None:
    scenario = data.draw(systems(STATIC))
    shock = data.draw(shocks(scenario))
    with small_chunks():
        near, plain = (
            until_calm(scenario, shock=shock, max_rounds=40, how=h) for h in (NEAR, PLAIN)
        )

    assert bytes_of(near) == bytes_of(plain)


def drifting(scenario: Scenario, seed: int, size: float) -> Scenario:
    """Small news in every bar, so that the box is left now and then."""
    rng = np.random.default_rng(seed)
    shock = rng.normal(-0.3 * size, size, scenario.news.shock.shape)
    return replace(scenario, news=replace(scenario.news, shock=shock))


@cache
def large() -> Scenario:
    return crowd(ACCOUNTS, seed=5)


def regime_of(kind: str) -> Regime:
    if kind == "grid":
        moves = {"GC": (-0.08, 0.08), "SI": (-0.12, 0.12), "HG": (-0.1, 0.1), "NVDA": (-0.25, 0.25)}
        return Regime(MARGIN.make("grid", {"moves": moves, "weights": (1.0, 1.0), "target": 1.1}))
    regime = large().rules.segments[0].regime
    return replace(regime, cash_test=True, credit_line=1e6) if kind == "cash test" else regime


def under(kind: str) -> Scenario:
    scenario = large()
    segment = replace(scenario.rules.segments[0], regime=regime_of(kind))
    return replace(scenario, rules=replace(scenario.rules, segments=(segment,)))


@pytest.mark.parametrize("kind", ["percent", "grid", "cash test"])
@pytest.mark.parametrize("size", [0.001, 0.01])
def test_on_a_crowd_over_bars(kind: str, size: float) -> None:
    scenario = drifting(under(kind), 11, size)
    near, plain = run(scenario, how=NEAR), run(scenario, how=PLAIN)

    assert near.scanned < plain.scanned
    assert near.by_segment.called.sum() > 0.0
    assert bytes_of(near) == bytes_of(plain)


def test_on_a_crowd_whose_margin_is_raised() -> None:
    calm = drifting(large(), 4, 0.002)
    scenario = hiked(calm, ("SI", 0.15, 3), ("GC", 0.1, 5))
    near, plain = run(scenario, how=NEAR), run(scenario, how=PLAIN)

    assert near.by_segment.called[3].sum() > 10.0 * near.by_segment.called[2].sum()
    assert bytes_of(near) == bytes_of(plain)


def test_on_a_crowd_in_a_cascade() -> None:
    shock = np.array([0.98, 0.95, 1.0, 0.99])
    near, plain = (until_calm(large(), shock=shock, max_rounds=40, how=h) for h in (NEAR, PLAIN))

    assert near.scanned != plain.scanned
    assert bytes_of(near) == bytes_of(plain)


NAMES = ("quantity", "column", "cash", "free_cash", "owed", "weight", "opened")


def sold_below_its_margin(calm_bars: int) -> Scenario:
    """An account in call recovers just above its trigger, and then sells at a wide spread.

    Its owner waits for `calm_bars`; meanwhile the box narrows and the account, short of its target
    but not of the trigger, has slack at the worst corner. The broker's sale costs more than the
    margin it frees, the call ends because less than the smallest transfer is missing, and the next
    small fall, inside the box, must call the account again.
    """
    seller = holders(np.array([[10.0]]), np.array([-895.0]))
    rich = holders(np.full((16, 1), 1.0), np.full(16, 1e4))
    both = {n: np.concatenate([getattr(seller, n), getattr(rich, n)]) for n in NAMES}
    scenario = system(
        replace(seller, **both), target=1.5, bars=calm_bars + 5, spread=np.array([0.24]),
        regime={
            "grace_days": (calm_bars + 2) / 24.0, "owner_lag": 1e12, "broker_lag": 0.145,
            "minimum_transfer": 37.0,
        },
        rules={"memory": 1e12},
    )  # fmt: skip
    last = calm_bars + 3
    return shocked(scenario, (0, 0, 0.99), (1, 0, 0.994997 / 0.99), (last, 0, 0.9999))


@pytest.mark.parametrize("calm_bars", [50, 70, 73, 100, 120])
def test_an_account_in_call_stays_on_the_list(calm_bars: int) -> None:
    scenario = sold_below_its_margin(calm_bars)
    with small_chunks():
        near, plain = run(scenario, how=NEAR), run(scenario, how=PLAIN)

    assert plain.by_segment.called.sum() == 2.0
    assert bytes_of(near) == bytes_of(plain)
