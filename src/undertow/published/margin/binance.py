"""Worked examples of Binance USDⓈ-M perpetuals."""

from __future__ import annotations

from datetime import date
from typing import Final

from undertow.core.book import Kind, Position
from undertow.model.rulebook import Tiers, rates_of
from undertow.model.rulebook.binance import (
    REGIME,
    adl_rank,
    bankruptcy_price,
    liquidation_price,
)
from undertow.published.margin import _perpetual as row
from undertow.published.margin._adapter import Adapter, Inputs, Results

DAY: Final = "2026-01-30"
SIZES: Final = ("notional", "qty_usd")
KEPT: Final = ("maintenance", "total_maint_margin")
BALANCE: Final = ("margin_balance", "balance", "equity")
GAINED: Final = ("pnl_pct", "profit_share", "pnl_percent", "roe", "profit_pct")


def maintenance(given: Inputs) -> Results:
    """Maintenance margin of a size: with rate and deduction as given, or those of its tier."""
    size = row.first_of(given, SIZES)
    if row.kind_of(given) is Kind.INVERSE and any(name in given for name in row.ENTRY):
        size = size / row.first_of(given, row.ENTRY)
    rate, amount = _tier(given, size)
    needed = size * rate - amount
    return {"mm": needed, "mmr": rate, "cum": amount}


def liquidation(given: Inputs) -> Results:
    """Liquidation and bankruptcy price, isolated or cross."""
    held = row.position(given, row.kind_of(given))
    size = row.value(held)
    wallet = row.margin(given, held)
    rate, amount = _tier(given, size)
    others = given.number("upnl_other", 0.0) - given.number("tmm_other", 0.0)
    price = liquidation_price(held, wallet=wallet, rate=rate, amount=amount, others=others)
    return {
        "liq": price,
        "bankruptcy": bankruptcy_price(held, wallet=wallet + others),
        "mm": size * rate - amount,
        "margin": wallet,
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


def fee(given: Inputs) -> Results:
    """Fee on what is liquidated, by the table of its symbol."""
    names, day = (given.text("symbol"),), date.fromisoformat(given.text("date", DAY))
    share = given.number("fee_rate", rates_of(REGIME).value(names, "liquidation_fee", day))
    found = share * row.first_of(given, ("liquidated_notional", *SIZES))
    return {"fee": found, "liquidation_fee": found, "fee_rate": share}


def queued(given: Inputs) -> Results:
    """Place in the queue of auto-deleveraging."""
    return {"rank": adl_rank(row.first_of(given, GAINED), given.number("leverage"))}


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
    Adapter("binance", ("caps|tiers", "mmr|tiers"), row.in_tiers),
    Adapter("binance.*(adl|delever)", ("|".join(GAINED), "leverage"), queued),
    Adapter("binance.*fee", ("|".join(("liquidated_notional", *SIZES)),), fee),
    Adapter("binance(?!.*liq)", ("|".join(KEPT), "|".join(BALANCE)), ratio),
    Adapter("binance", ("|".join(SIZES),), maintenance),
    Adapter("binance approx", ("entry", "leverage"), both_sides),
    Adapter("binance", ("|".join(row.ENTRY), "|".join((*row.MARGIN, "leverage"))), liquidation),
)
