"""Worked examples of Hyperliquid perpetuals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from undertow.core.book import Kind, Position
from undertow.model.rulebook import Standing, by_growth, rates_of
from undertow.model.rulebook.hyperliquid import Hyperliquid, liquidation_price
from undertow.published.margin import _perpetual as row
from undertow.published.margin._adapter import Adapter, Inputs, Results

DAY: Final = "2026-01-30"
MOST: Final = ("max_leverage", "max_leverages")
SIZE: Final = ("notional", "value")


def liquidation(given: Inputs) -> Results:
    """Price of liquidation, isolated or cross, from the entry or the mark."""
    held, day = _position(given), _day(given)
    share = rates_of("hyperliquid").value((), "maintenance_share", day)
    most, amount = _most(given, row.value(held), day)
    amount = row.first_of(given, row.AMOUNT, amount)
    margin = row.margin(given, held)
    price = liquidation_price(held, margin=margin, most_leverage=most, share=share, amount=amount)
    needed = row.value(held) * share / most - amount
    return {
        "liq": price,
        "mm": needed,
        "mmr": share / most,
        "margin_available": margin - needed,
    }


def rate(given: Inputs) -> Results:
    """Maintenance rate at the most leverage, one or a list, or by the tier of a size."""
    share = rates_of("hyperliquid").value((), "maintenance_share", _day(given))
    names = [name for name in MOST if name in given]
    rates = [share / most for most in given.numbers(names[0])]
    found: dict[str, object] = {"mmr": rates[0] if len(rates) == 1 else rates}
    initial = [each / share for each in rates]
    found["imr"] = initial[0] if len(rates) == 1 else initial
    if "notional" in given:
        found["mm"] = given.number("notional") * rates[0]
    return found


def tier(given: Inputs) -> Results:
    """Rate, deduction and requirement of a size by the table of its symbol."""
    size = row.first_of(given, ("notional", "value", "position_value"))
    tiers = Hyperliquid().tiers((given.text("symbol", given.text("coin")),), _day(given))
    needed = tiers.required(size)
    return {
        "mmr": tiers.rate(size),
        "deduction": tiers.amount(size),
        "mm": needed,
        "maintenance": needed,
        "max_leverage": 0.5 / tiers.rate(size),
    }


def queue(given: Inputs) -> Results:
    """Place in the queue of auto-deleveraging."""
    mark, entry = given.number("mark"), row.first_of(given, row.ENTRY)
    value = row.first_of(given, ("account_value", "equity"))
    units = row.side(given) * given.number("notional") / mark
    ranked = by_growth(Standing("", units, entry, value), mark)
    return {"rank": ranked, "index": ranked, "score": ranked}


def backstop(given: Inputs) -> Results:
    """Whether the vault takes a position over, and the account value below which it does."""
    share = rates_of("hyperliquid").value((), "backstop_share", _day(given))
    line = share * row.first_of(given, ("mm", "maintenance", "maintenance_margin"))
    taken = row.first_of(given, ("equity", "account_value")) < line
    return {"backstop": taken, "backstop_value": line, "threshold": line}


def first_sold(given: Inputs) -> Results:
    """What the engine sends to the book first: a fifth of a large position, else all of it."""
    size = row.first_of(given, SIZE)
    one = Position("", "", size, 1.0, Kind.PERPETUAL)
    sold = Hyperliquid().first_order(one, 1.0, _day(given), cooling=given.flag("cooldown"))
    return {
        **dict.fromkeys(("liquidated_notional", "sold", "first_order", "liquidated"), sold),
        **dict.fromkeys(("share", "liquidated_share", "fraction"), sold / size),
        "partial": sold < size,
    }


def _position(given: Inputs) -> Position:
    """The position at its entry; at the mark where the account value is of that moment."""
    held = row.position(given)
    marks = [name for name in ("mark", "mark_price") if name in given]
    at_mark = marks and any(name in given for name in ("account_value", "equity"))
    return replace(held, entry=given.number(marks[0])) if at_mark else held


def _most(given: Inputs, size: float, day: date) -> tuple[float, float]:
    """Most leverage as given, else by the tier of a size; and its deduction."""
    for name in MOST:
        if name in given:
            return given.number(name), 0.0
    rules = Hyperliquid()
    names = (given.text("symbol", given.text("coin")),)
    tiers = rules.rates.tiers(names, "initial", day)
    return 1.0 / tiers.rate(size), rules.tiers(names, day).amount(size)


def _day(given: Inputs) -> date:
    return date.fromisoformat(given.text("date", DAY))


ADAPTERS: Final = (
    Adapter("hyperliquid", ("maintenance", "equity"), backstop),
    Adapter("hyperliquid.*(partial|liquidat)", ("|".join(SIZE),), first_sold),
    Adapter("hyperliquid.*(adl|delever|rank)", ("mark", "notional"), queue),
    Adapter("hyperliquid", ("entry|price", "|".join(row.UNITS)), liquidation),
    Adapter("hyperliquid", ("|".join(MOST),), rate),
    Adapter("hyperliquid", ("symbol", "notional|value"), tier),
)
