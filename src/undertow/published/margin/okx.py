"""Worked examples of OKX and Gate perpetuals."""

from __future__ import annotations

from datetime import date
from typing import Final

from undertow.model.rulebook import rates_of
from undertow.model.rulebook.okx import REGIME, deleverages, liquidation_price
from undertow.published.margin import _perpetual as row
from undertow.published.margin._adapter import Adapter, Inputs, Results

DAY: Final = "2026-01-30"


def liquidation(given: Inputs) -> Results:
    """Price of liquidation with the fee to close reserved, and of bankruptcy without."""
    held = row.position(given, row.kind_of(given))
    margin, rate = row.margin(given, held), row.first_of(given, row.RATE)
    fee, amount = row.first_of(given, row.FEE, 0.0), row.first_of(given, row.AMOUNT, 0.0)
    price = liquidation_price(held, margin=margin, rate=rate, fee=fee, amount=amount)
    value = row.value(held)
    return {
        "liq": price,
        "bankruptcy": liquidation_price(held, margin=margin, rate=0.0, fee=0.0),
        "mm": value * rate - amount,
        "margin": margin,
        "im": margin,
    }


def ratio(given: Inputs) -> Results:
    """OKX's margin ratio, equity by maintenance and the fee to close: liquidated at 1, or below."""
    asked = given.number("maintenance") + given.number("fee_reserved", given.number("taker", 0.0))
    found = given.number("equity") / asked
    return {"ratio": found, "liquidated": found <= 1.0}


def adl(given: Inputs) -> Results:
    """Whether the fund has fallen so far that winners are closed out."""
    peak = row.first_of(given, ("peak", "fund_peak", "pool_8h_max"))
    balance = row.first_of(given, ("balance", "fund", "pool_balance"))
    goes = deleverages(balance, peak, rates_of(REGIME), date.fromisoformat(DAY))
    return {"adl": goes, "drawdown": balance / peak - 1.0}


ADAPTERS: Final = (
    Adapter("okx.*ratio", ("equity", "maintenance"), ratio),
    Adapter("(okx|gate)", ("caps|tiers", "mmr|tiers"), row.in_tiers),
    Adapter("(okx|gate).*adl", ("peak|fund_peak|pool_8h_max",), adl),
    Adapter("(okx|gate)", ("|".join(row.RATE),), liquidation),
)
