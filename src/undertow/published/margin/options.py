"""Worked examples of listed options: strategy-based under Reg T, and portfolio margin."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook import Pool, Rates, adverse, moves, rates_of, reg_t
from undertow.model.rulebook import portfolio_margin as tims
from undertow.model.rulebook.portfolio_margin import PortfolioMargin, minimum
from undertow.model.rulebook.reg_t import RegT
from undertow.published.margin._adapter import Adapter, Inputs, Results
from undertow.published.margin._legs import INDICES, LOT, number, pool_of, underlying

CLOSE: Final = date(2007, 2, 23)
EXPIRY: Final = date(2007, 4, 20)
"""Cboe's examples: the day on which the S&P 500 closed at 1451.19, and the April expiry."""

INDEX: Final = "broad_index"
LEGS: Final = "right|type|option_type|legs|position|short_put|short_call|long_put|long_call"
VALUE: Final = (
    "notional", "market_value", "position_value", "value", "stock", "stock_mv", "stock_value",
)  # fmt: skip
GIVEN: Final = (
    ("short_option", ("r", "rate")),
    ("short_option_floor", ("floor", "min_rate")),
    ("initial", ("im_rate", "regt_rate", "stock_rate")),
    ("maintenance_long", ("mm_rate", "maintenance_rate")),
)


def strategy(*, index: bool = False, gross: bool = False) -> Callable[[Inputs], Results]:
    """Results of rows whose options are on an index, or on a stock unless their symbol says.

    gross: `margin` of several legs is what Interactive Brokers prints, premiums of shorts in it and
    bought options at nothing; else it is net of all premiums
    """

    def gives(given: Inputs) -> Results:
        pool = pool_of(given, reg_t.REGIME, _day(given), _expiry(given))
        rates = _rates(given, underlying(given), index=index or given.flag("index"))
        levels = RegT(rates=rates).levels(pool, pool.opening)
        sold = sum(_premium(p, pool) for p in pool.positions if _is_short(p))
        alone = len(pool.positions) == 1 and sold > 0.0
        bought = sum(-_premium(p, pool) for p in pool.positions if _is_bought(p))
        printed = levels.maintenance + sold - bought
        found: dict[str, object] = {
            "strategy_margin": levels.initial,
            "net": levels.initial,
            "call_after_proceeds": levels.initial,
            "requirement": levels.initial + sold,
            "gross": levels.initial + sold,
            "margin": printed if gross else levels.initial + (sold if alone else 0.0),
            "initial": levels.initial,
            "maintenance": levels.maintenance,
            "proceeds": sold,
        }
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
    value = number(given, *VALUE)
    is_short = value < 0.0 or given.text("side").lower() in {"short", "sell"}
    symbol, size = underlying(given), abs(value)
    equity = given.number("equity", size)
    held = Position("", symbol, -1.0 if is_short else 1.0, size, group=_group(given))
    held = replace(held, leverage=given.number("leverage", 1.0))
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
    credit = number(given, "credit", "net_credit", "premium")
    credit = 0.0 if math.isnan(credit) else credit
    asked, lost = given.number("width") * lots, (given.number("width") - credit) * lots
    said = ("margin", "requirement", "gross", "initial")
    return {
        **dict.fromkeys(said, asked),
        "max_loss": lost,
        "net": lost,
        "call_after_proceeds": lost,
    }


def _group(given: Inputs) -> str:
    """Class of an index in the words of the rule."""
    words = given.text("group", given.text("product")).lower()
    if "index" not in words or "narrow" in words:
        return ""
    is_high = "high" in words and "non" not in words
    return "broad_index_high_cap" if is_high else "broad_index"


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
    Adapter(r"(reg ?t|options).*spread", ("width",), spread),
    Adapter(r"(tims|portfolio)", (LEGS,), portfolio),
    Adapter(r"(tims|portfolio|pm\b)", ("|".join(VALUE),), scanned),
)
