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
