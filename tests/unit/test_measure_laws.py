"""Laws of the measures on random data: units, order, size, and what must not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies_measured import asked, chain, fund
from undertow.core.quotes import Quotes, joined
from undertow.studies._downhill import lowest
from undertow.studies.basis import effective
from undertow.studies.correlation import fisher, forbes_rigobon
from undertow.studies.coverage import coverage_answer
from undertow.studies.gamma import Terms, gamma_answer
from undertow.studies.quotes import hours_of, quotes_answer, tick_of

SEEDS = st.integers(0, 10_000)


def quotes(seed: int, day: int = 1, hours: int = 6, scale: float = 1.0) -> Quotes:
    rng = np.random.default_rng(seed)
    minutes = 60 * hours
    time = np.datetime64(f"2026-01-{day:02}T00:00", "ms") + np.arange(minutes) * np.timedelta64(
        60_000, "ms"
    )
    mid = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 1e-3, minutes)))
    half = np.exp(rng.normal(-4.0, 0.5, minutes))
    sizes = np.exp(rng.normal(1.0, 0.5, (2, minutes)))
    return Quotes("X", time, scale * (mid - half), scale * (mid + half), sizes[0], sizes[1])


@given(seed=SEEDS, scale=st.sampled_from([0.5, 2.0, 4.0]))
@settings(max_examples=15, deadline=None)
def test_spreads_and_losses_do_not_depend_on_the_currency(seed: int, scale: float) -> None:
    ours = quotes_answer(quotes(seed), quotes(seed + 1, 2))
    theirs = quotes_answer(quotes(seed, scale=scale), quotes(seed + 1, 2, scale=scale))

    assert theirs.spread_multiple == pytest.approx(ours.spread_multiple, rel=1e-9)
    assert theirs.depth_loss == pytest.approx(ours.depth_loss, rel=1e-9, abs=1e-12)
    assert theirs.worst.depth_usd == pytest.approx(scale * ours.worst.depth_usd, rel=1e-9)


@given(seed=SEEDS, wider=st.floats(1.0, 20.0), thinner=st.floats(0.01, 1.0))
@settings(max_examples=15, deadline=None)
def test_wider_spreads_and_thinner_books_are_measured_as_such(
    seed: int, wider: float, thinner: float
) -> None:
    calm, bad = quotes(seed), quotes(seed + 1, 2)
    mid, half = bad.mid, 0.5 * (bad.ask - bad.bid)
    sides = [mid - wider * half, mid + wider * half]
    worse = bad.of(bad.time, [*sides, thinner * bad.bid_size, thinner * bad.ask_size])
    before, after = quotes_answer(calm, bad), quotes_answer(calm, worse)

    assert after.spread_multiple == pytest.approx(wider * before.spread_multiple, rel=1e-9)
    # Money at the touch moves a little with the quotes themselves.
    left = (1.0 - after.depth_loss) / (1.0 - before.depth_loss)
    assert left == pytest.approx(thinner, rel=0.02)


@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_the_order_of_files_does_not_matter(seed: int) -> None:
    parts = tuple(quotes(seed, day) for day in (1, 2, 3))
    ours, theirs = joined(parts), joined(parts[::-1])

    np.testing.assert_array_equal(ours.time, theirs.time)
    np.testing.assert_array_equal(ours.bid, theirs.bid)
    assert hours_of(ours, "it").spread.tolist() == hours_of(theirs, "it").spread.tolist()


def test_a_tick_is_the_smallest_step_of_prices() -> None:
    some = quotes(1)
    whole = [np.round(side * 4.0) / 4.0 for side in (some.bid, some.ask)]

    assert tick_of(some.of(some.time, [*whole, some.bid_size, some.ask_size])) == 0.25


@given(seed=SEEDS, factor=st.floats(0.1, 50.0))
@settings(max_examples=15, deadline=None)
def test_gamma_is_linear_in_open_interest_and_the_flip_does_not_move(
    seed: int, factor: float
) -> None:
    ours, theirs = gamma_answer(chain(seed)), gamma_answer(chain(seed, factor))

    assert theirs.call_usd_per_1pct == pytest.approx(factor * ours.call_usd_per_1pct, rel=1e-9)
    assert theirs.put_usd_per_1pct == pytest.approx(factor * ours.put_usd_per_1pct, rel=1e-9)
    assert theirs.flip == pytest.approx(ours.flip, rel=1e-9) if ours.flip else theirs.flip is None


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_the_three_signs_bound_each_other(seed: int) -> None:
    net = gamma_answer(chain(seed), Terms(rate=0.03)).net_usd_per_1pct

    assert net.naive == -net.reversed
    assert net.all_short <= min(net.naive, net.reversed)


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_calls_alone_never_flip(seed: int) -> None:
    made = chain(seed)
    calls = made.where(made.call)

    assert gamma_answer(calls).flip is None


@given(seed=SEEDS, more=st.floats(1.0, 5.0))
@settings(max_examples=20, deadline=None)
def test_coverage_falls_with_the_redemption_and_rises_with_time_and_share(
    seed: int, more: float
) -> None:
    holdings, market = fund(seed)
    base = coverage_answer(holdings, market, asked()).liquidation.rcr
    larger = coverage_answer(holdings, market, asked(redemption=min(0.1 * more, 1.0)))
    longer = coverage_answer(holdings, market, asked(days=5.0 * more))
    bolder = coverage_answer(holdings, market, asked(participation=0.2 * more))

    assert larger.liquidation.rcr <= base * (1.0 + 1e-12)
    assert longer.liquidation.rcr >= base * (1.0 - 1e-12)
    assert bolder.liquidation.rcr == pytest.approx(longer.liquidation.rcr)


@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_the_largest_redemption_that_is_met_is_covered_once(seed: int) -> None:
    holdings, market = fund(seed)
    most = coverage_answer(holdings, market, asked()).largest_met
    found = coverage_answer(holdings, market, asked(redemption=most))

    assert found.liquidation.rcr == pytest.approx(1.0)
    assert found.liquidation.gap == pytest.approx(0.0, abs=1e-12)
    assert sum(found.buckets.values()) == pytest.approx(1.0)


@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_the_order_of_holdings_does_not_matter(seed: int) -> None:
    holdings, market = fund(seed)
    ours, theirs = (coverage_answer(h, market, asked()) for h in (holdings, holdings[::-1]))

    assert theirs.liquidation.rcr == pytest.approx(ours.liquidation.rcr)
    assert theirs.hqla.rcr == pytest.approx(5.0)
    assert theirs.herfindahl == pytest.approx(ours.herfindahl)


@given(rho=st.floats(-0.99, 0.99), n=st.floats(5.0, 1000.0), more=st.floats(1.1, 10.0))
@settings(max_examples=50)
def test_a_fisher_interval_holds_its_correlation_and_narrows_with_days(
    rho: float, n: float, more: float
) -> None:
    low, high = fisher(rho, n)
    tight = fisher(rho, n * more)

    assert -1.0 <= low <= rho <= high <= 1.0
    assert tight[1] - tight[0] <= high - low
    assert abs(forbes_rigobon(rho, more)) <= abs(rho)


def test_days_that_hang_together_are_worth_less() -> None:
    rng = np.random.default_rng(2)
    loose = rng.normal(size=2000)
    tied = np.cumsum(loose) * 0.01 + np.repeat(rng.normal(size=200), 10)

    assert effective(loose) == pytest.approx(2000.0, rel=0.1)
    assert effective(tied) < 400.0


@pytest.mark.parametrize("start", [(-1.2, 1.0), (3.0, -2.0)])
def test_the_way_downhill_ends_in_the_valley(start: tuple[float, float]) -> None:
    found = lowest(lambda p: (1.0 - p[0]) ** 2 + 100.0 * (p[1] - p[0] ** 2) ** 2, np.array(start))

    assert found == pytest.approx([1.0, 1.0], abs=1e-4)
