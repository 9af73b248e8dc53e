"""Figures show what is stored, with units, and nothing else."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from stored_run import BARE, BARS, START, bare, full, whole

pytest.importorskip("plotly", reason="the extra `page` is not installed")

from undertow.core.answers.tables import Tables
from undertow.report.figures import calls, depth, paths, rests, who
from undertow.report.figures._frames import POINTS, cells, moments, thinned
from undertow.report.words import ENGLISH

DAYS = timedelta(days=30)
FIGURES = {"paths": paths, "who": who, "calls": calls, "depth": depth, "rests": rests}
UNITS = {
    "paths": ("time (UTC)", "(%)"),
    "who": ("million dollars",),
    "calls": ("time (UTC)", "accounts", "billion dollars"),
    "depth": ("time (UTC)", "% of normal", "multiple of normal"),
    "rests": ("(%)",),
}


def drawn(name: str, summary: dict[str, object], tables: Tables) -> dict[str, object]:
    return json.loads(FIGURES[name].figure(summary, tables, ENGLISH).to_json())


def values(part: object) -> Iterator[object]:
    if isinstance(part, dict):
        if "bdata" in part:
            shape = np.frombuffer(np.asarray(bytearray(decoded(part))), dtype=part["dtype"])
            yield from shape.tolist()
            return
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from values(one)
    else:
        yield part


def decoded(part: dict[str, str]) -> bytes:
    import base64

    return base64.b64decode(part["bdata"])


@pytest.mark.parametrize("name", FIGURES)
def test_every_axis_has_its_unit(name: str) -> None:
    layout = json.dumps(drawn(name, whole(), full())["layout"])

    assert [unit for unit in UNITS[name] if unit not in layout] == []


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("tables", [bare, full])
def test_no_figure_holds_a_number_that_is_none(name: str, tables: Callable[[], Tables]) -> None:
    found = values(drawn(name, whole(), tables()))

    assert [one for one in found if isinstance(one, float) and not math.isfinite(one)] == []


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_leaves_the_tables_as_they_were(name: str) -> None:
    tables, before = full(), full()
    FIGURES[name].figure(whole(), tables, ENGLISH)

    assert tables.instruments.equals(before.instruments)
    assert tables.segments.equals(before.segments)


@pytest.mark.parametrize("name", FIGURES)
def test_markup_in_a_name_is_shown_and_not_obeyed(name: str) -> None:
    summary = whole()
    summary["titles"] = dict.fromkeys(("SI", "NQ", "retail", "SLV"), "<a href='x'>y</a>")
    summary["tornado"][0]["input"] = "<a href='x'>y</a>"  # type: ignore[index]

    assert "<a href" not in json.dumps(drawn(name, summary, full()))


def test_the_target_moved_furthest_is_shown_first_and_the_given_last() -> None:
    found = drawn("paths", whole(), full())
    buttons = found["layout"]["updatemenus"][0]["buttons"]  # type: ignore[index]

    assert [button["name"] for button in buttons] == ["NQ", "SLV", "SI"]
    assert buttons[-1]["label"] == "COMEX silver (given)"


def test_only_one_instrument_is_seen_at_a_time() -> None:
    found = drawn("paths", whole(), full())
    shown = [trace["visible"] for trace in found["data"]]  # type: ignore[union-attr]

    assert shown == found["layout"]["updatemenus"][0]["buttons"][0]["args"][0]["visible"]  # type: ignore[index]
    assert 0 < sum(shown) < len(shown)


def test_a_path_starts_at_no_change_and_ends_at_the_simulated_one() -> None:
    figure = paths.figure(whole(), full(), ENGLISH)
    simulated = next(trace for trace in figure.data if trace.name == "simulated")

    assert simulated.y[0] == pytest.approx(0.0)
    assert simulated.y[-1] == pytest.approx(100.0 * math.expm1(-0.01))


def test_the_band_lies_on_the_news() -> None:
    figure = paths.figure(whole(), full(), ENGLISH)
    tops = [trace for trace in figure.data if trace.name == "range"]
    silver = math.exp(-0.3) * (1.0 - 0.005) - 1.0

    assert tops[-1].y[-1] == pytest.approx(100.0 * silver)


def test_a_band_with_times_of_its_own_is_drawn() -> None:
    tables = full()
    assert tables.bands is not None
    odd = tables.bands.with_columns(pl.col("time") + timedelta(minutes=17)).gather_every(3)
    figure = paths.figure(whole(), replace(tables, bands=odd), ENGLISH)
    tops = [trace for trace in figure.data if trace.name == "range"]

    assert len(tops) == 3
    assert len(tops[0].y) == BARS // 3


def test_rounding_is_no_news() -> None:
    tables = full()
    noise = tables.instruments.with_columns(log_news=pl.lit(1e-15))
    figure = paths.figure(whole(), replace(tables, instruments=noise), ENGLISH)

    assert [trace.name for trace in figure.data if trace.name == "news alone"] == []


def test_the_ceiling_is_drawn_for_the_targets_that_have_one() -> None:
    figure = paths.figure(whole(), full(), ENGLISH)
    levels = [list(trace.y) for trace in figure.data if trace.name == "ceiling"]

    assert levels == [[pytest.approx(-0.9), pytest.approx(-0.9)]]


def test_a_long_title_makes_room_for_the_symbol() -> None:
    summary = whole()
    summary["titles"] = {"NQ": "a title that is far too long for the side of a picture"}
    rows = who.figure(summary, full(), ENGLISH).data[0].y

    assert "NQ" in rows


def test_days_out_of_sample_are_marked_where_there_are_any() -> None:
    marked = drawn("paths", whole(), full())["layout"]
    plain = drawn("paths", deepcopy(BARE), bare())["layout"]

    assert "out of sample" in json.dumps(marked)
    assert "out of sample" not in json.dumps(plain)


def test_a_second_run_is_drawn_beside_the_first() -> None:
    changed = {**whole(), "changes": ["a hike"]}
    figure = paths.figure(changed, full(), ENGLISH, beside=bare())

    assert sum(trace.name == "without the changes" for trace in figure.data) == 3


def test_what_a_trader_sells_without_a_call_is_a_cause_of_its_own() -> None:
    first = who.figure(whole(), full(), ENGLISH).data[0]

    assert list(first.x) == [
        "COMEX silver:<br>news",
        "forced selling<br>(contagion)",
        "own rule, no<br>call",
        "total",
    ]
    assert list(first.text[0]) == ["1,500", "", "500", "2,000"]
    assert list(first.text[-1]) == ["1,990", "10", "500", "2,500"]


def test_dollars_sold_are_the_dollars_of_the_sales_table() -> None:
    tables = full()
    figure = who.figure(whole(), tables, ENGLISH)
    total = tables.sales["usd"].sum() / 1e6

    assert [trace.text[-1][-1] for trace in figure.data[:2]] == [f"{total:,.0f}"] * 2


def test_small_flows_go_into_the_rest() -> None:
    tables = bare()
    names = [f"X{k}" for k in range(40)]
    sales = pl.DataFrame({"time": [START] * 40, "segment": ["trend"] * 40, "instrument": names,
                          "usd": [1e9] * 40})  # fmt: skip
    first = who.figure(whole(), replace(tables, sales=sales), ENGLISH).data[0]

    assert first.y[-2] == "other"
    assert len(first.y) == who.SOLD + 2


def test_segments_that_did_nothing_have_no_row() -> None:
    figure = calls.figure(whole(), full(), ENGLISH)
    rows = [list(trace.y) for trace in figure.data if trace.type == "heatmap"]

    assert rows == [["Small accounts"], ["Small accounts", "trend"]]


def test_a_venue_that_hardly_closes_is_a_strip_and_no_shade() -> None:
    tables = full()
    always = pl.DataFrame({"venue": ["crypto"], "begin": [START], "end": [START + DAYS]})
    figure = calls.figure(whole(), replace(tables, sessions=always), ENGLISH)

    assert figure.layout.shapes == ()
    assert list(figure.data[-1].y) == ["crypto"]


def test_bars_add_up_to_all_calls() -> None:
    tables = full()
    bars = calls.figure(whole(), tables, ENGLISH).data[0]

    assert sum(bars.y) == pytest.approx(tables.segments["called"].sum())


def test_sessions_are_cut_to_the_window() -> None:
    figure = calls.figure(whole(), full(), ENGLISH)

    assert len(figure.layout.shapes) == 2
    assert figure.layout.shapes[0].x0 == START.timestamp() * 1000


def test_a_run_in_which_nothing_happened_can_be_drawn() -> None:
    tables = bare()
    calm = replace(
        tables,
        segments=tables.segments.with_columns(called=pl.lit(0.0), forced_usd=pl.lit(0.0)),
        sales=tables.sales.clear(),
        contagion=tables.contagion.clear(),
    )

    assert len(calls.figure(whole(), calm, ENGLISH).data) >= 2
    assert list(who.figure(whole(), calm, ENGLISH).data[0].text[0]) == [""]


def test_depth_is_in_per_cent_and_a_dip_is_not_lost() -> None:
    tables = full()
    dip = (
        pl.when(pl.col("time") == START + timedelta(hours=11))
        .then(0.1)
        .otherwise("depth_of_normal")
    )
    dipped = replace(tables, instruments=tables.instruments.with_columns(depth_of_normal=dip))
    line = depth.figure(whole(), dipped, ENGLISH).data[0]

    assert min(line.y) == pytest.approx(10.0)


def test_the_first_view_has_every_role() -> None:
    buttons = depth.figure(whole(), full(), ENGLISH).layout.updatemenus[0].buttons

    assert sum(buttons[0].args[0]["visible"]) == 2 * 3


def test_a_bar_runs_from_the_base_to_the_headline_at_that_end() -> None:
    low, high = rests.figure(whole(), full(), ENGLISH).data

    assert low.base == pytest.approx(-0.9)
    assert [b + x for b, x in zip((low.base, high.base), (low.x[0], high.x[0]), strict=True)] == [
        pytest.approx(-2.0), pytest.approx(0.3),
    ]  # fmt: skip


def test_long_runs_are_thinned_and_keep_their_end() -> None:
    times = [START + timedelta(minutes=k) for k in range(5000)]
    kept = thinned(pl.DataFrame({"time": times}))

    assert len(kept) <= POINTS
    assert kept["time"][-1] == times[-1]


def test_even_times_are_a_first_one_and_a_step() -> None:
    even = pl.Series([START + timedelta(hours=k) for k in (0, 1, 2)])
    uneven = pl.Series([START + timedelta(hours=k) for k in (0, 1, 3)])

    assert moments(even)["dx"] == 3_600_000
    assert list(moments(uneven)) == ["x"]


def test_cells_keep_the_sum() -> None:
    frame = full().segments
    binned = cells(frame, "segment", "called", "sum", most=10)

    assert binned["retail"].sum() == frame["called"].sum()
    assert len(binned) <= 11
