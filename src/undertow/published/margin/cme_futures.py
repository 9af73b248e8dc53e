"""Worked examples of CME futures and of futures accounts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook import Levels, Pool, rates_of
from undertow.model.rulebook.cme_futures import REGIME, CmeFutures, margin_call
from undertow.published.margin._adapter import Adapter, Inputs, Results

DAY: Final = "2026-01-30"
SILVER: Final = "SI"


def initial(given: Inputs) -> Results:
    """Initial margin of clients of heightened risk and of others, money or share of value."""
    is_share = "maint_pct" in given
    kept = given.number("maint_pct") if is_share else given.number("maintenance")
    plain = _levels(given, kept, is_share=is_share, heightened=False).initial
    more = _levels(given, kept, is_share=is_share, heightened=True).initial
    ending = "_pct" if is_share else ""
    return {
        f"hrp_initial{ending}": more,
        f"non_hrp_initial{ending}": plain,
        "initial": more,
        **_change(given, kept),
    }


def called(given: Inputs) -> Results:
    """Balances along a path of prices, or after a loss, and what is to be paid in."""
    opening, kept = given.number("initial"), given.number("maintenance")
    balance = given.number("balance", opening)
    if "path" in given:
        size, entry = given.number("size", 1.0), given.number("entry")
        steps = tuple(balance + size * (price - entry) for price in given.numbers("path"))
    else:
        steps = (balance - given.number("loss", 0.0),)
    deposit = margin_call(steps[-1], initial=opening, maintenance=kept)
    return {"balances": steps, "balance": steps[-1], "call": deposit > 0.0, "deposit": deposit}


def liquidated(given: Inputs) -> Results:
    """Net liquidation value step by step, until it is below maintenance and positions are sold."""
    multiplier, least = given.number("multiplier", 1.0), given.number("overnight_mm")
    value = given.number("start_nlv_after_im")
    held: list[float] = []
    sold: list[bool] = []
    for before, after in given.table("path"):
        value += multiplier * (after - before)
        sold.append(value < least)
        if sold[-1]:
            break
        held.append(value)
    return {"nlv": held, "liquidate": sold}


def _levels(given: Inputs, kept: float, *, is_share: bool, heightened: bool) -> Levels:
    """Levels of one contract worth 1, under the margin and the factor of the row."""
    day, symbol = _day(given), given.text("contract", SILVER)
    table = rates_of(REGIME)
    unit = "share" if is_share else "USD/contract"
    table = table.hiked(symbol, "maintenance", kept, day, unit)
    if "hrp_factor" in given or "spec_factor" in given:
        factor = given.number("hrp_factor" if "hrp_factor" in given else "spec_factor")
        table = table.hiked("*", "initial_factor", factor, day, "multiple")
    held = Position("", symbol, 1.0, 1.0, Kind.FUTURE)
    pool = Pool(BookAccount("", REGIME, 0.0), (held,), 0.0, Marks(day, {symbol: 1.0}))
    return CmeFutures(heightened, table).levels(pool, pool.opening)


def _change(given: Inputs, kept: float) -> dict[str, object]:
    """Change from the day before, to a tenth of a per cent as notices print it."""
    symbol, day = (given.text("contract", SILVER),), _day(given)
    table = rates_of(REGIME)
    eve = day - timedelta(days=1)
    if "date" not in given and "previous" not in given:
        return {}
    before = given.number("previous") if "previous" in given else None
    if before is None:
        if not table.has(symbol, "maintenance", eve):
            return {}
        before = table.value(symbol, "maintenance", eve)
    return {"pct_change": round(kept / before - 1.0, 3)}


def _day(given: Inputs) -> date:
    return date.fromisoformat(given.text("date", DAY))


ADAPTERS: Final = (
    Adapter("cme", ("maintenance|maint_pct",), initial),
    Adapter("futures.*call", ("initial", "maintenance"), called),
    Adapter("futures.*liquidation", ("start_nlv_after_im", "path", "overnight_mm"), liquidated),
)
