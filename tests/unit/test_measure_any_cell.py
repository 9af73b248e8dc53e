"""Whatever stands in a cell of a file that is measured: it is refused, or what it changes is said.

Nothing but an error of ours comes out, and an answer that a wild price or date has changed has a
warning that the whole file has not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotes import lean_rows
from undertow.core.errors import UndertowError
from undertow.jobs.measure_basis import BasisRequest, measure_basis
from undertow.jobs.measure_correlation import CorrelationRequest, measure_correlation
from undertow.jobs.measure_coverage import CoverageRequest, measure_coverage
from undertow.jobs.measure_daily import DailyRequest, measure_daily
from undertow.jobs.measure_gamma import GammaRequest, measure_gamma
from undertow.jobs.measure_quotes import measure_quotes

Table = list[list[str]]
Ask = Callable[[Path, Table], dict]
DAYS = 160
WILD = ("", "0", "-1", "-0.0", "1e-300", "1e14", "1e300", "1e400", "nan", "inf", "-inf", "abc", "½")
ODD = (
    "1,5",
    "1 000",
    "１２",
    "12%",
    "(5)",
    "0x10",
    "1_0",
    "+7",
    "\u200b",
    "2026-13-01",
    "9999-12-31",
)
ODDER = ("0001-01-01", "20260105", "2026-01-05T12:00:00+09:00", "soon", "true", "C", "A", "\x00")
CELLS = st.sampled_from([*WILD, *ODD, *ODDER])
FUZZ = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def prices() -> Table:
    rng = np.random.default_rng(3)
    walks = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 0.01, (DAYS, 2)), axis=0))
    dates = np.datetime64("2025-06-02") + np.arange(DAYS)
    head = ["date", "symbol", "open", "high", "low", "close", "volume"]
    rows = [
        [str(day), name, *(f"{p * k:.4f}" for k in (1.0, 1.01, 0.99, 1.002)), "1000"]
        for name, walk in zip("AB", walks.T, strict=True)
        for day, p in zip(dates, walk.tolist(), strict=True)
    ]
    return [head, *rows]


def quotes(day: str = "20260105") -> Table:
    rng = np.random.default_rng(int(day))
    mid = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 1e-4, 300)))
    text = lean_rows(mid - 0.01, mid + 0.01, np.ones(300))
    return [line.split(",") for line in text.splitlines()]


def plain_quotes() -> Table:
    start = np.datetime64("2026-01-05T00:00")
    mid = 100.0 + 0.01 * np.random.default_rng(1).normal(size=400).cumsum()
    rows = [
        [str(start + np.timedelta64(k, "m")), f"{m - 0.01:.5f}", f"{m + 0.01:.5f}", "1", "1"]
        for k, m in enumerate(mid.tolist())
    ]
    return [["time", "bid", "ask", "bid_size", "ask_size"], *rows]


def holdings() -> Table:
    head = "symbol,shares,value,weight,class,rating,haircut,date"
    rows = [
        "A,100,,0.4,equity,,,2025-06-02",
        "B,50,5000,0.4,corporate,BBB,0.1,2025-06-02",
        "USD,2000,,0.2,cash,,,2025-06-02",
    ]
    return [line.split(",") for line in (head, *rows)]


def chain() -> Table:
    head = "snapshot_utc,underlying,spot,type,expiry,strike,bid,ask,last,open_interest,iv,gamma"
    rows = [
        f"2026-01-05T21:00:00,X,100,{kind},2026-02-20,{strike},{price - 0.1:.2f},{price + 0.1:.2f},"
        f"{price:.2f},10,0.3,0.03"
        for strike in (90, 95, 100, 105, 110)
        for kind, price in (
            ("C", max(100 - strike, 0) + 4.2 - abs(strike - 100) * 0.2),
            ("P", max(strike - 100, 0) + 4.2 - abs(strike - 100) * 0.2),
        )
    ]
    return [line.split(",") for line in (head, *rows)]


def written(file: Path, table: Table) -> Path:
    file.write_text("\n".join(",".join(cells) for cells in table) + "\n", encoding="utf-8")
    return file


def daily(folder: Path, table: Table) -> dict:
    file = written(folder / "p.csv", table)
    return measure_daily(DailyRequest((file,), ("A", "B"), "2025-11-08")).json()


def correlation(folder: Path, table: Table) -> dict:
    file = written(folder / "p.csv", table)
    return measure_correlation(CorrelationRequest((file,), "A,B", "2025-11-08")).json()


def covered(folder: Path, table: Table) -> dict:
    data = written(folder / "p.csv", prices())
    fund = written(folder / "fund.csv", table)
    return measure_coverage(CoverageRequest(fund, (data,), on="2025-11-08")).json()


def gamma(folder: Path, table: Table) -> dict:
    return measure_gamma(GammaRequest(written(folder / "chain.csv", table))).json()


def quoted(folder: Path, table: Table) -> dict:
    calm = written(folder / "20260105_x_minute_quote.csv", quotes())
    bad = written(folder / "20260106_x_minute_quote.csv", table)
    return measure_quotes([calm], [bad], "lean-crypto").json()


def basis(folder: Path, table: Table) -> dict:
    spot = written(folder / "s.csv", plain_quotes())
    moved = [cells if k % 2 else [cells[0], *cells[1:]] for k, cells in enumerate(table)]
    future = written(folder / "f.csv", moved)
    asked = ("2026-01-05:2026-01-05", 1.0, "", None, "plain", "plain")
    return measure_basis(BasisRequest((future,), (spot,), *asked)).json()


def unlike() -> Table:
    """Quotes of a future: the spot's with a basis that moves."""
    noise = np.random.default_rng(2).normal(0.0, 0.005, 400)
    head, *rows = plain_quotes()
    return [
        head,
        *(
            [time, f"{float(bid) + n:.5f}", f"{float(ask) + n:.5f}", *sizes]
            for (time, bid, ask, *sizes), n in zip(rows, noise.tolist(), strict=True)
        ),
    ]


