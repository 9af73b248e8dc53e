"""Thurner, Farmer, Geanakoplos, Quantitative Finance 12 (2012) 695.

Parameters: kronrod/sfi-complexity-mooc, notebooks/leverage.ipynb, commit 1789f3a, MIT. The claims
are qualitative; the two closed forms are derived in the model notes (2.3).
"""

import time

import numpy as np
import pytest

from published_answers import missed
from undertow.published.thurner import BETA, CHECK, lag_one, noise_path, tails
from undertow.published.thurner_market import Parameters, clearing_price, simulate


def test_without_funds_prices_are_the_noise_traders():
    assert missed(CHECK, "no funds") == []


def test_at_the_cap_the_price_has_the_amplified_closed_form():
    assert missed(CHECK, "at the cap") == []


def test_without_leverage_returns_are_near_normal_and_hardly_clustered():
    assert missed(CHECK, "λ = 1") == []


def test_with_leverage_tails_are_fat_volatility_clusters_and_funds_fail():
    assert missed(CHECK, "λ = 5, 10, 20") == []


@pytest.mark.parametrize("seed", range(3))
def test_the_claims_do_not_hang_on_one_seed(seed):
    plain, levered = tails(1.0, seed=seed), tails(10.0, seed=seed)

    assert plain.kurtosis < 3.5
    assert levered.kurtosis > 5.0
    assert plain.clustering < 0.06
    assert levered.clustering > 0.1
    assert levered.worst < 1.5 * plain.worst
    assert plain.failed < 10 < levered.failed


def test_twenty_thousand_steps_take_less_than_five_seconds():
    begin = time.perf_counter()
    tails(10.0, steps=20_000)

    assert time.perf_counter() - begin < 5.0


@pytest.mark.parametrize("cap", [1.0, 5.0, 20.0])
def test_the_market_clears(cap):
    rng = np.random.default_rng(3)
    given, shares, cash = Parameters(cap), rng.uniform(0, 20, 10), rng.uniform(-5, 5, 10)
    price = clearing_price(930.0, shares, cash, BETA, given)
    wealth = np.maximum(shares * price + cash, 0.0)
    demand = 930.0 + float(np.minimum(BETA * max(1.0 - price, 0.0), cap) @ wealth)

    assert demand == pytest.approx(1000.0 * price, rel=1e-12)


def test_funds_do_not_buy_what_is_dear():
    price = clearing_price(1100.0, np.zeros(10), np.full(10, 2.0), BETA, Parameters(10.0))

    assert price == pytest.approx(1.1, rel=1e-12)


def test_funds_hold_the_price_up_when_it_is_cheap():
    price = clearing_price(900.0, np.zeros(10), np.full(10, 2.0), BETA, Parameters(10.0))

    assert 0.9 < price < 1.0


def test_a_forced_seller_amplifies_noise():
    levered = [np.array([30.0]), np.array([-28.0]), np.array([1e6]), Parameters(20.0)]
    fall = [clearing_price(950.0, *levered) - clearing_price(949.0, *levered)]
    fall.append(clearing_price(950.0, *[np.zeros(1)] * 2, np.zeros(1), Parameters(20.0)) - 0.949)

    assert fall[0] == pytest.approx(2.5e-3, rel=1e-9)
    assert fall[1] == pytest.approx(1e-3, rel=1e-9)


def test_the_same_noise_gives_the_same_prices():
    noise = noise_path(2_000, 5)
    first, second = np.empty(2_000), np.empty(2_000)
    failed = [simulate(noise, BETA, Parameters(10.0), path) for path in (first, second)]

    assert first.tolist() == second.tolist()
    assert failed[0] == failed[1]


def test_lag_one_knows_an_alternating_series():
    assert lag_one(np.tile([1.0, -1.0], 50)) == pytest.approx(-1.0)
