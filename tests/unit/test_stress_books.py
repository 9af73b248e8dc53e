"""Windows of order books as an index, and their link to the index of days."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from gauges import as_csv, prices
from undertow.core.answers.gauge import BookStress
from undertow.core.errors import BadFile
from undertow.jobs.gauge import GaugeRequest, gauge_of
from undertow.studies.stress_books import Window, books, linked, read_windows
from undertow.studies.stress_index import Stress, stress_index
from undertow.studies.stress_panel import anchors

PRICES = prices(storm=12)
DAILY: Stress = stress_index(PRICES, anchors())
DAYS = [str(day) for day in DAILY.days]


def row(begin: str, *, multiple: float = 1.0, loss: float = 0.0, cancels: float = 0.7) -> dict:
    return {
        "begin": begin, "spread_multiple": multiple, "within_10bps_loss": loss,
        "withdrawal": None, "cancel_share_quantity": cancels,
    }  # fmt: skip


def answer(rows: list[dict]) -> dict[str, object]:
    return {"symbol": "X", "windows": rows, "baseline": {"cancel_share_quantity": 0.7}}


def calm_rows(day: str, count: int = 60, seed: int = 1) -> list[dict]:
    chance = np.random.default_rng(seed)
    return [
        row(
            f"{day}T{at // 60:02}:{at % 60:02}:00",
            multiple=float(np.exp(0.2 * chance.standard_normal())),
            loss=float(1.0 - np.exp(0.2 * chance.standard_normal())),
            cancels=float(0.7 + 0.02 * chance.standard_normal()),
        )
        for at in range(count)
    ]


def windows(rows: list[dict]) -> list[Window]:
    return read_windows(answer(rows), "x.json")


CALM = windows(calm_rows(DAYS[-30]))


def stressed(**how: float) -> BookStress:
    rows = [*calm_rows(DAYS[-1], 30, 2), row(f"{DAYS[-1]}T23:00:00", **how)]
    return books(windows(rows), CALM, DAILY)


def test_a_wide_thin_window_is_the_worst() -> None:
    found = stressed(multiple=12.0, loss=0.88)

    assert found.worst.begin == f"{DAYS[-1]}T23:00:00"
    assert found.worst.parts["spread"] > 0.9
    assert found.worst.parts["depth"] > 0.9
    assert sum(found.worst.contributions.values()) == pytest.approx(found.worst.y, abs=1e-12)


@pytest.mark.parametrize(("milder", "harder"), [(2.0, 3.0), (3.0, 30.0), (30.0, 60.0)])
def test_a_wider_spread_is_always_worse(milder: float, harder: float) -> None:
    assert stressed(multiple=harder).worst.y > stressed(multiple=milder).worst.y


def test_what_is_lost_counts_in_logs() -> None:
    (found,) = windows([row("2025-01-01T00:00:00", multiple=math.e, loss=1 - 1 / math.e)])

    assert found.readings["spread"] == pytest.approx(1.0)
    assert found.readings["depth"] == pytest.approx(1.0)
    assert found.readings["flow"] == pytest.approx(0.0)
    assert math.isnan(found.readings["withdrawal"])


def test_a_window_that_lost_everything_or_filled_nothing_says_nothing_of_it() -> None:
    (found,) = windows([row("2025-01-01T00:00:00", loss=1.0, cancels=1.0)])

    assert math.isnan(found.readings["depth"])
    assert math.isnan(found.readings["flow"])


def test_segments_that_no_window_measures_are_missing() -> None:
    found = stressed()
    said = " ".join(map(str, found.warnings))

    assert found.missing == ("impact", "cross")
    assert "speaks of the segment cross" in said


def test_without_calm_windows_the_reference_is_their_own_and_is_flagged() -> None:
    own = books(windows(calm_rows(DAYS[-1])), [], DAILY)

    assert (own.reference, own.n) == ("own", 60)
    assert any("are their own reference" in str(one) for one in own.warnings)
    assert stressed().reference == "files"


def test_one_day_is_not_calibrated() -> None:
    found = stressed(multiple=12.0)

    assert (found.calibrated, found.common_days) == (False, 1)
    assert math.isnan(found.worst.index)
    assert "not calibrated to the index of days" in str(found.said[0])
    assert "have 1 day in common; a link needs 20" in str(found.warnings[0])


def test_with_enough_days_equal_quantiles_are_equal_levels() -> None:
    held = [Window("X", f"{day}T12:00:00", {}) for day in DAYS[-40:]]
    y = np.linspace(0.01, 0.9, 40)
    found, days = linked(held, y, DAILY)

    assert days == 40
    assert sorted(found) == pytest.approx(sorted(DAILY.index[-40:]))
    assert (np.diff(found) >= 0.0).all()


def test_a_link_is_of_the_worst_window_of_each_day() -> None:
    held = [Window("X", f"{day}T{hour}:00:00", {}) for day in DAYS[-25:] for hour in (10, 11)]
    y = np.array([value for at in range(25) for value in (0.01, 0.1 + 0.02 * at)])
    found, days = linked(held, y, DAILY)

    assert days == 25
    assert found[-1] == pytest.approx(DAILY.index[-25:].max())
    assert found[0] == pytest.approx(DAILY.index[-25:].min())


def test_days_that_the_index_does_not_have_are_not_common() -> None:
    held = [Window("X", f"2012-06-{at:02}T12:00:00", {}) for at in range(1, 29)]
    found, days = linked(held, np.linspace(0.1, 0.9, 28), DAILY)

    assert days == 0
    assert np.isnan(found).all()


def test_a_calibrated_answer_says_its_level() -> None:
    rows = [one for at, day in enumerate(DAYS[-25:]) for one in calm_rows(day, 4, at)]
    found = books(windows(rows), CALM, DAILY)

    assert found.calibrated
    assert "on the scale of days" in str(found.said[0])
    assert found.worst.index == pytest.approx(DAILY.index[-25:].max())


def test_few_windows_have_no_scale() -> None:
    with pytest.raises(BadFile, match="19 windows are too few for a scale"):
        books(windows(calm_rows(DAYS[-1], 19)), [], DAILY)


def test_another_answer_is_refused() -> None:
    with pytest.raises(BadFile, match=r"x\.json is no answer of `undertow measure orderbook"):
        read_windows({"command": "run"}, "x.json")


def test_a_gauge_takes_books_up_to_its_day_only(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text(as_csv(PRICES))
    file = tmp_path / "books.json"
    file.write_text(json.dumps(answer([*calm_rows(DAYS[-30]), *calm_rows(DAYS[-1])])))
    day = date.fromisoformat(DAYS[-10])
    found = gauge_of(GaugeRequest(tmp_path / "prices.csv", day, (file,))).json()["books"]

    assert isinstance(found, dict)
    assert found["n"] == 60
    assert {one["begin"][:10] for one in found["windows"]} == {DAYS[-30]}  # type: ignore[index,union-attr]
    assert found["worst"]["index"] is None  # type: ignore[index,call-overload]


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text(as_csv(PRICES))
    (tmp_path / "books.json").write_text("no")

    with pytest.raises(BadFile, match="cannot be read as JSON"):
        gauge_of(GaugeRequest(tmp_path / "prices.csv", None, (tmp_path / "books.json",)))
