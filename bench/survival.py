"""Back-test of stated probabilities of a call on daily returns from 2010 to 2025.

`python bench/survival.py [PRICES.parquet] [--days 10] [--draws 8]` prints a table by decile for
several horizons and filters of volatility. Accounts under Reg T of one to three stocks and funds,
long and short, one for each horizon of days, so that no two cases share a day. More draws are
other accounts, half of them on other days; they share the market's days, so they are no more
history, but tell what hangs on the accounts drawn.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta
from itertools import product
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


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prices", nargs="?", type=Path, default=PRICES)
    parser.add_argument("--days", type=int, nargs="+", default=(5, 10, 20))
    parser.add_argument("--draws", type=int, default=1, help="other accounts on other days")
    return parser.parse_args()


def trying(draw: int, days: int) -> Trying:
    """The accounts of one draw; every second one stands half a horizon later."""
    since = date(2010, 1, 1) + timedelta(days=draw % 2 * days * 7 // 10)
    return Trying(since, date(2026, 1, 1), seed=1 + draw)


def main() -> int:
    given = asked()
    if not given.prices.exists():
        print(f"{given.prices} is not there; give a Parquet file with date, symbol and close.")
        return 1
    returns = returns_from(pl.read_parquet(given.prices), {symbol: symbol for symbol in SYMBOLS})
    for days, (name, volatility) in product(given.days, FILTERS.items()):
        drawing, inside = Drawing(days, 2_000, volatility=volatility), 0
        for draw in range(given.draws):
            found = back_tested(returns, trying(draw, days), drawing)
            inside += sum(one.inside for one in found.deciles)
            if not draw:
                print(
                    f"\n{days} days, {name}: {found.cases} accounts, {found.since} to {found.until}"
                )
                print(table(found))
        print(f"{inside} of {given.draws * len(found.deciles)} deciles inside their band")
    return 0


if __name__ == "__main__":
    sys.exit(main())
