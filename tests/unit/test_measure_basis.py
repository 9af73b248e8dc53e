"""A future against its spot: deviations from a reference before it, and the clocks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quotes import lean_rows, packed
from undertow.core.errors import BadDate, BadNumber
from undertow.jobs.measure_basis import BasisRequest, measure_basis

LEAN = Path(__file__).parents[3] / "shared" / "data" / "microstructure" / "lean"
OPEN = 570
"""Minute of New York's day at which the spot opens; the future is in UTC, four hours later."""
MINUTES = 390
DAYS = (20131007, 20131008, 20131009, 20131010)
REFERENCE = "2013-10-07:2013-10-09"


def walk(day: int) -> np.ndarray:
    rng = np.random.default_rng(day)
    return 1000.0 * np.exp(np.cumsum(rng.normal(0.0, 2e-4, MINUTES)))


def files(
    folder: Path, basis_bps: dict[int, np.ndarray], *, first_minute: int = OPEN
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Futures and spots; the basis of the days that are not named is noise of 1 bp."""
    futures, spots = [], []
    for day in DAYS:
        spot = walk(day)
        noise = np.random.default_rng(day + 1).normal(0.0, 1.0, MINUTES)
        future = 10.0 * spot * (1.0 + 1e-4 * basis_bps.get(day, noise))
        size = np.ones(MINUTES)
        name = f"{day}_es_minute_quote"
        text = lean_rows(future - 0.01, future + 0.01, size, first_minute=OPEN + 240)
        futures.append(packed(folder, f"{name}.zip", (f"{name}_201312.csv", text)))
        name = f"{day}_spy_minute_quote"
        text = lean_rows(spot - 1e-3, spot + 1e-3, size, first_minute=first_minute, unit=1e-4)
        spots.append(packed(folder, f"{name}.zip", (f"{name}.csv", text)))
    return tuple(futures), tuple(spots)


def measured(folder: Path, last_day: np.ndarray | None = None, **asked: object) -> dict:
    basis = {} if last_day is None else {DAYS[-1]: last_day}
    request = {"multiplier": 10.0, "reference": REFERENCE, **asked}
    return measure_basis(BasisRequest(*files(folder, basis), **request)).json()


def test_a_basis_of_five_deviations_that_stays_is_found_and_lasts(tmp_path: Path) -> None:
    found = measured(tmp_path, np.full(MINUTES, 5.0))

    assert found["z_max"] == pytest.approx(5.0, rel=0.05)
    assert found["persistent"]
    assert found["after"]["minutes_beyond"] == MINUTES - 4


def test_one_minute_beyond_does_not_last(tmp_path: Path) -> None:
    calm = np.zeros(MINUTES)
    calm[100] = -8.0
    found = measured(tmp_path, calm)

    assert found["z_min"] == pytest.approx(-8.0, rel=0.05)
    assert found["robust_z_min"] < -7.0
    assert not found["persistent"]


def test_the_reference_alone_says_what_is_normal(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    calm, wild = measured(tmp_path / "a"), measured(tmp_path / "b", np.linspace(0.0, 90.0, MINUTES))

    assert calm["reference"] == wild["reference"]
    assert calm["reference"]["n"] == 3 * MINUTES
    assert calm["reference"]["sd_bps"] == pytest.approx(1.0, rel=0.1)
    assert wild["z_max"] > 80.0


def test_carry_is_absorbed_by_the_mean_of_the_reference(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    futures, spots = files(tmp_path / "a", {})
    carried = {day: 30.0 + np.random.default_rng(day + 1).normal(0.0, 1.0, MINUTES) for day in DAYS}
    plain = BasisRequest(futures, spots, REFERENCE, 10.0)
    richer = BasisRequest(*files(tmp_path / "b", carried), REFERENCE, 10.0)
    ours, theirs = (measure_basis(one).json() for one in (plain, richer))

    assert theirs["z_max"] == pytest.approx(ours["z_max"], rel=1e-2)
    assert theirs["reference"]["mean_bps"] - ours["reference"]["mean_bps"] == pytest.approx(
        30.0, abs=0.1
    )


def test_a_clock_that_is_four_hours_off_is_refused(tmp_path: Path) -> None:
    # The spot's file is in UTC though its format says New York.
    futures, spots = files(tmp_path, {}, first_minute=OPEN + 240)

    with pytest.raises(BadNumber, match="clocks of ES and SPY differ"):
        measure_basis(BasisRequest(futures, spots, REFERENCE, 10.0, session="0:00-23:59"))


def test_a_wrong_multiplier_is_refused_with_the_likely_one(tmp_path: Path) -> None:
    with pytest.raises(BadNumber, match="about 10"):
        measured(tmp_path, multiplier=1.0)


@pytest.mark.parametrize(
    "text", ["", "2013-10-07", "2013-10-09:2013-10-07", "2013-13-01:2014-01-01"]
)
def test_days_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadDate, match="write 2013-10-07:2013-10-09"):
        measured(tmp_path, reference=text)


def test_a_reference_without_minutes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadNumber, match="has 0 minutes"):
        measured(tmp_path, reference="2013-09-02:2013-09-03")


def test_a_reference_that_is_not_before_is_said(tmp_path: Path) -> None:
    late = measured(tmp_path, reference="2013-10-08:2013-10-10")

    assert late["after"] is None
    assert not late["persistent"]
    assert any("No minute lies after" in w for w in late["warnings"])
    assert any("looks ahead" in w for w in late["warnings"])


@pytest.mark.parametrize("session", ["16:00", "25:00-26:00"])
def test_a_session_that_is_none_is_refused(tmp_path: Path, session: str) -> None:
    with pytest.raises(BadDate, match="write 09:30-16:00"):
        measured(tmp_path, session=session)


@pytest.mark.skipif(not LEAN.is_dir(), reason=f"{LEAN} is not there")
def test_the_debt_ceiling_days_exceed_four_deviations_on_an_ordinary_rally() -> None:
    futures = tuple(sorted(LEAN.glob("es_201310*_minute_quote.zip")))
    spots = tuple(sorted(LEAN.glob("spy_201310*_minute_quote.zip")))
    found = measure_basis(BasisRequest(futures, spots, REFERENCE, 10.0)).json()

    assert found["reference"]["n"] == 1170
    assert found["z_max"] > 4.0
    assert found["whole"]["z_max_at"].startswith("2013-10-10")
    assert found["clocks"]["best_hours"] == 0
