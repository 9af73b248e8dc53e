"""A future against its spot: deviations from a reference before it, and the clocks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quotes import lean_rows, packed
from undertow.core.errors import BadDate, BadFile, BadNumber
from undertow.data.quotes import read_quotes
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


def test_a_file_that_shares_no_minute_is_said(tmp_path: Path) -> None:
    future, spot = files(tmp_path, {})
    found = measure_basis(BasisRequest(future, spot[:3], REFERENCE, 10.0)).json()

    assert any(
        "20131010_es_minute_quote.zip shares no minute with SPY" in w for w in found["warnings"]
    )
    assert not any("shares no minute" in w for w in measured(tmp_path)["warnings"])


def test_two_contract_months_are_not_joined(tmp_path: Path) -> None:
    future, spot = files(tmp_path, {})
    text = lean_rows(*(10.0 * walk(20131010) + d for d in (-1, 1)), np.ones(MINUTES))
    name = "20131010_es_minute_quote"
    rolled = packed(tmp_path, f"{name}.zip", (f"{name}_201403.csv", text))

    with pytest.raises(BadNumber, match="months of the files are 201312 and 201403"):
        measure_basis(BasisRequest((*future[:3], rolled), spot, REFERENCE, 10.0))


def test_the_contract_that_was_taken_is_told(tmp_path: Path) -> None:
    assert measured(tmp_path)["inputs"]["expiry"] == "201312"


@pytest.mark.parametrize("session", ["16:00-9:30", "9:30-9:30"])
def test_a_session_that_ends_before_it_begins_is_refused(tmp_path: Path, session: str) -> None:
    with pytest.raises(BadDate, match="no session"):
        measured(tmp_path, session=session)


def test_a_day_in_other_ticks_is_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(5).normal(0.0, 1.0, MINUTES)

    with pytest.raises(BadNumber, match=r"the future goes from .* its ticks change there"):
        measured(tmp_path, (1e4 + noise) * 9.0)


def plain(file: Path, mid: np.ndarray, zone: str = "") -> Path:
    start = np.datetime64("2026-01-05T00:00:00")
    rows = [
        f"{start + np.timedelta64(k, 'm')}{zone},{m - 0.01},{m + 0.01},1,1"
        for k, m in enumerate(mid.tolist())
    ]
    file.write_text("\n".join(["time,bid,ask,bid_size,ask_size", *rows]) + "\n")
    return file


def test_a_plain_time_with_a_zone_is_moved_to_utc(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    mid = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 1e-4, 2880)))
    future = plain(tmp_path / "f.csv", mid * (1.0 + rng.normal(0.0, 1e-5, 2880)), "+08:00")
    spot = plain(tmp_path / "s.csv", mid)
    asked = ("2026-01-05:2026-01-05", 1.0, "", None, "plain", "plain")

    # What the future's file has at 08:00 in +08:00 is midnight in UTC: the files differ by hours.
    with pytest.raises(BadNumber, match="the clocks of f and s differ"):
        measure_basis(BasisRequest((future,), (spot,), *asked))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("2026-01-05T00:00,1,2,1,1,7", "line 2 has 6 cells and the head 5"),
        ("2026-01-05T00:00,1,2", "line 2 has 3 cells and the head 5"),
        ("2026-01-05T00:00,,2,1,1", "no row with both a bid and an ask"),
        ("soon,1,2,1,1", "line 2 cannot be read"),
    ],
)
def test_a_bad_plain_row_is_named(tmp_path: Path, row: str, says: str) -> None:
    file = tmp_path / "q.csv"
    file.write_text(f"time,bid,ask,bid_size,ask_size\n{row}\n")

    with pytest.raises(BadFile, match=says):
        read_quotes(file, "plain")
