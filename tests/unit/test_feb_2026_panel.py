"""The facts of February 2026 agree with the data they were taken from, to the printed digits."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from feb_2026 import PATHS, SEVEN, SHANGHAI, Fact

DATA = Path(__file__).parents[3] / "shared" / "data" / "market"
DAILY = {
    **{name: name for name in (*SEVEN, "AVGO", "AMD", "IGV", "XLP", "TLT", "SLV", "AGQ", "GLD")},
    "SPX": "^GSPC",
    "NDX": "^NDX",
    "DJI": "^DJI",
    "YM": "^DJI",
    "NQ": "NQ=F",
    "HG": "HG=F",
    "N225": "^N225",
    "KS11": "^KS11",
    "HSI": "^HSI",
    "DXY": "DX-Y.NYB",
    "USDKRW": "USDKRW=X",
}
HOURLY = {
    "SI": "XAGUSD",
    "GC": "XAUUSD",
    "ES": "US500",
    "BTC": "BTCUSDT.BINANCE",
    "ETH": "ETHUSDT.BINANCE",
}
SIGMAS = {**DAILY, "SI": "SI=F", "GC": "GC=F", "ES": "ES=F", "BTC": "BTC-USD", "ETH": "ETH-USD"}
SIZE = {"silver": "SI", "gold": "GC", "copper": "HG", "sp500": "ES", "nasdaq": "NQ", "dow": "YM"}
LAST_DAY = datetime(2026, 1, 28)

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the market data are not here")


@pytest.fixture(scope="module")
def daily() -> pl.DataFrame:
    panel = pl.read_parquet(DATA / "prices_daily.parquet")
    return panel.with_columns(pl.col("symbol").cast(pl.String)).drop_nulls("close")


@pytest.fixture(scope="module")
def hourly() -> pl.DataFrame:
    panel = pl.read_parquet(DATA / "intraday_1h.parquet", columns=["ts_utc", "symbol", "close"])
    return panel.with_columns(pl.col("symbol").cast(pl.String))


def closes(daily: pl.DataFrame, symbol: str) -> dict[str, float]:
    """Closing price by date."""
    rows = daily.filter(pl.col("symbol") == symbol).sort("date")
    return {f"{day:%Y-%m-%d}": close for day, close in rows.select("date", "close").iter_rows()}


def agree(path: list[Fact], panel: Mapping[str, float], *, digits: float) -> list[str]:
    """The times at which a path and the panel differ by more than half of its last digit."""
    known = [(f, panel[f"{f.time:%Y-%m-%d}"]) for f in path]
    return [f.time.isoformat() for f, seen in known if abs(f.value - seen) > digits]


@pytest.mark.parametrize("name", sorted(DAILY))
def test_daily_prices_are_those_of_the_panel(name: str, daily: pl.DataFrame) -> None:
    digits = 0.00006 if name == "HG" else 0.0051
    path = PATHS[f"{name}.price"]

    assert len(path) > 15
    assert agree(path, closes(daily, DAILY[name]), digits=digits) == []


@pytest.mark.parametrize("name", sorted(HOURLY))
def test_hourly_prices_are_those_of_the_panel(name: str, hourly: pl.DataFrame) -> None:
    rows = hourly.filter(pl.col("symbol") == HOURLY[name]).select("ts_utc", "close")
    panel = {t.replace(tzinfo=UTC) + timedelta(hours=1): c for t, c in rows.iter_rows()}
    path = [f for f in PATHS[f"{name}.price"] if f.note != "first trade after the break"]
    apart = [abs(f.value / panel[f.time] - 1) for f in path]

    assert len(path) > 250
    assert max(apart) < 1e-4


def shanghai() -> dict[tuple[str, str], dict[str, str]]:
    with gzip.open(DATA / "shfe_futures_daily.csv.gz", "rt") as file:
        return {(row["symbol"], row["date"]): row for row in csv.DictReader(file)}


def test_shanghai_closes_settlements_and_positions_are_those_of_the_panel() -> None:
    rows = shanghai()
    wrong = [
        (f.id, f.time.isoformat())
        for name in SHANGHAI
        for metric, column in (("price", "close"), ("settle", "settle"), ("open_interest",) * 2)
        for f in PATHS[f"{name}.{metric}"]
        if f.value != float(rows[f"SHFE.{name}", f"{f.time:%Y-%m-%d}"][column])
    ]

    assert wrong == []


@pytest.mark.parametrize("name", sorted(SIGMAS))
def test_volatility_is_that_of_sixty_days_before_the_window(name: str, daily: pl.DataFrame) -> None:
    rows = daily.filter((pl.col("symbol") == SIGMAS[name]) & (pl.col("date") <= LAST_DAY))
    sigma = rows.sort("date")["close"].tail(61).log().diff().std()

    assert PATHS[f"{name}.sigma_day"][0].value == pytest.approx(sigma, rel=1e-3)


@pytest.mark.parametrize("name", [*SEVEN, "AVGO", "AMD", "SLV", "GLD", "TLT"])
def test_normal_volume_is_the_mean_of_twenty_sessions(name: str, daily: pl.DataFrame) -> None:
    rows = daily.filter((pl.col("symbol") == name) & (pl.col("date") <= LAST_DAY)).sort("date")

    mean = rows["volume"].tail(20).mean()
    assert PATHS[f"{name}.volume_day"][0].value == pytest.approx(mean, rel=1e-3)


def test_positions_are_those_of_the_cftc() -> None:
    with gzip.open(DATA / "cot.csv.gz", "rt") as file:
        rows = [row for row in csv.DictReader(file) if row["date"] in ("2026-01-27", "2026-02-03")]
    wrong = [
        (symbol, row["field"], row["date"])
        for row in rows
        if row["report"] == "legacy" and (symbol := SIZE.get(row["market"]))
        for kind, side in [row["field"].rsplit("_", 1)]
        for room in ["comex" if symbol in ("SI", "GC", "HG") else "cme"]
        for path in [PATHS[f"{room}_{kind}.{symbol}_{side}"]]
        if float(row["contracts"]) not in [f.value for f in path if row["date"] in str(f.time)]
    ]

    assert len(rows) > 100
    assert wrong == []


def test_korean_flows_are_those_of_the_exchange() -> None:
    with gzip.open(DATA / "kr_foreign_flow.csv.gz", "rt") as file:
        rows = {r["date"]: float(r["value"]) for r in reversed(list(csv.DictReader(file)))}
    told = {f"{f.time:%Y-%m-%d}": f.value for f in PATHS["KS11.foreign_net"]}

    assert len(told) == 13
    assert all(value == pytest.approx(1e8 * rows[day]) for day, value in told.items())


def test_reported_liquidations_are_all_there() -> None:
    with (DATA / "liquidations_reported.csv").open() as file:
        rows = [r for r in csv.DictReader(file) if r["date"] >= "2026-01-29"]
    usd = [f.value / 1e9 for f in PATHS["crypto.liquidated_24h"]]
    accounts = [f.value for f in PATHS["crypto.accounts_24h"]]

    assert sorted(usd) == sorted(float(r["usd_bn"]) for r in rows)
    assert sorted(accounts) == sorted(float(r["accounts"]) for r in rows)


def test_every_margin_change_of_the_list_is_a_fact() -> None:
    with (DATA / "margin_changes_2025_2026.csv").open() as file:
        rows = [r for r in csv.DictReader(file) if r["effective_after_close_of"] >= "2026-01-20"]
    metals = {"SI", "GC", "AG", "AU", "CU", "AL", "NI"}
    told = {
        (name, f"{f.time:%Y-%m-%d}", round(100 * f.value))
        for name in metals
        for f in PATHS[f"{name}.margin_rate"]
    }
    listed = {
        (name, row["effective_after_close_of"], int(row["new"].rstrip("%")))
        for row in rows
        for name in row["product"].replace("(near months)", "").replace(",", " ").split()
        if name in metals and row["effective_after_close_of"].startswith("2026")
    }

    assert len(listed) > 15
    assert listed <= told
