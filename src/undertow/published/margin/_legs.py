"""Option positions of worked examples: as words, as legs, or as one option; then a pool."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.core.errors import BadNumber
from undertow.model.rulebook import Pool
from undertow.published.margin._adapter import Inputs, Value, row_of

LOT: Final = 100.0
CLOSES: Final = {"SPX": 1451.19, "IBM": 97.73}
"""Closes of 2007-02-23, the day of Cboe's examples: for rows that say only what a fund cost."""

INDICES: Final = ("SPX", "XSP", "OEX", "DJX", "NDX", "RUT")
OPTION: Final = re.compile(
    r"(?:(?P<count>\d[\d,]*)\s+(?:[A-Z]{1,5}\s+)?)?"
    r"(?:[A-Z][a-z]{2}\s?)?(?P<strike>\d+(?:\.\d+)?)\s?(?P<right>[CP])(?:all|ut)?s?\b"
    r"(?:\s*@\s*(?P<price>\d*\.?\d+))?"
)
STOCK: Final = re.compile(
    r"\b(?P<side>long|short)\s+(?:(?P<count>\d[\d,]*)\s+)?(?:[A-Z]{1,5}\s+)?"
    r"(?P<what>stock|shares?|sh|SPDRs?|SPY)\b(?:\s*@\s*(?P<price>\d*\.?\d+))?"
)
PREMIUMS: Final = ("_premium", "_price", "")
ONE_SIDED: Final = re.compile(r"straddle|strangle", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Option:
    """One leg. contracts: signed;  price: money a share, NaN if not told"""

    right: str
    strike: float
    price: float
    contracts: float


def number(given: Inputs, *keys: str) -> float:
    """The first of several keys that is there; NaN if none is."""
    return next((given.number(key) for key in keys if key in given), math.nan)


def options(given: Inputs) -> tuple[Option, ...]:
    """The legs of a row, however it has them; BadNumber if it has none."""
    if "legs" in given:
        legs = given.of("legs")
        found = [_leg(leg) for leg in legs] if isinstance(legs, list) else []
    elif "right" in given and "strike" in given:
        found = [_single(given)]
    elif _has_premiums(given):
        found = [*_both(given)]
    elif "short_strike" in given and "long_strike" in given:
        found = [*_pair(given)]
    else:
        found = [*_named(given)] or [*_spoken(given)]
    if not found:
        raise BadNumber("the row has no option; give legs, or right and strike.")
    return tuple(found)


def pool_of(given: Inputs, regime: str, on: date, expiry: date) -> Pool:
    """The legs and the stock of a row in one account without money of its own."""
    legs, symbol = options(given), underlying(given)
    spot = spot_of(given, legs)
    prices = {symbol: spot}
    lot = given.number("multiplier", LOT)
    held: list[Position] = []
    for k, leg in enumerate(legs):
        name = f"{symbol} {leg.right}{leg.strike:g} {k}"
        prices[name] = leg.price
        held.append(
            Position(
                "",
                name,
                leg.contracts,
                leg.price,
                Kind.OPTION,
                multiplier=lot,
                underlying=symbol,
                expiry=expiry,
                strike=leg.strike,
                right=leg.right,
                leverage=given.number("leverage", 1.0),
            )
        )
    for stock in _stock(given, legs, symbol, spot):
        held.append(stock)
        prices[stock.symbol] = stock.price
    return Pool(BookAccount("", regime, 0.0), tuple(held), 0.0, Marks(on, prices))


def underlying(given: Inputs) -> str:
    """What the options are written on: told, or the first word in capitals."""
    told = given.text("symbol")
    named = given.of("underlying")
    if not told and isinstance(named, str) and not named.replace(".", "").isdigit():
        return named
    words = re.findall(r"\b[A-Z]{2,5}\b", given.text("position"))
    return told or (words[0] if words else "stock")


def spot_of(given: Inputs, legs: tuple[Option, ...]) -> float:
    """Price of the underlying; a spread without one stands at its short strike."""
    spot = number(given, "S", "price")
    if math.isnan(spot) and given.text("position"):
        spot = CLOSES.get(underlying(given), math.nan)
    short = [leg.strike for leg in legs if leg.contracts < 0.0]
    return (short or [legs[0].strike])[0] if math.isnan(spot) else spot


def _single(given: Inputs) -> Option:
    count = number(given, "contracts", "quantity", "qty")
    side = given.text("side").lower()
    count = -1.0 if math.isnan(count) else count
    count = abs(count) * (1.0 if side in {"long", "buy"} else -1.0) if side else count
    price, strike = number(given, "premium", "price", "mark"), given.number("strike")
    right = given.text("right")
    return Option(right.upper()[:1], strike, price, count)


def _leg(leg: Value) -> Option:
    """A leg as a list (right, strike, price, contracts) or as an object."""
    if isinstance(leg, dict):
        return _single(row_of(leg))
    if not isinstance(leg, list) or len(leg) != 4:
        raise BadNumber(f"leg {leg!r} is not right, strike, price and contracts; give these.")
    words = Inputs(dict(zip(("right", "strike", "price", "contracts"), leg, strict=True)))
    return _single(words)


def _named(given: Inputs) -> Iterator[Option]:
    """Keys such as `long_put`: strike, price and perhaps contracts, one leg or a list of them."""
    alone = "short" if given.text("side", "short").lower() in {"short", "sell"} else "long"
    for side in ("long", "short"):
        for right in ("put", "call"):
            key = right if side == alone and right in given else f"{side}_{right}"
            if key not in given:
                continue
            told = given.of(key)
            many = isinstance(told, list) and any(isinstance(one, list | dict) for one in told)
            for one in told if isinstance(told, list) and many else [told]:
                yield _sided(one, side, right, abs(given.number("contracts", 1.0)))


def _sided(told: Value, side: str, right: str, contracts: float) -> Option:
    """A leg whose key has its side and right: an object, or strike, price and perhaps contracts."""
    sign = 1.0 if side == "long" else -1.0
    if isinstance(told, dict):
        leg = _single(row_of({"right": right, **told}))
        return replace(leg, contracts=sign * (abs(leg.contracts) or contracts))
    strike, price, *more = Inputs({"leg": told}).numbers("leg")
    return Option(right[0].upper(), strike, price, sign * (abs(more[0]) if more else contracts))


def _pair(given: Inputs) -> Iterator[Option]:
    """A vertical spread as two strikes of one right, with two premiums or with its credit."""
    right, contracts = given.text("right").upper()[:1], abs(given.number("contracts", 1.0))
    credit = given.number("credit", 0.0)
    for side, sign, otherwise in (("short", -1.0, credit), ("long", 1.0, 0.0)):
        premium = given.number(f"{side}_premium", otherwise)
        yield Option(right, given.number(f"{side}_strike"), premium, sign * contracts)


def _has_premiums(given: Inputs) -> bool:
    """Whether a put and a call have a price each, beside strikes of their own or a common one."""
    pairs = ((given.of(f"call{key}"), given.of(f"put{key}")) for key in PREMIUMS)
    return any(
        isinstance(one, int | float) and isinstance(other, int | float) for one, other in pairs
    )


def _both(given: Inputs) -> Iterator[Option]:
    """A straddle or strangle as two premiums, at one strike or at two."""
    sign = 1.0 if given.text("side", "short").lower() in {"long", "buy"} else -1.0
    for right in ("put", "call"):
        strike = number(given, f"{right}_strike", "strike")
        contracts = abs(given.number("contracts", 1.0))
        price = number(given, *(f"{right}{key}" for key in PREMIUMS))
        yield Option(right[0].upper(), strike, price, sign * contracts)


def _spoken(given: Inputs) -> Iterator[Option]:
    """Legs in words: `short 100 Apr1460P@22.55`; a leg without a side turns against the first.

    A straddle's legs are on one side. What has no count has that of the others, or 100.
    """
    text = given.text("position")
    found = list(OPTION.finditer(text))
    told = [float(m["count"].replace(",", "")) for m in found if m["count"]]
    usual = told[0] if told else given.number("contracts", _lots(text))
    sign = given.number("side", 1.0)
    for k, match in enumerate(found):
        start = found[k - 1].end() if k else 0
        sides = re.findall(r"\b(long|short|buy|sell|sold)\b", text[start : match.start()], re.I)
        if sides:
            sign = 1.0 if sides[-1].lower() in {"long", "buy"} else -1.0
        elif k and not ONE_SIDED.search(text):
            sign = -sign
        count = float(match["count"].replace(",", "")) if match["count"] else usual
        price = float(match["price"]) if match["price"] else _price(given, len(found))
        yield Option(match["right"], float(match["strike"]), price, sign * count)


def _lots(text: str) -> float:
    """Contracts where no leg has a number: as many as the shares beside them cover, else 100."""
    stock = STOCK.search(text)
    if stock is None or not stock["count"] or stock["what"].startswith("SP"):
        return LOT
    return float(stock["count"].replace(",", "")) / LOT


def _price(given: Inputs, legs: int) -> float:
    return number(given, "premium") if legs == 1 else math.nan


def _stock(given: Inputs, legs: tuple[Option, ...], symbol: str, spot: float) -> Iterator[Position]:
    """Stock beside the options: in words, or a number of shares."""
    shares = number(given, "shares", "stock_shares", "stock_qty")
    match = STOCK.search(given.text("position"))
    covered = re.search(r"covered call|collar|protective put", given.text("position"))
    lots = LOT * max(abs(leg.contracts) for leg in legs)
    if not math.isnan(shares):
        yield Position("", symbol, shares, spot)
    elif match:
        count = float(match["count"].replace(",", "")) if match["count"] else lots
        sign = 1.0 if match["side"] == "long" else -1.0
        held = Position("", symbol, sign * count, float(match["price"] or spot))
        is_trust = match["what"].startswith("SP")
        yield replace(held, symbol="SPY", kind=Kind.ETF, underlying=symbol) if is_trust else held
    elif covered:
        yield Position("", symbol, lots, spot)
