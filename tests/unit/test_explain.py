"""One instrument's story, read off a stored run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import log
from pathlib import Path

import polars
import pytest

from undertow.core.answers.explanation import Explanation
from undertow.core.answers.tables import Tables
from undertow.core.errors import BadFile, UnknownName
from undertow.data.store import find_run
from undertow.studies.explain import LARGEST, explain, headline_of

START = datetime(2026, 1, 29, tzinfo=UTC)
SELLERS = tuple(f"s{k}" for k in range(LARGEST + 3))


def one(role: str, **other: float | None) -> dict[str, object]:
    still = {"given": 0.0, "forced": 0.0, "forced_low": 0.0, "forced_high": 0.0, "simulated": 0.0}
    return {"role": role, **still, "actual": None, "unexplained": None, **other}


SUMMARY: dict[str, object] = {
    "instruments": {
        "SI": one("given", given=-0.3, forced=-0.02, actual=-0.32, unexplained=0.0),
        "HG": one("free", forced=-0.01, forced_low=-0.02, actual=-0.05, unexplained=-0.04),
        "XLP": one("free"),
        "AMD": one("free", given=-0.17, forced_high=0.001),
    },
    "ceiling": {"HG": {"impact": -0.1}},
    "ranges": {"HG": [-0.03, 0.0]},
}


def tables() -> Tables:
    times = [START + timedelta(hours=k) for k in range(3)]
    falls = {"SI": (0.0, -0.02, -0.01), "HG": (0.0, log(0.98), log(0.99)), "XLP": (0.0,) * 3}
    sales = [("s0", "SI", 9.0), ("fund", "HG", 7.0)]
    sales += [(name, "HG", 10.0 + k) for k, name in enumerate(SELLERS)]
    sales += [("s1", "HG", 100.0)]
    booked = [(name, "SI: news", "HG", 10.0 + k) for k, name in enumerate(SELLERS)]
    booked += [("s1", "HG: forced selling", "SI", 5.0), ("s1", "SI: margin hike", "HG", 100.0)]
    return Tables(
        instruments=polars.DataFrame(
            [(t, name, f[k]) for k, t in enumerate(times) for name, f in falls.items()],
            schema=["time", "instrument", "log_forced"],
            orient="row",
        ),
        segments=polars.DataFrame(),
        sales=polars.DataFrame(
            [(START, *row) for row in sales],
            schema=["time", "segment", "instrument", "usd"],
            orient="row",
        ),
        contagion=polars.DataFrame(
            booked, schema=["seller", "origin", "sold", "usd"], orient="row"
        ),
    )


@pytest.fixture(scope="module")
def copper() -> Explanation:
    return explain(SUMMARY, tables(), "HG")


def said(told: Explanation) -> str:
    return " ".join(map(str, told.said))


def test_it_names_the_market_pushed_furthest() -> None:
    assert headline_of(SUMMARY) == "HG"


def test_every_forced_dollar_is_in_the_rows(copper: Explanation) -> None:
    total = 7.0 + 100.0 + sum(10.0 + k for k in range(len(SELLERS)))

    assert copper.sold_usd == total
    assert sum(flow.usd for flow in copper.by_seller) == pytest.approx(total)
    assert sum(flow.usd for flow in copper.from_what) == pytest.approx(total)


def test_the_largest_seller_comes_first_and_the_rest_is_one_row(copper: Explanation) -> None:
    assert copper.by_seller[0].seller == "s1"
    assert copper.by_seller[0].usd == 111.0
    assert len(copper.by_seller) == LARGEST + 1
    assert copper.by_seller[-1].seller == "other"


def test_causes_are_booked_by_what_called_the_sellers(copper: Explanation) -> None:
    first = copper.from_what[0]

    assert (first.seller, first.origin, first.usd) == ("s1", "SI: margin hike", 100.0)


def test_a_trader_sells_without_an_origin() -> None:
    all_of_it = tables()
    own = all_of_it.sales.filter(all_of_it.sales["segment"] == "fund")
    nobody = all_of_it.contagion.clear()
    told = explain(SUMMARY, Tables(all_of_it.instruments, all_of_it.segments, own, nobody), "HG")

    assert [(flow.seller, flow.origin, flow.usd) for flow in told.from_what] == [("fund", "", 7.0)]


def test_it_says_what_its_own_falls_made_others_sell(copper: Explanation) -> None:
    assert [(f.seller, f.sold, f.usd) for f in copper.onward] == [("s1", "SI", 5.0)]


def test_the_deepest_fall_has_its_hour(copper: Explanation) -> None:
    assert copper.deepest == pytest.approx(-0.02)
    assert copper.when == "2026-01-29 01:00 UTC"


def test_a_target_is_told_with_its_range_and_what_is_left(copper: Explanation) -> None:
    assert (copper.low, copper.high, copper.ceiling) == (-0.03, 0.0, -0.1)
    assert said(copper) == (
        "Forced selling moved HG by −1.00 % at the end. With the assumed inputs varied, forced"
        " selling lies between −3.00 % and 0.00 %. It really moved −5.00 %, which leaves −4.00 %"
        " unexplained. 233 dollars of it were sold by force, most by s1."
    )


def test_a_source_that_fits_is_no_result() -> None:
    told = said(explain(SUMMARY, tables(), "SI"))

    assert told.startswith("SI follows its actual path: that it fits is no result.")
    assert "unexplained" not in told


def test_rival_news_is_named() -> None:
    told = explain(SUMMARY, with_amd(), "AMD")

    assert "Rival news that is given moved it by −17.00 %." in said(told)
    assert said(told).endswith("Nobody sold it by force.")


def with_amd() -> Tables:
    frames = tables()
    row = polars.DataFrame({"time": [START], "instrument": ["AMD"], "log_forced": [0.0]})
    grown = polars.concat([frames.instruments, row])
    return Tables(grown, frames.segments, frames.sales, frames.contagion)


def test_an_unknown_instrument_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"instrument 'XPL' in this run is not known.*'XLP'"):
        explain(SUMMARY, tables(), "XPL")


def test_a_run_is_found_by_folder_by_name_and_as_the_last(tmp_path: Path) -> None:
    for name in ("20260101T000000Z-a-1", "20260102T000000Z-a-2", ".partial"):
        (tmp_path / name).mkdir()

    assert find_run(str(tmp_path), tmp_path) == tmp_path
    assert find_run("20260101T000000Z-a-1", tmp_path).name == "20260101T000000Z-a-1"
    assert find_run("last", tmp_path).name == "20260102T000000Z-a-2"
    with pytest.raises(UnknownName, match="run 'lost'"):
        find_run("lost", tmp_path)


@pytest.mark.parametrize("told", [{}, {"SI": {}}, {"SI": {"role": "hero"}}, {"SI": 3}])
def test_a_summary_without_its_instruments_is_refused(told: dict) -> None:
    with pytest.raises(BadFile, match="does not say what its instruments did"):
        headline_of({"instruments": told})


def test_where_no_run_is_stored_none_is_listed(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"none is stored in .*make one with `undertow run`"):
        find_run("last", tmp_path)
