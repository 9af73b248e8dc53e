"""Worked examples of a stock under Reg T: what it takes to buy, keep and short it, and its call."""

from __future__ import annotations

import math
from datetime import date
from typing import Final

from undertow.core.book import BookAccount, Marks, Position
from undertow.model.rulebook import Pool, adverse, moves, price_at, rates_of
from undertow.model.rulebook.reg_t import REGIME, RegT, first_deposit
from undertow.published.margin._adapter import Adapter, Inputs, Results
from undertow.published.margin._legs import number

DAY: Final = "2026-01-30"
STOCK: Final = "stock"
MONEY: Final = 5.0
"""From here on a number under a word such as `maintenance` is money and no share of the value."""

PRICE: Final = ("price", "entry", "purchase_price", "short_price", "sale_price")
RATES: Final = {
    "initial": ("im_rate", "initial_rate", "initial_margin_rate", "regt_rate"),
    "maintenance_long": ("mm_rate", "maintenance_rate", "maintenance_margin"),
    "maintenance_short": ("mm_rate", "maintenance_rate", "maintenance_margin"),
}


def stock(given: Inputs) -> Results:
    """Requirements of a holding at a price, and the prices of its call and of nothing left.

    What a short sale takes to open has its proceeds in it: 150 % of the value, a third of it new.
    """
    units, price = _units(given), number(given, *PRICE)
    rulebook, equity = _rulebook(given), _equity(given, units, price)
    pool = _pool(units, price, equity)
    now = number(given, "price_now", "current_price")
    along = adverse(rulebook, pool, STOCK)
    found = moves(rulebook, pool, along)
    today = pool.opening if math.isnan(now) else Marks(pool.opening.on, {STOCK: now})
    levels = rulebook.levels(pool, today)
    deposit = rulebook.levels(pool, pool.opening).initial
    opening = deposit + (abs(units) * price if units < 0.0 else 0.0)
    return {
        "im": levels.initial,
        **dict.fromkeys(("initial", "initial_requirement", "requirement_initial"), opening),
        "mm": levels.maintenance,
        "margin": levels.maintenance,
        "requirement": levels.maintenance,
        "equity": levels.equity,
        "excess": levels.equity - levels.maintenance,
        "call": max(0.0, levels.maintenance - levels.equity),
        "called": levels.equity < levels.maintenance,
        "call_price": price_at(pool, along, STOCK, found.call),
        "zero_price": price_at(pool, along, STOCK, found.zero),
        "deposit": deposit,
    }


def sold_short(given: Inputs) -> Results:
    """Requirements of a short sale by its value; the opening one has the proceeds in it too."""
    value = number(given, "short_mv", "short_value", "short_market_value")
    credit = number(given, "credit", "credit_balance", "cash")
    rulebook = _rulebook(given)
    empty = _pool(-1.0, value, 0.0)
    opening = rulebook.levels(empty, empty.opening)
    equity = opening.initial if math.isnan(credit) else credit - value
    pool = _pool(-1.0, value, equity)
    found = moves(rulebook, pool, {STOCK: 1.0})
    return {
        "im": opening.initial,
        "deposit": opening.initial,
        **dict.fromkeys(
            ("initial", "initial_requirement", "requirement_initial"), opening.initial + value
        ),
        "mm": opening.maintenance,
        "requirement": opening.maintenance,
        "equity": equity,
        "excess": equity - opening.maintenance,
        "call": max(0.0, opening.maintenance - equity),
        "call_value": price_at(pool, {STOCK: 1.0}, STOCK, found.call),
    }


def deposit(given: Inputs) -> Results:
    """Money that a first purchase takes."""
    cost = number(given, "cost", "purchase", "purchase_amount")
    asked = first_deposit(cost, _rulebook(given).rates, _day(given))
    return {"deposit": asked, "initial": asked, "im": asked, "loan": cost - asked}


def _units(given: Inputs) -> float:
    count = number(given, "shares", "quantity", "qty")
    count = 1.0 if math.isnan(count) else count
    is_short = given.flag("short") or given.text("side").lower() in {"short", "sell", "-1"}
    return -abs(count) if is_short else count


def _equity(given: Inputs, units: float, price: float) -> float:
    """Equity at the opening price: told, or value less loan, or what opening takes."""
    told, owed = number(given, "equity"), number(given, "loan", "debit")
    if not math.isnan(told):
        return told
    if not math.isnan(owed):
        return units * price - owed
    rulebook = _rulebook(given)
    empty = _pool(units, price, 0.0)
    return rulebook.levels(empty, empty.opening).initial


def _pool(units: float, price: float, equity: float) -> Pool:
    held = Position("", STOCK, units, price)
    marks = Marks(date.fromisoformat(DAY), {STOCK: price})
    return Pool(BookAccount("", REGIME, equity), (held,), equity, marks)


def _rulebook(given: Inputs) -> RegT:
    """The regime, with the row's rates where it has some."""
    table = rates_of(REGIME)
    for what, keys in RATES.items():
        told = number(given, *keys)
        if told < MONEY:
            table = table.hiked(STOCK, what, told, _day(given))
    return RegT(rates=table)


def _day(given: Inputs) -> date:
    return date.fromisoformat(given.text("date", DAY))


ADAPTERS: Final = (
    Adapter(r"reg ?t", ("price|entry|purchase_price|short_price|sale_price",), stock),
    Adapter(r"reg ?t", ("short_mv|short_value|short_market_value",), sold_short),
    Adapter(r"reg ?t", ("cost|purchase|purchase_amount",), deposit),
)
