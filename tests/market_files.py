"""Files of the market data set that lie beside the project; tests skip where they are absent."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from undertow.core.history import History
from undertow.data.history import read_history

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "market"


def market_folder() -> Path:
    """The folder; skips the test where it is absent."""
    if not (FOLDER / "prices_daily.parquet").exists():
        pytest.skip("the market data beside the project are absent")
    return FOLDER


def daily_panel() -> History:
    """Daily prices of all symbols."""
    return _read(market_folder() / "prices_daily.parquet")


@cache
def _read(file: Path) -> History:
    return read_history(file)
