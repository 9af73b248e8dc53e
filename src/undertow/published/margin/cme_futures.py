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
PRICED: Final = ("price", "settlement", "settle", "mark")
SIZES: Final = ("multiplier", "contract_size", "size")
FACTORS: Final = ("hrp_factor", "spec_factor")
HEIGHTENED: Final = ("hrp_initial", "hrp_initial_pct", "spec_initial")
BEFORE: Final = ("before", "previous", "old", "was", "old_pct", "old_rate")
AFTER: Final = ("after", "new", "now", "new_pct", "new_rate")


def initial(given: Inputs) -> Results:
    """Initial margin of clients of heightened risk and of others, money or share of value."""
    is_share = "maint_pct" in given
    if isinstance(given.of("maint_pct"), list):
        return _each(given)
    kept = given.number("maint_pct") if is_share else given.number("maintenance")
    plain = _levels(given, kept, is_share=is_share, heightened=False).initial
    more = _levels(given, kept, is_share=is_share, heightened=True).initial
    ending = "_pct" if is_share else ""
    size = next((given.number(name) for name in PRICED if name in given), 0.0)
    size *= _size(given) * abs(given.number("contracts", 1.0))
    size = given.number("notional", size)
    money = {
        "maintenance": kept * size,
        "hrp_initial": more * size,
        "non_hrp_initial": plain * size,
    }
    return {
        **(money if is_share and size else {}),
        f"hrp_initial{ending}": more,
        f"non_hrp_initial{ending}": plain,
        "initial": more,
        **_change(given, kept),
    }


def _each(given: Inputs) -> Results:
    """The same of a list of shares."""
    each = [
        initial(Inputs({**given.given, "maint_pct": one})) for one in given.numbers("maint_pct")
    ]
    return {name: [one[name] for one in each] for name in each[0]}


def before_factor(given: Inputs) -> Results:
    """The maintenance margin behind an initial margin of clients of heightened risk."""
    factor = next(
        (given.number(n) for n in FACTORS if n in given), CmeFutures().factor(_day(given))
    )
    kept = next(given.number(name) for name in HEIGHTENED if name in given) / factor
    return {"maintenance": kept, "non_hrp_initial": kept, "maint_pct": kept}


def changed(given: Inputs) -> Results:
    """A change of margin, as a share of what it was."""
    was = next(given.number(name) for name in BEFORE if name in given)
    now = next(given.number(name) for name in AFTER if name in given)
    price = next((given.number(name) for name in PRICED if name in given), 1.0)
    units = abs(given.number("contracts", given.number("qty", 1.0)))
    value = given.number("notional", price * units * _size(given) if price != 1.0 else units)
    more = (now - was) * value
    return {
        "pct_change": round(now / was - 1.0, 3),
        "change": now - was,
        **dict.fromkeys(("old_maintenance", "maintenance_before"), was * value),
        **dict.fromkeys(("new_maintenance", "maintenance_after"), now * value),
        **dict.fromkeys(("extra", "additional", "consumed", "excess_consumed"), more),
    }


def gained(given: Inputs) -> Results:
    """Variation margin of contracts from one price to another."""
    units = _side(given) * abs(given.number("contracts", given.number("qty", 1.0))) * _unit(given)
    last = next(given.number(name) for name in (*PRICED, "exit", "price_now") if name in given)
    amount = units * (last - given.number("entry"))
    return {"pnl": amount, **dict.fromkeys(("variation", "variation_margin", "cash"), amount)}


def _size(given: Inputs) -> float:
    """Units of a contract: as given, else of the table; 1 of a contract that is not listed."""
    told = next((given.number(name) for name in SIZES if name in given), None)
    names = (given.text("contract", given.text("symbol", SILVER)),)
    listed = rates_of(REGIME)
    if told is None and listed.has(names, "multiplier", _day(given)):
        return listed.value(names, "multiplier", _day(given))
    return 1.0 if told is None else told


def called(given: Inputs) -> Results:
    """Balances along a path of prices, or after a loss, and what is to be paid in.

    Margins are of one contract, the balance is the account's.
    """
    lots = abs(given.number("contracts", 1.0))
    opening, kept = lots * given.number("initial"), lots * given.number("maintenance")
    balance = given.number("balance", given.number("equity", opening))
    if "path" in given or "price_now" in given:
        size, entry = _side(given) * lots * _unit(given), given.number("entry")
        path = given.numbers("path" if "path" in given else "price_now")
        steps = tuple(balance + size * (price - entry) for price in path)
    else:
        steps = (balance - given.number("loss", 0.0),)
    deposit = margin_call(steps[-1], initial=opening, maintenance=kept)
    found: dict[str, object] = {"balances": steps, "balance": steps[-1], "deposit": deposit}
    found |= {"call": deposit > 0.0, "excess": steps[-1] - kept}
    if "entry" in given:
        spare = (balance - kept) / (lots * _unit(given))
        found["call_price"] = given.number("entry") - _side(given) * spare
    return found


def _unit(given: Inputs) -> float:
    return next((given.number(name) for name in SIZES if name in given), 1.0)


def _side(given: Inputs) -> float:
    return -1.0 if given.text("side").lower() in {"short", "sell", "-1", "-1.0"} else 1.0


def listed(given: Inputs) -> Results:
    """Margins of a contract by the exchange's table of a date: shares, and money at a price."""
    symbol, day = given.text("contract", given.text("symbol", SILVER)), _day(given)
    rules = CmeFutures()
    rate, factor = rules.rates.find((symbol,), "maintenance", day), rules.factor(day)
    shares = {"maint_pct": rate.value, "hrp_initial_pct": rate.value * factor}
    found: dict[str, object] = dict(shares) if rate.unit == "share" else {}
    if rate.unit == "share" and not any(name in given for name in PRICED):
        return found
    size = _size(given)
    price = next((given.number(name) for name in PRICED if name in given), 1.0)
    units = abs(given.number("contracts", 1.0))
    one = Position("", symbol, units, price, Kind.FUTURE, multiplier=size)
    kept = rules.maintenance(one, price, day)
    plain = {"maintenance": kept, "non_hrp_initial": kept, "notional": size * price * units}
    return {**found, **plain, "hrp_initial": kept * factor, "initial": kept * factor}


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
    Adapter("(cme|comex)", ("|".join(HEIGHTENED),), before_factor),
    Adapter("(cme|comex)", ("|".join(BEFORE), "|".join(AFTER)), changed),
    Adapter("(cme|comex)", ("contract|symbol", "date"), listed),
    Adapter("(futures|cme).*(variation|pnl|p&l|profit)", ("entry",), gained),
    Adapter("futures.*call", ("initial", "maintenance"), called),
    Adapter("futures.*liquidation", ("start_nlv_after_im", "path", "overnight_mm"), liquidated),
)
