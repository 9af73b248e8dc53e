"""Two prices at their own moments: Hayashi and Yoshida against truth, a plain rival and grids."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from undertow.core.errors import BadDate, BadFile, BadNumber, UnknownName
from undertow.core.ticks import Ticks, observed
from undertow.data.ticks import read_ticks
from undertow.jobs.measure_correlation import CorrelationRequest, measure_correlation
from undertow.jobs.measure_intraday import IntradayRequest, measure_intraday
from undertow.studies.intraday import Path as Moved
from undertow.studies.intraday import interval, intraday_answer, overlapping, student

LEAN = Path(__file__).parents[2].parent / "shared" / "data" / "microstructure" / "lean"
DAY = np.datetime64("2026-02-05", "ms")
SESSION = 6.5 * 3600.0


def brownian(
    rho: float, gaps: tuple[float, float], seed: int, days: int = 1
) -> tuple[Ticks, Ticks]:
    """Two Brownian motions, seen at Poisson moments with these mean gaps in seconds."""
    rng = np.random.default_rng(seed)
    steps = int(SESSION * 2)
    found: list[list[tuple[np.ndarray, np.ndarray]]] = [[], []]
    for day in range(days):
        shocks = rng.normal(0.0, 1e-4, (steps, 2))
        shocks[:, 1] = rho * shocks[:, 0] + math.sqrt(1.0 - rho**2) * shocks[:, 1]
        logs = np.cumsum(shocks, axis=0)
        for side, gap in enumerate(gaps):
            seen = np.flatnonzero(rng.random(steps) < 0.5 / gap)
            start = DAY + np.timedelta64(day, "D") + np.timedelta64(14, "h")
            found[side].append((start + seen * np.timedelta64(500, "ms"), logs[seen, side]))
    first, second = (
        observed(name, *(np.concatenate(column) for column in zip(*side, strict=True)))
        for name, side in zip("AB", [[(t, np.exp(x)) for t, x in s] for s in found], strict=True)
    )
    return first, second


def plain(x: Moved, y: Moved) -> float:
    """Every pair of moves, one after the other."""
    return math.fsum(
        (x.log[i] - x.log[i - 1]) * (y.log[j] - y.log[j - 1])
        for i in range(1, len(x.time))
        for j in range(1, len(y.time))
        if y.time[j - 1] < x.time[i] and x.time[i - 1] < y.time[j]
    )


@st.composite
def moves(draw: st.DrawFn) -> Moved:
    time = sorted(draw(st.sets(st.integers(0, 60), min_size=2, max_size=25)))
    logs = draw(st.lists(st.floats(-0.1, 0.1), min_size=len(time), max_size=len(time)))
    return Moved(np.array(time), np.array(logs))


@given(x=moves(), y=moves())
@settings(max_examples=300, deadline=None)
def test_one_difference_a_move_is_the_sum_over_all_pairs(x: Moved, y: Moved) -> None:
    ours = float((x.moves() * overlapping(x, y)).sum())

    assert ours == pytest.approx(plain(x, y), abs=1e-12)


@given(x=moves(), y=moves())
@settings(max_examples=100, deadline=None)
def test_neither_symbol_is_the_first(x: Moved, y: Moved) -> None:
    ours, theirs = (float((a.moves() * overlapping(a, b)).sum()) for a, b in ((x, y), (y, x)))

    assert ours == pytest.approx(theirs, abs=1e-12)


@given(x=moves(), y=moves())
@settings(max_examples=100, deadline=None)
def test_only_the_order_of_moments_counts(x: Moved, y: Moved) -> None:
    bent_x, bent_y = (Moved(one.time**3 + one.time, one.log) for one in (x, y))

    assert np.array_equal(overlapping(x, y), overlapping(bent_x, bent_y))


def test_at_the_same_moments_it_is_the_realised_correlation() -> None:
    logs = np.random.default_rng(5).normal(0.0, 0.01, (2, 200)).cumsum(axis=1)
    time = DAY + np.arange(200) * np.timedelta64(60_000, "ms")
    found = intraday_answer(*(Ticks(n, time, np.exp(x)) for n, x in zip("AB", logs, strict=True)))
    r, s = np.diff(logs, axis=1)

    assert found.value == pytest.approx((r @ s) / math.sqrt((r @ r) * (s @ s)), rel=1e-10)
    assert found.on_grid[0].seconds == 60.0
    assert found.on_grid[0].value == pytest.approx(found.value, rel=1e-10)


def test_it_finds_the_correlation_where_a_fine_grid_is_drawn_to_zero() -> None:
    runs = [intraday_answer(*brownian(0.7, (4.0, 11.0), seed)) for seed in range(25)]
    values = np.array([run.value for run in runs])
    fine = np.array([next(g.value for g in run.on_grid if g.seconds == 5.0) for run in runs])
    error = values.std(ddof=1) / math.sqrt(len(runs))

    assert abs(values.mean() - 0.7) < 3.0 * error
    assert error < 0.01
    assert fine.mean() < 0.45


def test_ninety_five_intervals_of_a_hundred_hold_the_truth() -> None:
    runs = [intraday_answer(*brownian(-0.5, (6.0, 9.0), 100 + seed)) for seed in range(80)]
    held = sum(run.low <= -0.5 <= run.high for run in runs)

    assert stats.binom.cdf(held, len(runs), 0.95) > 0.01
    assert stats.binom.sf(held - 1, len(runs), 0.95) > 0.01


def test_the_deviation_is_that_of_many_runs() -> None:
    runs = [intraday_answer(*brownian(0.4, (5.0, 5.0), 300 + seed)) for seed in range(60)]
    spread = float(np.std([run.value for run in runs], ddof=1))

    assert np.mean([run.deviation for run in runs]) == pytest.approx(spread, rel=0.25)


def test_swapping_scaling_and_shifting_both_change_nothing() -> None:
    x, y = brownian(0.6, (5.0, 8.0), 1, days=2)
    ours, theirs = intraday_answer(x, y), intraday_answer(y, x)
    dear = intraday_answer(Ticks("A", x.time, 1000.0 * x.price), y)
    later = intraday_answer(
        *(
            Ticks(one.symbol, one.time + np.timedelta64(3_600_000, "ms"), one.price)
            for one in (x, y)
        )
    )

    for other in (theirs, dear, later):
        assert (other.value, other.low, other.high) == pytest.approx(
            (ours.value, ours.low, ours.high), rel=1e-9
        )


def test_a_price_against_another_falls_as_it_rises() -> None:
    x, y = brownian(0.6, (5.0, 8.0), 1)
    turned = intraday_answer(x, Ticks("B", y.time, 1.0 / y.price))

    assert turned.value == pytest.approx(-intraday_answer(x, y).value, rel=1e-10)


def test_with_twenty_days_a_block_is_a_day() -> None:
    found = intraday_answer(*brownian(0.5, (60.0, 60.0), 2, days=21))

    assert (found.days, found.blocks, found.block_seconds) == (21, 21, 86_400.0)
    assert found.low < 0.5 < found.high


def test_the_night_between_two_days_is_no_move() -> None:
    x, y = brownian(0.5, (20.0, 20.0), 3, days=2)
    jumped = [
        Ticks(o.symbol, o.time, o.price * np.where(o.time > DAY + np.timedelta64(1, "D"), k, 1.0))
        for o, k in ((x, 3.0), (y, 0.2))
    ]

    assert intraday_answer(*jumped).value == pytest.approx(intraday_answer(x, y).value, rel=1e-9)


def test_what_only_one_of_them_lived_through_does_not_count() -> None:
    x, y = brownian(0.5, (20.0, 20.0), 4)
    early = x.time[0] - np.timedelta64(7_200_000, "ms")
    longer = Ticks("A", np.append(early, x.time), np.append(0.5 * x.price[0], x.price))

    assert intraday_answer(longer, y).volatility[0] == pytest.approx(
        intraday_answer(x, y).volatility[0], rel=0.01
    )


@pytest.mark.parametrize("freedom", [8, 19, 60])
def test_the_quantile_is_students(freedom: int) -> None:
    assert student(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=1e-3)


def test_beyond_one_there_is_no_interval() -> None:
    assert all(math.isnan(end) for end in interval(1.2, 0.1, 20))


def test_a_bounce_between_bid_and_ask_is_said() -> None:
    x, y = brownian(0.8, (5.0, 5.0), 6)
    noise = np.where(np.arange(len(x)) % 2 == 0, 1.002, 0.998)
    found = intraday_answer(Ticks("A", x.time, x.price * noise), y)
    thinned = intraday_answer(Ticks("A", x.time, x.price * noise), y, every_seconds=300.0)

    assert any("turn back" in str(said) for said in found.warnings)
    assert found.value < 0.2
    assert thinned.value > found.value


def test_a_price_that_follows_later_is_said() -> None:
    x, y = brownian(0.9, (5.0, 5.0), 7)
    found = intraday_answer(x, Ticks("B", y.time + np.timedelta64(60_000, "ms"), y.price))

    assert any("follows" in str(said) for said in found.warnings)


def long_file(folder: Path, x: Ticks, y: Ticks) -> Path:
    rows = sorted(
        (str(at.astype("datetime64[s]")), one.symbol, price)
        for one in (x, y)
        for at, price in zip(one.time, one.price.tolist(), strict=True)
        if at == at.astype("datetime64[s]")
    )
    file = folder / "long.csv"
    lines = [f"{at},{name},{price!r}" for at, name, price in rows]
    file.write_text("\n".join(["date,symbol,close", *lines]) + "\n")
    return file


def test_a_long_table_is_read_with_its_own_moments(tmp_path: Path) -> None:
    x, y = brownian(0.6, (5.0, 8.0), 1)
    whole = [one.where(one.time == one.time.astype("datetime64[s]")) for one in (x, y)]
    found = measure_intraday(IntradayRequest((long_file(tmp_path, x, y),), "A,B")).json()

    assert found["value"] == pytest.approx(intraday_answer(*whole).value, rel=1e-9)
    assert found["command"] == "measure correlation"


def test_bars_of_two_lengths_are_known_at_their_ends(tmp_path: Path) -> None:
    rows = [f"2026-02-05T10:0{k}:00,A,{100 + k}" for k in range(6)]
    rows += ["2026-02-05T10:00:00,B,50", "2026-02-05T10:05:00,B,51"]
    (tmp_path / "bars.csv").write_text("\n".join(["date,symbol,close", *rows]) + "\n")
    a, b = read_ticks(tmp_path / "bars.csv", "")

    assert str(a.time[4]) == str(b.time[0]) == "2026-02-05T10:05:00.000"


def test_files_of_the_past_do_not_see_later_days(tmp_path: Path) -> None:
    x, y = brownian(0.6, (5.0, 8.0), 1, days=3)
    file = long_file(tmp_path, x, y)
    early = measure_intraday(IntradayRequest((file,), "A,B", on="2026-02-06")).json()
    one = measure_intraday(IntradayRequest((file,), "A,B", on="2026-02-06", window=1)).json()

    assert (early["first"], early["last"], early["days"]) == ("2026-02-05", "2026-02-06", 2)
    assert one["first"] == "2026-02-06"


def zipped(folder: Path, name: str, rows: list[str]) -> Path:
    file = folder / f"{name}.zip"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(f"{name}.csv", "\n".join(rows) + "\n")
    return file


def test_the_best_of_all_venues_is_the_price_and_a_forgotten_quote_goes(tmp_path: Path) -> None:
    rows = [
        "36000000,1000000,1,1010000,1,P,1,0",
        "36000100,1004000,1,0,0,Q,1,0",
        "36000200,0,0,1002000,1,Z,1,0",
        "36000300,9000000,1,0,0,Q,1,1",
    ]
    (ticks,) = read_ticks(zipped(tmp_path, "20131007_x_Quote_Tick", rows), "lean-tick")

    assert ticks.price.tolist() == pytest.approx([100.5, 100.7, 100.1])
    assert str(ticks.time[0]) == "2013-10-07T14:00:00.000"
    assert ticks.skipped == 1


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        (["1,2,3"], "cells"),
        (["36000000,x,1,1010000,1,P,1,0"], "line 1"),
        (["36000000,1,1,2,1,P,1,0", "35000000,1,1,2,1,P,1,0"], "line 2"),
        (["96000000,1,1,2,1,P,1,0"], "no time"),
        (["36000000,1,1,0,0,P,1,0"], "no moment"),
        (["36000000,1,1,2,1,P,1,0,7,8"], "cells"),
    ],
)
def test_a_bad_line_of_ticks_is_named(tmp_path: Path, rows: list[str], named: str) -> None:
    with pytest.raises(BadFile, match=named):
        read_ticks(zipped(tmp_path, "20131007_x_Quote_Tick", rows), "lean-tick")


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"pair": "A,C"}, "no file holds C"),
        ({"pair": "C,D"}, "is of A, B"),
        ({"pair": "A"}, "no pair"),
        ({"on": "2020-01-01"}, "share no day up to"),
        ({"on": "soon"}, "is no day"),
        ({"every": "soon"}, "no length"),
        ({"window": 0}, "window"),
        ({"form": "plain,plain,plain"}, "3 formats"),
        ({"form": "lean-ticks"}, "did you mean 'lean-tick'"),
        ({"session": "9-16"}, "no session"),
        ({"every": "1h"}, "moves in the time"),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path: Path, asked: dict, named: str) -> None:
    file = long_file(tmp_path, *brownian(0.6, (5.0, 8.0), 1))
    given_ = {"pair": "A,B", **asked}

    with pytest.raises((BadDate, BadFile, BadNumber, UnknownName), match=named):
        measure_intraday(IntradayRequest((file,), **given_))


def test_daily_measures_name_the_way_to_this_one(tmp_path: Path) -> None:
    file = long_file(tmp_path, *brownian(0.6, (5.0, 8.0), 1))

    with pytest.raises(BadNumber, match="--intraday"):
        measure_correlation(CorrelationRequest((file,), "A,B"))


@pytest.mark.skipif(not LEAN.exists(), reason="needs ../shared/data")
def test_a_future_and_its_etf_move_as_one() -> None:
    files = [LEAN / f"{name}_20131008_minute_quote.zip" for name in ("es", "spy")]
    request = IntradayRequest(tuple(files), "ES,SPY", "lean-future,lean-equity")
    found = measure_intraday(request).json()

    assert found["low"] > 0.95
    assert found["observations"] == [390, 390]


@pytest.mark.skipif(not LEAN.exists(), reason="needs ../shared/data")
def test_bitcoin_and_ether_follow_each_other_later_than_a_minute() -> None:
    files = sorted(LEAN.glob("coinbase_*_201709*_minute_quote.zip"))
    found = measure_intraday(IntradayRequest(tuple(files), "BTCUSD,ETHUSD", "lean-crypto")).json()

    assert found["value"] < 0.5 < found["on_grid"][-1]["value"]
    assert any("follows" in warning for warning in found["warnings"])


def test_a_minutes_quote_is_known_at_its_end(tmp_path: Path) -> None:
    rows = ["time,bid,ask,bid_size,ask_size", "2026-02-05T10:00,99,101,1,1"]
    (tmp_path / "X.csv").write_text("\n".join(rows) + "\n")
    (ticks,) = read_ticks(tmp_path / "X.csv", "plain")

    assert str(ticks.time[0]) == "2026-02-05T10:01:00.000"
    assert ticks.price[0] == 100.0


def test_a_symbol_that_is_not_asked_for_may_be_odd(tmp_path: Path) -> None:
    x, y = brownian(0.6, (5.0, 8.0), 1)
    file = long_file(tmp_path, x, y)
    file.write_text(file.read_text() + "2026-02-05T15:00:00,CL,-37.63\n")
    found = measure_intraday(IntradayRequest((file,), "A,B")).json()

    assert found["value"] > 0.4
    with pytest.raises(BadNumber, match="no logarithm"):
        measure_intraday(IntradayRequest((file,), "A,CL"))


def test_bars_of_days_and_packed_files_name_the_way(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("date,symbol,close\n2026-02-05,A,1\n2026-02-06,A,2\n")
    zipped(tmp_path, "20131007_x_Quote_Tick", ["36000000,1,1,2,1,P,1,0"])

    with pytest.raises(BadFile, match="leave --intraday out"):
        measure_intraday(IntradayRequest((tmp_path / "d.csv",), "A,B"))
    with pytest.raises(BadFile, match="--format"):
        measure_intraday(IntradayRequest((tmp_path / "20131007_x_Quote_Tick.zip",), "A,B"))


def test_the_last_quote_of_a_day_at_midnight_is_no_day(tmp_path: Path) -> None:
    for name, shift in (("A", 0.0), ("B", 0.5)):
        rows = [
            f"2026-02-05T{k // 60:02d}:{k % 60:02d},{100 + math.sin(k + shift)},102,1,1"
            for k in range(1300, 1440)
        ]
        (tmp_path / f"{name}.csv").write_text(
            "\n".join(["time,bid,ask,bid_size,ask_size", *rows]) + "\n"
        )
    files = (tmp_path / "A.csv", tmp_path / "B.csv")
    found = measure_intraday(IntradayRequest(files, "A,B", "plain", window=1)).json()

    assert (found["days"], found["last"]) == (1, "2026-02-05")
