"""Worked examples of China: limits that widen, what brokers add, margin financing."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.core.errors import BadNumber
from undertow.model.rulebook import Levels, Pool, rates_of
from undertow.model.rulebook import margin_financing as financing
from undertow.model.rulebook.sge_td import SgeTd
from undertow.model.rulebook.shfe import Shfe, client_share, contract_names, margin_after
from undertow.model.venues import bounds, limit_days
from undertow.published.margin._adapter import Adapter, Inputs, Results
from undertow.published.margin._legs import options, spot_of

DAY: Final = "2026-01-30"
DIGITS: Final = 12
LIMITS: Final = ("d1_limit", "base_limit", "limit", "d2_limit", "d3_limit", "base")
SHARES: Final = (
    "exchange",
    "sge_margin",
    "shfe_margin",
    "exchange_margin",
    "exchange_rate",
    "margin_rate",
    "margin",
    "rate",
)
CLIENTS: Final = ("client_margin", "fcm_margin", "broker_margin", "house_margin", "client_rate")
PRICES: Final = ("settlement", "settle", "price", "entry")
USED: Final = ("margin_used", "margin", "used_margin", "client_margin", "occupied_margin")
LOTS: Final = ("lots", "qty", "quantity", "contracts")
SIZES: Final = ("size", "multiplier", "contract_size")
LOANS: Final = ("loan", "financing", "debt", "debts", "financed", "liabilities", "owed")
ASSETS: Final = (
    "securities", "market_value", "stock_value", "stock_mv", "value", "assets", "collateral",
    "total_assets",
)  # fmt: skip


def widening(given: Inputs, *, following: str = "d2") -> Results:
    """Limits of the days after locked ones, and the margin struck with each."""
    table = rates_of("gfex" if given.text("exchange").upper() == "GFEX" else "shfe")
    day = _day(given)
    steps = table.tiers((), "widening", day).rates
    over = given.number("margin_over_limit", table.value((), "margin_over_limit", day))
    days = [round(each, DIGITS) for each in limit_days(_base(given, steps), steps)]
    found: dict[str, object] = {}
    for k, limit in enumerate(days, 1):
        found[f"d{k}_limit"] = limit
        found[f"d{k}_margin"] = round(margin_after(limit, over), DIGITS)
        found |= _prices(given, limit, f"d{k}")
    now = f"d{given.number('day'):g}" if "day" in given else following
    return {**found, "limit": found[f"{now}_limit"], "exchange_margin": found[f"{now}_margin"]}


def third_day(given: Inputs) -> Results:
    """The same after the second locked day."""
    return widening(given, following="d3")


def markup(given: Inputs) -> Results:
    """What a broker asks of its clients for one rate of the exchange, or for several.

    Where the client's rate is given, what is added and the multiple.
    """
    name = _first(given, SHARES)
    exchange = given.numbers(name)
    if _has(given, CLIENTS):
        asked = list(given.numbers(_first(given, CLIENTS)))
    else:
        added = given.number("markup", given.number("markup_pp", 0.0) / 100.0)
        times = _multiples(given, len(exchange))
        asked = [
            client_share(s, multiple=m, markup=added) for s, m in zip(exchange, times, strict=True)
        ]
    pairs = list(zip(asked, exchange, strict=True))
    found = {
        "client_margin": asked,
        "leverage": [1.0 / share for share in asked],
        "max_leverage": [1.0 / share for share in asked],
        "markup": [ours - theirs for ours, theirs in pairs],
        "markup_pp": [100.0 * (ours - theirs) for ours, theirs in pairs],
        "multiplier": [ours / theirs for ours, theirs in pairs],
    }
    alone = not isinstance(given.of(name), list)
    return {key: each[0] if alone else each for key, each in found.items()}


def _multiples(given: Inputs, count: int) -> tuple[float, ...]:
    """One multiple for each rate; a single one is for all."""
    name = "multiplier" if "multiplier" in given else "multiple"
    each = given.numbers(name) if name in given else (1.0,)
    return each * count if len(each) == 1 else each


def held(given: Inputs, rules: Shfe | SgeTd, usual: str) -> Results:
    """Margin, risk ratio and excess of lots of one contract, at the rate given or in force."""
    day, symbol = _day(given), given.text("contract", given.text("symbol", usual))
    stated = [name for name in SHARES if name in given]
    if stated:
        rules = rules.hiked(symbol, given.number(stated[0]), day)
    sign = -1.0 if given.text("side").lower() in {"short", "-1", "sell"} else 1.0
    price, lots = given.number(_first(given, PRICES)), given.number(_first(given, LOTS))
    names = contract_names(Position("", symbol, 1.0, price))
    size = _size(given, rules, names)
    one = Position("", symbol, sign * lots, price, Kind.FUTURE, multiplier=size)
    equity = given.number("equity", 0.0)
    pool = Pool(BookAccount("", "", equity), (one,), equity, Marks(day, {symbol: price}))
    levels = rules.levels(pool, pool.opening)
    return {"notional": pool.gross(pool.opening), "value": price * lots * size, **_said(levels)}


def risk(given: Inputs) -> Results:
    """风险度 of an account by its margin and its equity."""
    used, equity = given.number(_first(given, USED)), given.number("equity")
    return _said(Levels(equity, used, used, used))


def written(given: Inputs) -> Results:
    """Margin of an option that is sold: its premium and what its future asks of it."""
    symbol, day = given.text("contract", given.text("symbol", "AG")), _day(given)
    legs, price = options(given), spot_of(given, options(given))
    rules, stated = Shfe(), [name for name in SHARES if name in given]
    if stated:
        rules = rules.hiked(symbol, given.number(stated[0]), day)
    size = _size(given, rules, contract_names(Position("", symbol, 1.0, price)))
    held = tuple(
        Position("", f"{symbol} {leg.right}{leg.strike:g}", leg.contracts, leg.price, Kind.OPTION,
                 multiplier=size, underlying=symbol, strike=leg.strike, right=leg.right)
        for leg in legs
    )  # fmt: skip
    marks = Marks(day, {symbol: price, **{p.symbol: p.price for p in held}})
    pool = Pool(BookAccount("", "", 0.0), held, 0.0, marks)
    sold = -sum(p.quantity * p.price * size for p in held)
    net = rules.levels(pool, marks).maintenance
    return {"margin": net + sold, "requirement": net + sold, "premium": sold, "net": net}


def lots_shanghai(given: Inputs) -> Results:
    """Lots of a Chinese future."""
    return held(given, Shfe(given.number("markup", 0.0)), "AG")


def lots_gold_exchange(given: Inputs) -> Results:
    """Lots of SGE T+D."""
    return held(given, SgeTd(multiple=given.number("multiple", 1.0)), "Ag(T+D)")


def guarantee(given: Inputs) -> Results:
    """维持担保比例 of an account, and the values of its securities at the lines."""
    cash, day = given.number("cash", 0.0), _day(given)
    value = given.number(_first(given, ASSETS)) if _has(given, ASSETS) else 0.0
    owed = given.number(_first(given, LOANS)) + given.number("interest", 0.0)
    owed += given.number("short_value", given.number("short", 0.0))
    table = rates_of(financing.REGIME)
    lines = {
        "warning": given.number("warning", table.value((), "warning_ratio", day)),
        "close_out": given.number("close_out", table.value((), "close_out_ratio", day)),
    }
    ratio = financing.guarantee_ratio(cash + value, owed)
    found: dict[str, object] = {"ratio": ratio, "maintenance_ratio": ratio}
    for name, line in lines.items():
        at = financing.value_at_ratio(owed, line, cash=cash)
        found[f"{name}_value"] = at
        found[f"{name}_move"] = at / value - 1.0 if value else 0.0
        found[name] = ratio < line
    return {**found, "call": found["warning"], "liquidate": found["close_out"]}


def opening(given: Inputs) -> Results:
    """What may be borrowed on collateral, by the margin ratio given or of the date."""
    listed = rates_of(financing.REGIME).value((), "initial", _day(given))
    ratio = given.number("margin_ratio", given.number("financing_ratio", listed))
    free = given.number("cash", 0.0)
    free += given.number("collateral", 0.0) * given.number("conversion", given.number("rate", 1.0))
    return {"margin": free, "max_financing": free / ratio, "leverage": 1.0 + 1.0 / ratio}


def _said(levels: Levels) -> dict[str, object]:
    ratio = levels.maintenance / levels.equity if levels.equity else 0.0
    return {
        "margin": levels.maintenance,
        "maintenance": levels.maintenance,
        "exchange_margin": levels.liquidation,
        **dict.fromkeys(("risk", "risk_degree", "risk_ratio"), ratio),
        "excess": levels.equity - levels.maintenance,
        "call": levels.equity < levels.maintenance,
        "deposit": max(0.0, levels.maintenance - levels.equity),
    }


def _base(given: Inputs, steps: tuple[float, ...]) -> float:
    """The limit of the first day, whichever day's is given."""
    name = _first(given, LIMITS)
    done = {"d2_limit": steps[0], "d3_limit": steps[1]}.get(name, 0.0)
    return given.number(name) - done


