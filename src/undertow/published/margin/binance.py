"""Worked examples of Binance USDⓈ-M perpetuals."""

from __future__ import annotations

from datetime import date
from typing import Final

from undertow.core.book import Kind, Position
from undertow.model.rulebook import Tiers, rates_of, tiers_up_to
from undertow.model.rulebook.binance import REGIME, bankruptcy_price, liquidation_price
from undertow.published.margin import _perpetual as row
from undertow.published.margin._adapter import Adapter, Inputs, Results

DAY: Final = "2026-01-30"
SIZES: Final = ("notional", "position_value", "notional_value")
KEPT: Final = ("mm", "maintenance_margin", "maintenance")
BALANCE: Final = ("margin_balance", "balance", "equity")


def maintenance(given: Inputs) -> Results:
    """Maintenance margin of a size: with rate and deduction as given, or those of its tier."""
    size = row.first_of(given, SIZES)
    rate, amount = _tier(given, size)
    needed = size * rate - amount
    return {"mm": needed, "maintenance": needed, "mmr": rate, "cum": amount}


def liquidation(given: Inputs) -> Results:
    """Liquidation and bankruptcy price, isolated or cross."""
    held = row.position(given)
    size = row.value(held)
    wallet = row.margin(given, held)
    rate, amount = _tier(given, size)
    others = given.number("upnl_other", 0.0) - given.number("tmm_other", 0.0)
    price = liquidation_price(held, wallet=wallet, rate=rate, amount=amount, others=others)
    return {
        "liq": price,
        "liquidation": price,
        "bankruptcy": bankruptcy_price(held, wallet=wallet + others),
    }


def both_sides(given: Inputs) -> Results:
    """Long and short at one leverage: exact, and as the short formula has them."""
    entry, share = given.number("entry"), 1.0 / given.number("leverage")
    rate, _ = _tier(given, 0.0)
    exact = {
        side: liquidation_price(
            Position("", "", sign, entry, Kind.PERPETUAL, entry), wallet=entry * share, rate=rate
        )
        for side, sign in (("long", 1.0), ("short", -1.0))
    }
    return {
        **exact,
        **{f"{name}_exact": price for name, price in exact.items()},
        "long_approx": entry * (1.0 - share + rate),
        "short_approx": entry * (1.0 + share - rate),
    }


def amounts(given: Inputs) -> Results:
    """Deductions of a table of tiers."""
    rows = given.table("tiers")
    caps = tuple(one[0] for one in rows) or given.numbers("caps")
    rates = tuple(one[1] for one in rows) or given.numbers("mmr")
    tiers = tiers_up_to(caps, rates)
    return {"cum": tiers.amounts, "deduction": tiers.amounts}


def ratio(given: Inputs) -> Results:
    """Margin ratio of an account: it is liquidated at 1."""
    found = row.first_of(given, KEPT) / row.first_of(given, BALANCE)
    return {"margin_ratio": found, "ratio": found, "liquidated": found >= 1.0}


def _tier(given: Inputs, size: float) -> tuple[float, float]:
    """Rate and deduction as given, else of the table of a size's tier on the row's date."""
    if any(name in given for name in row.RATE):
        return row.first_of(given, row.RATE), row.first_of(given, row.AMOUNT, 0.0)
    day = date.fromisoformat(given.text("date", DAY))
    tiers: Tiers = rates_of(REGIME).tiers((given.text("symbol"),), "maintenance", day)
    return tiers.rate(size), tiers.amount(size)


ADAPTERS: Final = (
    Adapter("binance.*tiers", ("caps|tiers", "mmr|tiers"), amounts),
    Adapter("binance.*ratio", ("|".join(KEPT), "|".join(BALANCE)), ratio),
    Adapter("binance", ("|".join(SIZES),), maintenance),
    Adapter("binance approx", ("entry", "leverage"), both_sides),
    Adapter("binance", ("|".join(row.ENTRY), "|".join((*row.MARGIN, "leverage"))), liquidation),
)
