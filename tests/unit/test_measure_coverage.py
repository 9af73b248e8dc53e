"""Whether a fund can pay what is redeemed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undertow.core.errors import BadFile, BadNumber
from undertow.jobs.measure_coverage import CoverageRequest, measure_coverage
from undertow.studies.hqla import capped, hqla_caps, hqla_weights

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
    assert all(0.0 <= one.weight <= 1.0 for one in hqla_weights().values())
    assert hqla_weights()["cash", "*"].weight == 1.0


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


def test_caps_of_banks_are_shown_beside(tmp_path: Path) -> None:
    rows = ("C,,cash,,,500,", "G,,government,A,,1000,", "X,,equity,,,4000,")
    found = measured(tmp_path, *rows)

    # Weighted: level 1 500, 2A 850, 2B 2,000. 2B to 15/60 of 500, then level 2 to 2/3 of 500.
    assert found["hqla"]["liquid"] == pytest.approx(3350.0)
    assert found["hqla_capped"]["liquid"] == pytest.approx(500.0 + 1000.0 / 3.0)


@given(first=st.floats(0.0, 1e6), better=st.floats(0.0, 1e6), lesser=st.floats(0.0, 1e6))
def test_a_capped_stock_is_within_its_caps(first: float, better: float, lesser: float) -> None:
    """Annex 1 of BCBS 238, as it is written there."""
    stock = capped({"1": first, "2A": better, "2B": lesser}, hqla_caps())
    cut_b = max(lesser - 15 / 85 * (first + better), lesser - 15 / 60 * first, 0.0)
    cut = max(better + lesser - cut_b - 2 / 3 * first, 0.0)

    assert stock == pytest.approx(first + better + lesser - cut_b - cut, abs=1e-6)
    assert stock - first <= 0.4 * stock + 1e-6


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (("A,,equity,,,,0.7", "B,,equity,,,,0.7"), "weights sum to 1.4 times the fund;"),
        (("A,,equity,,,,70", "B,,equity,,,,30"), "in per cent"),
        (("A,,equity,,,,70", "B,,equity,,,,NaN"), "line 3 has 'NaN' as weight"),
        (("A,1,000,equity,,,,1",), "line 2 has 8 cells and the head 7; write 1,000 as 1000"),
        (("A,5,equity,,-0.1,,",), "'-0.1' as haircut; write a share"),
        (("A,5,equity,,nan,,",), "'nan' as haircut"),
    ],
)
def test_a_fund_that_cannot_be_is_refused(tmp_path: Path, rows: tuple[str, ...], says: str) -> None:
    with pytest.raises((BadFile, BadNumber), match=says):
        measured(tmp_path, *rows)


def test_weights_that_leave_something_out_are_said(tmp_path: Path) -> None:
    found = measured(tmp_path, "A,,equity,,,,0.5", "B,,equity,,,,0.3")

    assert any("sum to 80.00 %" in w for w in found["warnings"])


def test_a_symbol_that_stands_twice_sells_no_more_than_once(tmp_path: Path) -> None:
    once, twice = (
        measured(tmp_path, *rows)
        for rows in (("A,100000,equity,,,,",), ("A,60000,equity,,,,", "A,40000,equity,,,,"))
    )

    assert twice["liquidation"] == once["liquidation"]


def test_what_does_not_trade_takes_for_ever(tmp_path: Path) -> None:
    found = measured(tmp_path, "A,100,equity,,,,", volume=0.0)

    assert any("1 of 1 holdings have a volume of 0" in w for w in found["warnings"])
    assert found["liquidation"]["rcr"] == 0.0
    assert found["buckets"]["later or not known"] == 1.0


def test_bonds_without_a_rating_are_said(tmp_path: Path) -> None:
    rows = ("G,,government,Baa1,,100,", "H,,corporate,,,100,", "J,,corporate,BB-,,100,")
    found = measured(tmp_path, *rows)

    assert any("2 bonds, 66.67 % of the fund, have no rating" in w for w in found["warnings"])


@pytest.mark.parametrize(
    ("on", "says"), [("2026-01-15", "they were not known then"), ("2026-01-30", "")]
)
def test_holdings_of_a_later_day_look_ahead(tmp_path: Path, on: str, says: str) -> None:
    fund = tmp_path / "etf.csv"
    fund.write_text("A,A RPTMYV3VC57P,20260130,0.5,100,1000\nB,B X,20260130,0.5,100,1000\n")
    found = measure_coverage(CoverageRequest(fund, (prices(tmp_path),), on=on)).json()

    assert any("The holdings are of" in w for w in found["warnings"]) == bool(says)


def test_bars_of_hours_are_no_volume_of_days(tmp_path: Path) -> None:
    hours = [f"2026-01-02T{hour:02}:00:00,A,10,5" for hour in range(9, 16)]
    (tmp_path / "hours.csv").write_text("\n".join(["date,symbol,close,volume", *hours]) + "\n")
    (tmp_path / "fund.csv").write_text("symbol,shares\nA,100\n")

    with pytest.raises(BadNumber, match="A has 7 bars of 3600 seconds, no days"):
        measure_coverage(CoverageRequest(tmp_path / "fund.csv", (tmp_path / "hours.csv",)))
