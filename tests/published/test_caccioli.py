"""Caccioli, Shrestha, Moore, Farmer, J. Banking and Finance 46 (2014) 233: both limits."""

import numpy as np
import pytest

from published_answers import missed
from undertow.engine.run import until_calm
from undertow.published.caccioli import (
    ALPHA,
    CHECK,
    QUICK,
    SAFE,
    Economy,
    failures,
    network,
    scene,
)


def test_selling_a_tenth_takes_a_tenth_off_the_price():
    assert np.exp(-0.1 * ALPHA) == pytest.approx(0.9, rel=1e-15)
    assert pytest.approx(1.0536, abs=5e-5) == ALPHA


def test_below_the_threshold_leverage_the_probability_of_contagion_is_zero():
    assert missed(CHECK, "leverage 1.5") == []


def test_at_high_leverage_it_is_hump_shaped_in_diversification():
    assert missed(CHECK, "leverage 20") == []


def test_it_rises_with_leverage():
    assert missed(CHECK, "four assets") == []


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("held", [1.0, 4.0, 16.0])
def test_nobody_else_fails_at_a_leverage_that_survives_the_sale_of_everything(held, seed):
    assert 1.0 / (1.0 - np.exp(-ALPHA)) > SAFE
    assert failures(Economy(100, 1.0, held, SAFE), seed) == 0


@pytest.mark.parametrize("seed", range(5))
def test_on_one_network_more_leverage_never_saves_a_bank(seed):
    failed = [failures(Economy(100, 1.0, 3.0, lev), seed) for lev in (2.0, 5.0, 8.0, 12.0, 25.0)]

    assert failed == sorted(failed)


def test_banks_are_passive_while_solvent_and_sell_out_when_not():
    trace = until_calm(scene(Economy(100, 1.0, 4.0, 20.0), np.random.default_rng(0)), how=QUICK)
    first = trace.by_segment.called[0].sum()

    assert first == 1.0
    assert trace.closes
    assert not trace.truncated


def test_a_crowded_economy_has_fewer_assets_than_banks():
    crowded = Economy(100, 4.0, 2.0, 10.0)

    assert crowded.assets == 25
    assert network(crowded, np.random.default_rng(0)).shape == (100, 25)


def test_every_bank_with_a_link_owns_one_unit():
    owned = network(Economy(100, 1.0, 2.0, 10.0), np.random.default_rng(1)).sum(axis=1)

    assert set(np.round(owned, 12)) <= {0.0, 1.0}
