"""What a position is worth at other prices, in its own currency and in its account's."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from statistics import NormalDist

from undertow.core.book import Kind, Marks, Position

NORMAL = NormalDist()
DAYS_PER_YEAR = 365.0
WIDEST = 10.0
LEAST_FX = 1e-12


def worth(position: Position, price: float) -> float:
    """Money a position is worth at a price, up to a constant: differences are profit.

    q·multiplier·price;   inverse, in coin: −q·multiplier/price
    """
    units = position.quantity * position.multiplier
    if position.kind is not Kind.INVERSE:
        return units * price
    return -units / price if price > 0.0 else math.copysign(math.inf, -units)


def profit(position: Position, before: float, after: float) -> float:
    """Money gained while the price goes from `before` to `after`, in the position's currency."""
    return worth(position, after) - worth(position, before)


def notional(position: Position, price: float) -> float:
    """Unsigned size of a position at a price, in the position's currency."""
    return abs(worth(position, price))


def moved(marks: Marks, along: Mapping[str, float], x: float, held: tuple[Position, ...]) -> Marks:
    """Prices after a move of `x` along a direction.

    price·(1 + x·direction) for every symbol or currency that is named; a position that is not named
    follows its underlying: times `leverage` if it is linear, repriced if it is an option.
    """
    price = {s: p * (1.0 + x * along.get(s, 0.0)) for s, p in marks.price.items()}
    fx = {c: r * max(LEAST_FX, 1.0 + x * along.get(c, 0.0)) for c, r in marks.fx.items()}
    for one in held:
        follows = one.symbol not in along and one.underlying in marks.price
        if follows and price[one.underlying] != marks.price[one.underlying]:
            price[one.symbol] = _followed(one, marks, price[one.underlying])
    return replace(marks, price=price, fx=fx)


def _followed(position: Position, marks: Marks, underlying: float) -> float:
    before, was = marks.price[position.underlying], marks.price[position.symbol]
    if position.kind is Kind.OPTION:
        return option_price(position, was, before, underlying, marks.on)
    return max(0.0, was * (1.0 + position.leverage * (underlying / before - 1.0)))


def option_price(
    option: Position, price: float, before: float, underlying: float, on: date
) -> float:
    """Price of an option after its underlying went from `before` to `underlying`.

    Black–Scholes without interest or dividends, plus what the market pays beyond it now; no further
    below what exercise pays than it is now, whatever volatility is stated.
    """
    sigma = option.volatility
    sigma = implied(option, price, before, on) if math.isnan(sigma) else sigma
    change = black_scholes(option, underlying, sigma, on) - black_scholes(option, before, sigma, on)
    short_of = max(0.0, _exercised(option, before) - price)
    return max(0.0, price + change, _exercised(option, underlying) - short_of)


def _exercised(option: Position, underlying: float) -> float:
    sign = 1.0 if option.right == "C" else -1.0
    return max(0.0, sign * (underlying - option.strike))


def pinned(position: Position, marks: Marks) -> Position:
    """The same position; an option without a volatility has the one its price implies now."""
    known = {position.symbol, position.underlying} <= marks.price.keys()
    if position.kind is not Kind.OPTION or not math.isnan(position.volatility) or not known:
        return position
    price, underlying = marks.price[position.symbol], marks.price[position.underlying]
    return replace(position, volatility=implied(position, price, underlying, marks.on))


def black_scholes(option: Position, underlying: float, sigma: float, on: date) -> float:
    """Value of a European option without interest or dividends (Black and Scholes 1973)."""
    years = max(0.0, ((option.expiry or on) - on).days / DAYS_PER_YEAR)
    sign = 1.0 if option.right == "C" else -1.0
    spread = sigma * math.sqrt(years)
    if spread <= 0.0 or underlying <= 0.0:
        return _exercised(option, underlying)
    d1 = math.log(underlying / option.strike) / spread + 0.5 * spread
    above, below = NORMAL.cdf(sign * d1), NORMAL.cdf(sign * (d1 - spread))
    return sign * (underlying * above - option.strike * below)


def implied(option: Position, price: float, underlying: float, on: date) -> float:
    """Volatility per year at which `black_scholes` gives the price; 0 below intrinsic value."""
    low, high = 0.0, WIDEST
    for _ in range(60):
        middle = 0.5 * (low + high)
        if black_scholes(option, underlying, middle, on) < price:
            low = middle
        else:
            high = middle
    return high if high > 1e-9 else 0.0
