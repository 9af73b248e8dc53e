"""Worked examples of listed options: strategy-based under Reg T, and portfolio margin."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Final

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook import Pool, Rates, adverse, moves, rates_of, reg_t
from undertow.model.rulebook import portfolio_margin as tims
from undertow.model.rulebook.portfolio_margin import PortfolioMargin, minimum
from undertow.model.rulebook.reg_t import RegT
from undertow.published.margin._adapter import Adapter, Inputs, Results, Value
from undertow.published.margin._legs import INDICES, LOT, STOCK, number, pool_of, underlying

CLOSE: Final = date(2007, 2, 23)
EXPIRY: Final = date(2007, 4, 20)
"""Cboe's examples: the day on which the S&P 500 closed at 1451.19, and the April expiry."""

INDEX: Final = "broad_index"
LEGS: Final = "|".join((
    "right", "legs", "position", "short_put", "short_call", "long_put", "long_call",
    "short_strike", "put", "call", "put_premium", "put_price",
))  # fmt: skip
VALUE: Final = (
    "notional", "market_value", "value", "stock", "stock_mv", "stock_value",
    "shares_value", "index_value", "index",
)  # fmt: skip
GIVEN: Final = (
    ("short_option", ("r", "rate")),
    ("short_option_floor", ("floor", "min_rate")),
    ("initial", ("im_rate", "regt_rate", "stock_rate")),
    ("maintenance_long", ("mm_rate", "maintenance_rate")),
)


def strategy(*, index: bool = False, gross: bool = False) -> Callable[[Inputs], Results]:
    """Results of rows whose options are on an index, or on a stock unless their symbol says.

    `margin` has the premiums of sold options in it where nothing is bought against them, as the
    Cboe manual counts a naked option, a straddle or a written one; a spread's is net of its credit
    gross: as Interactive Brokers prints it, premiums of shorts in it, bought options at nothing
    """

    def gives(given: Inputs) -> Results:
        pool = pool_of(given, reg_t.REGIME, _day(given), _expiry(given))
        rates = _rates(given, underlying(given), index=index or given.flag("index"))
        levels = RegT(rates=rates).levels(pool, pool.opening)
        sold = sum(_premium(p, pool) for p in pool.positions if _is_short(p))
        is_spread = any(_is_bought(p) for p in pool.positions)
        bought = sum(-_premium(p, pool) for p in pool.positions if _is_bought(p))
        printed = levels.maintenance + sold - bought
        found: dict[str, object] = {
            "strategy_margin": levels.initial,
            "net": levels.initial,
            "call_after_proceeds": levels.initial,
            "requirement": levels.initial + sold,
            "gross": levels.initial + sold,
            "margin": printed if gross else levels.initial + (0.0 if is_spread else sold),
            "initial": levels.initial,
            "maintenance": levels.maintenance,
            "proceeds": sold,
        }
        if is_spread and sold:
            found["max_loss"] = levels.initial
        return {**found, **_floor(pool, rates), **_portfolio(pool)}

    return gives


def short(*, index: bool = False, gross: bool = False) -> Callable[[Inputs], Results]:
    """The same of rows that say only in their heading that the option is sold."""
    gives = strategy(index=index, gross=gross)
    return lambda given: gives(Inputs({"side": "short", **given.given}))


def portfolio(given: Inputs) -> Results:
    """Portfolio margin of a row's positions."""
    return _portfolio(pool_of(given, tims.REGIME, _day(given), _expiry(given)))


def least(given: Inputs) -> Results:
    """Minimum charge of a number of contracts, with the money a contract as given or of the day."""
    lot = given.number("multiplier", LOT)
    unit = rates_of(tims.REGIME).value((), "minimum_unit", _day(given))
    each = number(given, "min_per_contract", "minimum_per_contract")
    unit = given.number("min_unit", unit)
    unit = unit if math.isnan(each) else each / lot
    charge = minimum(given.number("contracts"), lot, unit)
    return {"portfolio_margin": charge, "minimum": charge}


