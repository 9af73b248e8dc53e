"""Worked examples of Bybit perpetuals, linear and inverse."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Final

from undertow.core.book import Kind, Position
from undertow.model.rulebook import (
    Rates,
    Tiers,
    mark_liquidation_price,
    profit,
    rates_of,
)
from undertow.model.rulebook.bybit import (
    REGIME,
    average_entry,
    bankruptcy_price,
    charged,
    deleverages,
    liquidation_price,
    pnl_ratio,
)
from undertow.published.margin import _perpetual as row
from undertow.published.margin._adapter import Adapter, Inputs, Results

DAY: Final = "2025-06-30"
EXIT: Final = ("exit", "exit_price", "close", "close_price")


def margins(given: Inputs, kind: Kind) -> Results:
    """Value, initial and maintenance margin, and the prices of liquidation and bankruptcy."""
    held = row.position(given, kind)
    value = row.value(held)
    rate, amount = _tier(given, value)
    found: dict[str, object] = {"position_value": value, "value": value}
    if "leverage" in given:
        found |= _all(("im", "im_btc", "initial_margin"), value / given.number("leverage"))
    found |= _all(("mm", "mm_btc", "maintenance_margin"), value * rate - amount)
    return found | _prices(given, held, rate, amount)


def _prices(given: Inputs, held: Position, rate: float, amount: float) -> dict[str, object]:
    if "leverage" not in given and not any(name in given for name in row.MARGIN):
        return {}
    margin, fee = row.margin(given, held), row.first_of(given, row.FEE, 0.0)
    at_entry = _at_entry(given, held.kind)
    price = (
        liquidation_price(held, margin=margin, rate=rate, amount=amount, fee=fee)
        if at_entry
        else mark_liquidation_price(held, margin=margin, rate=rate, amount=amount)
    )
    last = bankruptcy_price(held, margin=margin, fee=fee)
    return _all(("liq", "liquidation", "liq_price"), price) | _all(
        ("bankruptcy", "bankruptcy_price"), last
    )


def size(given: Inputs) -> Results:
    """Maintenance of a size by the table of its symbol."""
    value = row.first_of(given, ("notional", "value", "position_value"))
    rate, amount = _tier(given, value)
    needed = value * rate - amount
    return {"mm": needed, "maintenance": needed, "mmr": rate, "deduction": amount}


def average(given: Inputs, *, inverse: bool) -> Results:
    """Average entry price of fills."""
    fills = tuple((one[0], one[1]) for one in given.table("fills"))
    return _all(("avg", "average", "avg_entry"), average_entry(fills, inverse=inverse))


def adl(given: Inputs) -> Results:
    """Whether winners are deleveraged, and what they bear."""
    rates, day = rates_of(REGIME), date.fromisoformat(given.text("date", DAY))
    rates = _said(rates, "adl_trigger", given, ("threshold", "trigger", "insurancePnlRatio"), day)
    rates = _said(rates, "adl_stop", given, ("stop", "adlStopRatio"), day)
    most = row.first_of(given, ("pool_8h_max", "max_balance", "maxBalance"), 1.0)
    drawdown = row.first_of(given, ("symbol_pnl_drawdown", "drawdown", "pnl"), 0.0)
    ratio = given.number("pnlRatio", pnl_ratio(drawdown, most))
    balance = row.first_of(given, ("pool_balance", "balance"), most)
    active = given.flag("active") or given.flag("ongoing")
    goes = deleverages(ratio, balance, rates, day, was=active)
    trigger = rates.value((), "adl_trigger", day)
    return {
        "pnlRatio": ratio,
        "adl": goes,
        "stops": not deleverages(ratio, balance, rates, day, was=True),
        "charged": charged(max(0.0, -drawdown), most, trigger),
    }


def gained(given: Inputs, *, kind: Kind) -> Results:
    """Profit of a position closed at a price, in what it settles in."""
    held = row.position(given, kind)
    gain = profit(held, held.entry, row.first_of(given, EXIT))
    return _all(("pnl", "profit", "realized_pnl", "closed_pnl"), gain)


def _said(rates: Rates, what: str, given: Inputs, names: tuple[str, ...], day: date) -> Rates:
    if not any(name in given for name in names):
        return rates
    return rates.hiked("*", what, row.first_of(given, names), day)


def _tier(given: Inputs, value: float) -> tuple[float, float]:
    """Rate and deduction as given, by the row's own tiers, or by the table of its symbol."""
    if any(name in given for name in row.RATE):
        return row.first_of(given, row.RATE), row.first_of(given, row.AMOUNT, 0.0)
    if "tiers" in given:
        own = row.tiers_of(given)
        return own.rate(value), own.amount(value)
    symbol = given.text("symbol")
    if not symbol:
        return 0.0, 0.0
    day = date.fromisoformat(given.text("date", DAY))
    tiers: Tiers = rates_of(REGIME).tiers((symbol,), "maintenance", day)
    return tiers.rate(value), tiers.amount(value)


def _at_entry(given: Inputs, kind: Kind) -> bool:
    day = date.fromisoformat(given.text("date", DAY))
    return bool(rates_of(REGIME).value((kind,), "isolated_at_entry", day))


def _all(names: tuple[str, ...], value: float) -> dict[str, object]:
    return dict.fromkeys(names, value)


LINEAR: Final = partial(margins, kind=Kind.PERPETUAL)
CLOSED: Final = partial(gained, kind=Kind.PERPETUAL)
CLOSED_INVERSE: Final = partial(gained, kind=Kind.INVERSE)
INVERSE: Final = partial(margins, kind=Kind.INVERSE)

ADAPTERS: Final = (
    Adapter("bybit", ("caps", "mmr"), row.in_tiers),
    Adapter("bybit.*adl", ("symbol_pnl_drawdown|drawdown|pool_balance|balance|pnlRatio",), adl),
    Adapter("bybit.*inverse", ("fills",), partial(average, inverse=True)),
    Adapter("bybit", ("fills",), partial(average, inverse=False)),
    Adapter("bybit.*inverse", ("|".join(row.ENTRY), "|".join(EXIT)), CLOSED_INVERSE),
    Adapter("bybit", ("|".join(row.ENTRY), "|".join(EXIT)), CLOSED),
    Adapter("bybit.*inverse", ("|".join(row.ENTRY),), INVERSE),
    Adapter("bybit", ("|".join(row.ENTRY),), LINEAR),
    Adapter("bybit", ("tiers",), row.in_tiers),
    Adapter("bybit", ("notional|value",), size),
)
