"""The facts of February 2026 as they lie in the project, read without the reader."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import undertow

FOLDER = Path(undertow.__file__).parent / "episodes" / "feb-2026"
FACTS = FOLDER / "facts.csv"
COLUMNS = ["id", "time_utc", "value", "unit", "status", "low", "high", "source", "note"]
STATUS = {"official", "reported", "data", "assumed"}
START = datetime(2026, 1, 29, tzinfo=UTC)
END = datetime(2026, 2, 14, tzinfo=UTC)
SEVEN = ("AAPL", "MSFT", "GOOGL", "AMZN", "NVDA", "META", "TSLA")
METALS = ("SI", "GC", "SLV", "AGQ", "GLD", "AG", "AU", "HG", "CU", "NI")
INDICES = ("ES", "NQ", "YM", "SPX", "NDX", "DJI", "N225", "KS11", "HSI")
STOCKS = (*SEVEN, "AVGO", "AMD", "IGV", "XLP")
HELD = (*METALS, *INDICES, *STOCKS, "BTC", "ETH", "TLT", "USDJPY", "USDKRW", "DXY")
INSTRUMENTS = (*HELD, "AL", "USDCNY")
SHANGHAI = ("AG", "AU", "CU", "NI")
SEGMENTS = (
    "comex_retail",
    "comex_professional",
    "metal_tech_funds",
    "comex_hedgers",
    "comex_short_sellers",
    "shanghai_futures",
    "us_margin_stock",
    "korean_retail",
    "japanese_retail",
    "perp_low",
    "perp_mid",
    "perp_high",
)


class Fact(NamedTuple):
    id: str
    time: datetime
    value: float
    unit: str
    status: str
    low: float | None
    high: float | None
    source: str
    note: str


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def fact(row: dict[str, str]) -> Fact:
    low, high = (float(row[c]) if row[c] else None for c in ("low", "high"))
    return Fact(
        id=row["id"],
        time=instant(row["time_utc"]),
        value=float(row["value"]),
        unit=row["unit"],
        status=row["status"],
        low=low,
        high=high,
        source=row["source"],
        note=row["note"],
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read() -> list[Fact]:
    sources = {f"#{row['key']}": row["source"] for row in rows_of(FOLDER / "sources.csv")}
    rows = rows_of(FACTS)
    return [fact({**row, "source": sources.get(row["source"], row["source"])}) for row in rows]


ROWS = read()
PATHS: dict[str, list[Fact]] = defaultdict(list)
for _row in ROWS:
    PATHS[_row.id].append(_row)


def on(name: str, day: str) -> float:
    """The last value of a path on one UTC day."""
    return [f.value for f in PATHS[name] if f.time.date().isoformat() == day][-1]


def change(name: str, day: str, *, since: str, base: str = "") -> float:
    """Per cent from `since` to `day`; the base may be another path, such as a settlement."""
    return 100 * (on(name, day) / on(base or name, since) - 1)


def in_force(name: str, time: datetime = START) -> float:
    """The last value known at `time`."""
    return [f.value for f in PATHS[name] if f.time <= time][-1]
