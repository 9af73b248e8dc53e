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
RATE: Final = ("rate", "maintenance", "requirement_rate", "maintenance_requirement_rate")
HOUSE: Final = "reg_t_scottrade"


def screen(given: Inputs) -> Results:
    """The figures of a broker's screen: value, equity, margins, what is available and in excess."""
    price = given.number("price", 0.0)
    shares = given.number("shares", 1.0)
    value = given.number("stock_mv", shares * price)
    cash = given.number("cash") if "cash" in given else -given.number("loan", 0.0)
    found = _levels(value, value + cash, given)
    excess = found.equity - found.maintenance
    return {
        "smv": value,
        "elv": found.equity,
        "im": found.initial,
        "mm": found.maintenance,
        "requirement": found.maintenance,
        "available": found.equity - found.initial,
        "excess": excess,
        "call": max(0.0, -excess),
        **dict.fromkeys(("called", "liquidate", "liquidation"), excess < 0.0),
    }


def loan(given: Inputs) -> Results:
    """Stock bought with a loan, later: equity, requirements and calls, FINRA's and the house's."""
    bought, owed = given.number("purchase", 0.0), given.number("loan")
    holding = given.number("shares", 0.0) * given.number("price", 0.0)
    value = given.number("value_now", bought or holding)
    equity = value - owed
    legal = given.number("finra", _finra("long"))
    told = next((given.number(key) for key in ("house", "mmr", *RATE) if key in given), legal)
    finra = _at_rate(value, owed, legal)
    house = _at_rate(value, owed, max(told, legal) if "finra" in given else told)
    return {
        **{f"{name}_finra": amount for name, amount in finra.items()},
        **{f"{name}_house": amount for name, amount in house.items()},
        **house,
        "requirement": house["req"],
        "called": house["call"] > 0.0,
        "excess": equity - house["req"],
        "equity": equity,
        "equity_pct": equity / value,
        "call_price": house["call_value"] / given.number("shares", 1.0),
    }


def _at_rate(value: float, owed: float, rate: float) -> dict[str, float]:
    """Requirement, call, and the value at which it begins, at one rate of maintenance."""
    needed = _levels(value, value - owed, Inputs({"mm_rate": rate})).maintenance
    return {
        "req": needed,
        "call": max(0.0, needed - (value - owed)),
        "call_value": call_at(owed, rate),
    }


def fund(given: Inputs) -> Results:
    """Maintenance rate of leveraged funds, one or a list."""
    side = given.text("side", "long")
    base = given.number("base", given.number("finra_intraday", _finra(side)))
    key = "leverage" if "leverage" in given else "fund_leverage"
    rates = [fund_rate(base, times) for times in given.numbers(key)]
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
    key = "leverage" if "leverage" in given else "fund_leverage"
    names = [f"{times:g}x" for times in given.numbers(key)]
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
    found: dict[str, object] = {"call_value": value}
    return found | ({"call_price": value / given.number("shares")} if "shares" in given else {})


ADAPTERS: Final = (
    Adapter(r"reg ?t leveraged", ("leverage|fund_leverage",), fund),
    Adapter(r"reg ?t", ("loan", "value_now|purchase"), loan),
    Adapter(r"reg ?t maintenance", ("loan", "shares", "price"), loan),
    Adapter(r"reg ?t maintenance", ("loan",), borrowed),
    Adapter(r"reg ?t", ("cash", "stock_mv|shares"), screen),
)
