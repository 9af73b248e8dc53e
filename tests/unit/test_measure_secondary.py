"""The secondary market of an ETF: what its participants can take."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from undertow.core.errors import BadNumber
from undertow.jobs.measure_coverage import CoverageRequest, measure_coverage
from undertow.report.measured import measured_page
from undertow.report.words import speaker

DAYS = [str(np.datetime64("2026-01-01") + k) for k in range(60)]


def prices(folder: Path, last_premium: float = 0.0) -> Path:
    """A holds 1,000 shares a day at 10; the ETF trades 500 a day at 20, near its value."""
    rows = []
    for k, day in enumerate(DAYS):
        premium = last_premium if k == len(DAYS) - 1 else 1e-4 * (k % 3 - 1)
        rows += [f"{day},A,10,1000", f"{day},E,{20 * (1 + premium)!r},500", f"{day},NAV,20,"]
    file = folder / "prices.csv"
    file.write_text("\n".join(["date,symbol,close,volume", *rows]) + "\n")
    return file


def measured(folder: Path, *, premium: float = 0.0, rows: str = "A,1000,", **asked: object) -> dict:
    fund = folder / "fund.csv"
    fund.write_text("symbol,shares,weight\n" + rows + "\n")
    request = {"redemption": "10%", "days": 5.0, "participation": "20%", **asked}
    data = (prices(folder, premium),)
    return measure_coverage(CoverageRequest(fund, data, **request)).json()


def test_a_fund_of_which_nothing_is_said_has_no_secondary_market(tmp_path: Path) -> None:
    assert measured(tmp_path)["secondary"] is None


def test_capacity_is_over_redemptions_and_sales_of_the_basket(tmp_path: Path) -> None:
    found = measured(tmp_path, ap_capacity=300.0, basket_sales=500.0)["secondary"]

    # 5 days · 300 against 10 % of 10,000 and 500.
    assert found["capacity"] == pytest.approx(1500.0)
    assert found["redemption"] == pytest.approx(1000.0)
    assert found["coverage"] == pytest.approx(1.0)
    assert found["band"] == "watch"
    assert not found["capacity_assumed"]
    assert not found["basket_assumed"]


def test_what_is_not_given_is_assumed_and_said(tmp_path: Path) -> None:
    found = measured(tmp_path, etf="E")
    second = found["secondary"]

    # 20 % of 500 shares at 20 for 5 days, and no sales of the basket.
    assert second["capacity"] == pytest.approx(0.2 * 500 * 20 * 5)
    assert second["coverage"] == pytest.approx(10.0)
    assert second["capacity_assumed"]
    assert second["basket_assumed"]
    assert sum("assumed" in said for said in found["warnings"]) == 2
    assert "participants cover" in found["outcome"]


def test_what_is_paid_in_securities_is_still_sold_by_participants(tmp_path: Path) -> None:
    cash, kind = (
        measured(tmp_path, etf="E", in_kind=share)["secondary"] for share in ("0%", "60%")
    )

    assert cash["coverage"] == kind["coverage"]


@pytest.mark.parametrize(
    ("daily", "band"), [(300.0, "ok"), (299.0, "watch"), (199.0, "warning"), (99.0, "critical")]
)
def test_bands_are_those_of_the_fund(tmp_path: Path, daily: float, band: str) -> None:
    assert measured(tmp_path, ap_capacity=daily)["secondary"]["band"] == band


@given(factor=st.floats(0.01, 100.0), sales=st.floats(0.0, 1e6))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_more_capacity_covers_more_and_more_sales_less(
    tmp_path: Path, factor: float, sales: float
) -> None:
    once = measured(tmp_path, ap_capacity=100.0, basket_sales=sales)["secondary"]["coverage"]
    more = measured(tmp_path, ap_capacity=100.0 * factor, basket_sales=sales)["secondary"]
    free = measured(tmp_path, ap_capacity=100.0, basket_sales=0.0)["secondary"]["coverage"]

    assert more["coverage"] == pytest.approx(factor * once)
    assert once <= free


def test_a_premium_is_set_beside_its_own_past(tmp_path: Path) -> None:
    found = measured(tmp_path, premium=0.01, etf="E", etf_nav="NAV")
    premium = found["secondary"]["premium"]
    before = np.array([k % 3 - 1 for k in range(59)], dtype=float)

    assert premium["bps"] == pytest.approx(100.0)
    assert premium["days"] == 59
    assert premium["day"] == DAYS[-1]
    assert premium["z"] == pytest.approx((100.0 - before.mean()) / before.std(ddof=1))
    assert premium["robust_z"] == pytest.approx(100.0 / 1.4826)
    assert any("participants do not close the gap" in said for said in found["warnings"])


def test_a_premium_of_a_later_day_is_not_seen(tmp_path: Path) -> None:
    found = measured(tmp_path, premium=0.01, etf="E", etf_nav="NAV", on=DAYS[-2])

    assert abs(found["secondary"]["premium"]["bps"]) < 2.0


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"ap_capacity": 0.0}, "--ap-capacity"),
        ({"ap_capacity": float("nan")}, "--ap-capacity"),
        ({"ap_capacity": 1.0, "basket_sales": -1.0}, "--basket-sales"),
        ({"basket_sales": 1.0}, "add --etf"),
        ({"etf_nav": "NAV"}, "add --etf"),
        ({"etf_nav": "NAV", "ap_capacity": 1.0}, "add --etf"),
        ({"etf": "NONE"}, "NONE has no close"),
        ({"etf": "e"}, "write E"),
        ({"etf": "E", "etf_nav": "NONE"}, "NONE has no close"),
        ({"etf": "NAV"}, "no volume"),
        ({"etf": "E", "etf_nav": "A"}, "2 times A"),
        ({"etf": "E", "etf_nav": "NAV", "on": "2026-01-05"}, "5 days in common"),
        ({"ap_capacity": 1.0, "rows": "A,,0.5"}, "how large"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    tmp_path: Path, asked: dict[str, object], says: str
) -> None:
    with pytest.raises(BadNumber, match=says):
        measured(tmp_path, **asked)


@pytest.mark.parametrize(("lang", "heading"), [("en", "Secondary market"), ("zh", "二级市场")])
def test_it_is_shown_in_both_languages(tmp_path: Path, lang: str, heading: str) -> None:
    fund = tmp_path / "fund.csv"
    fund.write_text("symbol,shares\nA,1000\n")
    request = CoverageRequest(fund, (prices(tmp_path, 0.01),), etf="E", etf_nav="NAV")
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(measured_page(measure_coverage(request).answer, speaker(lang)))

    assert heading in console.export_text()
