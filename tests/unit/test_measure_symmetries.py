"""What must not change a measure, and which way each input moves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies_measured import asked as redeemed
from strategies_measured import chain, fund
from undertow.core.chain import Chain
from undertow.core.history import Bars, History
from undertow.core.quotes import Quotes
from undertow.studies.basis import Asked as BasisAsked
from undertow.studies.basis import basis_answer
from undertow.studies.correlation import Asked as PairAsked
from undertow.studies.correlation import correlation_answer, corsetti, fisher
from undertow.studies.coverage import coverage_answer
from undertow.studies.gamma import gamma_answer

SEEDS = st.integers(0, 10_000)
DAYS = 160
REFERENCE = BasisAsked(date(2026, 1, 5), date(2026, 1, 6), 10.0)


def pair(seed: int, size: float = 1.0, sign: float = 1.0) -> History:
    rng = np.random.default_rng(seed)
    x = 0.01 * rng.normal(size=DAYS)
    y = sign * (0.5 * x + 0.01 * rng.normal(size=DAYS))
    days = np.datetime64("2025-01-01") + np.arange(DAYS)
    return History({name: bars(name, days, size * m) for name, m in (("A", x), ("B", y))})


def bars(name: str, days: np.ndarray, moves: np.ndarray) -> Bars:
    close = 100.0 * np.exp(np.cumsum(moves))
    return Bars(name, days.copy(), *(close.copy() for _ in range(4)), np.ones(len(days)))


def minutes(seed: int) -> Quotes:
    """Spot of three days, and what a future of it is made from."""
    rng = np.random.default_rng(seed)
    time = np.concatenate(
        [
            np.datetime64(f"2026-01-0{day}T14:30", "ms") + np.arange(180) * np.timedelta64(60, "s")
            for day in (5, 6, 7)
        ]
    )
    mid = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 3e-4, len(time))))
    return Quotes("S", time, mid - 0.001, mid + 0.001, np.ones(len(mid)), np.ones(len(mid)))


def future_of(spot: Quotes, basis_bps: np.ndarray, factor: float = 1.0) -> Quotes:
    mid = 10.0 * spot.mid * (1.0 + 1e-4 * basis_bps) * factor
    return replace(spot, symbol="F", bid=mid - 0.01, ask=mid + 0.01)


def noise(seed: int, count: int = 540) -> np.ndarray:
    return np.random.default_rng(seed + 1).normal(0.0, 2.0, count)


@given(seed=SEEDS)
@settings(max_examples=8, deadline=None)
def test_a_correlation_does_not_depend_on_which_is_named_first(seed: int) -> None:
    history, on = pair(seed), date(2025, 5, 30)
    ours = correlation_answer(history, PairAsked("A", "B", on))
    theirs = correlation_answer(history, PairAsked("B", "A", on))

    assert theirs.rolling.value == pytest.approx(ours.rolling.value, abs=1e-12)
    assert theirs.ewma.value == pytest.approx(ours.ewma.value, abs=1e-12)
    assert theirs.rolling.low == pytest.approx(ours.rolling.low, abs=1e-12)


@given(seed=SEEDS, size=st.floats(0.1, 3.0))
@settings(max_examples=8, deadline=None)
def test_a_correlation_does_not_depend_on_the_size_of_moves(seed: int, size: float) -> None:
    on = date(2025, 5, 30)
    ours = correlation_answer(pair(seed), PairAsked("A", "B", on))
    theirs = correlation_answer(pair(seed, size), PairAsked("A", "B", on))

    assert theirs.rolling.value == pytest.approx(ours.rolling.value, abs=1e-9)
    assert theirs.ewma.value == pytest.approx(ours.ewma.value, abs=1e-9)


@given(seed=SEEDS)
@settings(max_examples=8, deadline=None)
def test_the_mirror_image_has_the_opposite_correlation(seed: int) -> None:
    on = date(2025, 5, 30)
    ours = correlation_answer(pair(seed), PairAsked("A", "B", on)).rolling
    theirs = correlation_answer(pair(seed, sign=-1.0), PairAsked("A", "B", on)).rolling

    assert theirs.value == pytest.approx(-ours.value, abs=1e-9)
    assert theirs.low == pytest.approx(-ours.high, abs=1e-9)


@given(rho=st.floats(-0.98, 0.98), n=st.floats(5.0, 500.0))
@settings(max_examples=40)
def test_a_fisher_interval_is_odd_in_the_correlation(rho: float, n: float) -> None:
    low, high = fisher(rho, n)

    assert fisher(-rho, n) == pytest.approx((-high, -low))


@given(rho=st.floats(0.05, 0.95), delta=st.floats(0.0, 10.0), more=st.floats(0.01, 5.0))
@settings(max_examples=40)
def test_own_variance_of_the_source_lowers_what_is_to_be_expected(
    rho: float, delta: float, more: float
) -> None:
    assert corsetti(rho, delta, more) <= corsetti(rho, delta, 0.0) + 1e-12
    assert corsetti(rho, delta + more, 0.0) >= corsetti(rho, delta, 0.0) - 1e-12
    assert corsetti(rho, 0.0, 0.0) == pytest.approx(rho)


@given(seed=SEEDS, shift=st.floats(-50.0, 50.0))
@settings(max_examples=8, deadline=None)
def test_a_constant_shift_of_the_basis_moves_its_mean_and_no_deviation(
    seed: int, shift: float
) -> None:
    spot, basis = minutes(seed), noise(seed)
    ours = basis_answer(future_of(spot, basis), spot, spot, REFERENCE)
    theirs = basis_answer(future_of(spot, basis + shift), spot, spot, REFERENCE)

    assert theirs.reference.mean_bps == pytest.approx(ours.reference.mean_bps + shift, abs=1e-6)
    assert theirs.z_max == pytest.approx(ours.z_max, rel=1e-6)
    assert theirs.robust_z_min == pytest.approx(ours.robust_z_min, rel=1e-6)
    assert theirs.persistent == ours.persistent


@given(seed=SEEDS, factor=st.floats(0.2, 5.0))
@settings(max_examples=8, deadline=None)
def test_a_wider_basis_is_the_same_in_its_own_deviations(seed: int, factor: float) -> None:
    spot, basis = minutes(seed), noise(seed)
    ours = basis_answer(future_of(spot, basis), spot, spot, REFERENCE)
    theirs = basis_answer(future_of(spot, factor * basis), spot, spot, REFERENCE)

    assert theirs.z_max == pytest.approx(ours.z_max, rel=1e-6)
    assert theirs.reference.sd_bps == pytest.approx(factor * ours.reference.sd_bps, rel=1e-6)


@given(seed=SEEDS, jump=st.floats(1.0, 100.0))
@settings(max_examples=8, deadline=None)
def test_what_comes_after_the_reference_does_not_change_it(seed: int, jump: float) -> None:
    spot, basis = minutes(seed), noise(seed)
    wild = basis + np.where(np.arange(len(basis)) >= 360, jump, 0.0)
    ours = basis_answer(future_of(spot, basis), spot, spot, REFERENCE)
    theirs = basis_answer(future_of(spot, wild), spot, spot, REFERENCE)

    assert theirs.reference == ours.reference
    assert theirs.z_max >= ours.z_max


def turned(made: Chain) -> Chain:
    """Every call is a put and every put a call."""
    return replace(made, call=~made.call)


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_a_put_has_the_gamma_of_the_call_at_its_strike(seed: int) -> None:
    ours, theirs = gamma_answer(chain(seed)), gamma_answer(turned(chain(seed)))

    assert theirs.put_usd_per_1pct == pytest.approx(ours.call_usd_per_1pct, rel=1e-9)
    assert theirs.call_usd_per_1pct == pytest.approx(ours.put_usd_per_1pct, rel=1e-9)
    assert theirs.net_usd_per_1pct.naive == pytest.approx(-ours.net_usd_per_1pct.naive, rel=1e-9)
    assert theirs.net_usd_per_1pct.all_short == pytest.approx(ours.net_usd_per_1pct.all_short)


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_two_parts_of_a_chain_add_up_to_the_whole(seed: int) -> None:
    whole = chain(seed)
    first = np.arange(len(whole.strike)) % 2 == 0
    answers = [gamma_answer(one) for one in (whole, whole.where(first), whole.where(~first))]
    naive = [one.net_usd_per_1pct.naive for one in answers]

    assert naive[1] + naive[2] == pytest.approx(naive[0], rel=1e-9, abs=1e-6)


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_signs_follow_who_is_long_of_what(seed: int) -> None:
    found = gamma_answer(chain(seed))
    usd = found.net_usd_per_1pct

    assert found.call_usd_per_1pct >= 0.0
    assert found.put_usd_per_1pct >= 0.0
    assert usd.naive == pytest.approx(found.call_usd_per_1pct - found.put_usd_per_1pct)
    assert usd.all_short == pytest.approx(-found.call_usd_per_1pct - found.put_usd_per_1pct)
    assert found.net_shares_per_1pct.naive * found.spot == pytest.approx(usd.naive)


@given(seed=SEEDS, factor=st.sampled_from([0.1, 2.0, 50.0]))
@settings(max_examples=15, deadline=None)
def test_another_unit_of_price_changes_dollars_as_much(seed: int, factor: float) -> None:
    made = chain(seed)
    other = replace(made, spot=factor * made.spot, strike=factor * made.strike)
    ours, theirs = gamma_answer(made), gamma_answer(other)

    assert theirs.call_usd_per_1pct == pytest.approx(factor * ours.call_usd_per_1pct, rel=1e-9)
    assert theirs.net_shares_per_1pct.naive == pytest.approx(
        ours.net_shares_per_1pct.naive, rel=1e-9, abs=1e-9
    )


@given(seed=SEEDS, more=st.floats(1.0, 20.0))
@settings(max_examples=20, deadline=None)
def test_more_volume_never_covers_less(seed: int, more: float) -> None:
    holdings, market = fund(seed)
    busier = {name: replace(one, volume=more * one.volume) for name, one in market.items()}
    ours = coverage_answer(holdings, market, redeemed())
    theirs = coverage_answer(holdings, busier, redeemed())

    assert theirs.liquidation.rcr >= ours.liquidation.rcr * (1.0 - 1e-12)
    assert theirs.largest_met >= ours.largest_met * (1.0 - 1e-12)
    assert theirs.hqla == ours.hqla


@given(seed=SEEDS, cut=st.floats(0.0, 0.9))
@settings(max_examples=20, deadline=None)
def test_a_haircut_takes_its_share_of_what_is_sold(seed: int, cut: float) -> None:
    holdings, market = fund(seed)
    shorn = [replace(one, haircut=cut) for one in holdings]
    ours = coverage_answer(holdings, market, redeemed())
    theirs = coverage_answer(shorn, market, redeemed())

    assert theirs.liquidation.liquid == pytest.approx((1.0 - cut) * ours.liquidation.liquid)


@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_without_a_limit_of_time_the_whole_fund_is_sold(seed: int) -> None:
    holdings, market = fund(seed)
    found = coverage_answer(holdings, market, redeemed(redemption=0.5, days=1e9))

    assert found.liquidation.rcr == pytest.approx(2.0)
    assert found.largest_met == pytest.approx(1.0)
    assert found.liquidation.gap == pytest.approx(-0.5)


@given(seed=SEEDS, factor=st.floats(0.01, 100.0))
@settings(max_examples=20, deadline=None)
def test_the_currency_of_a_fund_does_not_matter(seed: int, factor: float) -> None:
    holdings, market = fund(seed)
    other = {name: replace(one, price=factor * one.price) for name, one in market.items()}
    ours = coverage_answer(holdings, market, redeemed())
    theirs = coverage_answer(holdings, other, redeemed())

    assert theirs.liquidation.rcr == pytest.approx(ours.liquidation.rcr)
    assert theirs.herfindahl == pytest.approx(ours.herfindahl)
    assert theirs.nav == pytest.approx(factor * ours.nav)
