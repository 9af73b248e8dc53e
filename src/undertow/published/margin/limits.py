"""Worked examples of price limits: JPX futures, TSE stocks, limit up limit down, market-wide."""

from __future__ import annotations

import math
from datetime import date, time
from functools import partial
from typing import Final

import numpy as np

from undertow.model.rulebook import Rates, rates_of
from undertow.model.venues import LuldTier, bounds, limit_by_price, limit_width, yen_bounds
from undertow.published.margin._adapter import Adapter, Inputs, Results

DAY: Final = date(2026, 1, 30)
REFERENCES: Final = (
    "ref", "reference", "reference_price", "base", "base_price", "prev_close", "settlement",
)  # fmt: skip


def futures(given: Inputs) -> Results:
    """Width and prices of index futures; of a list of rates, one each."""
    reference, tick = _reference(given), given.number("tick", 0.0)
    table = rates_of("jpx_futures")
    product = given.text("product", given.text("contract", "*")).upper()
    listed = table.tiers((product,), "limit", DAY).rates
    rates = given.numbers("rate") if "rate" in given else listed
    rates = tuple(p / 100.0 for p in given.numbers("percent")) if "percent" in given else rates
    if "expansion" in given:
        rates = (listed[int(given.number("expansion"))],)
    widths = [limit_width(reference, r, tick) if tick else reference * r for r in rates]
    found = {
        "limit": widths,
        "width": widths,
        "upper": [reference + width for width in widths],
        "lower": [reference - width for width in widths],
    }
    alone = len(widths) == 1
    return {name: each[0] if alone else each for name, each in found.items()}


def stocks(given: Inputs) -> Results:
    """Limits of stocks of the Tokyo Stock Exchange, normal or widened on one side."""
    name = _named(given)
    if not isinstance(given.of(name), list):
        return _stock(given)
    each = [_stock(Inputs({**given.given, name: base})) for base in given.numbers(name)]
    return {key: [one[key] for one in each] for key in each[0]}


def _stock(given: Inputs) -> Results:
    table, base = rates_of("tse"), _reference(given)
    tiers = table.tiers((), "limit", DAY)
    normal = given.number("normal", limit_by_price(base, tiers.above, tiers.rates))
    locked = given.number("locked_days", 0.0) >= table.value((), "locked_days", DAY)
    wide = locked or "side" in given or given.flag("widened")
    usual = table.value((), "widened_factor", DAY) if wide else 1.0
    side = given.text("side", "both").lower()
    low, high = yen_bounds(base, normal, factor=given.number("factor", usual), side=side)
    return {
        "limit": normal,
        "normal": normal,
        "upper": high,
        "lower": low,
        "upper_limit": high - base,
        "lower_limit": base - low,
    }


def luld(given: Inputs) -> Results:
    """Price bands of one stock, to the cent."""
    table, reference = rates_of("luld"), _reference(given)
    close = given.number("prev_close", given.number("close", reference))
    late = given.flag("last_25_minutes", otherwise=given.flag("doubled"))
    late = late or _minutes_left(given, table) <= table.value((), "late_minutes", DAY)
    width = luld_tier(table, int(given.number("tier", 1.0))).width(
        reference,
        close,
        times=table.value((), "doubled", DAY) if late else 1.0,
        leverage=given.number("leverage", 1.0),
    )
    digits = 2 if reference >= 1.0 else 4
    low, high = max(0.0, reference - width), reference + width
    return {
        "lower": round(low, digits),
        "upper": round(high, digits),
        "width": width,
        "pct": width / reference,
        "percentage": width / reference,
    }


def _minutes_left(given: Inputs, table: Rates) -> float:
    """Minutes to the close, by the clock of New York if the row says the time; inf if neither."""
    if "time" in given:
        now = time.fromisoformat(given.text("time"))
        return 60.0 * (table.value((), "closes", DAY) - now.hour) - now.minute
    return given.number("minutes_to_close", math.inf)


def luld_tier(table: Rates, tier: int) -> LuldTier:
    """The parameters of one tier from the table of rates."""
    named = {
        what: table.value((), what, DAY)
        for what in ("middle", "cheap", "cheap_money", "high_price", "low_price")
    }
    return LuldTier(table.value((), f"tier_{tier}", DAY), doubled_high=tier == 1, **named)


def market_wide(given: Inputs, market: str) -> Results:
    """Index levels at which the whole market stops, and the level that a decline has reached."""
    reference = _reference(given)
    shares = rates_of(market).tiers((), "decline", DAY).rates
    levels = [float(low) for low in bounds(np.array(reference), np.array(shares))[0]]
    index = given.number("index", given.number("price", reference))
    reached = sum(index <= level for level in levels)
    named = {f"level{sign}{k}": level for sign in ("", "_") for k, level in enumerate(levels, 1)}
    return {**named, "levels": levels, "level": reached}


def dynamic(given: Inputs) -> Results:
    """The band of a dynamic circuit breaker: a share of the settlement from the hour's extremes."""
    table, symbol = rates_of("cme_dynamic"), given.text("symbol", given.text("contract", "*"))
    share = given.number("pct", given.number("rate", table.value((symbol,), "variant", DAY)))
    variant = share * _reference(given)
    low, high = (given.number(f"rolling_{end}", _reference(given)) for end in ("low", "high"))
    return {
        "variant": variant,
        "upper": low + variant,
        "lower": high - variant,
        "pause_minutes": table.value((), "pause_minutes", DAY),
    }


def _reference(given: Inputs) -> float:
    return given.number(_named(given))


def _named(given: Inputs) -> str:
    """The key that the price limits are measured from stands under."""
    return next((key for key in REFERENCES if key in given), REFERENCES[0])


NAMED: Final = ("|".join(REFERENCES),)
ADAPTERS: Final = (
    Adapter(r"(jpx|ose|nikkei|topix).*(future|limit)", NAMED, futures),
    Adapter(r"tse", NAMED, stocks),
    Adapter(r"luld|limit up", NAMED, luld),
    Adapter(r"mwcb|market.?wide|us market", NAMED, partial(market_wide, market="us_market_wide")),
    Adapter(r"(cme|comex).*(dynamic|dcb)", NAMED, dynamic),
    Adapter(r"(cme|e-?mini).*(limit|breaker)", NAMED, partial(market_wide, market="cme_equity")),
    Adapter(r"(korea|krx|kospi|kosdaq)", NAMED, partial(market_wide, market="korea")),
)
