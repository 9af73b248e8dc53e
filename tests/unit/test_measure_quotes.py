"""Minute quotes of a stress day against calm days."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quotes import day_file, lean_rows, packed
from undertow.core.errors import BadFile, BadNumber, UnknownName
from undertow.data.quotes import read_quotes
from undertow.jobs.measure_quotes import measure_quotes
from undertow.studies.quotes import median_interval

FORM = "lean-crypto"
NAME = "20170903_btcusd_minute_quote.csv"
ROW = "0,1,1,1,1,2,3,3,3,3,4\n"
DAY = np.ones(1440)


def hours(*values: float) -> np.ndarray:
    """60 minutes of each value."""
    return np.repeat(values, 60)


def measured(folder: Path, spread: np.ndarray, size: np.ndarray) -> dict:
    calm = day_file(folder, 20170903, 0.1 * DAY, 5.0 * DAY)
    bad = day_file(folder, 20170904, spread, size)
    return measure_quotes([calm], [bad], FORM).json()


def test_the_worst_hour_is_a_multiple_of_the_median_hour(tmp_path: Path) -> None:
    found = measured(tmp_path, hours(0.1, 0.7, 0.2), 5.0 * np.ones(180))

    assert found["spread_multiple"] == pytest.approx(7.0)
    assert found["worst"]["spread_hour"] == "2017-09-04T01:00:00"
    assert found["baseline"]["spread_bps"] == pytest.approx(10.0)


def test_depth_lost_is_what_is_missing_of_the_median_hour(tmp_path: Path) -> None:
    found = measured(tmp_path, 0.1 * np.ones(180), hours(5.0, 4.0, 1.0))

    assert found["depth_loss"] == pytest.approx(0.8)
    assert found["worst"]["depth_hour"] == "2017-09-04T02:00:00"


def test_the_same_day_again_is_normal(tmp_path: Path) -> None:
    found = measured(tmp_path, 0.1 * DAY, 5.0 * DAY)

    assert found["spread_multiple"] == pytest.approx(1.0)
    assert found["depth_loss"] == pytest.approx(0.0)


def test_one_wide_minute_hardly_moves_an_hour(tmp_path: Path) -> None:
    spread = 0.1 * np.ones(180)
    spread[90] = 10.0
    found = measured(tmp_path, spread, np.ones(180))

    assert found["worst"]["max_minute_bps"] == pytest.approx(1000.0)
    assert found["spread_multiple"] == pytest.approx(1.0 + 99.0 / 60.0)


def test_a_baseline_locked_at_one_tick_is_said(tmp_path: Path) -> None:
    found = measured(tmp_path, hours(0.1, 0.7, 0.2), np.ones(180))

    assert found["baseline"]["at_tick"] == 1.0
    assert any("tick binds" in warning for warning in found["warnings"])


def test_a_baseline_after_the_stress_looks_ahead_and_is_said(tmp_path: Path) -> None:
    calm = day_file(tmp_path, 20170905, 0.1 * DAY, DAY)
    bad = day_file(tmp_path, 20170904, 0.2 * DAY, DAY)
    found = measure_quotes([calm], [bad], FORM).json()

    assert any("looks ahead" in warning for warning in found["warnings"])


def test_with_twenty_days_each_hour_has_its_own_normal(tmp_path: Path) -> None:
    by_hour = np.repeat(np.linspace(0.1, 0.24, 24), 60)
    calm = [day_file(tmp_path, 20170801 + k, by_hour, DAY) for k in range(20)]
    bad = day_file(tmp_path, 20170904, by_hour, DAY)
    one, many = (measure_quotes(days, [bad], FORM).json() for days in (calm[:1], calm))

    assert one["spread_multiple"] > 1.3
    assert many["spread_multiple"] == pytest.approx(1.0)


def test_the_interval_of_the_multiple_holds_it(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    spread = np.exp(rng.normal(-2.0, 0.3, 1440))
    calm = day_file(tmp_path, 20170903, spread, DAY)
    bad = day_file(tmp_path, 20170904, 3.0 * spread, DAY)
    found = measure_quotes([calm], [bad], FORM).json()

    low, high = found["spread_multiple_low"], found["spread_multiple_high"]
    assert low < found["spread_multiple"] < high


def test_the_interval_of_a_median_covers_it_19_times_in_20() -> None:
    rng = np.random.default_rng(3)
    draws = rng.exponential(size=(2000, 24))
    found = np.array([median_interval(draw) for draw in draws])
    inside = np.mean((found[:, 0] <= np.log(2.0)) & (np.log(2.0) <= found[:, 1]))

    assert 0.95 <= inside <= 0.99


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no row with both"),
        (ROW.replace(",4", ""), "line 1 has 10 cells"),
        (ROW + ROW, "line 2 is at '0' ms"),
        (ROW.replace("3,4", "three,4"), "line 1 cannot be read"),
        (ROW.replace("3,4", "3,-4"), "line 1 has a price not above 0 or a size below 0"),
        (ROW.replace("3,4", "nan,4"), "not finite"),
        (ROW.replace("3,4", ","), "no row with both"),
        (ROW.replace("0,1", "99999999,1"), "line 1 is at"),
    ],
)
def test_a_bad_row_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        read_quotes(packed(tmp_path, "q.zip", (NAME, text)), FORM)


def test_a_minute_with_one_side_is_counted_and_left_out(tmp_path: Path) -> None:
    text = ROW + "60000,1,1,1,1,2,,,,,\n"
    found = read_quotes(packed(tmp_path, "q.zip", (NAME, text)), FORM)

    assert (len(found), found.skipped) == (1, 1)


def test_a_truncated_zip_and_an_absent_file_are_refused(tmp_path: Path) -> None:
    whole = day_file(tmp_path, 20170903, DAY, DAY)
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole.read_bytes()[:2000])
    for file in (cut, tmp_path / "absent.zip"):
        with pytest.raises(BadFile, match="cannot be read"):
            read_quotes(file, FORM)


@pytest.mark.parametrize("form", ["lean-future", "lean-equity"])
def test_the_format_of_another_file_is_refused_or_scaled(tmp_path: Path, form: str) -> None:
    file = packed(tmp_path, "q.zip", ("20170903_es_minute_trade.csv", ROW))
    with pytest.raises(BadFile, match="no minute quotes"):
        read_quotes(file, form)


def test_a_format_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="lean-cripto"):
        read_quotes(tmp_path / "q.zip", "lean-cripto")


def test_files_of_two_instruments_are_refused(tmp_path: Path) -> None:
    calm = day_file(tmp_path, 20170903, DAY, DAY)
    bad = day_file(tmp_path, 20170904, DAY, DAY, symbol="ethusd")

    with pytest.raises(BadNumber, match="of BTCUSD, the stress day of ETHUSD"):
        measure_quotes([calm], [bad], FORM)


def test_a_baseline_shorter_than_its_windows_is_refused(tmp_path: Path) -> None:
    calm = day_file(tmp_path, 20170903, np.ones(100), np.ones(100))
    bad = day_file(tmp_path, 20170904, DAY, DAY)

    with pytest.raises(BadNumber, match="the baseline has 2 hours"):
        measure_quotes([calm], [bad], FORM)


def test_an_equity_is_in_new_york_time_and_ten_thousandths(tmp_path: Path) -> None:
    text = lean_rows(np.array([99.0]), np.array([101.0]), DAY[:1], first_minute=570, unit=1e-4)
    file = packed(tmp_path, "s.zip", ("20131007_spy_minute_quote.csv", text))
    found = read_quotes(file, "lean-equity")

    assert found.mid.tolist() == pytest.approx([100.0])
    assert str(found.time[0]) == "2013-10-07T13:30:00.000"
    assert found.clock == "America/New_York"


def test_a_future_gives_the_first_month_or_the_one_asked_for(tmp_path: Path) -> None:
    far = ROW.replace("1,1,1,1", "2,2,2,2")
    file = packed(
        tmp_path,
        "es.zip",
        ("20131007_es_minute_quote_201403.csv", far),
        ("20131007_es_minute_quote_201312.csv", ROW),
    )

    assert read_quotes(file, "lean-future").bid.tolist() == [1.0]
    assert read_quotes(file, "lean-future", "201403").bid.tolist() == [2.0]
    with pytest.raises(UnknownName, match="201406"):
        read_quotes(file, "lean-future", "201406")


def test_a_plain_table_is_read_and_its_lines_are_named(tmp_path: Path) -> None:
    file = tmp_path / "q.csv"
    good = "time,bid,ask,bid_size,ask_size\n2026-01-02T10:00,1,3,2,4\n"
    file.write_text(good)
    found = read_quotes(file, "plain")
    file.write_text(good + "2026-01-02T09:59,1,3,2,4\n")

    assert found.depth.tolist() == [14.0]
    with pytest.raises(BadFile, match="line 3 goes back in time"):
        read_quotes(file, "plain")


def test_a_file_of_no_day_is_refused(tmp_path: Path) -> None:
    name = "20171399_btcusd_minute_quote.csv"
    with pytest.raises(BadFile, match="is of no day"):
        read_quotes(packed(tmp_path, "a.zip", (name, ROW)), FORM)


def test_two_symbols_in_one_file_are_refused(tmp_path: Path) -> None:
    both = ((NAME, ROW), (NAME.replace("btcusd", "ethusd"), ROW))
    with pytest.raises(BadFile, match="holds BTCUSD of 20170903, ETHUSD of 20170903"):
        read_quotes(packed(tmp_path, "a.zip", *both), FORM)


def test_the_layout_of_another_market_is_refused_by_its_ticks(tmp_path: Path) -> None:
    crypto = day_file(tmp_path, 20170903, 0.1 * DAY, DAY)
    cents = lean_rows(99.0 * DAY, 101.0 * DAY, DAY, unit=1e-4)
    equity = packed(tmp_path, "s.zip", ("20131007_spy_minute_quote.csv", cents))

    with pytest.raises(BadFile, match="not in ten-thousandths"):
        read_quotes(crypto, "lean-equity")
    with pytest.raises(BadFile, match="is in ten-thousandths"):
        read_quotes(equity, "lean-crypto")


def test_prices_in_other_ticks_than_the_baseline_are_refused(tmp_path: Path) -> None:
    calm = day_file(tmp_path, 20170903, 0.1 * DAY, DAY)
    text = lean_rows(9999.9 * DAY, 10000.1 * DAY, DAY)
    name = "20170904_btcusd_minute_quote"
    bad = packed(tmp_path, "t.zip", (f"{name}.csv", text))

    with pytest.raises(BadNumber, match="100 times its baseline"):
        measure_quotes([calm], [bad], FORM)


def test_a_day_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    calm = day_file(tmp_path, 20170903, 0.1 * DAY, DAY)
    bad = day_file(tmp_path, 20170904, 0.1 * DAY, DAY)

    with pytest.raises(BadNumber, match="give each day once"):
        measure_quotes([calm, calm], [bad], FORM)


def in_ticks(folder: Path, day: int, *, since: int) -> Path:
    """A day of quotes that are a hundred times as high from one minute on."""
    unit = np.where(np.arange(1440) >= since, 100.0, 1.0)
    name = f"{day}_btcusd_minute_quote"
    text = lean_rows(99.9 * unit, 100.1 * unit, DAY)
    return packed(folder, f"{name}.zip", (f"{name}.csv", text))


def test_ticks_that_change_inside_a_file_are_refused(tmp_path: Path) -> None:
    calm = day_file(tmp_path, 20170903, 0.1 * DAY, DAY)
    bad = in_ticks(tmp_path, 20170904, since=800)
    with pytest.raises(
        BadNumber, match="the stress day goes from 100 to 10000 at 2017-09-04T13:20"
    ):
        measure_quotes([calm], [bad], FORM)


@pytest.mark.parametrize(("spread", "size", "name"), [(0.0, 1.0, "spread"), (0.1, 0.0, "depth")])
def test_a_baseline_of_nothing_is_refused(
    tmp_path: Path, spread: float, size: float, name: str
) -> None:
    name_of_day = "20170903_btcusd_minute_quote"
    text = lean_rows(100.05 * DAY, (100.05 + spread) * DAY, size * DAY)
    calm = packed(tmp_path, "c.zip", (f"{name_of_day}.csv", text))
    bad = day_file(tmp_path, 20170904, 0.1 * DAY, DAY)
    with pytest.raises(BadNumber, match=f"the {name} of the baseline is 0"):
        measure_quotes([calm], [bad], FORM)


def test_a_day_of_crossed_quotes_is_refused_and_counted(tmp_path: Path) -> None:
    calm = day_file(tmp_path, 20170903, -0.1 * DAY, DAY)
    bad = day_file(tmp_path, 20170904, 0.1 * DAY, DAY)
    with pytest.raises(BadNumber, match=r"0 hours .* \(1440 crossed minutes are left out\)"):
        measure_quotes([calm], [bad], FORM)


def test_a_time_with_a_zone_is_read_in_its_zone(tmp_path: Path) -> None:
    file = tmp_path / "q.csv"
    file.write_text("time,bid,ask,bid_size,ask_size\n2026-01-02T10:00+08:00,1,3,2,4\n")

    assert read_quotes(file, "plain").time[0] == np.datetime64("2026-01-02T02:00")