KINDS: dict[str, tuple[Ask, Callable[[], Table]]] = {
    "daily": (daily, prices),
    "correlation": (correlation, prices),
    "coverage": (covered, holdings),
    "gamma": (gamma, chain),
    "quotes": (quoted, lambda: quotes("20260106")),
    "basis": (basis, unlike),
}


def asked(kind: str, folder: Path, table: Table) -> dict | None:
    """The answer; None if it is refused with an error of ours, in one line."""
    try:
        return KINDS[kind][0](folder, table)
    except UndertowError as error:
        said = str(error)
        if not said.endswith((".", "?")) or "\n" in said or "None" in said:
            raise AssertionError(said) from error
        return None


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@FUZZ
def test_any_cell_is_measured_or_refused_in_a_sentence(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    table = KINDS[kind][1]()
    row = data.draw(st.integers(0, len(table) - 1), "row")
    column = data.draw(st.integers(0, len(table[row]) - 1), "column")
    table[row][column] = data.draw(CELLS, "cell")
    found = asked(kind, tmp_path, table)

    assert found is None or found["command"] == f"measure {kind}"


@pytest.mark.parametrize("kind", ["daily", "correlation"])
@given(row=st.integers(1, 2 * DAYS), column=st.sampled_from([0, 5]), cell=st.sampled_from(WILD))
@FUZZ
def test_a_wild_close_or_date_changes_no_answer_without_a_word(
    tmp_path: Path, kind: str, row: int, column: int, cell: str
) -> None:
    whole = KINDS[kind][0](tmp_path, prices())
    table = prices()
    table[row][column] = cell
    found = asked(kind, tmp_path, table)
    if found is None:
        return
    changed = {k for k in whole if whole[k] != found[k]} - {"inputs", "warnings"}

    assert not changed or set(found["warnings"]) - set(whole["warnings"])


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@FUZZ
def test_a_line_that_is_cut_or_grown_or_doubled_is_measured_or_refused(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    table = KINDS[kind][1]()
    row = data.draw(st.integers(0, len(table) - 1), "row")
    way = data.draw(st.sampled_from(["cut", "grown", "doubled", "gone", "empty", "quoted"]), "way")
    line = table[row]
    changed = {
        "cut": [line[:-2]], "grown": [[*line, "7"]], "doubled": [line, line],
        "gone": [], "empty": [[""]], "quoted": [['"' + line[0], *line[1:]]],
    }  # fmt: skip
    table[row : row + 1] = changed[way]
    found = asked(kind, tmp_path, table)

    assert found is None or found["command"] == f"measure {kind}"