def _prices(given: Inputs, limit: float, day: str) -> dict[str, object]:
    """Lowest and highest price of a day, where the settlement before it is given."""
    name = next((key for key in (f"{day}_reference", *PRICES) if key in given), "")
    if not name:
        return {}
    tick = given.number("tick", 0.0)
    low, high = bounds(
        np.array(given.number(name)), np.array(limit), np.array(tick) if tick else None
    )
    named: dict[str, object] = {f"{day}_lower": float(low), f"{day}_upper": float(high)}
    return {**named, "lower": float(low), "upper": float(high)} if day == "d1" else named


def _size(given: Inputs, rules: Shfe | SgeTd, names: tuple[str, ...]) -> float:
    """Units of a contract, as given or as the rules' table lists them."""
    if _has(given, SIZES):
        return given.number(_first(given, SIZES))
    return rules.rates.value(names, "multiplier", _day(given))


def _has(given: Inputs, names: tuple[str, ...]) -> bool:
    return any(name in given for name in names)


def _first(given: Inputs, names: tuple[str, ...]) -> str:
    """The first of some names that the row has; BadNumber if it has none."""
    for name in names:
        if name in given:
            return name
    raise BadNumber(f"the row has none of {', '.join(names)}; give one.")


def _day(given: Inputs) -> date:
    return date.fromisoformat(given.text("date", DAY))


FUTURES: Final = r"(shfe|ine|gfex|dce|shanghai|china future)"
BROKERS: Final = r"(china|bank|sge|shfe|ine|gfex|fcm)"
CREDIT: Final = "margin financing|margin trading|两融|融资"
ADAPTERS: Final = (
    Adapter(rf"{FUTURES}.*d2\W+d3", ("|".join(LIMITS),), third_day),
    Adapter(rf"{FUTURES}.*option", ("strike", "premium"), written),
    Adapter(FUTURES, ("|".join(PRICES), "|".join(LOTS)), lots_shanghai),
    Adapter(FUTURES, ("|".join(LIMITS),), widening),
    Adapter(r"(shfe|ine|gfex|ctp|china)", ("|".join(USED), "equity"), risk),
    Adapter(r"sge", ("|".join(PRICES), "|".join(LOTS)), lots_gold_exchange),
    Adapter(rf"{BROKERS}.*(mark-?up|client|agent|fcm|broker|house)", ("|".join(SHARES),), markup),
    Adapter(rf"(china )?({CREDIT})", ("|".join(LOANS),), guarantee),
    Adapter(rf"(china )?({CREDIT})", ("cash|collateral",), opening),
)
