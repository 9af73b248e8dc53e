"""Worked examples of stocks and funds under Reg T."""

from __future__ import annotations

from datetime import date
from typing import Final

from undertow.core.book import BookAccount, Marks, Position
from undertow.model.rulebook import Levels, Pool, Rates, rates_of
from undertow.model.rulebook.reg_t import REGIME, RegT, call_at, fund_rate
from undertow.published.margin._adapter import Adapter, Inputs, Results

DAY: Final = date(2026, 1, 30)
STOCK: Final = "stock"
VALUES: Final = ("value", "market_value", "notional", "position_value", "stock_mv")
HOUSE: Final = "reg_t_scottrade"


def screen(given: Inputs) -> Results:
    """The figures of a broker's screen: value, equity, margins, what is available and in excess."""
    price = given.number("price", 0.0)
    shares = given.number("shares", 1.0)
    value = given.number("stock_mv", shares * price)
    cash = given.number("cash", 0.0)
    found = _levels(value, value + cash, given)
    return {
        "smv": value,
        "elv": found.equity,
        "equity": found.equity,
        "im": found.initial,
        "mm": found.maintenance,
        "available": found.equity - found.initial,
        "excess": found.equity - found.maintenance,
    }


def loan(given: Inputs) -> Results:
    """Stock bought with a loan, later: equity, requirements and calls, FINRA's and the house's."""
    bought, owed = given.number("purchase", 0.0), given.number("loan")
    value = given.number("value_now", bought)
    equity = value - owed
    rules = {"finra": given.number("finra", _finra("long")), "house": given.number("house", 0.0)}
    found: dict[str, object] = {"equity": equity, "equity_pct": equity / value}
    for name, rate in rules.items():
        needed = _levels(value, equity, Inputs({"mm_rate": max(rate, rules["finra"])})).maintenance
        found[f"req_{name}"] = needed
        found[f"call_{name}"] = max(0.0, needed - equity)
        found[f"call_value_{name}"] = call_at(owed, max(rate, rules["finra"]))
    return found


def fund(given: Inputs) -> Results:
    """Maintenance rate of leveraged funds, one or a list."""
    side = given.text("side", "long")
    base = given.number("base", given.number("finra_intraday", _finra(side)))
    rates = [fund_rate(base, times) for times in given.numbers("leverage")]
    alone = len(rates) == 1
    found = {"mm_rate": rates[0] if alone else rates, "intraday": rates, **_overnight(given)}
    value = next((abs(given.number(key)) for key in VALUES if key in given), None)
    if value is None:
        return found
    needed = [rate * value for rate in rates]
    return {
        **found,
        **dict.fromkeys(("mm", "margin", "maintenance"), needed[0] if alone else needed),
    }


def _overnight(given: Inputs) -> dict[str, object]:
    """What one broker asked overnight, where its list has the fund's multiple."""
    house = rates_of(HOUSE)
    names = [f"{times:g}x" for times in given.numbers("leverage")]
    found: dict[str, object] = {}
    for side in ("long", "short"):
        what = f"overnight_{side}"
        if all(house.has((name,), what, DAY) for name in names):
            found[f"house_{what}"] = [house.value((name,), what, DAY) for name in names]
    return found


def _finra(side: str) -> float:
    return rates_of(REGIME).value((), f"maintenance_{side}", DAY)


def _levels(value: float, equity: float, given: Inputs) -> Levels:
    """Levels of one holding of a value, at the row's rates where it has some."""
    table: Rates = rates_of(REGIME)
    names = {"initial": "im_rate", "maintenance_long": "mm_rate", "maintenance_short": "mm_rate"}
    for what, key in names.items():
        if key in given:
            table = table.hiked(STOCK, what, given.number(key), DAY)
    held = Position("", STOCK, 1.0 if value >= 0.0 else -1.0, abs(value))
    marks = Marks(DAY, {STOCK: abs(value)})
    pool = Pool(BookAccount("", REGIME, equity), (held,), equity, marks)
    return RegT(rates=table).levels(pool, marks)


def borrowed(given: Inputs) -> Results:
    """The value of the stock at which a loan is called."""
    rate = given.number("mm_rate", given.number("maintenance", _finra("long")))
    value = call_at(given.number("loan"), rate)
    found: dict[str, object] = dict.fromkeys(("call_value", "call_market_value"), value)
    return found | ({"call_price": value / given.number("shares")} if "shares" in given else {})


ADAPTERS: Final = (
    Adapter(r"reg ?t leveraged", ("leverage",), fund),
    Adapter(r"reg ?t", ("loan", "value_now|purchase"), loan),
    Adapter(r"reg ?t maintenance", ("loan",), borrowed),
    Adapter(r"reg ?t", ("cash", "stock_mv|shares"), screen),
)