def covered(given: Inputs) -> Results:
    """A stock with a written call whose premium alone is gained when the stock falls its range."""
    value = number(given, "stock", "stock_mv", "stock_value")
    names = (underlying(given),)
    down = given.number("range", rates_of(tims.REGIME).value(names, "range_down", _day(given)))
    lost = max(0.0, down * value - number(given, "call_prem", "premium"))
    return {"portfolio_margin": lost, "margin": lost}


def scanned(given: Inputs) -> Results:
    """Portfolio margin of one linear position, what is in excess, and where it is called."""
    held = _linear(given)
    symbol, size = held.symbol, held.price
    equity = given.number("equity", size / given.number("leverage", 1.0))
    pool = Pool(BookAccount("", tims.REGIME, equity), (held,), equity, _marks(held))
    rulebook = PortfolioMargin()
    told = number(given, "range", "rate", "shock")
    rulebook = rulebook if math.isnan(told) else rulebook.hiked(symbol, told, CLOSE)
    needed = rulebook.levels(pool, pool.opening).maintenance
    call = moves(rulebook, pool, adverse(rulebook, pool, symbol)).call
    return {
        "portfolio_margin": needed,
        "margin": needed,
        "requirement": needed,
        "excess": equity - needed,
        "called": equity < needed,
        "max_leverage": size / needed,
        "move_to_call": call,
    }


def spread(given: Inputs) -> Results:
    """A credit spread by its width: the width is asked, of which the credit pays a part."""
    lots = given.number("multiplier", LOT) * abs(given.number("contracts", 1.0))
    credit = number(given, "credit", "premium")
    credit = 0.0 if math.isnan(credit) else credit
    width = given.number("width") if "width" in given else _width(given)
    asked, lost = width * lots, (width - credit) * lots
    said: tuple[str, ...] = ("margin", "requirement", "gross", "initial")
    if "condor" in given.text("regime").lower():
        asked, said = lost, ("margin",)
    return {
        **dict.fromkeys(said, asked),
        "max_loss": lost,
        "net": lost,
        "call_after_proceeds": lost,
    }


def _width(given: Inputs) -> float:
    """The wider of the two spreads of a condor given by its four strikes."""
    return max(
        abs(number(given, f"{right}_long", f"long_{right}_strike")
            - number(given, f"{right}_short", f"short_{right}_strike"))
        for right in ("put", "call")
    )  # fmt: skip


def secured(given: Inputs) -> Results:
    """A put whose whole exercise price lies in cash."""
    lots = given.number("multiplier", LOT) * abs(given.number("contracts", 1.0))
    whole, sold = given.number("strike") * lots, given.number("premium") * lots
    return {
        **dict.fromkeys(("requirement", "gross", "margin", "cash"), whole),
        **dict.fromkeys(("net", "max_loss"), whole - sold),
    }


def _group(given: Inputs) -> str:
    """Class of an index in the words of the rule."""
    words = " ".join(given.text(key) for key in ("group", "product", "class", "regime")).lower()
    is_index = "index" in given or re.search(r"index|\b8 ?%|\b10 ?%", words) is not None
    if not is_index or re.search(r"narrow|single|15 ?%", words):
        return ""
    is_high = re.search(r"\bhigh|\b8 ?%|large.?cap", words) and "non" not in words
    return "broad_index_high_cap" if is_high else "broad_index"


def _linear(given: Inputs) -> Position:
    """A stock or an index by its value, or by the leverage at which an account of 1 holds it."""
    worth = [given.of(key) for key in VALUE if key in given]
    value = next((Inputs({"value": v}).number("value") for v in worth if _is_money(v)), math.nan)
    if "price" in given and "shares" in given:
        value = given.number("shares") * given.number("price")
    elif math.isnan(value) and (said := STOCK.search(given.text("position"))):
        count = float((said["count"] or "1").replace(",", ""))
        value = count * float(said["price"] or given.number("price"))
    value *= given.number("multiplier", 1.0) * abs(given.number("contracts", 1.0))
    size = abs(given.number("leverage") if math.isnan(value) else value)
    is_short = value < 0.0 or given.text("side").lower() in {"short", "sell"}
    named = given.text("index").upper() if not _is_money(given.of("index")) else ""
    symbol = named or underlying(given)
    fund = given.number("fund_leverage", 1.0)
    group = _group(given)
    return Position("", symbol, -1.0 if is_short else 1.0, size, leverage=fund, group=group)


