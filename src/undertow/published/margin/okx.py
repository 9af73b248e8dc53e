"""Worked examples of OKX and Gate perpetuals."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Final

from undertow.core.book import Kind
from undertow.model.rulebook import rates_of, tiers_up_to
from undertow.model.rulebook.okx import REGIME, deleverages, liquidation_price
from undertow.published.margin import _perpetual as row
from undertow.published.margin._adapter import Adapter, Inputs, Results

DAY: Final = "2026-01-30"


def liquidation(given: Inputs, kind: Kind) -> Results:
    """Price of liquidation with the fee to close reserved, and of bankruptcy without."""
    held = row.position(given, kind)
    margin, rate = row.margin(given, held), row.first_of(given, row.RATE)
    fee, amount = row.first_of(given, row.FEE, 0.0), row.first_of(given, row.AMOUNT, 0.0)
    price = liquidation_price(held, margin=margin, rate=rate, fee=fee, amount=amount)
    value = row.value(held)
    return {
        **dict.fromkeys(("liq", "liquidation", "liq_price"), price),
        "bankruptcy": liquidation_price(held, margin=margin, rate=0.0, fee=0.0),
        "mm": value * rate - amount,
        "margin": margin,
        "im": margin,
    }


def amounts(given: Inputs) -> Results:
    """Deductions of a table of tiers, and what a size in them requires."""
    tiers = tiers_up_to(given.numbers("caps"), given.numbers("mmr"))
    found: dict[str, object] = {"deduction": tiers.amounts, "cum": tiers.amounts}
    if "notional" in given:
        found["mm"] = tiers.required(given.number("notional"))
    return found


def adl(given: Inputs) -> Results:
    """Whether the fund has fallen so far that winners are closed out."""
    peak = row.first_of(given, ("peak", "fund_peak", "pool_8h_max"))
    balance = row.first_of(given, ("balance", "fund", "pool_balance"))
    goes = deleverages(balance, peak, rates_of(REGIME), date.fromisoformat(DAY))
    return {"adl": goes, "drawdown": balance / peak - 1.0}


LINEAR: Final = partial(liquidation, kind=Kind.PERPETUAL)
INVERSE: Final = partial(liquidation, kind=Kind.INVERSE)

ADAPTERS: Final = (
    Adapter("(okx|gate).*tiers", ("caps", "mmr"), amounts),
    Adapter("(okx|gate).*adl", ("peak|fund_peak|pool_8h_max",), adl),
    Adapter(
        "(okx|gate).*(inverse|coin)", ("|".join(row.RATE),), partial(liquidation, kind=Kind.INVERSE)
    ),
    Adapter("(okx|gate)", ("|".join(row.RATE),), partial(liquidation, kind=Kind.PERPETUAL)),
)
