"""Directions in which the prices of a person's positions move together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from undertow.core.book import Kind, Position
from undertow.core.errors import unknown
from undertow.model.rulebook import Pool, Rulebook, adverse, moved

MOST_ASKED = 100
ALL_AGAINST, COMPONENT = "all against", "first component"


def followed(position: Position, pool: Pool) -> str:
    """The symbol whose price a position is asked about: an option's underlying, else its own."""
    is_option = position.kind is Kind.OPTION and position.underlying in pool.opening.price
    return position.underlying if is_option else position.symbol


def against(rulebook: Rulebook, pool: Pool) -> dict[str, float]:
    """Every price that the pool depends on goes the way that costs it excess, by the same share."""
    found: dict[str, float] = {}
    for one in pool.positions:
        name = one.underlying if _is_led(one, pool) else one.symbol
        if name not in found:
            found |= _adverse(rulebook, pool, one, name)
    return found


def _adverse(rulebook: Rulebook, pool: Pool, one: Position, name: str) -> dict[str, float]:
    """The sign that costs excess; in a long account, where it is the position's, without asking."""
    if len(pool.positions) > MOST_ASKED and one.kind is not Kind.OPTION and name == one.symbol:
        return {name: -1.0 if one.quantity > 0.0 else 1.0}
    return adverse(rulebook, pool, name)


def projected(pool: Pool, changes: Mapping[str, float]) -> dict[str, float]:
    """Changes by name as changes of what the pool holds or follows.

    A position whose symbol is not named takes the change of its underlying or group times its
    leverage, unless the pool quotes the underlying: then it follows that.
    """
    along = {s: changes[s] for s in pool.opening.price if s in changes}
    along |= {c: changes[c] for c in pool.opening.fx if c in changes}
    for one in pool.positions:
        named = next((name for name in one.names if name in changes), None)
        if named is None or one.symbol in along or _is_led(one, pool):
            continue
        along[one.symbol] = max(-1.0, changes[named] * one.leverage)
    return along


def named_by(positions: Sequence[Position], changes: Mapping[str, float], also: set[str]) -> None:
    """UnknownName if a change names nothing that is held, followed or exchanged."""
    known = {name for p in positions for name in (*p.names, p.currency)} | also
    for name in changes:
        if name not in known:
            raise unknown("symbol", name, known, "the book")


def first_component(
    rulebook: Rulebook, pool: Pool, returns: Mapping[str, Sequence[float]]
) -> dict[str, float]:
    """The direction that explains most of the variance of real returns, its largest share 1.

    The sign is the one that costs excess. Empty if fewer than two of its prices have returns.
    """
    names = [p.symbol for p in pool.positions if p.symbol in returns]
    names = list(dict.fromkeys(names))
    if len(names) < 2:
        return {}
    matrix = np.cov(np.array([returns[name] for name in names]))
    vector = np.linalg.eigh(matrix)[1][:, -1]
    vector = vector / np.abs(vector).max()
    along = dict(zip(names, map(float, vector), strict=True))
    other = {name: -share for name, share in along.items()}
    return min((along, other), key=lambda way: _after(rulebook, pool, way))


def _after(rulebook: Rulebook, pool: Pool, along: Mapping[str, float]) -> float:
    """Excess after a small step."""
    levels = rulebook.levels(pool, moved(pool.opening, along, 1e-4, pool.positions))
    return levels.equity - levels.maintenance


def _is_led(position: Position, pool: Pool) -> bool:
    """Whether its price comes from another one that the pool knows."""
    price = pool.opening.price
    return position.underlying in price and position.underlying != position.symbol
