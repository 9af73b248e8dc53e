"""Worked examples of securities-based lending and of Lombard loans."""

from __future__ import annotations

import math
from datetime import date
from typing import Final

from undertow.core.book import BookAccount, Marks, Position
from undertow.model.rulebook import Pool, rates_of
from undertow.model.rulebook.securities_lending import (
    REGIME,
    SecuritiesLending,
    call_value,
    cash_to_cure,
    move_to_call,
    sale_to_cure,
)
from undertow.published.margin._adapter import Adapter, Inputs, Results
from undertow.published.margin._legs import number

DAY: Final = date(2026, 1, 30)
LOAN: Final = ("loan", "debit", "drawn", "borrowed")
VALUE: Final = ("value_now", "collateral", "value", "portfolio", "collateral_value")
CAP: Final = ("cap", "ltv_cap", "max_ltv", "maintenance_ltv", "ltv_limit", "call_ltv")
ADVANCE: Final = ("advance", "advance_rate", "lending_value", "initial_ltv")


def loan(given: Inputs) -> Results:
    """What may be drawn, the loan to value, and what a call asks and when it comes."""
    many = [name for name in (*VALUE, *ADVANCE) if isinstance(given.of(name), list)]
    if many:
        return loan(_together(given, many))
    owed, value = number(given, *LOAN), number(given, *VALUE)
    owed = 0.0 if math.isnan(owed) else owed
    table = rates_of(REGIME)
    drawn = any(name in given for name in LOAN)
    caps = (*CAP, "ltv") if drawn else CAP
    told = {"cap": number(given, *caps), "advance": number(given, *ADVANCE)}
    if math.isnan(told["cap"]) and not math.isnan(told["advance"]):
        told["cap"] = told["advance"]
    for what, share in told.items():
        if not math.isnan(share):
            table = table.hiked("collateral", what, share, DAY)
    rulebook = SecuritiesLending(rates=table)
    held = Position("", "collateral", 1.0, value)
    pool = Pool(BookAccount("", REGIME, value - owed), (held,), value - owed, _marks(value))
    advance, cap, _ = rulebook.shares(held, pool, DAY)
    levels = rulebook.levels(pool, pool.opening)
    cash = cash_to_cure(owed, value, cap)
    falls = move_to_call(owed, value, cap) if owed else math.inf
    return {
        "ltv": owed / value,
        "equity": levels.equity,
        **dict.fromkeys(("credit", "max_loan", "credit_line", "advance"), advance * value),
        "available": max(0.0, advance * value - owed),
        "called": levels.equity < levels.maintenance,
        "call": cash,
        "cure": cash,
        "cash_to_cure": cash,
        "sale_to_cure": sale_to_cure(owed, value, cap),
        "call_value": call_value(owed, cap),
        **dict.fromkeys(("move_to_call", "call_move", "fall_to_call"), falls),
        "move_to_zero": 1.0 - owed / value,
    }


def _together(given: Inputs, many: list[str]) -> Inputs:
    """Several securities as one: their values added, their advance weighted by value."""
    lists = {name: given.numbers(name) for name in many}
    name = next(key for key in VALUE if key in lists)
    total = sum(lists[name])
    shares = {
        key: sum(v * s for v, s in zip(lists[name], each, strict=True)) / total
        for key, each in lists.items()
        if key != name
    }
    return Inputs({**given.given, **shares, name: total})


def _marks(value: float) -> Marks:
    return Marks(DAY, {"collateral": value})


ADAPTERS: Final = (
    Adapter(
        r"(sbl|securities[- ]based|securities lending|lombard|pledged|sbloc)",
        ("value_now|collateral|value|portfolio|collateral_value",),
        loan,
    ),
)
