"""Laws of indicators: units that must not matter, and limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies_measured import some_history
from undertow.core.history import FIELDS, History
from undertow.indicators import INDICATORS, Indicator
from undertow.indicators._composite import composite, contributions, ranks
from undertow.indicators._fevd import shares
from undertow.indicators.absorption import absorbed
from undertow.indicators.turbulence import distances

SEEDS = st.integers(0, 10_000)
MEMBERS = INDICATORS.discover()
RANGES = ("parkinson", "garman_klass", "rogers_satchell")
PRICES = ("open", "high", "low", "close")


def scaled(history: History, factor: float, fields: tuple[str, ...]) -> History:
    bars = {}
    for name, one in history.bars.items():
        columns = {f: getattr(one, f) * (factor if f in fields else 1.0) for f in FIELDS}
        bars[name] = replace(one, date=one.date.copy(), **columns)
    return History(bars)


def last(part: type[Indicator], history: History) -> float:
    names = tuple("ABCDE") if part.most is None else tuple("ABCDE"[: part.most])
    return part.example().series(history, names).last


@pytest.mark.parametrize("name", sorted(set(MEMBERS) - {"amihud"}))
@given(seed=SEEDS, factor=st.sampled_from([0.25, 8.0]))
@settings(max_examples=4, deadline=None)
def test_the_currency_of_prices_does_not_matter(name: str, seed: int, factor: float) -> None:
    ours, theirs = some_history(seed), scaled(some_history(seed), factor, PRICES)

    assert last(MEMBERS[name], theirs) == pytest.approx(
        last(MEMBERS[name], ours), rel=1e-6, abs=1e-9
    )


@given(seed=SEEDS, factor=st.floats(0.1, 10.0))
@settings(max_examples=10, deadline=None)
def test_amihud_falls_with_money_as_much_as_money_rises(seed: int, factor: float) -> None:
    part, ours = MEMBERS["amihud"], some_history(seed)
    busier, dearer = scaled(ours, factor, ("volume",)), scaled(ours, factor, PRICES)

    assert last(part, busier) == pytest.approx(last(part, ours) / factor)
    assert last(part, dearer) == pytest.approx(last(part, ours) / factor)


@given(seed=SEEDS, factor=st.floats(0.1, 10.0))
@settings(max_examples=10, deadline=None)
def test_a_volume_shock_does_not_depend_on_the_lot(seed: int, factor: float) -> None:
    part, ours = MEMBERS["volume_shock"], some_history(seed)
    theirs = scaled(ours, factor, ("volume",))

    assert last(part, theirs) == pytest.approx(last(part, ours), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", RANGES)
@given(seed=SEEDS, stretch=st.floats(0.1, 4.0))
@settings(max_examples=8, deadline=None)
def test_a_range_that_is_wider_in_logarithms_is_as_much_more_volatile(
    name: str, seed: int, stretch: float
) -> None:
    ours = some_history(seed, "A")
    bars = ours["A"]
    columns = {f: np.exp(stretch * np.log(getattr(bars, f))) for f in PRICES}
    wider = History(
        {"A": replace(bars, date=bars.date.copy(), volume=bars.volume.copy(), **columns)}
    )

    assert last(MEMBERS[name], wider) == pytest.approx(stretch * last(MEMBERS[name], ours))


@given(seed=SEEDS, size=st.floats(0.1, 10.0), fraction=st.sampled_from([0.2, 0.4, 0.6]))
@settings(max_examples=20, deadline=None)
def test_absorption_is_a_share_that_no_unit_and_no_order_changes(
    seed: int, size: float, fraction: float
) -> None:
    rng = np.random.default_rng(seed)
    moves = rng.normal(size=(5, 80)) + rng.normal(size=80)
    found = absorbed(moves, fraction)

    assert fraction - 1e-12 <= found <= 1.0
    assert absorbed(size * moves, fraction) == pytest.approx(found)
    assert absorbed(moves[::-1], fraction) == pytest.approx(found)
    assert absorbed(moves, fraction + 0.2) >= found


@given(rho=st.floats(-0.9, 0.9))
@settings(max_examples=20)
def test_two_assets_are_absorbed_by_half_of_one_and_their_correlation(rho: float) -> None:
    x, y = np.tile([1.0, 1.0, -1.0, -1.0], 10), np.tile([1.0, -1.0, 1.0, -1.0], 10)
    moves = np.stack([x, rho * x + np.sqrt(1.0 - rho**2) * y])

    assert absorbed(moves, 0.5) == pytest.approx(0.5 * (1.0 + abs(rho)))


@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_a_distance_does_not_depend_on_what_portfolios_are_called_assets(seed: int) -> None:
    rng = np.random.default_rng(seed)
    moves, mix = rng.normal(size=(60, 3)), rng.normal(size=(3, 3)) + 3.0 * np.eye(3)

    np.testing.assert_allclose(
        distances(moves @ mix, moves @ mix), distances(moves, moves), rtol=1e-6
    )


@given(seed=SEEDS)
@settings(max_examples=8, deadline=None)
def test_what_is_given_is_received_and_no_asset_size_matters(seed: int) -> None:
    rng = np.random.default_rng(seed)
    moves = rng.normal(size=(300, 3)) + rng.normal(size=(300, 1))
    ours = shares(moves, 1, 5, "generalised")
    theirs = shares(moves * np.array([0.1, 1.0, 20.0]), 1, 5, "generalised")

    np.testing.assert_allclose(theirs.table, ours.table, rtol=1e-6, atol=1e-8)
    assert ours.net.sum() == pytest.approx(0.0, abs=1e-9)
    assert 0.0 <= ours.total <= 100.0


@given(seed=SEEDS, factor=st.floats(0.0, 1.0))
@settings(max_examples=20, deadline=None)
def test_a_composite_is_of_degree_two_and_euler_splits_it(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    stress, weights = rng.uniform(0.0, 1.0, (10, 4)), rng.dirichlet(np.ones(4))
    matrix = np.broadcast_to(np.corrcoef(rng.normal(size=(4, 30))), (10, 4, 4))
    whole = composite(stress, weights, matrix)

    np.testing.assert_allclose(composite(factor * stress, weights, matrix), factor**2 * whole)
    np.testing.assert_allclose(contributions(stress, weights, matrix).sum(axis=1), whole)


@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_a_rank_does_not_depend_on_the_unit_and_a_record_is_one(seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=50)
    found = ranks(values)

    np.testing.assert_array_equal(ranks(np.exp(values)), found)
    np.testing.assert_array_equal(found == 1.0, values == np.maximum.accumulate(values))
