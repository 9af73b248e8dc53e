"""Indicators from daily prices on one day, beside their own past."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from undertow.core.errors import BadDate, BadNumber, UnknownName
from undertow.jobs.measure_daily import DailyRequest, measure_daily

FIRST = np.datetime64("2020-01-01")
NEEDED = ("open", "high", "low", "close", "volume")


def written(folder: Path, days: int = 400, *, wild: int = 0, bare: bool = False) -> Path:
    """Prices of A and B; the last `wild` days have ten times the range and volume."""
    rng = np.random.default_rng(1)
    lines = ["date,symbol," + ",".join(("close",) if bare else NEEDED)]
    for symbol in ("A", "B"):
        close = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 0.01, days)))
        for k in range(days):
            reach = 0.005 * rng.uniform(0.5, 1.5) * (10.0 if k >= days - wild else 1.0)
            volume = np.exp(rng.normal(10.0, 0.2)) * (10.0 if k >= days - wild else 1.0)
            c = close[k]
            full = f"{c},{c * (1 + reach)},{c * (1 - reach)},{c},{volume}"
            lines.append(f"{FIRST + k},{symbol},{c if bare else full}")
    file = folder / "days.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def measured(file: Path, **asked: object) -> dict:
    return measure_daily(DailyRequest((file,), **asked)).json()


def test_a_wild_month_is_beyond_its_own_past(tmp_path: Path) -> None:
    found = measured(written(tmp_path, wild=21))["symbols"]["A"]

    for name in ("parkinson", "corwin_schultz", "garman_klass"):
        assert found[name]["percentile"] == 1.0
        assert found[name]["value"] > found[name]["high"] > found[name]["usual"]


def test_a_volume_shock_is_of_the_first_wild_day(tmp_path: Path) -> None:
    found = measured(written(tmp_path, wild=1))["symbols"]["A"]["volume_shock"]

    assert found["value"] > 5.0
    assert found["percentile"] == 1.0


def test_what_comes_after_the_day_changes_nothing(tmp_path: Path) -> None:
    on = str(FIRST + 350)
    (tmp_path / "calm").mkdir()
    calm = measured(written(tmp_path / "calm"), on=on)
    wild = measured(written(tmp_path, wild=40), on=on)

    assert calm["symbols"]["A"] == wild["symbols"]["A"]
    assert calm["on"] == on


def test_what_the_columns_do_not_allow_is_left_out_and_said(tmp_path: Path) -> None:
    found = measured(written(tmp_path, bare=True))

    assert set(found["symbols"]["A"]) == {"roll"}
    assert any("A has no reading of" in warning for warning in found["warnings"])


def test_all_together_needs_two_and_days_in_common(tmp_path: Path) -> None:
    file = written(tmp_path)
    both, one = measured(file), measured(file, symbols=("A",))

    assert {"ciss", "connectedness", "connectedness_cholesky"} <= set(both["together"])
    assert one["together"] == {}
    assert any("too few days in common" in warning for warning in both["warnings"])


def test_few_readings_have_no_percentile(tmp_path: Path) -> None:
    found = measured(written(tmp_path, days=60))

    assert found["symbols"]["A"]["parkinson"]["percentile"] is None
    assert any("too few for a percentile" in warning for warning in found["warnings"])


def test_an_old_newest_bar_is_said(tmp_path: Path) -> None:
    found = measured(written(tmp_path), on="2021-06-30")

    assert any("The newest bar of A is of 2021-02-03" in w for w in found["warnings"])


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"on": "soon"}, BadDate),
        ({"on": "2019-01-01"}, BadNumber),
        ({"symbols": ("A", "Z")}, UnknownName),
    ],
)
def test_what_cannot_be_asked_is_refused(
    tmp_path: Path, asked: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        measured(written(tmp_path), **asked)


def test_hours_are_not_days(tmp_path: Path) -> None:
    file = tmp_path / "hours.csv"
    file.write_text("date,symbol,close\n2026-01-02 10:00,A,1\n2026-01-02 11:00,A,2\n")

    with pytest.raises(BadNumber, match="give daily prices"):
        measured(file)


def test_too_many_symbols_must_be_named(tmp_path: Path) -> None:
    rows = "\n".join(f"2026-01-02,S{k},1" for k in range(31))
    file = tmp_path / "many.csv"
    file.write_text(f"date,symbol,close\n{rows}\n")

    with pytest.raises(BadNumber, match="name some with --symbols"):
        measured(file)


def walk(seed: int = 1, days: int = 800) -> np.ndarray:
    return 100.0 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0.0, 0.01, days)))


def two(folder: Path, change: dict[int, str] | None = None, name: str = "two.csv") -> Path:
    """Wide closes of A and B over three years; A's cell of some days is another."""
    dates = np.datetime64("2023-01-02") + np.arange(800)
    cells = [f"{price:.4f}" for price in walk()]
    for day, cell in (change or {}).items():
        cells[day] = cell
    rows = [f"{d},{a},{b:.4f}" for d, a, b in zip(dates, cells, walk(2), strict=True)]
    (folder / name).write_text("\n".join(["date,A,B", *rows]) + "\n")
    return folder / name


def test_two_symbols_have_no_absorption_ratio(tmp_path: Path) -> None:
    found = measure_daily(DailyRequest((two(tmp_path),))).json()

    assert "absorption" not in found["together"]
    assert any("absorption" in w and "too few symbols" in w for w in found["warnings"])


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("-37.63", "A: 1 row has a low above the high or a price not above 0"),
        ("9000", "A: the close of"),
    ],
)
def test_a_close_that_cannot_be_is_said(tmp_path: Path, cell: str, says: str) -> None:
    found = measure_daily(DailyRequest((two(tmp_path, {700: cell}),))).json()

    assert any(says in w for w in found["warnings"])


def test_a_high_far_above_its_close_is_said(tmp_path: Path) -> None:
    file = written(tmp_path)
    lines = file.read_text().splitlines()
    cells = lines[390].split(",")
    cells[3] = "99999"
    lines[390] = ",".join(cells)
    file.write_text("\n".join(lines) + "\n")
    found = measure_daily(DailyRequest((file,))).json()

    assert any("A: 1 row has a high above three times the close" in w for w in found["warnings"])


def test_two_files_that_disagree_are_said(tmp_path: Path) -> None:
    files = two(tmp_path), two(tmp_path, {790: "100"}, "other.csv")
    found = measure_daily(DailyRequest(files)).json()

    assert "A of other.csv stands in an earlier file, too, and that counts." in found["warnings"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [({"symbols": ("A", "A")}, "A is named twice"), ({"years": 10**8}, "--years")],
)
def test_what_cannot_be_measured_is_refused(
    tmp_path: Path, asked: dict[str, object], says: str
) -> None:
    with pytest.raises(BadNumber, match=says):
        measure_daily(DailyRequest((two(tmp_path),), **asked))


def test_a_hundred_years_reach_before_the_calendar(tmp_path: Path) -> None:
    assert measure_daily(DailyRequest((two(tmp_path),), years=200)).answer.together
