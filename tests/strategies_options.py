"""Random listed options and the stock beneath them, as small accounts hold them."""

from __future__ import annotations

from itertools import chain, combinations

import hypothesis.strategies as st

from undertow.model.rulebook._strategies import (
    Leg,
    Shares,
    collared,
    naked,
    protected,
    strangle,
    written,
)

STRIKES = st.sampled_from([80.0, 90.0, 95.0, 100.0, 105.0, 110.0, 120.0])
SPOTS = st.floats(60.0, 150.0)


@st.composite
def option_legs(draw: st.DrawFn, sides: tuple[int, ...] = (-1, 1)) -> Leg:
    """One contract or two of a random series, in one of two expiries."""
    quantity = draw(st.sampled_from(sides)) * draw(st.integers(1, 2))
    price, expires = draw(st.floats(0.05, 30.0)), draw(st.sampled_from([1, 2]))
    return Leg(draw(st.sampled_from("CP")), draw(STRIKES), price, float(quantity), expires=expires)


@st.composite
def option_accounts(draw: st.DrawFn) -> tuple[tuple[Leg, ...], Shares]:
    """At most three legs, and perhaps stock, with or without relief for what is protected."""
    legs = tuple(draw(st.lists(option_legs(), min_size=1, max_size=3)))
    spot = draw(SPOTS)
    units = draw(st.sampled_from([0.0, 100.0, 250.0, -100.0]))
    rate = draw(st.sampled_from([0.25, 0.3, 0.5]))
    relief = draw(st.sampled_from([None, 0.1]))
    return legs, Shares(spot, units, rate * spot if units else 0.0, relief)


def by_trying_all(legs: tuple[Leg, ...], stock: Shares) -> float:
    """Gross requirement by every pairing of single contracts: the rule, without a program."""
    sold, bought = (_units(legs, side) for side in (-1, 1))
    lots = int(abs(stock.units) // 100.0)
    return abs(stock.units) * stock.each + _least(sold, bought, lots, stock)


def _units(legs: tuple[Leg, ...], side: int) -> tuple[Leg, ...]:
    return tuple(leg for leg in legs for _ in range(round(max(0.0, side * leg.quantity))))


def _least(sold: tuple[Leg, ...], bought: tuple[Leg, ...], lots: int, stock: Shares) -> float:
    if not sold:
        return _shields(bought, lots, stock)
    first, rest = sold[0], sold[1:]
    tries = [naked(first, stock.spot) + _least(rest, bought, lots, stock)]
    for k, other in enumerate(rest):
        if {first.right, other.right} == {"C", "P"}:
            put, call = (first, other) if first.right == "P" else (other, first)
            left = rest[:k] + rest[k + 1 :]
            tries.append(strangle(put, call, stock.spot) + _least(left, bought, lots, stock))
    tries += _covered(first, rest, bought, lots, stock)
    tries += _spreads(first, rest, bought, lots, stock)
    return min(tries)


def _covered(first, rest, bought, lots, stock):
    if not lots or first.right != ("C" if stock.units > 0.0 else "P"):
        return
    alone = 100.0 * stock.each
    yield written(first, stock) - alone + _least(rest, bought, lots - 1, stock)
    for k, shield in enumerate(bought):
        if stock.protected is not None and shield.right != first.right:
            left = bought[:k] + bought[k + 1 :]
            cost = collared(shield, first, stock) - alone
            yield cost + _least(rest, left, lots - 1, stock)


def _spreads(first, rest, bought, lots, stock):
    for more in _subsets(range(len(rest))):
        for used in _subsets(range(len(bought))):
            group = (first, *(rest[k] for k in more))
            cover = tuple(bought[k] for k in used)
            loss = _greatest_loss(group, cover)
            if loss is not None:
                others = tuple(leg for k, leg in enumerate(rest) if k not in more)
                left = tuple(leg for k, leg in enumerate(bought) if k not in used)
                yield loss + _least(others, left, lots, stock)


def _subsets(items):
    every = list(items)
    return chain.from_iterable(combinations(every, size) for size in range(len(every) + 1))


def _greatest_loss(sold: tuple[Leg, ...], bought: tuple[Leg, ...]) -> float | None:
    """Loss at expiry of a valid spread; None if it is none or has no bound."""
    calls = sum(leg.right == "C" for leg in bought) - sum(leg.right == "C" for leg in sold)
    if not bought or calls < 0 or min(b.expires for b in bought) < max(a.expires for a in sold):
        return None
    spots = (0.0, *(leg.strike for leg in (*sold, *bought)))
    return max(
        0.0,
        *(sum(a.payoff(s) for a in sold) - sum(b.payoff(s) for b in bought) for s in spots),
    )


def _shields(bought: tuple[Leg, ...], lots: int, stock: Shares) -> float:
    """What bought options save of the stock that is left, the best ones first."""
    right = "P" if stock.units > 0.0 else "C"
    if stock.protected is None or not lots:
        return 0.0
    saved = sorted(
        protected(leg, stock) - 100.0 * stock.each for leg in bought if leg.right == right
    )
    return sum(min(0.0, each) for each in saved[:lots])
