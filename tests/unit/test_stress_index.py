"""The stress index: the acceptance of its five steps, on scores made by hand and on real prices."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from market_files import daily_panel, market_folder
from undertow.core.history import History
from undertow.studies.stress_index import (
    EQUAL,
    Stress,
    by_segment,
    composite,
    correlations,
    indexed,
    proxies,
    rank_stability,
    scored,
    sessions,
    strained,
    stress_index,
)
from undertow.studies.stress_panel import CLOCK, SEGMENTS, Scale, anchors, panel

ROOT = Path(__file__).parents[2]
K = len(SEGMENTS)
HALVES = np.full(K, 2.0)
ONES, APART = np.ones((1, K, K)), np.eye(K)[None]
few = settings(max_examples=60, deadline=None)
parts = arrays(float, (1, K), elements=st.floats(0.0, 0.999))


@st.composite
def related(draw: st.DrawFn) -> np.ndarray:
    """A correlation matrix without negative entries."""
    loads = draw(arrays(float, K, elements=st.floats(0.0, 1.0)))
    found = np.outer(loads, loads)
    np.fill_diagonal(found, 1.0)
    return found[None]


def y_of(scores: np.ndarray, r: np.ndarray = ONES) -> float:
    return float(composite(np.atleast_2d(scores), r, EQUAL)[0][0])


def test_segments_that_are_one_have_their_common_level() -> None:
    assert y_of(np.full(K, 0.37)) == pytest.approx(0.37, abs=1e-15)


def test_segments_that_have_nothing_in_common_have_a_root_of_five_less() -> None:
    assert y_of(np.full(K, 0.37), APART) == pytest.approx(0.37 / np.sqrt(5.0), abs=1e-15)


@few
@given(parts, related())
def test_contributions_sum_to_the_composite(scores: np.ndarray, r: np.ndarray) -> None:
    y, contributions = composite(scores, r, EQUAL)

    assert abs(contributions.sum() - y[0]) < 1e-12
    assert (contributions >= 0.0).all()


@few
@given(parts, related(), st.integers(0, K - 1), st.floats(0.0, 0.5))
def test_the_composite_rises_with_every_segment(
    scores: np.ndarray, r: np.ndarray, at: int, more: float
) -> None:
    raised = scores.copy()
    raised[0, at] += more

    assert y_of(raised, r) >= y_of(scores, r) - 1e-15


@few
@given(parts, related())
def test_the_composite_lies_between_nothing_and_the_worst_segment(
    scores: np.ndarray, r: np.ndarray
) -> None:
    assert 0.0 <= y_of(scores, r) <= scores.max() + 1e-15 < 1.0


@few
@given(parts, related(), st.integers(0, K - 1))
def test_a_missing_segment_gives_its_weight_away(
    scores: np.ndarray, r: np.ndarray, at: int
) -> None:
    missing = scores.copy()
    missing[0, at] = np.nan
    others = np.delete(np.arange(K), at)
    alone = composite(scores[:, others], r[:, others][:, :, others], np.full(K - 1, 0.25))
    y, contributions = composite(missing, r, EQUAL)

    assert y == pytest.approx(alone[0], abs=1e-15)
    assert contributions[0, at] == 0.0


def test_a_score_at_the_half_is_a_half_and_none_is_ever_one() -> None:
    found = strained(np.array([[0.0, 2.0, 4.0, 20.0, 60.0]]), HALVES)[0]

    assert found[:3] == pytest.approx([0.0, 0.5, 0.75])
    assert (np.diff(found) > 0.0).all()
    assert found[-1] < 1.0


def test_a_record_is_told_from_the_record_before() -> None:
    found = strained(np.array([[30.0, 31.0, 0.0, 0.0, 0.0]]), HALVES)[0]

    assert found[1] > found[0]


def test_the_map_passes_through_its_anchors() -> None:
    held = anchors()
    found = indexed(np.array([0.0, held.median, held.high, 1.0, np.nan]), held)

    assert found[:4].tolist() == [0.0, 20.0, 50.0, 100.0]
    assert np.isnan(found[4])


def test_calm_is_at_most_twenty() -> None:
    held = anchors()
    calm = indexed(np.linspace(0.0, held.median, 20), held)

    assert (calm <= 20.0).all()
    assert y_of(np.zeros(K)) == 0.0


def test_a_score_counts_deviations_and_nothing_is_calmer_than_minus_three() -> None:
    found = scored(np.array([1.0, 3.0, -np.inf, np.nan]), Scale(1.0, 2.0, 9))

    assert found[:3].tolist() == [0.0, 1.0, -3.0]
    assert np.isnan(found[3])


def test_correlations_are_floored_symmetric_and_one_on_the_diagonal() -> None:
    chance = np.random.default_rng(4)
    signed = np.tanh(chance.standard_normal((80, K)))
    signed[:, 1] = -signed[:, 0]
    found = correlations(signed)

    assert found[:, 0, 1].max() == 0.0
    assert found.min() >= 0.0
    assert found.max() <= 1.0
    assert np.array_equal(found, found.swapaxes(1, 2))
    assert (np.einsum("tii->ti", found) == 1.0).all()


def test_correlations_forget_by_seven_in_a_hundred() -> None:
    signed = np.full((2, K), 0.5)
    signed[1, 0], signed[1, 1] = 0.5, -0.5
    last = correlations(signed)[1, 0, 1]

    assert last == pytest.approx(max(0.0, (0.93 * 0.07 - 0.07) / (0.93 * 0.07 + 0.07)))
    signed[1, 1] = 0.1
    cross = 0.93 * 0.07 * 0.25 + 0.07 * 0.05
    sizes = (0.93 * 0.07 * 0.25 + 0.07 * 0.25) * (0.93 * 0.07 * 0.25 + 0.07 * 0.01)
    assert correlations(signed)[1, 0, 1] == pytest.approx(cross / np.sqrt(sizes))


def test_a_missing_segment_does_not_touch_how_the_others_go_together() -> None:
    signed = np.tanh(np.random.default_rng(5).standard_normal((30, K)))
    gone = signed.copy()
    gone[10:, 2] = np.nan
    others = np.delete(np.arange(K), 2)
    found, whole = correlations(gone)[-1], correlations(signed)[-1]

    assert np.array_equal(found[np.ix_(others, others)], whole[np.ix_(others, others)])
    assert np.isfinite(found).all()


def test_every_member_of_the_panel_has_its_reference() -> None:
    held = anchors()

    assert {member.name for member in panel()} == set(held.scales)
    assert {member.segment for member in panel()} == set(SEGMENTS) == set(held.halves)
    assert all(scale.deviation > 0.0 and scale.n >= 252 for scale in held.scales.values())
    assert (held.first, held.last) == ("2010-01-04", "2019-12-31")


def prices_of_panel() -> History:
    needed = {name for member in panel() for name in member.symbols}
    return daily_panel().of(needed).until("2026-02-28")


def real() -> Stress:
    return stress_index(prices_of_panel(), anchors())


def test_the_anchors_are_what_the_script_computes() -> None:
    market_folder()
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(ROOT / "bench" / "anchors.py"), "--check"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_index_begins_before_the_nineties_and_its_parts_sum() -> None:
    found = real()

    assert found.days[0] < np.datetime64("1990-01-01")
    assert np.isfinite(found.index).all()
    assert np.abs(found.contributions.sum(axis=1) - found.y).max() < 1e-12


def test_what_was_known_at_a_moment_is_the_index_of_that_moment() -> None:
    prices, held = prices_of_panel(), anchors()
    whole = stress_index(prices, held)
    chance = np.random.default_rng(20260205)
    for at in sorted(chance.integers(1, len(whole.days), 50)):
        cut = stress_index(prices.until(str(whole.days[at])), held)

        assert cut.days[-1] == whole.days[at]
        assert cut.index[-1] == whole.index[at]
        assert cut.contributions[-1].tolist() == whole.contributions[at].tolist()


@pytest.mark.parametrize("bump", [0.1, 0.5, 2.0])
def test_a_segment_that_is_worse_never_lowers_the_index(bump: float) -> None:
    prices, held = prices_of_panel(), anchors()
    days = sessions(prices)
    scores = {m.name: scored(x, held.scales[m.name]) for m, x in proxies(prices, days)}
    means, signed, _ = by_segment(scores, len(days))
    halves = np.array([held.halves[name] for name in SEGMENTS])

    def last(above: np.ndarray, both: np.ndarray) -> float:
        r = correlations(np.sign(both) * strained(np.abs(both), halves))
        return float(composite(strained(above[-1:], halves), r[-1:], EQUAL)[0][0])

    # What is older than 100 sessions weighs less than a thousandth.
    for at in np.random.default_rng(7).integers(6000, len(days), 30):
        above, both = means[at - 99 : at + 1].copy(), signed[at - 99 : at + 1].copy()
        base = last(above, both)
        for k in range(K):
            worse, more = above.copy(), both.copy()
            worse[-1, k] += bump
            more[-1, k] += bump

            assert last(worse, more) >= base


def test_garbling_the_future_changes_no_past_reading() -> None:
    prices, held = prices_of_panel(), anchors()
    early = prices.until("2020-03-16").bars
    late = prices.since("2020-03-17")
    mixed = {}
    for name, bars in early.items():
        if name not in late:
            mixed[name] = bars
            continue
        fields = {
            f: np.concatenate([getattr(bars, f), getattr(late[name], f) * 3.0])
            for f in ("open", "high", "low", "close", "volume")
        }
        dates = np.concatenate([bars.date, late[name].date])
        mixed[name] = type(bars)(name, dates, **fields, step=bars.step)
    garbled, sound = stress_index(History(mixed), held), stress_index(prices, held)
    at = sound.at("2020-03-16")

    assert np.array_equal(garbled.index[: at + 1], sound.index[: at + 1])


def test_february_2026_is_below_every_session_of_march_2020() -> None:
    found = real()
    day = found.index[found.at("2026-02-05")]
    march = found.index[found.at("2020-03-09") : found.at("2020-03-20") + 1]

    assert len(march) == 10
    assert day < march.min()
    assert day == pytest.approx(42.5, abs=0.05)
    assert march.min() == pytest.approx(59.2, abs=0.05)


def test_the_peaks_of_2008_and_2020_are_where_they_happened() -> None:
    found, held = real(), anchors()
    by_name = {one.name: one for one in held.peaks}

    assert by_name["2008"].day == "2008-10-28"
    assert by_name["2020"].day == "2020-03-26"
    for one in held.peaks:
        assert found.y[found.at(one.day)] == pytest.approx(one.y, rel=1e-12)
    assert float(indexed(np.array(by_name["2008"].y), held)) == pytest.approx(75.3, abs=0.05)
    assert float(indexed(np.array(by_name["2020"].y), held)) == pytest.approx(80.0, abs=0.05)


def test_the_reference_window_has_its_median_at_twenty() -> None:
    found, held = real(), anchors()
    inside = slice(found.at(held.first), found.at(held.last) + 1)

    assert np.median(found.index[inside]) == pytest.approx(20.0, abs=0.01)
    assert np.quantile(found.index[inside], 0.95) == pytest.approx(50.0, abs=0.01)


def test_other_weights_hardly_change_the_order_of_days() -> None:
    assert rank_stability(real()) > 0.99


def test_without_its_clock_there_is_no_index() -> None:
    prices = daily_panel()
    others = History({name: bars for name, bars in prices.bars.items() if name != CLOCK})

    assert len(stress_index(others, anchors()).days) == 0


def test_before_there_are_bonds_the_cross_segment_is_missing() -> None:
    found = real()
    at = found.at("1998-10-08")

    assert np.isnan(found.parts[at, SEGMENTS.index("cross")])
    assert found.contributions[at, SEGMENTS.index("cross")] == 0.0
    assert found.index[at] > 50.0
