"""Whether a fund can pay what is redeemed."""

from __future__ import annotations

from pathlib import Path

import pytest

from undertow.core.errors import BadFile, BadNumber
from undertow.jobs.measure_coverage import CoverageRequest, measure_coverage
from undertow.studies.coverage import hqla_weights

HEAD = "symbol,shares,class,rating,haircut,value,weight\n"
DAYS = [f"2026-01-{day:02}" for day in range(1, 31)]


def prices(folder: Path, volume: float = 1000.0, symbols: tuple[str, ...] = ("A", "B")) -> Path:
    rows = [f"{day},{symbol},10,{volume}" for symbol in symbols for day in DAYS]
    file = folder / "prices.csv"
    file.write_text("\n".join(["date,symbol,close,volume", *rows]) + "\n")
    return file


def measured(folder: Path, *rows: str, volume: float = 1000.0, **asked: object) -> dict:
    fund = folder / "fund.csv"
    fund.write_text(HEAD + "\n".join(rows) + "\n")
    request = {"redemption": "10%", "days": 5.0, "participation": "20%", **asked}
    return measure_coverage(CoverageRequest(fund, (prices(folder, volume),), **request)).json()


def test_what_can_be_sold_is_a_share_of_volume_for_so_many_days(tmp_path: Path) -> None:
    found = measured(tmp_path, "A,100000,equity,,,,")

    # 5 days · 20 % · 1,000 shares · 10 = 10,000 of a fund of 1,000,000.
    assert found["nav"] == pytest.approx(1e6)
    assert found["liquidation"]["liquid"] == pytest.approx(10_000.0)
    assert found["liquidation"]["rcr"] == pytest.approx(0.1)
    assert found["liquidation"]["gap"] == pytest.approx(0.09)
    assert found["liquidation"]["band"] == "critical"
    assert found["largest_met"] == pytest.approx(0.01)


def test_no_more_is_sold_than_is_held_and_the_haircut_is_lost(tmp_path: Path) -> None:
    found = measured(tmp_path, "A,100,equity,,0.1,,")

    assert found["liquidation"]["liquid"] == pytest.approx(900.0)
    assert found["buckets"]["within 3 days"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("kind", "rating", "weight"),
    [
        ("cash", "", 1.0), ("government", "AA+", 1.0), ("government", "A-", 0.85),
        ("corporate", "AAA", 0.85), ("corporate", "BBB", 0.5), ("corporate", "BB", 0.0),
        ("equity", "", 0.5), ("other", "", 0.0),
    ],
)  # fmt: skip
def test_quality_weighs_by_class_and_rating(
    tmp_path: Path, kind: str, rating: str, weight: float
) -> None:
    found = measured(tmp_path, f"X,,{kind},{rating},,1000,")

    assert found["hqla"]["liquid"] == pytest.approx(1000.0 * weight)
    assert found["hqla"]["rcr"] == pytest.approx(10.0 * weight)


@pytest.mark.parametrize(
    ("redemption", "band"),
    [("33%", "ok"), ("34%", "watch"), ("50%", "watch"), ("51%", "warning"), ("100%", "warning")],
)
def test_bands_by_coverage(tmp_path: Path, redemption: str, band: str) -> None:
    found = measured(tmp_path, "X,,equity,,,1000,", redemption=redemption)

    assert found["hqla"]["band"] == band


def test_the_storys_two_thirds_is_a_warning(tmp_path: Path) -> None:
    found = measured(tmp_path, "X,,equity,,,1000,", redemption="75%")

    assert found["hqla"]["rcr"] == pytest.approx(2.0 / 3.0)
    assert found["hqla"]["band"] == "warning"


def test_a_holding_without_volume_counts_as_not_liquid_and_bounds_from_above(
    tmp_path: Path,
) -> None:
    found = measured(tmp_path, "A,100,equity,,,,", "Z,,equity,,,1000,")

    assert found["liquidation"]["rcr"] == pytest.approx(5.0)
    assert found["liquidation"]["rcr_high"] == pytest.approx(10.0)
    assert any("1 of 2 holdings, 50.00 %" in w for w in found["warnings"])


def test_what_is_paid_in_kind_needs_no_cash(tmp_path: Path) -> None:
    whole = measured(tmp_path, "A,100000,equity,,,,")
    half = measured(tmp_path, "A,100000,equity,,,,", in_kind="50%")

    assert half["liquidation"]["rcr"] == pytest.approx(2.0 * whole["liquidation"]["rcr"])


@pytest.mark.parametrize("factor", [0.5, 2.0, 10.0])
def test_more_volume_covers_more(tmp_path: Path, factor: float) -> None:
    rows = ("A,100000,equity,,,,", "B,100,equity,,,,")
    usual, other = measured(tmp_path, *rows), measured(tmp_path, *rows, volume=1000.0 * factor)

    assert (other["liquidation"]["rcr"] > usual["liquidation"]["rcr"]) == (factor > 1.0)
    assert sum(other["buckets"].values()) == pytest.approx(1.0)


def test_a_split_after_the_file_is_seen_and_weights_are_used(tmp_path: Path) -> None:
    rows = ("A,100,equity,,,,0.25", "B,100,equity,,,,0.25", "A,100,equity,,,,0.25")
    fits = measured(tmp_path, *rows, "B,100,equity,,,,0.25")
    split = measured(tmp_path, *rows, "B,7,equity,,,,0.25")

    assert split["nav"] == pytest.approx(fits["nav"])
    assert any("do not fit" in w for w in split["warnings"])


def test_a_lean_list_is_read(tmp_path: Path) -> None:
    fund = tmp_path / "etf.csv"
    fund.write_text("A,A RPTMYV3VC57P,20260130,0.5,100,1000\nB,B X,20260130,0.5,100,1000\n")
    found = measure_coverage(CoverageRequest(fund, (prices(tmp_path),))).json()

    assert (found["holdings"], found["nav"]) == (2, 2000.0)
    assert found["top10"] == pytest.approx(1.0)
    assert found["herfindahl"] == pytest.approx(0.5)


def test_every_weight_has_its_source() -> None:
    assert all(0.0 <= weight <= 1.0 for weight in hqla_weights().values())
    assert hqla_weights()["cash", "*"] == 1.0


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("A,ten,equity,,,,", "line 2 has 'ten' as units"),
        ("A,-5,equity,,,,", "short positions"),
        ("A,5,stock,,,,", "class 'stock'"),
        (",5,equity,,,,", "no symbol"),
        ("A,5,equity,,1.5,,", "haircut of 1.5"),
        ("", "holds nothing"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        measured(tmp_path, row)


@pytest.mark.parametrize(
    "asked",
    [{"redemption": "0%"}, {"redemption": "much"}, {"days": 0.0}, {"in_kind": "100%"},
     {"participation": "200%"}],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(tmp_path: Path, asked: dict[str, object]) -> None:
    with pytest.raises(BadNumber):
        measured(tmp_path, "A,100,equity,,,,", **asked)


def test_a_holding_without_any_price_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadNumber, match="Z has no value"):
        measured(tmp_path, "Z,5,equity,,,,")
