"""Two markets: estimates, intervals, and a crisis against quiet days."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.errors import BadDate, BadNumber, UnknownName
from undertow.jobs.measure_correlation import CorrelationRequest, measure_correlation
from undertow.studies.correlation import corsetti, fisher, forbes_rigobon, rises
from undertow.studies.garch import dcc_path, fit_dcc, fit_garch

FIRST = np.datetime64("2020-01-01")


def written(folder: Path, moves: np.ndarray, names: tuple[str, str] = ("A", "B")) -> Path:
    prices = 100.0 * np.exp(np.cumsum(moves, axis=0))
    lines = [f"{FIRST + k},{a},{b}" for k, (a, b) in enumerate(prices.tolist())]
    file = folder / "prices.csv"
    file.write_text("\n".join([f"date,{names[0]},{names[1]}", *lines]) + "\n")
    return file


def pair(days: int, rho: float, seed: int = 1, size: float = 0.01) -> np.ndarray:
    normal = np.random.default_rng(seed).normal(0.0, size, (days, 2))
    return np.column_stack(
        [normal[:, 0], rho * normal[:, 0] + math.sqrt(1.0 - rho**2) * normal[:, 1]]
    )


def measured(folder: Path, moves: np.ndarray, **asked: object) -> dict:
    return measure_correlation(CorrelationRequest((written(folder, moves),), "A,B", **asked)).json()


def test_three_estimates_find_the_correlation_that_is_there(tmp_path: Path) -> None:
    found = measured(tmp_path, pair(600, 0.7))

    for name in ("rolling", "ewma", "dcc"):
        assert found[name]["low"] < 0.7 < found[name]["high"]
    assert found["dcc"]["value"] == pytest.approx(0.7, abs=0.12)


def test_the_rolling_estimate_is_that_of_the_last_days(tmp_path: Path) -> None:
    moves = np.vstack([pair(300, -0.5), pair(60, 0.9, seed=2)])
    found = measured(tmp_path, moves)

    assert found["rolling"]["value"] == pytest.approx(np.corrcoef(moves[-60:].T)[0, 1])
    assert found["rolling"]["before"] == pytest.approx(np.corrcoef(moves[-120:-60].T)[0, 1])
    assert found["sign_changed"]
    assert found["rolling"]["percentile"] > 0.98


def test_what_comes_after_the_day_changes_nothing(tmp_path: Path) -> None:
    moves = pair(400, 0.4)
    wild = np.vstack([moves[:301], pair(99, -0.9, seed=5, size=0.05)])
    on = str(FIRST + 300)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    ours, theirs = (measured(tmp_path / name, m, on=on) for name, m in (("a", moves), ("b", wild)))

    assert {k: v for k, v in ours.items() if k != "inputs"} == {
        k: v for k, v in theirs.items() if k != "inputs"
    }


def test_the_fisher_interval_is_the_one_of_the_notes() -> None:
    low, high = fisher(0.78, 60.0)

    assert (round(low, 2), round(high, 2)) == (0.66, 0.86)


def test_larger_moves_of_the_source_alone_are_no_contagion(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    source = np.concatenate([rng.normal(0.0, 0.01, 4000), rng.normal(0.0, 0.04, 1000)])
    other = 0.5 * source + rng.normal(0.0, 0.01, 5000)
    crisis = f"{FIRST + 4000}:{FIRST + 4999}"
    found = measured(tmp_path, np.column_stack([source, other]), crisis=crisis)["contagion"]

    assert found["delta"] == pytest.approx(15.0, rel=0.1)
    assert found["raw_rises"]
    assert not found["adjusted_rises"]
    assert found["adjusted"] == pytest.approx(found["quiet"]["value"], abs=0.08)
    assert found["threshold"] == pytest.approx(found["crisis"]["value"], abs=0.05)


def test_a_new_link_is_contagion_after_both_corrections(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    source = np.concatenate([rng.normal(0.0, 0.01, 500), rng.normal(0.0, 0.02, 100)])
    own = rng.normal(0.0, 0.01, 600)
    other = np.where(np.arange(600) < 500, 0.1, 1.5) * source + own
    crisis = f"{FIRST + 500}:{FIRST + 599}"
    found = measured(tmp_path, np.column_stack([source, other]), crisis=crisis)["contagion"]

    assert found["raw_rises"]
    assert found["adjusted_rises"]
    assert found["beyond_threshold"]


@given(rho=st.floats(-0.95, 0.95), delta=st.floats(0.0, 50.0))
@settings(max_examples=50)
def test_the_two_corrections_undo_each_other_without_own_variance(rho: float, delta: float) -> None:
    grown = corsetti(rho, delta, 0.0)

    assert forbes_rigobon(grown, delta) == pytest.approx(rho, abs=1e-9)
    assert abs(grown) >= abs(rho) - 1e-12
    assert forbes_rigobon(rho, 0.0) == rho


def test_the_two_columns_of_hong_kong_1997_are_told_apart_as_published() -> None:
    delta = 8.72
    pairs = {"Indonesia": (0.31, 0.60), "France": (0.17, 0.66), "US": (0.15, 0.26)}
    found = {name: corsetti(quiet, delta, 0.0) for name, (quiet, _) in pairs.items()}

    assert pairs["Indonesia"][1] < found["Indonesia"]
    assert pairs["France"][1] > found["France"]
    assert pairs["US"][1] < found["US"]


def test_more_days_make_a_rise_certain() -> None:
    assert not rises(0.3, 0.5, 20.0, 20.0)
    assert rises(0.3, 0.5, 400.0, 400.0)


def test_a_garch_finds_the_parameters_that_made_the_returns() -> None:
    rng, variance, moves = np.random.default_rng(3), 1e-4, []
    for shock in rng.normal(0.0, 1.0, 6000):
        moves.append(math.sqrt(variance) * shock)
        variance = 4e-6 + 0.08 * moves[-1] ** 2 + 0.88 * variance
    found = fit_garch(np.array(moves))

    assert found.alpha == pytest.approx(0.08, abs=0.025)
    assert found.beta == pytest.approx(0.88, abs=0.05)


def test_a_garch_does_not_depend_on_the_unit() -> None:
    moves = pair(500, 0.0)[:, 0]
    ours, theirs = fit_garch(moves), fit_garch(100.0 * moves)

    assert theirs.alpha == pytest.approx(ours.alpha, abs=1e-6)
    assert theirs.omega == pytest.approx(1e4 * ours.omega, rel=1e-4)


def test_dcc_without_news_is_constant_and_always_a_correlation() -> None:
    x, y = pair(500, 0.6).T / 0.01
    still, wild = dcc_path(x, y, 0.0, 0.0), dcc_path(x, y, 0.3, 0.69)
    usual = (x * y).mean() / math.sqrt((x * x).mean() * (y * y).mean())

    assert still == pytest.approx(usual)
    assert np.abs(wild).max() < 1.0


def test_dcc_follows_a_correlation_that_changes() -> None:
    moves = np.vstack([pair(600, 0.0), pair(600, 0.9, seed=2)])
    found = fit_dcc(fit_garch(moves[:, 0]), fit_garch(moves[:, 1]))

    assert found.correlation[-1] > 0.6
    assert abs(found.correlation[300:600].mean()) < 0.2
    assert found.a + found.b < 1.0


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"window": 3}, BadNumber),
        ({"decay": 1.5}, BadNumber),
        ({"quiet": "2020-01-01:2020-02-01"}, BadNumber),
        ({"crisis": "soon"}, BadDate),
        ({"on": "soon"}, BadDate),
        ({"crisis": "2020-06-01:2020-06-03"}, BadNumber),
        ({"on": "2020-02-01"}, BadNumber),
    ],
)
def test_what_cannot_be_asked_is_refused(
    tmp_path: Path, asked: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        measured(tmp_path, pair(400, 0.3), **asked)


@pytest.mark.parametrize("names", ["A", "A,A", "A,B,C", ",A"])
def test_a_pair_that_is_none_is_refused(tmp_path: Path, names: str) -> None:
    file = written(tmp_path, pair(300, 0.3))

    with pytest.raises(BadNumber, match="no pair"):
        measure_correlation(CorrelationRequest((file,), names))


def test_a_symbol_that_is_not_there_and_a_yield_are_said(tmp_path: Path) -> None:
    file = written(tmp_path, pair(300, 0.3), ("SPY", "^TNX"))
    found = measure_correlation(CorrelationRequest((file,), "SPY,^TNX")).json()

    assert any("is a yield" in warning for warning in found["warnings"])
    with pytest.raises(UnknownName):
        measure_correlation(CorrelationRequest((file,), "SPY,TLT"))


@pytest.mark.parametrize(
    ("quiet", "says"),
    [
        ("2020-05-01:2020-06-10", "overlap"),
        ("2020-06-30:2020-08-01", "overlap"),
    ],
)
def test_a_crisis_inside_its_quiet_days_is_refused(tmp_path: Path, quiet: str, says: str) -> None:
    with pytest.raises(BadDate, match=says):
        measured(tmp_path, pair(400, 0.3), crisis="2020-06-01:2020-06-30", quiet=quiet)


def test_quiet_days_after_the_crisis_look_ahead(tmp_path: Path) -> None:
    asked = {"crisis": "2020-06-01:2020-06-30", "quiet": "2020-08-01:2020-10-30"}
    found = measured(tmp_path, pair(400, 0.3), **asked)

    assert any("they were not known in it" in w for w in found["warnings"])


def test_a_crisis_that_is_not_over_is_said(tmp_path: Path) -> None:
    asked = {"crisis": "2020-06-01:2020-06-30", "on": "2020-06-15"}
    found = measured(tmp_path, pair(400, 0.3), **asked)

    assert any("Of 2020-06-01:2020-06-30 only the days" in w for w in found["warnings"])


def test_a_price_below_nothing_is_named_with_its_day(tmp_path: Path) -> None:
    file = written(tmp_path, pair(300, 0.3))
    lines = file.read_text().splitlines()
    lines[111] = f"{FIRST + 110},-37.63,100"
    file.write_text("\n".join(lines) + "\n")

    with pytest.raises(BadNumber, match=r"A has a close of -37\.63 on 2020-04-20"):
        measure_correlation(CorrelationRequest((file,), "A,B"))


def test_a_day_before_all_prices_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadNumber, match="A has no close up to 1990-01-01"):
        measured(tmp_path, pair(300, 0.3), on="1990-01-01")
