"""Back-test of stated probabilities of a call on daily returns from 2010 to 2025.

`python bench/survival.py [PRICES.parquet]` prints a table by decile for several horizons and
filters of volatility. Accounts under Reg T of one to three stocks and funds, long and short, one
for each horizon of days, so that no two cases share a day.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import polars as pl

from undertow.core.answers.survival import BackTest
from undertow.studies.backtest import Trying, back_tested
from undertow.studies.filtered import Volatility
from undertow.studies.returns import returns_from
from undertow.studies.survival import Drawing

PRICES = Path(__file__).resolve().parents[1] / "../shared/data/market/prices_daily.parquet"
SYMBOLS = (
    "SPY", "QQQ", "IWM", "EEM", "TLT", "GLD", "XLE", "XLF", "XLK", "FXI",
    "AAPL", "MSFT", "NVDA", "AMD", "JPM", "GS", "AMZN", "NFLX",
)  # fmt: skip
FILTERS = {
    "EWMA 0.94": Volatility(0.06, 0.94),
    "EWMA 0.97": Volatility(0.03, 0.97),
    "GARCH(1,1), fitted": None,
}
HEADER = "decile   cases   stated   happened   band 95 %"


def table(found: BackTest) -> str:
    """One line a decile; those outside their band are marked."""
    lines = [
        f"{number:6d} {one.cases:7d}  {one.stated:7.3f}  {one.happened:8.3f}    "
        f"{one.low:.3f} to {one.high:.3f}{'' if one.inside else '   outside'}"
        for number, one in enumerate(found.deciles, start=1)
    ]
    return "\n".join((HEADER, *lines))


def main() -> int:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PRICES
    if not path.exists():
        print(f"{path} is not there; give a Parquet file with the columns date, symbol and close.")
        return 1
    returns = returns_from(pl.read_parquet(path), {symbol: symbol for symbol in SYMBOLS})
    trying = Trying(date(2010, 1, 1), date(2026, 1, 1))
    for days in (5, 10, 20):
        for name, volatility in FILTERS.items():
            found = back_tested(returns, trying, Drawing(days, 2_000, volatility=volatility))
            inside = sum(one.inside for one in found.deciles)
            print(f"\n{days} days, {name}: {found.cases} accounts, {found.since} to {found.until}")
            print(f"{table(found)}\n{inside} of {len(found.deciles)} deciles inside their band")
    return 0


if __name__ == "__main__":
    sys.exit(main())
