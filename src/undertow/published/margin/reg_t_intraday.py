"""Worked examples of Reg T within the day: SMA, day trades and the intraday deficit."""

from __future__ import annotations

import math
from datetime import date
from typing import Final

from undertow.model.rulebook import rates_of
from undertow.model.rulebook.reg_t import (
    REGIME,
    day_trading_power,
    intraday_deficit,
    intraday_rule,
    memorandum,
)
from undertow.published.margin._adapter import Adapter, Inputs, Results
from undertow.published.margin._legs import number

DAY: Final = "2026-01-30"
TRADED: Final = ("traded_margin", "trades_margin", "regt_trades", "day_trades_margin")
BOUGHT: Final = ("bought", "purchases", "buys")
SOLD: Final = ("sold", "sales", "sells")
HAVE: Final = "sma|regt_excess|excess_equity|excess|available|cash|equity"


def sma(given: Inputs) -> Results:
    """Special memorandum account at the close, and the Reg T margin of what is held.

    A row that does not say what was traded: all of it was bought today if the account was all
    cash before (SMA equal to equity), else nothing was.
    """
    rate = given.number("regt_rate", rates_of(REGIME).value((), "initial", _day(given)))
    equity = number(given, "elv", "equity")
    value = number(given, "smv", "stock_mv", "position_value")
    before = number(given, "prior_sma", "sma_prev", "previous_sma")
    cash = given.number("day_cash_change", given.number("cash_change", 0.0))
    held = rate * value
    was_cash = math.isclose(before + cash, equity, rel_tol=1e-9)
    traded = _traded(given, rate, held if was_cash else 0.0)
    found = memorandum(before, cash=cash, traded=traded, equity=equity, reg_t=held)
    return {"regt_margin": held, "sma": found, "liquidation": found < 0.0}


def day_trades(given: Inputs) -> Results:
    """What may be bought within the day."""
    rule = intraday_rule(rates_of(REGIME), _day(given))
    key = next((key for key in ("req", "requirement", "mm_rate") if key in given), "")
    rates = given.numbers(key) if key else (rule.requirement,)
    excess = number(given, "maintenance_excess", "excess")
    if math.isnan(excess):
        excess = given.number("equity") - number(given, "maintenance", "mm")
    is_small = given.number("equity", math.inf) < rule.least
    each = [max(0.0, excess) if is_small else day_trading_power(excess, rate) for rate in rates]
    power = each[0] if len(each) == 1 else each
    return {"dtbp": power, "buying_power": power, "minimum_equity": rule.least}


def power(given: Inputs) -> Results:
    """What may be bought and held overnight: the excess over the initial margin, by its rate."""
    rate = given.number("regt_rate", rates_of(REGIME).value((), "initial", _day(given)))
    rate = given.number("im_rate", rate)
    held = number(given, "position_value", "smv", "value_now")
    excess = number(given, "sma", "regt_excess", "excess_equity", "excess", "available", "cash")
    if math.isnan(excess):
        excess = given.number("equity") - rate * _or_none(held)
    return {"buying_power": excess / rate, "regt_excess": excess, "excess_equity": excess}


def deficit(given: Inputs) -> Results:
    """The intraday deficit of a path of equity and maintenance."""
    path = zip(given.numbers("equity"), given.numbers("maintenance"), strict=True)
    found = intraday_deficit(path)
    return {"deficit": found, "intraday_margin_deficit": found, "call": found > 0.0}


def _traded(given: Inputs, rate: float, otherwise: float) -> float:
    """Reg T margin of the day's trades: told, or of what was bought less what was sold."""
    told = number(given, *TRADED)
    bought, sold = number(given, *BOUGHT), number(given, *SOLD)
    if not math.isnan(told):
        return told
    if math.isnan(bought) and math.isnan(sold):
        return otherwise
    return rate * (_or_none(bought) - _or_none(sold))


def _or_none(amount: float) -> float:
    return 0.0 if math.isnan(amount) else amount


def _day(given: Inputs) -> date:
    return date.fromisoformat(given.text("date", DAY))


ADAPTERS: Final = (
    Adapter(r"(reg ?t|us margin)(?!.*(day|dtbp)).*buying power", (HAVE,), power),
    Adapter(r"reg ?t", ("prior_sma|sma_prev|previous_sma", "elv|equity"), sma),
    Adapter(r"(reg ?t|.*intraday).*(deficit|intraday)", ("equity", "maintenance"), deficit),
    Adapter(r"reg ?t", ("maintenance_excess|excess",), day_trades),
    Adapter(r"reg ?t.*(dtbp|day)", ("equity", "maintenance|mm"), day_trades),
)
