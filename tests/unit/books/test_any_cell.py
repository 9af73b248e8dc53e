"""Whatever stands in a cell of the two tables, the line is read and can be answered, or is said."""

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from books import read_text
from undertow.model.rulebook import adverse, moves, pools, rulebook_of
from undertow.studies.book_check import objections

COLUMNS = (
    "account,symbol,quantity,price,kind,underlying,expiry,strike,right,currency,multiplier,entry,"
    "mode,isolated_margin,leverage,group,volatility,broker_rate,side,held"
)
LINES = {
    "reg_t": ("USD", "a,AAPL,10,190,stock,,,,,USD,,,,,,,,,,"),
    "portfolio_margin": ("USD", "a,X,-1,5,option,AAPL,2027-01-15,200,C,USD,100,,,,,,0.3,,,"),
    "cme_futures": ("USD", "a,SIH6,1,80,future,SI,,,,USD,5000,70,,,,,,,,"),
    "span": ("USD", "a,SIH6,1,80,future,SI,,,,USD,5000,70,,,,,,,,"),
    "shfe": ("CNY", "a,AG2606,1,20000,future,AG,,,,CNY,15,,,,,,,,,"),
    "binance": ("USDT", "a,BTCUSDT,1,80000,perpetual,,,,,USDT,,70000,isolated,20000,,,,,,"),
    "bybit": ("BTC", "a,BTCUSD,1000,80000,inverse,,,,,BTC,1,70000,,,,,,,,"),
    "esma_cfd": ("EUR", "a,GOLD,1,4000,cfd,,,,,EUR,,3900,,,,gold,,,,"),
    "repo": ("USD", "a,T,1000,100,repo,,,,,USD,,,,,,treasury,,,,"),
}
CELLS = st.sampled_from(
    ["", "0", "-1", "1e-300", "1e-9", "1e14", "1e400", "abc", "nan", "½", "１２", "1.234", "12%",
     "(5)", "C", "2026-13-01", "2026-02-29", "USD", "XAU", "long", "option", "\u200b"]
)  # fmt: skip
DAY = date(2026, 2, 9)


@pytest.mark.parametrize("regime", LINES)
@settings(max_examples=40, deadline=None)
@given(column=st.integers(0, COLUMNS.count(",")), cell=CELLS)
def test_any_cell_is_answered_or_said(regime, column, cell):
    currency, line = LINES[regime]
    cells = line.split(",")
    cells[column] = cell
    accounts = f"account,regime,equity,currency\na,{regime},1000000,{currency}\n"
    prices = "symbol,price\nAAPL,190\n" if regime == "portfolio_margin" else ""
    files = (accounts, f"{COLUMNS}\n{','.join(cells)}\n", *((prices,) if prices else ()))
    found = read_text(*files, on=DAY)

    assert (found.book is None) == bool(found.findings)
    if found.book is None or objections(found.book):
        return
    for account in found.book.accounts:
        rulebook = rulebook_of(account)
        for pool in pools(found.book, account):
            along = adverse(rulebook, pool, pool.positions[0].symbol)
            reached = moves(rulebook, pool, along)

            assert not math.isnan(reached.call + reached.zero)