def _is_money(value: Value) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and value[:1].isdigit())


def _marks(held: Position) -> Marks:
    return Marks(CLOSE, {held.symbol: held.price})


def _portfolio(pool: Pool) -> dict[str, object]:
    """Portfolio margin, if every option has a price."""
    if any(math.isnan(price) for price in pool.opening.price.values()):
        return {}
    levels = PortfolioMargin().levels(pool, pool.opening)
    return {"portfolio_margin": levels.maintenance}


def _floor(pool: Pool, rates: Rates) -> dict[str, object]:
    """The least a single short option can ask, premium in it."""
    held = pool.positions[0]
    if len(pool.positions) > 1 or not _is_short(held):
        return {}
    share = rates.value(held.names, "short_option_floor", pool.opening.on)
    base = pool.opening.price[held.underlying] if held.right == "C" else held.strike
    return {"floor": _premium(held, pool) + abs(held.quantity) * held.multiplier * share * base}


def _rates(given: Inputs, symbol: str, *, index: bool) -> Rates:
    """The regime's rates, with those of the row where it has some."""
    table, on = rates_of(reg_t.REGIME), _day(given)
    if index and symbol not in INDICES:
        table = table.hiked(symbol, "short_option", table.value((INDEX,), "short_option", on), on)
    for what, keys in GIVEN:
        told = number(given, *keys)
        if not math.isnan(told):
            table = table.hiked(symbol, what, told, on)
    return table


def _is_short(position: Position) -> bool:
    return position.kind is Kind.OPTION and position.quantity < 0.0


def _is_bought(position: Position) -> bool:
    return position.kind is Kind.OPTION and position.quantity > 0.0


def _premium(position: Position, pool: Pool) -> float:
    return -position.quantity * position.multiplier * pool.opening.price[position.symbol]


def _day(given: Inputs) -> date:
    return date.fromisoformat(given.text("date", CLOSE.isoformat()))


def _expiry(given: Inputs) -> date:
    return date.fromisoformat(given.text("expiry", EXPIRY.isoformat()))


ADAPTERS: Final = (
    Adapter(r".*cash.?secured", ("strike", "premium"), secured),
    Adapter(r"(tims|portfolio|options)", ("contracts", "min_per_contract|minimum"), least),
    Adapter(r"tims minimum", ("contracts",), least),
    Adapter(r"(tims|portfolio|options)", ("stock|stock_mv", "call_prem|premium"), covered),
    Adapter(r"reg ?t.*(short|naked).*index.*\bIB", ("right",), short(index=True, gross=True)),
    Adapter(r"reg ?t.*(short|naked).*index", ("right",), short(index=True)),
    Adapter(r"reg ?t.*(short|naked)", ("right",), short()),
    Adapter(r"reg ?t.*index.*\bIB", (LEGS,), strategy(index=True, gross=True)),
    Adapter(r"reg ?t.*index", (LEGS,), strategy(index=True)),
    Adapter(r"reg ?t.*\bIB", (LEGS,), strategy(gross=True)),
    Adapter(r"(reg ?t|options|.*strateg|ibkr|cboe)", (LEGS,), strategy()),
    Adapter(
        r"(reg ?t|options).*(spread|condor|butterfly)",
        ("width|put_long|long_put_strike|put_short|short_put_strike",),
        spread,
    ),
    Adapter(r"(tims|portfolio)", (LEGS,), portfolio),
    Adapter(
        r"(tims|portfolio|pm\b)", ("|".join((*VALUE, "leverage", "price", "position")),), scanned
    ),
)
